"""The verdict itself: a check that can't fail checks nothing."""

import pytest
from harness.room import DANA, GITHUB, Room
from harness.waiting import until


def test_what_nobody_looked_at_is_found(room: Room):
    room.types(DANA, "help")
    (answer,) = until("an answer", lambda: room.private_messages("C0OPS", DANA))
    with pytest.raises(AssertionError, match="nobody expected: .*What you can ask here"):
        room.verdict.give()
    room.seen.add((answer.channel, answer.ts))


def test_a_message_that_was_said_twice_is_found(room: Room):
    metadata = {"event_type": "opsroom_message", "event_payload": {"key": "deployment/d-twice"}}
    for _ in range(2):
        ts = room.slack().chat_postMessage(channel=GITHUB, text="Deployed", metadata=metadata)["ts"]
        room.seen.add((GITHUB, ts))
    with pytest.raises(AssertionError, match="said 2 times: deployment/d-twice"):
        room.verdict.give()
    room.slack().chat_delete(channel=GITHUB, ts=ts)


def test_a_fault_that_never_struck_is_found(room: Room):
    room.faults.aws("dynamodb", "DeleteTable", {"kind": "drop"})
    with pytest.raises(AssertionError, match="never struck: .*DeleteTable"):
        room.verdict.give()


def test_a_door_that_failed_is_found(room: Room):
    room.workspace.post("/send", {"path": "/commands", "body": "command=%2Fops", "sign": False})
    with pytest.raises(AssertionError, match="the door failed: .*401"):
        room.verdict.give()
    room.verdict.door_may_fail = True


def test_a_dead_letter_is_found(room: Room):
    queue = room.endpoints["dead_letter_queue_urls"]["commands"]
    sqs = room.cloud.aws("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    with pytest.raises(AssertionError, match="dead letters of commands"):
        room.verdict.give()
    (letter,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=letter["ReceiptHandle"])


def test_a_secret_in_a_log_is_found(room: Room):
    """Written there by hand: the functions write none."""
    logs, group, stream = room.cloud.aws("logs"), f"/aws/lambda/{room.endpoints['stack']}-commands", "by-hand"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    moment = int(room.began.timestamp() * 1000) + 1
    line = f"token={room.endpoints['slack_bot_token']}"
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": moment, "message": line}])
    with pytest.raises(AssertionError, match="the log holds the bot's token"):
        room.verdict.give()
    logs.delete_log_stream(logGroupName=group, logStreamName=stream)
