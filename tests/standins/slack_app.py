"""What the tests of the Slack stand-in share: its control API, clients of slack_sdk, and a tiny app that keeps what it is sent."""

import json
import queue
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

# A channel in which the app itself says nothing, so that the tests are alone.
QUIET = "C0LOUNGE"
SECONDS = 10


@dataclass
class Control:
    """The stand-in's own address, its control API and the room's API."""

    base: str

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return json.load(response)

    def local(self, method: str, path: str, body: dict | None = None) -> dict:
        return self.call(method, f"/_local{path}", body)

    def room(self, path: str, **body: object) -> dict:
        return self.call("POST", f"/room/api{path}", body)


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    def payload(self) -> dict:
        return json.loads(self.form()["payload"])

    def event(self) -> dict:
        return json.loads(self.body)


@dataclass
class Door:
    """A tiny app: keeps what it is sent and answers as told."""

    url: str = ""
    requests: "queue.Queue[Request]" = field(default_factory=queue.Queue)
    passed: list[Request] = field(default_factory=list)
    """What was passed over by those who take events in any order."""
    answer: Callable[[Request], tuple[int, dict | str]] = lambda _: (200, "")

    def next(self, wanted: Callable[[Request], bool] = lambda _: True) -> Request:
        """The next request that is wanted; others, such as the events of posting, are passed over."""
        deadline = time.monotonic() + SECONDS
        while True:
            request = self.requests.get(timeout=max(0.01, deadline - time.monotonic()))
            if wanted(request):
                return request

    def find(self, wanted: Callable[[Request], bool]) -> Request:
        """The first request that is wanted, whichever came before it: Slack promises no order. Others are kept for the next search."""
        for request in self.passed:
            if wanted(request):
                self.passed.remove(request)
                return request
        deadline = time.monotonic() + SECONDS
        while True:
            request = self.requests.get(timeout=max(0.01, deadline - time.monotonic()))
            if wanted(request):
                return request
            self.passed.append(request)

    def event(self, kind: str) -> dict:
        return self.next(lambda request: request.path == "/events" and request.event()["event"]["type"] == kind).event()


@pytest.fixture
def control(endpoints: dict) -> Iterator[Control]:
    control = Control(endpoints["control"]["slack"].removesuffix("/_local"))
    before = control.local("GET", "/settings")["settings"]
    control.local("DELETE", "/faults")
    # Setting anything empties the buckets too, so that no test pays for the posts of another.
    control.local("POST", "/settings", {"unfurl_ms": 20})
    yield control
    control.local("DELETE", "/faults")
    control.local("DELETE", "/unfurls")
    control.local("POST", "/events/release")
    control.local("POST", "/settings", before)


@pytest.fixture
def door(control: Control) -> Iterator[Door]:
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            door.requests.put(request)
            status, answer = door.answer(request)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    door.url = f"http://127.0.0.1:{server.server_address[1]}"
    control.local("POST", "/door", {"url": door.url})
    yield door
    control.local("DELETE", "/door")
    server.shutdown()
    thread.join()


@pytest.fixture
def bot(endpoints: dict) -> WebClient:
    return WebClient(base_url=endpoints["slack_api"], token=endpoints["slack_bot_token"])


@pytest.fixture
def dana(endpoints: dict) -> WebClient:
    return WebClient(base_url=endpoints["slack_api"], token=endpoints["user_tokens"]["U0DEPLOYER"])


def refused(call: Callable[[], object]) -> dict:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response.data


def section(text: str) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def ask(text: str = "Go?", action: str = "go", value: str = "1") -> list[dict]:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": action, "value": value}
    return [section(text), {"type": "actions", "block_id": "ask", "elements": [button]}]


def modal(title: str = "Deploy", **more: object) -> dict:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [section("Sure?")], **more}


def form_modal() -> dict:
    reason = {
        "type": "input",
        "block_id": "why",
        "label": {"type": "plain_text", "text": "Why"},
        "element": {"type": "plain_text_input", "action_id": "reason"},
    }
    return modal(blocks=[reason], submit={"type": "plain_text", "text": "Send"}, notify_on_close=True)


def ephemerals(control: Control, channel: str = QUIET) -> list[dict]:
    return control.local("GET", "/history")["channels"][channel]["ephemerals"]
