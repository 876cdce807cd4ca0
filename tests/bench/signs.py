"""How long somebody waits for the first sign of life: from a line, a mention or a press to what they see of it in Slack.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names). The moments are Slack's own: a message's `ts`, and
the time of the call that opened a dialog. It fails if a sign doesn't come; a time is never a reason to fail.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from measured_cloud import MeasuredCloud, written_by
from harness.message import Message
from harness.room import BOT, DANA, OPS
from harness.waiting import until
from slack_sdk import WebClient

TIMES = 15
"""So often each is done."""


class Signs(MeasuredCloud):
    """One run."""

    def run(self) -> str:
        """Everything once, which isn't counted, and then in turns."""
        self.workspace.post("/settings", {"enabled": False})
        endpoints = self.cloud.endpoints
        self._dana = WebClient(token=endpoints["user_tokens"][DANA], base_url=endpoints["slack_api"])
        acts: dict[str, Callable[[], float]] = {
            "a message by hand (`chat.postMessage`)": self._writes,
            "`/ops help`: the answer": lambda: self._waits("help", self._private),
            "`@ops history`: the answer in the thread": self._mentions,
            "`/ops deploy web to staging`: its message": lambda: self._waits("deploy web to staging", self._posted),
            "*How?* under it: the dialog": self._asks_how,
            "`/ops restart web in staging`: its message": lambda: self._waits("restart web in staging", self._posted),
            "`/ops check web in staging`: its message": lambda: self._waits("check web in staging", self._posted),
        }
        waits: dict[str, list[float]] = {name: [] for name in acts}
        for round_ in range(TIMES + 1):
            for name, act in acts.items():
                took = act() * 1000
                until("all is worked off and shown", self._is_quiet, 120)
                if round_:
                    waits[name].append(took)
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()
        return self._report(waits)

    def _is_quiet(self) -> bool:
        last = [message for message in self.messages(OPS) if not message.get("thread_ts")][-1:]
        return self.is_shown() and not any(Message(OPS, one).text.startswith(("Deploying", "Restarting", "Starting", "Looking")) for one in last)

    def _writes(self) -> float:
        """What any message takes here: from the call to its answer."""
        sent = time.time()
        self._dana.chat_postMessage(channel=OPS, text="Is anybody there?")
        return time.time() - sent

    def _waits(self, line: str, seen: Callable[[float], float]) -> float:
        sent = time.time()
        self.types(line, DANA, OPS)
        return until(f"a sign of {line!r}", lambda: seen(sent)) - sent

    def _mentions(self) -> float:
        sent = time.time()
        self._dana.chat_postMessage(channel=OPS, text=f"<@{BOT}> history")
        return until("the answer in the thread", lambda: self._posted(sent)) - sent

    def _asks_how(self) -> float:
        """On the last deployment's message."""
        deployment = [Message(OPS, one) for one in self.messages(OPS) if "How?" in str(one) and "web to staging" in str(one)][-1]
        ((block, button),) = [(block, button) for block, button in deployment.buttons() if button["text"]["text"] == "How?"]
        container = {"type": "message", "channel": OPS, "message_ts": deployment.ts, "ephemeral": False}
        sent = time.time()
        pressed = self.page.post(
            "/actions", {"as": DANA, "container": container, "block_id": block, "action_id": button["action_id"], "action": button}
        )
        assert pressed["ok"], pressed
        return until("the dialog", lambda: self._opened(sent)) - sent

    def _private(self, since: float) -> float:
        return _first_after(since, (float(one["ts"]) for one in self.private(DANA, OPS)))

    def _posted(self, since: float) -> float:
        return _first_after(since, (float(one["ts"]) for one in self.messages(OPS)))

    def _opened(self, since: float) -> float:
        opened = [call for call in self.workspace.get("/calls")["calls"] if call["method"] == "views.open" and call["ok"]]
        return _first_after(since, (datetime.fromisoformat(call["time"]).timestamp() for call in opened))

    def _report(self, waits: dict[str, list[float]]) -> str:
        by_hand = statistics.median(next(iter(waits.values())))
        rows = ""
        for name, took in waits.items():
            median = statistics.median(took)
            rows += f"| {name} | {median:.0f} | {max(took):.0f} | {median / by_hand:.0f}× |\n"
        return f"""# The first sign of life

`make bench` (`tests/bench/signs.py --write docs/benchmark-signs.md`), last on {datetime.now(UTC):%A, %Y-%m-%d}, with debug builds through the deployed
stack. From the moment in which somebody types or presses to the moment in which Slack has what they see of it: {TIMES} times each, in turns, after
one that isn't counted. Milliseconds are this machine's; a message by hand says what any message takes on it.

| what | median, ms | longest, ms | beside a message by hand |
| --- | --- | --- | --- |
{rows}
A line goes through the door, a queue, `commands`, a queue and `delivery` before it is seen. What the catalog alone answers, such as `help`, the
door answers itself, and it opens the dialog behind a button: Slack lets a press open one for three seconds only ("Interactivity", `trigger_id`).
"""


def _first_after(since: float, moments: Iterable[float]) -> float:
    """The first of some moments after another; 0 if there is none."""
    return min((moment for moment in moments if moment > since), default=0)


if __name__ == "__main__":
    sys.exit(written_by(__doc__, lambda endpoints: Signs(endpoints).run()))
