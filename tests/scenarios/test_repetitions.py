"""Whatever is delivered twice, or left in the middle by a crash, is done once."""

from harness.door import JSON, slash
from harness.room import AVERY, DANA, OPS, Room

DEPLOYED_AGAIN = 60
"""Seconds: what a crash left comes back when the queue's visibility timeout is over."""


def test_the_same_signed_command_three_times_is_one_execution_and_one_message(room: Room):
    body = slash(DANA, "deploy worker@v41 to staging", OPS, room.endpoints["team"], "https://hooks.slack.com/commands/none")
    letter = room.door.letter("/commands", body)
    for _ in range(3):
        answer = room.door.send(letter)
        assert (answer.status, answer.json()) == (200, {"response_type": "in_channel"})
    room.message("Deployed worker to staging")
    assert len(room.cloud.deployments("worker", "staging")[-1]["calls"]) == 1
    assert len(room.runs("worker-staging")) == 1
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]


def test_the_same_event_three_times_is_answered_once(room: Room):
    room.says(DANA, "@ops deploy web@v42 to staging")
    message = room.message("Deployed web to staging")
    (request,) = room.mentions_told()
    letter = room.door.letter("/events", request["request"].encode(), kind=JSON)
    for attempt in ("1", "2"):
        retried = letter.headers | {"X-Slack-Retry-Num": attempt, "X-Slack-Retry-Reason": "http_timeout"}
        assert room.door.send(type(letter)(letter.path, letter.body, retried)).status == 200
    room.verdict.calm()
    assert [m.ts for m in room.messages(OPS)] == [message.ts]
    assert len(room.runs("web-staging")) == 1


def test_commands_dies_between_starting_the_pipeline_and_recording_it(room: Room):
    held = room.faults.aws("codepipeline", "StartPipelineExecution", {"kind": "hold_after"}, caller="Commands")
    room.types(DANA, "deploy worker@v43 to production")
    room.faults.held(held)
    assert room.cloud.kill("Commands") >= 1
    message = room.message("Starting to deploy worker to production")
    room.faults.release(held)
    room.again(message, "Deployed worker to production", DEPLOYED_AGAIN)
    assert len(room.calls("StartPipelineExecution")) >= 2
    assert len(room.runs("worker-production")) == 1
    assert room.host("worker", "production")["version"] == "v43"
    assert len(room.messages(OPS)) == 1


def test_commands_dies_after_recording_and_before_starting(room: Room):
    held = room.faults.aws("dynamodb", "TransactWriteItems", {"kind": "hold_after"}, caller="Commands")
    room.types(AVERY, "deploy api@4444444 to production")
    room.faults.held(held)
    assert room.cloud.kill("Commands") >= 1
    room.faults.release(held)
    # Nobody has been told yet: the first word comes from who does it again.
    message = room.message("Deployed api to production", seconds=DEPLOYED_AGAIN)
    assert f"asked by <@{AVERY}>" in message.text
    assert len(room.runs("api-production")) == 1


def test_the_clock_starts_what_commands_left_behind(room: Room):
    """The same crash, without waiting for the queue: the due item does it two minutes later."""
    held = room.faults.aws("dynamodb", "TransactWriteItems", {"kind": "hold_after"}, caller="Commands")
    room.types(AVERY, "deploy web@v45 to production")
    room.faults.held(held)
    assert room.cloud.kill("Commands") >= 1
    room.faults.release(held)
    assert room.tick(3)["handed_on"] >= 1
    room.message("Deployed web to production", seconds=DEPLOYED_AGAIN)
    assert len(room.runs("web-production")) == 1


def test_delivery_dies_after_posting_and_before_noting_it(room: Room):
    room.faults.slack("chat.postMessage", {"kind": "delay", "ms": 10_000, "after": True})
    room.types(DANA, "deploy worker@v46 to staging")
    posted = room.message("worker to staging")
    assert room.cloud.kill("Delivery") >= 1
    assert room.cloud.age_marks() == 1
    room.again(posted, "Deployed worker to staging", DEPLOYED_AGAIN)
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1


def test_delivery_dies_after_marking_and_before_posting(room: Room):
    held = room.faults.aws("dynamodb", "UpdateItem", {"kind": "hold_after"}, caller="Delivery")
    room.types(DANA, "deploy web@v47 to staging")
    room.faults.held(held)
    assert room.cloud.kill("Delivery") >= 1
    room.faults.release(held)
    assert room.cloud.age_marks() == 1
    room.message("Deployed web to staging", seconds=DEPLOYED_AGAIN)
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1
