"""The Monit room: one incident is one message that is always true, whoever told of it and however often."""

import json
from pathlib import Path

from harness.alertmanager import Alertmanager
from harness.message import Message
from harness.room import AVERY, DANA, MONIT, OPS, ROBIN, Room
from harness.waiting import until


def labels(message: Message) -> list[str]:
    return [button["text"]["text"] for _, button in message.buttons()]


def incidents(room: Room, channel: str = MONIT) -> list[Message]:
    """The messages of incidents, without the words under them."""
    return [message for message in room.sees_all(channel) if (message.key or "").count("/") == 1 and message.key.startswith("incident/")]


def test_an_alarm_that_comes_two_ways_is_one_message_from_the_first_to_the_end(room: Room):
    # The topic is its action, and the account's rule sees it, too.
    name = room.alarms.metric(room.alarms.unique("api-production-5xx"), ApiName="api")
    room.alarms.sets(name, "ALARM")
    shown = room.message(f"Alert: {name}", MONIT, about="incident/")
    assert "above 10" in shown.text
    assert "api in production" in shown.text
    assert "CloudWatch" in shown.text
    assert {"Acknowledge", "Resolve", "Silence…", "Assign…", "How?"} <= set(labels(shown))
    until("the graph is drawn", lambda: any(block["type"] == "image" for block in room.again(shown, name).blocks()))
    room.alarms.sets(name, "INSUFFICIENT_DATA", "Insufficient Data")
    room.alarms.sets(name, "OK", "Threshold Crossed: 1 datapoint [2.0] was not greater than the threshold (10.0).")
    over = room.again(shown, f"Resolved: {name}")
    assert "by itself" in over.text
    room.verdict.calm()
    assert [message.ts for message in incidents(room)] == [shown.ts]
    assert labels(over) == ["Reopen", "How?"]


def test_all_alarms_of_the_account_come_without_touching_them(room: Room):
    name = room.alarms.metric(room.alarms.unique("untouched"), topic=False)
    room.alarms.sets(name, "ALARM")
    shown = room.message(f"Alert: {name}", MONIT, about="incident/")
    assert "No route took this" in shown.text
    room.alarms.sets(name, "OK")
    room.again(shown, "Resolved")


def test_a_real_alertmanager_tells_of_the_beginning_and_the_end(room: Room, tmp_path: Path):
    name = room.alarms.unique("QueueIsLong")
    with Alertmanager(room.endpoints, tmp_path) as alertmanager:
        alertmanager.fires(name, "1,200 orders wait", service="worker", environment="staging", severity="critical")
        shown = room.message(f"Alert: {name}", MONIT, about="incident/")
        assert "1,200 orders wait" in shown.text
        assert "worker in staging" in shown.text
        assert "Runbook" in labels(shown)
        alertmanager.is_well(name, "1,200 orders wait", service="worker", environment="staging", severity="critical")
        room.again(shown, f"Resolved: {name}")


