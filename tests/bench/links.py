"""A room with many links: what `top`, `search` and `catchup` ask of the table with a hundred links in the room, and with ten thousand.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names, as long as its room has no links). Counts the AWS
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

ROOM = "C0BYTES"
FEW, MANY = 100, 10_000
ASKERS = {FEW: ("U0READER", "U0DEPLOYER"), MANY: ("U0APPROVER", "U0GUEST")}
"""Other people each time: who catches up for the second time has missed nothing."""
QUESTIONS = {
    "bytes top": 10,
    "bytes top 20 90d": 20,
    "bytes top 20 90d #rust": 20,
    "bytes search tokio": 10,
    "bytes search tokio tracing latency": 10,
    "bytes search example": 10,
    "bytes search {last}": 1,
    "bytes catchup": 1,
}
"""Each with as many links as its answer has at least; {last} is the number of the link that was written last, which no other has."""


class Links(MeasuredCloud):
    """One run."""

    def run(self) -> str:
        """Asks the same of a few links and of many."""
        self.workspace.post("/settings", {"enabled": False})
        # What a function reads when it starts is no question's.
        self._ask("bytes mine", ASKERS[FEW][0])
        counts, there = {}, 0
        for links, askers in ASKERS.items():
            self._seed(there, links - there)
            there = links
            counts[links] = {question: self._calls_for(question, links, askers) for question in QUESTIONS}
        other = {question: (few, counts[MANY][question]) for question, few in counts[FEW].items() if few != counts[MANY][question]}
        assert not other, f"with {FEW} links and with {MANY}: {other}"
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()
        return self._report(counts)

    def _seed(self, first: int, count: int) -> None:
        """By the program that was built with the cloud's others, through the port that posted links take."""
        endpoints = self.cloud.endpoints
        program = ROOT / Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "debug" / "opsroom-seed-links"
        options = {
            "--table": endpoints["table"],
            "--audit-table": endpoints["audit_table"],
            "--channel": ROOM,
            "--first": str(first),
            "--count": str(count),
            "--until": datetime.now(UTC).isoformat(),
        }
        variables = {
            "AWS_ENDPOINT_URL": endpoints["aws"],
            "AWS_REGION": endpoints["aws_region"],
            "AWS_ACCESS_KEY_ID": endpoints["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": endpoints["aws_secret_access_key"],
        }
        subprocess.run([program, *(word for option in options.items() for word in option)], env=variables, check=True)

    def _calls_for(self, question: str, links: int, askers: tuple[str, ...]) -> Counter:
        """The fewer calls of two askers: once a minute the function reads the catalog again, which is nobody's question."""
        line = question.format(last=links - 1)
        found = []
        for person in askers:
            self.count_anew()
            answer = self._ask(line, person)
            shown = sum(f"{place}. " in answer.text for place in range(1, QUESTIONS[question] + 1))
            assert shown == QUESTIONS[question], f"{line!r} with {links} links shows {shown}: {answer.text}"
            assert "{last}" not in question or f"/{links - 1}" in str(answer.raw), answer.text
            found.append(self.calls_of("commands"))
        return min(found, key=Counter.total)

    def _ask(self, line: str, person: str) -> Message:
        """Types a line and waits for its answer, which the person alone sees, and for the end of the work on it."""
        before = {message["ts"] for message in self._private(person)}
        typed = self.page.post("/commands", {"as": person, "channel": ROOM, "command": "/ops", "text": line})
        assert typed["ok"], typed
        (answer,) = until(line, lambda: [message for message in self._private(person) if message["ts"] not in before], 120)
        until("all is worked off", lambda: not any(self.cloud.waiting().values()), 120)
        return Message(ROOM, answer, person)

    def _private(self, person: str) -> list[dict]:
        return [message for message in self.workspace.get("/history")["channels"][ROOM]["ephemerals"] if message["only_for"] == person]

    def _report(self, counts: dict[int, dict[str, Counter]]) -> str:
        rows = ""
        for question, few in counts[FEW].items():
            calls = ", ".join(f"{count} {operation.split(':')[1]}" for operation, count in sorted(few.items()))
            shown = question.replace("{last}", "<number>")
            rows += f"| `{shown}` | {few.total()} | {counts[MANY][question].total()} | {calls} |\n"
        return f"""# The room with many links

`make bench` (`tests/bench/links.py --write docs/benchmark-bytes.md`), last on {datetime.now(UTC):%A, %Y-%m-%d}. {FEW} links of the last ninety days are
written into a room, and then {MANY - FEW:,} more, through the port that posted links take. Each question is asked through the deployed stack with
{FEW} links in the room and with {MANY:,}, by people who ask for the first time. These are the AWS calls of `commands` for one question, from the
queue to the answer; the bench fails if they differ.

| question | calls with {FEW} links | with {MANY:,} | which |
| --- | --- | --- | --- |
{rows}
What the number depends on is the question. A list is one Query for each calendar week that its span touches, and with a tag the links
themselves in one BatchGetItem; a search is one Query for each word, and one BatchGetItem. Besides, each answer takes one Query for the rooms, one
GetItem for who asks (`catchup` reads again what it is about to change), one TransactWriteItems and one SendMessageBatch for delivery.

How much one call reads does grow, up to a bound: sixty links of a week, and of a word one page of a megabyte, the newest. `example` is in
every link of the room. The catalog, which is read once a minute, is not counted.
"""


if __name__ == "__main__":
    sys.exit(written_by(__doc__, lambda endpoints: Links(endpoints).run()))
