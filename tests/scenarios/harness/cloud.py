"""The account behind the room, as its administrator sees it: tables, queues, logs, functions and their processes."""

import hashlib
import json
import os
import signal
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from boto3.dynamodb.types import TypeDeserializer

RECORD_FIELDS = ["at", "actor", "channel", "request", "service", "environment", "outcome", "correlation", "approvers", "message"]
"""In the order in which a record is hashed."""
OUTCOME_FIELDS = ["outcome", "role", "started", "rule", "why", "what", "how"]


@dataclass(frozen=True)
class Cloud:
    """The account."""

    endpoints: dict
    aws: Callable

    def function(self, name: str) -> str:
        """The deployed name of a function, `Commands` for CommandsFunction."""
        return self.endpoints["function_names"][f"{name}Function"]

    def items(self, table: str) -> list[dict]:
        """All items of a table."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [_plain(item) for page in pages for item in page["Items"]]

    def slots(self) -> list[dict]:
        """What is being deployed."""
        return [item for item in self.items(self.endpoints["table"]) if item["pk"] == "SLOTS"]

    def gate(self) -> list[dict]:
        """What is locked or frozen, and the deployments that wait."""
        return [item for item in self.items(self.endpoints["table"]) if item["pk"] == "GATE"]

    def deployments(self, service: str, environment: str) -> list[dict]:
        """All deployments of a service in an environment, oldest first."""
        found = [item for item in self.items(self.endpoints["table"]) if item["pk"].startswith("DEPLOYMENT#")]
        here = [item for item in found if (item["service"], item["environment"]) == (service, environment)]
        return sorted(here, key=lambda item: item["gsi1sk"])

    def behind(self) -> list[str]:
        """The keys of messages that Slack doesn't show as the table wants them."""
        return [
            item["key"]
            for item in self.items(self.endpoints["table"])
            if item["pk"].startswith("MSG#") and ("outbox_shard" in item or item.get("undeliverable"))
        ]

    def audit(self) -> list[dict]:
        """The audit log, oldest first."""
        return sorted(self.items(self.endpoints["audit_table"]), key=lambda item: item["sequence"])

    def executions(self, pipeline: str) -> list[dict]:
        """A pipeline's executions, newest first, as boto3 lists them."""
        return self.aws("codepipeline").list_pipeline_executions(pipelineName=pipeline)["pipelineExecutionSummaries"]

    def waiting(self) -> dict[str, int]:
        """How many messages each working queue holds, also those that are being worked on."""
        urls = {name: self.endpoints[f"{name}_queue_url"] for name in ("commands", "activity", "alarms", "webhooks", "delivery")}
        return self._counts(urls)

    def dead_letters(self) -> dict[str, int]:
        """How many messages were given up on, by queue."""
        return self._counts(self.endpoints["dead_letter_queue_urls"])

    def _counts(self, urls: dict[str, str]) -> dict[str, int]:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        sqs = self.aws("sqs")
        return {
            name: sum(int(n) for n in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values())
            for name, url in urls.items()
        }

    def logs(self, since: datetime) -> Iterator[str]:
        """What the functions have logged since then."""
        logs = self.aws("logs")
        prefix, start = f"/aws/lambda/{self.endpoints['stack']}-", int(since.timestamp() * 1000)
        for groups in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix):
            for group in groups["logGroups"]:
                pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"], startTime=start)
                for page in pages:
                    yield from (event["message"] for event in page["events"])

    def tick(self, later: timedelta = timedelta()) -> dict:
        """What EventBridge sends each minute, by a clock that is `later`."""
        time = (datetime.now(UTC) + later).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": time,
            "region": self.endpoints["aws_region"],
            "resources": ["arn:aws:events:us-east-1:000000000000:rule/scenario"],
            "detail": {},
        }
        answer = self.aws("lambda").invoke(FunctionName=self.function("Schedule"), Payload=json.dumps(event))
        report = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, report
        return report

    def forget_rooms(self) -> None:
        """Forgets what channels wanted to see, what was known of repositories, builds and alarms, what was locked, and what would come due for these:
        each scenario says it for itself."""
        known = ("SUBSCRIBED#", "CONVERSATION#", "HEALTH#", "PUSHES#", "LOGIN#", "CHECKS#")
        kinds = (*known, "ALARM#", "INCIDENT#", "GROUP#", "MONIT", "LOOKED#", "GATE", "HOLD#")
        messages = tuple(f"MSG#{kind}/" for kind in ("pull", "issue", "discussion", "repository", "run", "parked"))
        table = self.endpoints["table"]
        for item in self.items(table):
            # What comes due for a deployment stays: an earlier scenario may have left one that has to be brought to its end. So do the looks at the
            # player: the DJ's station stays, too, and counts on them.
            is_due = item["pk"] == "DUE" and not any(kind in item["sk"] for kind in ("#reconcile/", "#station/", "#errand/"))
            # Runs of other systems than CodePipeline have ids of the scenarios' own making, which come again.
            is_told_run = item["pk"].startswith("EXECUTION#") and ":" in item["pk"]
            if is_due or is_told_run or item["pk"].startswith(kinds + messages):
                key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
                self.aws("dynamodb").delete_item(TableName=table, Key=key)

    def age_marks(self) -> int:
        """Makes senders' marks a minute older than they are, so that no scenario waits for their lease; returns how many."""
        marked = [item for item in self.items(self.endpoints["table"]) if "sending_since" in item]
        for item in marked:
            since = int(item["sending_since"]) - 60_000
            moment = datetime.fromtimestamp(since / 1000, UTC).isoformat().replace("+00:00", "Z")
            self.aws("dynamodb").update_item(
                TableName=self.endpoints["table"],
                Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}},
                UpdateExpression="SET sending_since = :since, sending.since = :moment",
                ExpressionAttributeValues={":since": {"N": str(since)}, ":moment": {"S": moment}},
            )
        return len(marked)

    def kill(self, name: str) -> int:
        """Ends a function's processes as a crash would; returns how many there were."""
        wanted = {f"AWS_LAMBDA_FUNCTION_NAME={self.function(name)}", f"AWS_ENDPOINT_URL={self.endpoints['aws']}"}
        killed = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = set((process / "environ").read_text().split("\0"))
            except OSError:
                continue
            if wanted <= environment:
                os.kill(int(process.name), signal.SIGKILL)
                killed += 1
        return killed


def broken_links(log: list[dict]) -> list[int]:
    """The places in the audit log where an entry isn't what was written, or doesn't follow the one before it."""
    broken, previous = [], "0" * 64
    for place, entry in enumerate(log, start=1):
        record = _ordered(entry["record"], RECORD_FIELDS) | {"outcome": _ordered(entry["record"]["outcome"], OUTCOME_FIELDS)}
        written = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        digest = hashlib.sha256(place.to_bytes(8, "big") + previous.encode() + written).hexdigest()
        if (entry["sequence"], entry["previous"], entry["hash"]) != (place, previous, digest):
            broken.append(place)
        previous = entry["hash"]
    return broken


def _ordered(fields: dict, order: list[str]) -> dict:
    assert fields.keys() <= set(order), fields
    return {name: fields[name] for name in order if name in fields}


def _plain(item: dict) -> dict:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
