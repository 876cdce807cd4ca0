"""A room with many links: what `top`, `search` and `catchup` cost in a room with a hundred links, and what in one with ten thousand.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names, if its room has no links yet). Counts the AWS
calls that `commands` makes for each question. It fails if they are more in the fuller room; a time is never a reason to fail.
"""

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from measured_cloud import ROOT, MeasuredCloud, written_by
from harness.waiting import until

ROOM, PERSON = "C0BYTES", "U0READER"
FEW, MANY = 100, 10_000
TIMES = 5
QUESTIONS = [
    "bytes top",
    "bytes top 20 90d",
    "bytes top 20 90d #rust",
    "bytes search tokio tracing",
    "bytes search example",
    "bytes search part 42",
    "bytes catchup",
]


class Links(MeasuredCloud):
    """One run."""

    def run(self) -> str:
        """Asks the same of few links and of many."""
        self.workspace.post("/settings", {"enabled": False})
        links, asked = 0, {}
        for wanted in (FEW, MANY):
            began = time.monotonic()
            self._seed(links, wanted - links)
            print(wanted, time.monotonic() - began, file=sys.stderr)
            links = wanted
            asked[wanted] = {}
            for question in QUESTIONS:
                for _ in range(3):
                    self._ask("bytes mine")
                    self.count_anew()
                    began = time.monotonic()
                    text = self._ask(question)
                    took = time.monotonic() - began
                    time.sleep(0.5)
                    ops = Counter({(c["service"], c["operation"]): c["count"] for c in self.gateway.get("/calls?since=0")["counts"] if "Commands" in c["caller"]})
                    print(question, round(took, 2), dict(ops), text[:80].replace("\n", "/"), file=sys.stderr)
        return ""

    def _seed(self, first: int, count: int) -> None:
        """By the program that `up` has built with everything else."""
        endpoints = self.cloud.endpoints
        program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "opsroom-seed-links"
        arguments = {
            "--table": endpoints["table"],
            "--audit-table": endpoints["audit_table"],
            "--channel": ROOM,
            "--first": str(first),
            "--count": str(count),
            "--until": datetime.now(UTC).isoformat(),
        }
        environment = {
            "AWS_ENDPOINT_URL": endpoints["aws"],
            "AWS_REGION": endpoints["aws_region"],
            "AWS_ACCESS_KEY_ID": endpoints["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": endpoints["aws_secret_access_key"],
        }
        command = [program, *(word for pair in arguments.items() for word in pair)]
        subprocess.run(command, env=environment, check=True)

    def _private(self) -> list[dict]:
        return [m for m in self.workspace.get("/history")["channels"][ROOM]["ephemerals"] if m["only_for"] == PERSON]

    def _ask(self, line: str) -> str:
        before = {m["ts"] for m in self._private()}
        answer = self.page.post("/commands", {"as": PERSON, "channel": ROOM, "command": "/ops", "text": line})
        assert answer["ok"], answer
        return until(line, lambda: [m for m in self._private() if m["ts"] not in before], 120)[0]["text"]


if __name__ == "__main__":
    sys.exit(written_by(__doc__, lambda endpoints: Links(endpoints).run()))
