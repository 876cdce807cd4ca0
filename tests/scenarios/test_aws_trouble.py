"""AWS throttles, refuses or is away: nothing is lost or done twice, and the message says what happened once it can."""

import pytest
from harness.room import DANA, GITHUB, OPS, Room
from harness.waiting import until

COMES_BACK = 60
"""Seconds: what failed comes back when the queue's visibility timeout is over."""
THROTTLED = {"kind": "error", "status": 400, "type": "ProvisionedThroughputExceededException", "message": "slow down"}


def test_dynamodb_throttles_the_writing_of_a_request(room: Room):
    room.faults.aws("dynamodb", "TransactWriteItems", THROTTLED, caller="Commands", times=4)
    room.types(DANA, "deploy worker@v71 to staging")
    room.message("Deployed worker to staging", seconds=COMES_BACK)
    assert len(room.runs("worker-staging")) == 1


def test_dynamodb_throttles_what_pipelines_report(room: Room):
    room.pace(400)
    message = room.deploys(DANA, "worker@v72 to production")
    room.faults.aws("dynamodb", "TransactWriteItems", THROTTLED, caller="Activity", times=4)
    room.again(message, "Deployed worker to production", seconds=COMES_BACK)


def test_dynamodb_throttles_delivery(room: Room):
    room.faults.aws("dynamodb", "UpdateItem", THROTTLED, caller="Delivery", times=8)
    room.types(DANA, "deploy web@v73 to staging")
    room.message("Deployed web to staging", seconds=COMES_BACK)
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1


def test_dynamodb_gives_no_answer_after_the_write(room: Room):
    room.faults.aws("dynamodb", "TransactWriteItems", {"kind": "drop_after"}, caller="Commands")
    room.types(DANA, "deploy web@v74 to production")
    room.message("Deployed web to production", seconds=COMES_BACK)
    assert len(room.runs("web-production")) == 1
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]


def test_codepipeline_gives_no_answer_after_the_start(room: Room):
    room.faults.aws("codepipeline", "StartPipelineExecution", {"kind": "drop_after"}, caller="Commands")
    room.types(DANA, "deploy api@7777777 to staging")
    room.message("Deployed api to staging", seconds=COMES_BACK)
    assert len(room.runs("api-staging")) == 1


def test_codepipeline_throttles_the_start(room: Room):
    effect = {"kind": "error", "status": 400, "type": "ThrottlingException", "message": "Rate exceeded"}
    room.faults.aws("codepipeline", "StartPipelineExecution", effect, caller="Commands", times=4)
    room.types(DANA, "deploy api@8888888 to production")
    message = room.message("api to production")
    room.again(message, "Deployed api to production", seconds=COMES_BACK)
    assert len(room.runs("api-production")) == 1


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        pytest.param(400, "AccessDeniedException", "Opsroom's role may not start the pipeline `worker-staging`", id="denied"),
        pytest.param(400, "PipelineNotFoundException", "CodePipeline has no pipeline `worker-staging`", id="missing"),
        pytest.param(400, "ValidationException", "CodePipeline does not accept to start `worker-staging`", id="invalid"),
    ],
)
def test_codepipeline_refuses_the_start_and_the_message_says_why(room: Room, status: int, error: str, says: str):
    effect = {"kind": "error", "status": status, "type": error, "message": "no"}
    room.faults.aws("codepipeline", "StartPipelineExecution", effect, caller="Commands")
    room.types(DANA, "deploy worker@v75 to staging")
    message = room.message("worker to staging")
    failed = room.again(message, "Failed to deploy worker to staging")
    assert says.replace("`", "") in failed.text.replace("`", "")
    room.message(f"<@{DANA}> Failed to deploy worker to staging", thread=message.ts)
    # The way is free again.
    room.deploys(DANA, "worker@v76 to staging", says="Deployed")


def test_the_queue_fails_at_the_door_and_slack_asks_again(room: Room):
    effect = {"kind": "error", "status": 503, "type": "ServiceUnavailable", "message": "later"}
    room.verdict.door_may_fail = True
    room.faults.aws("sqs", "SendMessage", effect, caller="SlackIngress", times=3)
    asked = room.says(DANA, "@ops status", GITHUB)
    answer = room.message("What runs where", GITHUB)
    assert answer.thread == asked
    refused, *_, taken = [request["status"] for request in room.mentions_told()]
    assert (refused, taken) == (503, 200)
    room.verdict.calm()
    assert len(room.messages(GITHUB)) == 1


def test_the_queue_fails_at_the_door_and_the_person_is_told(room: Room):
    effect = {"kind": "error", "status": 503, "type": "ServiceUnavailable", "message": "later"}
    room.verdict.door_may_fail = True
    room.faults.aws("sqs", "SendMessage", effect, caller="SlackIngress", times=100)
    answer = room.tries(DANA, "deploy worker to production")
    assert (answer["ok"], answer["error"]) == (False, "dispatch_failed")
    room.faults.lift()
    room.verdict.calm()
    assert room.cloud.slots() == []
    assert room.calls("StartPipelineExecution") == []


def test_the_queue_fails_behind_the_door_and_the_clock_nudges(room: Room):
    """A nudge is only a hint: what is to be shown is in the table."""
    effect = {"kind": "error", "status": 503, "type": "ServiceUnavailable", "message": "later"}
    room.faults.aws("sqs", "SendMessageBatch", effect, caller="Commands", times=100)
    room.faults.aws("sqs", "SendMessageBatch", effect, caller="Activity", times=100)
    room.types(DANA, "deploy web@v77 to staging")
    room.faults.struck(2)
    until("the deployment is over", lambda: not room.cloud.slots())
    # A nudge that is still being tried would get through once the queue is back.
    until("all reports are worked off", lambda: not any(room.cloud.waiting()[name] for name in ("commands", "activity")))
    assert room.messages(OPS) == []
    room.faults.lift()
    assert room.tick(3)["nudged"] == 1
    room.message("Deployed web to staging")
