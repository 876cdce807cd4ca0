"""A burst: 1,000 webhooks of 50 repositories, shown in five channels at Slack's own pace.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names). Tells how long the door took, how long the
rooms took to be as they should be, what was posted and changed, and what each event cost in calls. It fails if anything was lost, said
twice or out of order; a time is never a reason to fail.
"""

import argparse
import concurrent.futures
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "infra" / "local"), str(ROOT / "tests" / "scenarios"), str(ROOT / "tests")]

import boto3  # noqa: E402
from conftest import load_endpoints, local  # noqa: E402
from harness.cloud import Cloud  # noqa: E402
from harness.control import Control  # noqa: E402
from harness.waiting import until  # noqa: E402
from harness.webhooks import Webhooks  # noqa: E402

CHANNELS = ["C0OPS", "C0GITHUB", "C0BUILDS", "C0MONIT", "C0BYTES"]
REPOSITORIES, ROUNDS = 50, 20
PATIENCE = 900
PERSON = "U0DEPLOYER"


def main() -> int:
    """Runs it and prints, or writes, what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to write, instead of printing")
    options = arguments.parse_args()
    endpoints, own = load_endpoints()
    try:
        page = Burst(endpoints).run()
    finally:
        if own:
            local("down")
    if options.write:
        options.write.write_text(page)
    else:
        sys.stdout.write(page)
    return 0


class Burst:
    """One run."""

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
        self.owner = f"burst-{uuid.uuid4().hex[:6]}"

    def run(self) -> str:
        """Subscribes, sends, waits, counts."""
        self._subscribe()
        self.workspace.post("/settings", {"enabled": True, "post_per_second": 1.0, "post_burst": 3.0})
        for control in (self.workspace, self.gateway):
            control.delete("/calls")
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self._send_all_of, range(REPOSITORIES)))
        taken = time.monotonic() - began
        until("everything is shown", self._is_shown, PATIENCE, self._left)
        drained = time.monotonic() - began
        self._check()
        return self._report(taken, drained)

    def _subscribe(self) -> None:
        """Each channel has ten of the repositories."""
        for number in range(REPOSITORIES):
            text = f"gh subscribe {self.owner}/r{number:02}"
            answer = self.page.post("/commands", {"as": PERSON, "channel": self._channel(number), "command": "/ops", "text": text})
            assert answer["ok"], answer
        until("the subscriptions are made", lambda: len(self._subscriptions()) == REPOSITORIES, 120)
        until("their echoes are shown", self._is_shown, PATIENCE, self._left)

    def _subscriptions(self) -> list[dict]:
        return [item for item in self._items() if item["pk"].startswith("SUBSCRIBED#") and self.owner in item["pk"]]

    def _channel(self, repository: int) -> str:
        return CHANNELS[repository % len(CHANNELS)]

    def _send_all_of(self, number: int) -> None:
        """One repository's webhooks in their order: pushes, and a pull request that changes all the time."""
        for turn in range(ROUNDS):
            if turn % 2:
                self.webhooks.takes("github", "pull_request", self._pull(number, turn))
            else:
                self.webhooks.takes("github", "push", self._push(number, turn))

    def _repository(self, number: int) -> dict:
        name = f"{self.owner}/r{number:02}"
        return {"id": number, "full_name": name, "html_url": f"https://github.com/{name}", "default_branch": "main"}

    def _push(self, number: int, turn: int) -> dict:
        commit = {"id": f"{number:020x}{turn:020x}", "message": f"Step {turn:02}", "author": {"name": "Octo Cat", "username": "octocat"}}
        return {
            "ref": "refs/heads/main",
            "before": f"{number:020x}{turn - 2 if turn else 0:020x}",
            "after": commit["id"],
            "commits": [commit],
            "head_commit": commit,
            "repository": self._repository(number),
            "sender": {"login": "octocat", "type": "User"},
        }

    def _pull(self, number: int, turn: int) -> dict:
        url = f"https://github.com/{self.owner}/r{number:02}/pull/1"
        pull = {
            "number": 1,
            "title": f"As of turn {turn:02}",
            "html_url": url,
            "state": "open",
            "user": {"login": "octocat", "type": "User"},
            "base": {"ref": "main"},
            "head": {"ref": "topic", "sha": f"{number:020x}{turn:020x}"},
            "labels": [],
            "created_at": "2026-11-20T10:00:00Z",
            "updated_at": f"2026-11-20T10:{turn:02}:00Z",
        }
        action = "opened" if turn == 1 else "edited"
        sender = {"login": "octocat", "type": "User"}
        return {"action": action, "number": 1, "pull_request": pull, "repository": self._repository(number), "sender": sender}

    def _items(self) -> list[dict]:
        return self.cloud.items(self.cloud.endpoints["table"])

    def _is_shown(self) -> bool:
        return not any(self.cloud.waiting().values()) and not self.cloud.behind()

    def _left(self) -> str:
        return f"Waiting: {self.cloud.waiting()}, behind: {len(self.cloud.behind())}, dead: {self.cloud.dead_letters()}"

    def _messages(self, channel: str) -> list[dict]:
        messages = self.workspace.get("/history")["channels"][channel]["messages"]
        return sorted((one for one in messages if self.owner in self._key(one)), key=lambda one: one["ts"])

    def _key(self, message: dict) -> str:
        return message.get("metadata", {}).get("event_payload", {}).get("key", "")

    def _check(self) -> None:
        """Nothing lost, nothing twice, each repository's news in their order, each card as it was told last."""
        for number in range(REPOSITORIES):
            mine = [m for m in self._messages(self._channel(number)) if f"{self.owner}/r{number:02}/" in self._key(m)]
            pushes = [str(m) for m in mine if "/push/" in self._key(m)]
            steps = [turn for text in pushes for turn in range(ROUNDS) if f"Step {turn:02}" in text]
            assert steps == list(range(0, ROUNDS, 2)), f"r{number:02} shows the pushes {steps}"
            cards = [m for m in mine if self._key(m).startswith("pull/")]
            assert len(cards) == 1, f"r{number:02} has {len(cards)} cards"
            assert f"As of turn {ROUNDS - 1:02}" in str(cards[0]), f"r{number:02}: the card is behind"
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()

    def _report(self, taken: float, drained: float) -> str:
        events = REPOSITORIES * ROUNDS
        slack = Counter((call["method"], call["error"] or "ok") for call in self.workspace.get("/calls")["calls"])
        posted, updated = slack[("chat.postMessage", "ok")], slack[("chat.update", "ok")]
        least = max(Counter(self._channel(n) for n in range(REPOSITORIES)).values()) * (ROUNDS // 2 + 1)
        by_function: Counter[str] = Counter()
        for count in self.gateway.get("/calls?since=0")["counts"]:
            for name in ("webhook-ingress", "activity", "delivery"):
                if name in count["caller"]:
                    by_function[name] += count["count"]
        rows = "".join(f"| {name} | {count} | {count / events:.2f} |\n" for name, count in by_function.items())
        return f"""# The burst

`make bench`: {events} webhooks of {REPOSITORIES} repositories, half of them pushes, half changes of a pull request, shown in {len(CHANNELS)} channels. Slack takes one
new message a second in a channel, as the stand-in has it. All on one machine: seconds are this machine's, counts hold.

| | |
| --- | --- |
| the door had taken all | {taken:.1f} s ({events / taken:.0f} a second) |
| every room was as it should be | {drained:.1f} s |
| at Slack's pace at least | {least} s ({least} new messages in each channel) |
| messages posted | {posted} |
| changes shown | {updated}, for {events // 2 - REPOSITORIES} changes of pull requests |
| times Slack asked to wait | {sum(count for (_, error), count in slack.items() if error == "ratelimited")} |
| lost, doubled, out of order | none (it fails otherwise) |

| function | AWS calls | per webhook |
| --- | --- | --- |
{rows}"""


if __name__ == "__main__":
    sys.exit(main())
