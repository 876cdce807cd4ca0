"""A room with many links: what `top`, `search` and `catchup` ask of the table in a room with a hundred links, and in one with ten thousand.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names, as long as neither room has links). Counts the AWS
calls that `commands` makes for each question. It fails if a question takes other calls in the fuller room, or isn't answered from it; a time is
never a reason to fail.
"""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from measured_cloud import ROOT, MeasuredCloud, written_by
from harness.message import Message
from harness.waiting import until

ROOMS = {100: "C0LOUNGE", 10_000: "C0BYTES"}
"""How many links are in which room."""
ASKERS = ("U0READER", "U0APPROVER")
QUESTIONS = {
    "bytes top": 5,
    "bytes top 20 90d": 20,
    "bytes top 20 90d #rust": 20,
    "bytes search tokio": 10,
    "bytes search tokio tracing latency": 1,
    "bytes search example": 10,
    "bytes search {last}": 1,
    "bytes catchup": 1,
}
"""Each with as many links as its answer has at least; {last} is the number of the room's last link, which no other has."""


class Links(MeasuredCloud):
    """One run."""

    def run(self) -> str:
        """Fills both rooms, and asks the same in each."""
        self.workspace.post("/settings", {"enabled": False})
        few, many = ROOMS
        self._asks("bytes on", "U0DEPLOYER", ROOMS[few])
        for links, room in ROOMS.items():
            self._seed(room, links)
        # What a function reads when it starts is no question's.
        self._ask("bytes mine", ASKERS[0], ROOMS[few])
        counts = {question: {links: self._calls_for(question, links) for links in ROOMS} for question in QUESTIONS}
        other = {question: count for question, count in counts.items() if _bounded(count[few]) != _bounded(count[many])}
        assert not other, f"the calls depend on how many links there are: {other}"
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()
        return self._report(counts)

    def _seed(self, room: str, links: int) -> None:
        """By the program that was built with the cloud's others, through the port that posted links take."""
        endpoints = self.cloud.endpoints
        program = ROOT / Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "debug" / "opsroom-seed-links"
        options = {
            "--table": endpoints["table"],
            "--audit-table": endpoints["audit_table"],
            "--channel": room,
            "--count": str(links),
            "--until": datetime.now(UTC).isoformat(),
        }
        variables = {
            "AWS_ENDPOINT_URL": endpoints["aws"],
            "AWS_REGION": endpoints["aws_region"],
            "AWS_ACCESS_KEY_ID": endpoints["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": endpoints["aws_secret_access_key"],
        }
        subprocess.run([program, *(word for option in options.items() for word in option)], env=variables, check=True)

    def _calls_for(self, question: str, links: int) -> Counter:
        """The fewer calls of two askers: once a minute the function reads the catalog again, which is nobody's question."""
        line = question.format(last=links - 1)
        found = []
        for person in ASKERS:
            self.count_anew()
            answer = self._ask(line, person, ROOMS[links])
            shown = sum(f"{place}. " in answer.text for place in range(1, QUESTIONS[question] + 1))
            assert shown == QUESTIONS[question], f"{line!r} with {links} links shows {shown}: {answer.text}"
            assert "{last}" not in question or f"/{links - 1}" in str(answer.raw), answer.text
            found.append(self.calls_of("commands"))
        return min(found, key=Counter.total)

    def _ask(self, line: str, person: str, room: str) -> Message:
        """Types a line and gives its answer, which the person alone sees."""
        before = {message["ts"] for message in self.private(person, room)}
        self._asks(line, person, room)
        (answer,) = until(line, lambda: [message for message in self.private(person, room) if message["ts"] not in before], 120)
        return Message(room, answer, person)

    def _asks(self, line: str, person: str, room: str) -> None:
        """Types a line and waits for the end of the work on it."""
        self.types(line, person, room)
        until("all is worked off", lambda: not any(self.cloud.waiting().values()), 120)

    def _report(self, counts: dict[str, dict[int, Counter]]) -> str:
        few, many = ROOMS
        rows = ""
        for question, count in counts.items():
            calls = ", ".join(f"{times} {operation.split(':')[1]}" for operation, times in sorted(count[few].items()))
            rows += f"| `{question.format(last='<number>')}` | {count[few].total()} | {count[many].total()} | {calls} |\n"
        return f"""# The room with many links

`make bench` (`tests/bench/links.py --write docs/benchmark-bytes.md`), last on {datetime.now(UTC):%A, %Y-%m-%d}. {few} links of the last ninety days are written
into one room and {many:,} into another, through the port that posted links take; then the same is asked in both, through the deployed
stack. These are the AWS calls of `commands` for one question, from the queue to the answer. The bench fails if they differ.

| question | calls with {few} links | with {many:,} | which |
| --- | --- | --- | --- |
{rows}
What the number depends on is the question. A list is one Query for each calendar week that its span touches, or for each week and tag with the
links themselves in one BatchGetItem. Without tags the week in which the span begins takes one Query more for each of its days, and one BatchGetItem if
there are any links; a search is one Query for each word, and one BatchGetItem. Besides, each answer takes one Query for the rooms, one
GetItem for who asks (`catchup` reads again what it is about to change), one TransactWriteItems, and one SendMessageBatch for delivery. The
catalog, which is read once a minute, is not counted.

How much one call reads does grow, up to a bound: sixty links of a week, and of a word one page of a megabyte, the newest first. `example` is a
word of every link here.
"""


def _bounded(calls: Counter) -> Counter:
    """Without the one call for the links that lists name, which isn't made where they name none."""
    assert calls["dynamodb:BatchGetItem"] <= 1, calls
    return Counter({operation: times for operation, times in calls.items() if operation != "dynamodb:BatchGetItem"})


if __name__ == "__main__":
    sys.exit(written_by(__doc__, lambda endpoints: Links(endpoints).run()))
