"""Webhooks to the app's other door, signed as each sender does it."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import urllib3

JSON = "application/json"


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """GitHub: "Validating webhook deliveries"."""
    return {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": f"sha256={_hex(secret, body)}"}


def gitlab(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """GitLab: "Webhooks", secret token and delivery headers."""
    ids = {"Idempotency-Key": delivery, "X-Gitlab-Event-UUID": str(uuid.uuid4())}
    return {"X-Gitlab-Event": event, "X-Gitlab-Token": secret, **ids}


def circleci(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """CircleCI: "Outbound webhooks", "Validate webhooks"."""
    return {"circleci-event-type": event, "circleci-signature": f"v1={_hex(secret, body)}"}


def buildkite(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """Buildkite: "Webhooks", "Webhook signature"."""
    now = str(int(time.time()))
    signature = _hex(secret, f"{now}.".encode() + body)
    return {"X-Buildkite-Event": event, "X-Buildkite-Request": delivery, "X-Buildkite-Signature": f"timestamp={now},signature={signature}"}


def jenkins(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """Jenkins can't sign; a token says who it is."""
    return {"X-Opsroom-Token": secret}


def generic(secret: str, body: bytes, event: str, delivery: str) -> dict:
    """The project's own format: docs/guide/ci-senders.md."""
    now = str(int(time.time()))
    return {"X-Opsroom-Timestamp": now, "X-Opsroom-Signature": f"v1={_hex(secret, f'{now}.'.encode() + body)}"}


SENDERS: dict[str, tuple[str, Callable[[str, bytes, str, str], dict]]] = {
    "github": ("/github", github),
    "gitlab": ("/ci/gitlab", gitlab),
    "circleci": ("/ci/circleci", circleci),
    "buildkite": ("/ci/buildkite", buildkite),
    "jenkins": ("/ci/jenkins", jenkins),
    "generic": ("/ci/generic", generic),
}


@dataclass(frozen=True)
class Webhooks:
    """The door for webhooks."""

    endpoints: dict

    def send(
        self, sender: str, event: str, payload: dict | bytes, *, delivery: str | None = None, secret: str | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Signs and sends; any status is an answer."""
        path, sign = SENDERS[sender]
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = sign(secret or self.endpoints[f"{sender}_webhook_secret"], body, event, delivery or str(uuid.uuid4()))
        return self.post(path, body, {"Content-Type": JSON, **headers})

    def takes(self, sender: str, event: str, payload: dict, *, delivery: str | None = None) -> None:
        """Sends; fails unless the door took it."""
        answer = self.send(sender, event, payload, delivery=delivery)
        assert answer.status in (200, 202), f"{sender} {event}: {answer.status} {answer.data!r}"

    def post(self, path: str, body: bytes, headers: dict) -> urllib3.BaseHTTPResponse:
        """Any request."""
        url = self.endpoints["webhook_ingress"].rstrip("/") + path
        return urllib3.request("POST", url, body=body, headers=headers, retries=False, timeout=30)
