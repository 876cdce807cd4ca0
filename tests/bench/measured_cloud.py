"""A local cloud under load: what a benchmark of a whole room needs, however it is loaded."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "infra" / "local"), str(ROOT / "tests"), str(ROOT / "tests" / "scenarios")]

import boto3  # noqa: E402
from conftest import load_endpoints, local  # noqa: E402
from harness.cloud import Cloud  # noqa: E402
from harness.control import Control  # noqa: E402
from harness.waiting import until  # noqa: E402
from harness.webhooks import Webhooks  # noqa: E402

PATIENCE = 900


class MeasuredCloud:
    """The running cloud, at Slack's own pace."""

    def __init__(self, endpoints: dict):
        def aws(service: str):
            return boto3.client(
                service,
                endpoint_url=endpoints["aws"],
                region_name=endpoints["aws_region"],
                aws_access_key_id=endpoints["aws_access_key_id"],
                aws_secret_access_key=endpoints["aws_secret_access_key"],
            )

        self.cloud = Cloud(endpoints, aws)
        self.webhooks = Webhooks(endpoints)
        self.workspace = Control(endpoints["control"]["slack"])
        self.gateway = Control(endpoints["control"]["aws"])
        self.page = Control(endpoints["room"].rstrip("/") + "/api")

    def at_slacks_pace(self) -> None:
        """A new message a second in each channel, and fifty changes a minute; calls are counted from here."""
        self.workspace.post("/settings", {"enabled": True, "post_per_second": 1.0, "post_burst": 3.0})
        self.count_anew()

    def count_anew(self) -> None:
        """Forgets the calls so far."""
        for control in (self.workspace, self.gateway):
            control.delete("/calls")

    def is_shown(self) -> bool:
        """Whether every room is as it should be."""
        return not any(self.cloud.waiting().values()) and not self.cloud.behind()

    def until_shown(self) -> None:
        """Waits for that."""
        until("everything is shown", self.is_shown, PATIENCE, self._left)

    def _left(self) -> str:
        return f"Waiting: {self.cloud.waiting()}, behind: {len(self.cloud.behind())}, dead: {self.cloud.dead_letters()}"

    def messages(self, channel: str) -> list[dict]:
        """The app's messages in a channel, oldest first."""
        messages = self.workspace.get("/history")["channels"][channel]["messages"]
        return sorted((one for one in messages if key_of(one)), key=lambda one: one["ts"])

    def types(self, line: str, person: str, channel: str) -> None:
        """Types `/ops <line>`; fails if Slack shows an error for it."""
        typed = self.page.post("/commands", {"as": person, "channel": channel, "command": "/ops", "text": line})
        assert typed["ok"], typed

    def private(self, person: str, channel: str) -> list[dict]:
        """What one person alone was shown in a channel."""
        return [message for message in self.workspace.get("/history")["channels"][channel]["ephemerals"] if message["only_for"] == person]

    def slack_calls(self) -> Counter:
        """Calls of the Web API by method and outcome."""
        return Counter((call["method"], call["error"] or "ok") for call in self.workspace.get("/calls")["calls"])

    def aws_calls(self, functions: tuple[str, ...]) -> dict[str, int]:
        """AWS calls by function."""
        return {name: self.calls_of(name).total() for name in functions}

    def calls_of(self, function: str) -> Counter:
        """One function's AWS calls by operation, such as `dynamodb:Query`."""
        # CloudFormation names a function after its logical id: webhook-ingress is opsroom-WebhookIngressFunction-….
        logical = f"{function.title().replace('-', '')}Function"
        calls = Counter()
        for count in self.gateway.get("/calls?since=0")["counts"]:
            if logical in count["caller"].split("-"):
                calls[f"{count['service']}:{count['operation']}"] += count["count"]
        assert calls, f"no call was counted for {function}"
        return calls


def key_of(message: dict) -> str:
    """What a message is about."""
    return message.get("metadata", {}).get("event_payload", {}).get("key", "")


def written_by(description: str | None, measure: Callable[[dict], str]) -> int:
    """The command line of a benchmark: measures on a cloud of its own, and prints the page or writes it."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--write", type=Path, help="the page to write, instead of printing")
    options = arguments.parse_args()
    endpoints, own = load_endpoints()
    try:
        page = measure(endpoints)
    finally:
        if own:
            local("down")
    if options.write:
        options.write.write_text(page)
    else:
        sys.stdout.write(page)
    return 0