def test_two_senders_one_incident(room: Room):
    error, slow = room.alarms.unique("errors"), room.alarms.unique("slow")
    where = {"service": "web", "environment": "production"}
    room.alarms.tells(error, labels=where, value=7.5, threshold={"above": 5}, unit="%")
    shown = room.message(f"Alert: {error}", MONIT, about="incident/")
    told = {
        "status": "firing",
        "labels": {"alertname": slow, "severity": "warning", **where},
        "annotations": {"summary": "The 95th percentile is above two seconds"},
        "startsAt": room.moment(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": slow[-6:] * 2,
    }
    room.webhooks.takes("grafana", "", {"status": "firing", "alerts": [told], "externalURL": "https://grafana.example/", "orgId": 1})
    both = room.again(shown, "2 alarms, 2 of them firing")
    assert slow in both.text
    room.alarms.tells(error, "ok", labels=where)
    room.again(shown, "2 alarms, 1 of them firing")
    resolved = {**told, "status": "resolved", "endsAt": room.moment()}
    room.webhooks.takes("grafana", "", {"status": "resolved", "alerts": [resolved], "externalURL": "https://grafana.example/", "orgId": 1})
    room.again(shown, f"Resolved: {error}")
    assert len(incidents(room)) == 1


def test_what_was_told_late_and_twice_changes_nothing(room: Room):
    key = room.alarms.unique("backup")
    first, later = room.moment(), room.moment(0.1)
    room.alarms.tells(key, "ok", at=later)
    fired = room.alarms.tells(key, "firing", at=first)
    until("all is worked off", lambda: not any(room.cloud.waiting().values()))
    assert incidents(room) == []
    fired = room.alarms.tells(key, "firing", at=room.moment(0.2), summary="<!channel> <https://evil.example|click> *bold*")
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    assert "<!channel>" in shown.text
    assert "evil.example|" not in json.dumps([block for block in shown.blocks() if block["type"] == "section"]).replace("&lt;", "")
    for _ in range(2):
        room.webhooks.takes("generic-alerts", "", fired)
    room.alarms.tells(key, "ok", at=room.moment(0.3))
    room.again(shown, "Resolved")
    assert len(incidents(room)) == 1


def test_who_takes_it_has_it_and_the_other_is_told(room: Room):
    key = room.alarms.unique("disk")
    room.alarms.tells(key)
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    # Both look at the same message, and it changes for neither before they press.
    room.faults.slack("chat.update", {"kind": "delay", "ms": 1500}, MONIT)
    room.presses(DANA, shown, "Acknowledge")
    room.presses(AVERY, shown, "Acknowledge")
    acknowledged = room.again(shown, "Dana Deployer has it")
    room.message("You have", room.direct(DANA))
    assert "Dana Deployer was faster" in room.private(AVERY, key, MONIT).text
    # Nobody is called any more, however late it gets.
    room.tick(60)
    room.presses(DANA, acknowledged, "Resolve")
    over = room.again(shown, "Resolved")
    assert "by Dana Deployer" in over.text
    room.types(AVERY, f"mon ack {shown.key.removeprefix('incident/')}", MONIT)
    room.private(AVERY, "resolved before", MONIT)
    actions = [record["request"] for record in room.recorded() if record["outcome"]["outcome"] == "allowed"]
    assert any("acknowledge" in request or "ack" in request for request in actions)


def test_who_may_only_read_can_not_take_it(room: Room):
    key = room.alarms.unique("certificate")
    room.alarms.tells(key)
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    room.presses(ROBIN, shown, "Acknowledge")
    room.private(ROBIN, "Not allowed", MONIT)
    room.alarms.tells(key, "ok")
    room.again(shown, "Resolved")


def test_what_is_said_in_its_thread_is_kept_on_it(room: Room):
    key = room.alarms.unique("latency")
    room.alarms.tells(key)
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    room.says(DANA, "The cache was cold, looking into it", MONIT, thread=shown.ts)
    room.again(shown, "The cache was cold")
    room.alarms.tells(key, "ok")
    room.again(shown, "Resolved")


def test_a_silence_counts_what_it_keeps_quiet_and_says_when_it_is_over(room: Room):
    key = room.alarms.unique("noise")
    where = {"service": "worker", "environment": "production"}
    room.types(DANA, "mon silence service=worker env=production for 2h reason moving the queue", MONIT)
    room.message("moving the queue", MONIT)
    room.alarms.tells(key, labels=where)
    until("all is worked off", lambda: not any(room.cloud.waiting().values()))
    assert incidents(room) == []
    room.types(ROBIN, "mon silences", MONIT)
    listed = room.private(ROBIN, "moving the queue", MONIT)
    assert "1 " in listed.text
    room.tick(121)
    room.message("over", MONIT, about="silence/")
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    room.alarms.tells(key, "ok", labels=where, at=room.moment(122 * 60))
    room.again(shown, "Resolved")


def test_a_route_made_in_chat_takes_an_alarm_where_it_belongs(room: Room):
    key = room.alarms.unique("payments")
    room.types(DANA, "mon route add name:payments-* to:here severity:notification", OPS)
    made = room.message("payments-*", OPS)
    room.types(ROBIN, f"mon test {key}", OPS)
    assert "route r-" in room.private(ROBIN, key, OPS).text
    room.alarms.tells(key)
    shown = room.message(f"Notification: {key}", OPS, about="incident/")
    assert "<@" not in shown.text.split("\n")[0]
    room.alarms.tells(key, "ok")
    room.again(shown, "Resolved")
    (route,) = [word.strip("`.,") for word in made.text.split() if word.strip("`.,").startswith("r-")][:1]
    room.types(DANA, f"mon route remove {route}", OPS)
    room.message("took the route", OPS, about="answer/")


def test_a_deployment_just_before_is_a_suspect_and_can_be_rolled_back_from_there(room: Room):
    for revision in ("v41", "v42"):
        deployment = room.deploys(DANA, f"web@{revision} to staging")
        room.again(deployment, "Deployed web to staging")
    key = room.alarms.unique("web-errors")
    where = {"service": "web", "environment": "staging"}
    room.alarms.tells(key, labels=where)
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    assert "v42" in shown.text
    (back,) = [label for label in labels(shown) if label.startswith("Roll back to")]
    assert back == "Roll back to v41"
    room.presses(DANA, shown, back)
    until("v41 runs again", lambda: room.host("web", "staging").get("version") == "v41")
    room.sees_all(OPS)
    room.sees_all(MONIT)
    room.alarms.tells(key, "ok", labels=where)
    room.again(shown, "Resolved")
    room.sees_all(OPS)
    room.sees_all(MONIT)


def test_what_is_open_what_was_missed_and_how_things_stand(room: Room):
    key = room.alarms.unique("open")
    room.alarms.tells(key, labels={"service": "api", "environment": "staging"})
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    room.types(ROBIN, "mon open", MONIT)
    assert key in room.private(ROBIN, "open", MONIT).text
    room.types(ROBIN, "status staging", OPS)
    assert key in room.private(ROBIN, key, OPS).text
    room.alarms.tells(key, "ok", labels={"service": "api", "environment": "staging"})
    room.again(shown, "Resolved")
    room.types(ROBIN, "mon missed", OPS)
    assert key in room.private(ROBIN, key, OPS, unlike=room.private_messages(OPS, ROBIN)[0]).text


def test_what_can_not_be_understood_is_kept_and_told_once(room: Room):
    sqs, queue = room.cloud.aws("sqs"), room.endpoints["alarms_queue_url"]
    body = json.dumps({"not": "an alarm", "of": room.alarms.unique("anybody")})
    for _ in range(2):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    told = room.message("understood", MONIT, about="unreadable/")
    until("both are worked off", lambda: not room.cloud.waiting()["alarms"])
    letters = sqs.receive_message(
        QueueUrl=room.endpoints["dead_letter_queue_urls"]["alarms"], MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    assert all(letter["MessageAttributes"]["reason"]["StringValue"] for letter in letters)
    for letter in letters:
        sqs.delete_message(QueueUrl=room.endpoints["dead_letter_queue_urls"]["alarms"], ReceiptHandle=letter["ReceiptHandle"])
    assert told.text
