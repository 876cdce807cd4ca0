"""Requests to the app's door, made and signed as Slack does; and others."""

import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

import urllib3
from slack_sdk.signature import SignatureVerifier

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True)
class Letter:
    """A request as it goes over the wire, for sending it as it is any number of times."""

    path: str
    body: bytes
    headers: dict = field(default_factory=dict)
    method: str = "POST"


@dataclass(frozen=True)
class Door:
    """The app's door."""

    url: str
    secret: str

    def letter(
        self, path: str, body: bytes, *, kind: str = FORM, timestamp: str | None = None, secret: str | None = None
    ) -> Letter:
        """Signs a body."""
        timestamp = timestamp or str(int(time.time()))
        signature = SignatureVerifier(secret or self.secret).generate_signature(timestamp=timestamp, body=body)
        assert signature
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
        return Letter(path, body, headers)

    def send(self, letter: Letter) -> urllib3.BaseHTTPResponse:
        """Sends a request; any status is an answer."""
        return urllib3.request(
            letter.method, self.url + letter.path, body=letter.body, headers=letter.headers, retries=False, timeout=15
        )


def slash(person: str, line: str, channel: str, team: str, response_url: str) -> bytes:
    """The form of a slash command."""
    fields = {
        "team_id": team,
        "channel_id": channel,
        "user_id": person,
        "command": "/ops",
        "text": line,
        "response_url": response_url,
        "trigger_id": f"1.2.{uuid.uuid4().hex}",
        "api_app_id": "A0OPSROOM",
    }
    return urlencode(fields).encode()
