"""A burst: 1,000 webhooks of 50 repositories, shown in five channels at Slack's own pace.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names). Tells how long the door took, how long the
rooms took to be as they should be, what was posted and changed, and what each event cost in calls. It fails if anything was lost, said
twice or out of order; a time is never a reason to fail.
"""

import concurrent.futures
import sys
import time
import uuid
from collections import Counter

from measured_cloud import MeasuredCloud, key_of, written_by
from harness.waiting import until

CHANNELS = ["C0OPS", "C0GITHUB", "C0BUILDS", "C0MONIT", "C0BYTES"]
REPOSITORIES, ROUNDS = 50, 20
PERSON = "U0DEPLOYER"


class Burst(MeasuredCloud):
    """One run."""

    def __init__(self, endpoints: dict):
        super().__init__(endpoints)
        self.owner = f"burst-{uuid.uuid4().hex[:6]}"

    def run(self) -> str:
        """Subscribes, sends, waits, counts."""
        self._subscribe()
        self.at_slacks_pace()
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self._send_all_of, range(REPOSITORIES)))
        taken = time.monotonic() - began
        self.until_shown()
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
        self.until_shown()

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

    def _messages(self, channel: str) -> list[dict]:
        return [message for message in self.messages(channel) if self.owner in key_of(message)]

    def _check(self) -> None:
        """Nothing lost, nothing twice, each repository's news in their order, each card as it was told last."""
        for number in range(REPOSITORIES):
            mine = [m for m in self._messages(self._channel(number)) if f"{self.owner}/r{number:02}/" in key_of(m)]
            pushes = [str(m) for m in mine if "/push/" in key_of(m)]
            steps = [turn for text in pushes for turn in range(ROUNDS) if f"Step {turn:02}" in text]
            assert steps == list(range(0, ROUNDS, 2)), f"r{number:02} shows the pushes {steps}"
            cards = [m for m in mine if key_of(m).startswith("pull/")]
            assert len(cards) == 1, f"r{number:02} has {len(cards)} cards"
            assert f"As of turn {ROUNDS - 1:02}" in str(cards[0]), f"r{number:02}: the card is behind"
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()

    def _report(self, taken: float, drained: float) -> str:
        events = REPOSITORIES * ROUNDS
        slack = self.slack_calls()
        posted, updated = slack[("chat.postMessage", "ok")], slack[("chat.update", "ok")]
        least = max(Counter(self._channel(n) for n in range(REPOSITORIES)).values()) * (ROUNDS // 2 + 1)
        by_function = self.aws_calls(("webhook-ingress", "activity", "delivery"))
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
    sys.exit(written_by(__doc__, lambda endpoints: Burst(endpoints).run()))
