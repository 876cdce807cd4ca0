"""Pipelines' reports get lost, come twice or the wrong way round: the end is right all the same."""

import time

from harness.room import DANA, OPS, Room
from harness.waiting import until


def ended(room: Room, pipeline: str) -> bool:
    return room.cloud.executions(pipeline)[0]["status"] not in ("InProgress", "Stopping")


def test_an_end_that_nobody_reports_is_found_by_asking(room: Room):
    room.gateway.post("/events", {"mode": "drop"})
    message = room.deploys(DANA, "worker@v61 to staging")
    until("the pipeline is done", lambda: ended(room, "worker-staging"))
    assert "Deployed" not in room.messages(OPS)[0].text
    asked = len(room.calls("GetPipelineExecution"))
    room.tick(1)
    until("what was due is done", lambda: room.cloud.waiting()["commands"] == 0)
    assert len(room.calls("GetPipelineExecution")) == asked, "it is asked too early"
    assert room.tick(3)["handed_on"] >= 1
    done = room.again(message, "Deployed worker to staging")
    assert done.text.count("✓") == 4, done


def test_the_clock_that_strikes_twice_changes_nothing(room: Room):
    room.gateway.post("/events", {"mode": "drop"})
    message = room.deploys(DANA, "web@broken to staging")
    until("the pipeline is done", lambda: ended(room, "web-staging"))
    room.tick(3)
    room.tick(3)
    room.again(message, "Failed to deploy web to staging")
    room.tick(3)
    room.message(f"<@{DANA}> Failed to deploy web to staging", thread=message.ts)
    room.verdict.calm()
    assert len(room.messages(OPS)) == 2
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]


def test_it_is_asked_again_until_the_end(room: Room):
    room.gateway.post("/events", {"mode": "drop"})
    room.pace(60_000)
    message = room.deploys(DANA, "worker@v62 to production")
    room.tick(3)
    # The first look found it running and planned the next.
    until("the look is over", lambda: room.cloud.waiting()["commands"] == 0)
    room.pace(50)
    until("the pipeline is done", lambda: ended(room, "worker-production"))
    room.tick(6)
    room.again(message, "Deployed worker to production")


def test_in_reverse_order_the_end_is_the_end(room: Room):
    room.gateway.post("/events", {"mode": "reverse", "pause": True})
    message = room.deploys(DANA, "api@6666666 to staging")
    until("the pipeline is done", lambda: ended(room, "api-staging"))
    assert room.gateway.post("/events/release")["released"] >= 10
    done = room.again(message, "Deployed api to staging")
    room.verdict.calm()
    done = room.again(done, "Deployed api to staging")
    assert done.text.count("✓") == 4, done


def test_a_failure_in_reverse_order_is_told_once(room: Room):
    room.gateway.post("/events", {"mode": "reverse", "pause": True})
    message = room.deploys(DANA, "api@broken to production")
    until("the pipeline is done", lambda: ended(room, "api-production"))
    room.gateway.post("/events/release")
    failed = room.again(message, "Failed to deploy api to production")
    room.message(f"<@{DANA}> Failed to deploy api to production", thread=message.ts)
    room.verdict.calm()
    failed = room.again(failed, "Test failed with ")
    assert "✕ Test" in failed.text
    assert len(room.messages(OPS)) == 2


def test_every_report_twice_is_one_message_and_one_end(room: Room):
    room.gateway.post("/events", {"mode": "duplicate"})
    message = room.deploys(DANA, "web@v65 to production", says="Deployed")
    room.verdict.calm()
    assert [m.ts for m in room.messages(OPS)] == [message.ts]
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]


def test_a_run_that_was_started_elsewhere_is_none_of_ours(room: Room):
    room.cloud.aws("codepipeline").start_pipeline_execution(name="worker-staging")
    until("the pipeline is done", lambda: ended(room, "worker-staging"))
    room.verdict.calm()
    assert room.messages(OPS) == []
    assert room.recorded() == []


def test_a_failed_stage_that_is_retried_in_the_pipeline_goes_on_in_the_message(room: Room):
    message = room.deploys(DANA, "worker@broken to staging", says="Failed to deploy")
    room.message(f"<@{DANA}> Failed to deploy worker to staging", thread=message.ts)
    room.pace(1500)
    # Reports tell the time in seconds; nobody retries within the second of the failure.
    failed_at = time.time()
    until("it is another second", lambda: time.time() > failed_at + 1)
    execution = room.cloud.executions("worker-staging")[0]["pipelineExecutionId"]
    codepipeline = room.cloud.aws("codepipeline")
    codepipeline.retry_stage_execution(
        pipelineName="worker-staging", stageName="Test", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
    )
    room.again(message, "Deploying worker to staging")
    room.pace(50)
    room.again(message, "Failed to deploy worker to staging")
    until("the second failure is told", lambda: len(room.messages(OPS)) == 3)
    for reply in room.messages(OPS):
        room.seen.add((OPS, reply.ts))
