"""Alarms, from those who watch: CloudWatch by an unmodified boto3, and scripts by the documented format."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .waiting import until

if TYPE_CHECKING:
    from .room import Room

CROSSED = "Threshold Crossed: 1 datapoint [37.0] was greater than the threshold (10.0)."


def now(later: timedelta = timedelta()) -> str:
    """A moment as JSON has it."""
    return (datetime.now(UTC) + later).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Alarms:
    """What is wrong, and what is well again."""

    def __init__(self, room: "Room"):
        self._room = room
        self._cloudwatch = room.cloud.aws("cloudwatch")
        self._set: dict[str, int] = {}

    def metric(self, name: str, *, topic: bool = True, **dimensions: str) -> str:
        """Makes a CloudWatch alarm on a metric; it tells the stack's topic, unless it has no actions at all."""
        topics = [self._room.endpoints["alarm_topic_arn"]] if topic else []
        self._cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="Answers with errors",
            Namespace="AWS/ApiGateway",
            MetricName="5XXError",
            Statistic="Sum",
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Period=60,
            EvaluationPeriods=1,
            Threshold=10,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=topics,
            OKActions=topics,
        )
        return name

    def sets(self, name: str, state: str, reason: str = CROSSED) -> None:
        """Sets the state of a CloudWatch alarm, in another second than before: the emulator's alarms know no smaller times."""
        until("another second", lambda: int(time.time()) > self._set.get(name, 0), 3)
        self._cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
        self._set[name] = int(time.time())

    def tells(self, key: str, state: str = "firing", *, at: str | None = None, **fields) -> dict:
        """What a script tells; returns the payload, so that it can be told again."""
        payload = {"key": key, "state": state, "at": at or now(), "severity": "alert", **fields}
        payload.setdefault("name", key)
        self._room.webhooks.takes("generic-alerts", "", payload)
        return payload

    def unique(self, name: str) -> str:
        """A name that no other scenario uses: alarms and their incidents are remembered."""
        return f"{name}-{uuid.uuid4().hex[:6]}"
