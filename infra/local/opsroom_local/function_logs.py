"""The functions' logs, from CloudWatch Logs like anywhere, in the order they were written."""

import json
import time

from . import deploy
from .layout import Layout

PREFIX = f"/aws/lambda/{deploy.STACK}-"


def show(layout: Layout, follow: bool) -> None:
    """Prints what the functions of the running cloud have logged; with `follow`, also what they log from now on."""
    logs = deploy.client(json.loads(layout.endpoints.read_text())["aws"], "logs")
    seen: set[tuple] = set()
    while True:
        for group, event in _events(logs):
            # MiniStack gives events no eventId.
            identity = (group, event.get("logStreamName"), event["timestamp"], event["message"])
            if identity not in seen:
                seen.add(identity)
                print(f"{group.removeprefix(PREFIX):<14} {event['message'].rstrip()}", flush=True)
        if not follow:
            return
        time.sleep(1)


def _events(logs) -> list[tuple[str, dict]]:
    found = []
    for groups in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=PREFIX):
        for group in groups["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                found += [(group["logGroupName"], event) for event in page["events"]]
    return sorted(found, key=lambda entry: entry[1]["timestamp"])
