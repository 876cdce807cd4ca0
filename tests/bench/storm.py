"""A storm: 2,000 alarms over 40 services within a minute, and what a single alarm takes on its way.

Run by `make bench` on a local cloud of its own (or on the one that OPSROOM_ENDPOINTS names). Tells the time of each hop of a single alarm, by
its correlation id, and of a storm how many messages it made, how long the first mention of each incident took, and what each alarm cost
in calls. It fails if an incident has no message, or two, or if an alarm was lost; a time is never a reason to fail.
"""

import concurrent.futures
import json
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime

from measured_cloud import MeasuredCloud, key_of, written_by
from harness.waiting import until

ROOM = "C0MONIT"
SERVICES, ALARMS = 40, 50
SINGLES = 20


class Storm(MeasuredCloud):
    """One run."""

    def __init__(self, endpoints: dict):
        super().__init__(endpoints)
        self.storm = f"storm-{uuid.uuid4().hex[:6]}"
        self.refused = 0

    def run(self) -> str:
        """Single alarms one after the other, then all at once."""
        self.workspace.post("/settings", {"enabled": False})
        self.until_shown()
        hops = [self._single(number) for number in range(SINGLES)]
        self.at_slacks_pace()
        began = time.time()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self._fires, range(SERVICES * ALARMS)))
        told = time.time() - began
        until("all alarms are taken in", lambda: not self.cloud.waiting()["alarms"], 900)
        taken_in = time.time() - began
        self.until_shown()
        drained = time.time() - began
        return self._report(hops, began, told, taken_in, drained, self._check())

    def _tells(self, key: str, labels: dict) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        payload = {"key": key, "name": key, "state": "firing", "at": now, "severity": "alert", "labels": labels, "value": 37, "threshold": 10}
        # Senders of alarms try again until they are heard.
        until("the door takes it", lambda: self._knock(payload), 60)

    def _knock(self, payload: dict) -> bool:
        answer = self.webhooks.send("generic-alerts", "", payload)
        assert answer.status in (200, 202, 503), answer.data
        self.refused += answer.status == 503
        return answer.status != 503

    def _fires(self, number: int) -> None:
        """Alarms of all services take turns, so that every incident is opened early and then grows."""
        service = number % SERVICES
        self._tells(f"{self.storm}-{service:02}-{number // SERVICES:02}", {"cluster": f"{self.storm}-{service:02}"})

    def _single(self, number: int) -> dict[str, float]:
        """Milliseconds from the request to the door's answer, from there to the table, and from there to the room."""
        key = f"{self.storm}-single-{number:02}"
        sent = time.time()
        self._tells(key, {})
        answered = time.time()
        posted = until("the message", lambda: self._posted(key), 30)
        written = until("the line of `alarms`", lambda: self._written(key, sent), 30)
        return {
            "sender to door's answer": (answered - sent) * 1000,
            "door to table (queue, alarms)": (written - answered) * 1000,
            "table to room (queue, delivery, Slack)": (posted - written) * 1000,
            "all": (posted - sent) * 1000,
        }

    def _posted(self, key: str) -> float:
        return next((float(m["ts"]) for m in self.messages(ROOM) if key in json.dumps(m) and key_of(m).startswith("incident/")), 0)

    def _written(self, key: str, since: float) -> float:
        """When `alarms` was done, by its own line: the one that came last before the message was posted."""
        posted = self._posted(key)
        lines = [line for line in self.cloud.logs(datetime.fromtimestamp(since - 1, UTC)) if '"function":"alarms"' in line]
        times = [json.loads(line[line.index("{") :])["_aws"]["Timestamp"] / 1000 for line in lines]
        return max((at for at in times if since < at <= posted + 0.2), default=0)

    def _incidents(self) -> list[dict]:
        cards = [m for m in self.messages(ROOM) if key_of(m).count("/") == 1 and key_of(m).startswith("incident/")]
        return [m for m in cards if f"{self.storm}-" in json.dumps(m) and "-single-" not in json.dumps(m)]

    def _check(self) -> list[float]:
        """Every service has one incident with all of its alarms; gives the moments at which they were posted."""
        shown = self._incidents()
        assert len(shown) == SERVICES, f"{len(shown)} messages of incidents"
        whole = [m for m in shown if f"{ALARMS} alarms, {ALARMS} of them firing" in json.dumps(m)]
        assert len(whole) == SERVICES, f"only {len(whole)} of {SERVICES} incidents show all of their alarms"
        assert not any(self.cloud.dead_letters().values()), self.cloud.dead_letters()
        return sorted(float(m["ts"]) for m in shown)

    def _report(self, hops: list[dict], began: float, told: float, taken_in: float, drained: float, posted: list[float]) -> str:
        alarms = SERVICES * ALARMS
        slack = self.slack_calls()
        calls = self.aws_calls(("webhook-ingress", "alarms", "delivery"))
        rows = "".join(f"| {name} | {count} | {count / alarms:.2f} |\n" for name, count in calls.items())
        medians = "".join(f"| {hop} | {statistics.median(one[hop] for one in hops):.0f} |\n" for hop in hops[0])
        changes, waits = slack[("chat.update", "ok")], sum(count for (_, error), count in slack.items() if error == "ratelimited")
        return f"""# The storm

`make bench`. All on one machine: times are this machine's, counts hold.

One alarm after the other, {SINGLES} of them, by a script's webhook; the median of each hop in milliseconds:

| hop | ms |
| --- | --- |
{medians}
{alarms:,} alarms of {SERVICES} services at once. Slack takes one new message a second in a channel, and fifty changes a minute, as the stand-in has it.

| | |
| --- | --- |
| the door had taken all | {told:.1f} s ({alarms / told:.0f} a second) |
| times the door said "send it again" (503) and was heard | {self.refused} |
| all were taken in | {taken_in:.1f} s |
| messages of incidents | {len(posted)}, one for each |
| the last incident's first mention was in the room | {posted[-1] - began:.1f} s, of {SERVICES} s that Slack's pace takes for as many messages |
| every message showed all of its alarms | {drained:.1f} s |
| changes shown | {changes}, for {alarms - SERVICES} alarms that joined |
| times Slack asked to wait | {waits} |
| lost, doubled | none (it fails otherwise) |

| function | AWS calls | per alarm |
| --- | --- | --- |
{rows}"""


if __name__ == "__main__":
    sys.exit(written_by(__doc__, lambda endpoints: Storm(endpoints).run()))
