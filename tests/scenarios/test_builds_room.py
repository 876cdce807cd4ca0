"""The Builds room: one message from the first failure to the fix, the right person called once, approvals by those who may."""

import json

from harness.github import Repository
from harness.message import Message
from harness.room import AVERY, BUILDS, DANA, GITHUB, OPS, ROBIN, Room


KEY = "AKIAIOSFODNN7EXAMPLE"
"""What every build of the local CodeBuild prints."""


def watches(room: Room, line: str, channel: str = BUILDS) -> Message:
    """Types it; the echo names what is watched."""
    room.types(DANA, f"build watch {line}", channel)
    return room.message(f"<@{DANA}>", channel, about="answer/")


def labels(message: Message) -> list[str]:
    return [button["text"]["text"] for _, button in message.buttons()]


def starts(room: Room, pipeline: str, revision: str = "v1") -> str:
    """Starts a pipeline outside of chat."""
    pipelines = room.cloud.aws("codepipeline")
    if pipeline.startswith("api"):
        sources = [{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": revision}]
        return pipelines.start_pipeline_execution(name=pipeline, sourceRevisions=sources)["pipelineExecutionId"]
    variables = [{"name": "REF", "value": revision}]
    return pipelines.start_pipeline_execution(name=pipeline, variables=variables)["pipelineExecutionId"]


def test_from_the_first_failure_to_the_fix_it_is_one_message(room: Room):
    watches(room, "web-staging")
    starts(room, "web-staging", "broken")
    broken = room.message("web-staging", BUILDS, about="run/")
    assert "failed" in broken.text
    assert "Test" in broken.text
    assert {"Retry", "Logs", "How?"} <= set(labels(broken))
    starts(room, "web-staging", "broken")
    room.again(broken, "Still failing: 2 runs")
    starts(room, "web-staging", "v2")
    room.again(broken, "ixed")
    room.message("ixed", BUILDS, thread=broken.ts)
    starts(room, "web-staging", "v3")


def test_the_end_of_the_log_is_shown_without_its_secrets(room: Room):
    watches(room, "worker-staging")
    starts(room, "worker-staging", "broken")
    broken = room.message("worker-staging", BUILDS, about="run/")
    assert "make: *** [Makefile:12: test] Error 101" in broken.text
    assert KEY not in json.dumps(broken.raw)
    room.types(ROBIN, "build logs worker-staging --lines 200", BUILDS)
    log = room.private(ROBIN, "worker-staging", BUILDS)
    assert len(log.text.splitlines()) > 20
    assert "AWS_ACCESS_KEY_ID=AKIA***" in log.text
    assert KEY not in json.dumps(log.raw)


def test_the_author_of_what_broke_it_is_called_once(room: Room):
    room.types(AVERY, "gh link avery-at-github", GITHUB)
    room.private(AVERY, "avery-at-github", GITHUB)
    watches(room, "acme/api")
    api = Repository(room.webhooks, "acme/api")
    api.run(1, "requested", by="avery-at-github")
    api.job(1, "test", "failure", "Run the tests")
    api.run(1, "completed", "failure", by="avery-at-github")
    broken = room.message("CI", BUILDS, about="run/")
    assert f"<@{AVERY}>" in broken.text
    assert "Run the tests" in room.again(broken, "Run the tests").text
    api.run(2, "completed", "failure", by="octocat")
    room.again(broken, "Still failing: 2 runs")
    api.run(3, "completed", "cancelled", by="octocat")
    api.run(4, "completed", "success", by="octocat")
    room.again(broken, "ixed")
    room.message("ixed", BUILDS, thread=broken.ts)


def test_of_runs_that_end_in_any_order_the_latest_counts(room: Room):
    watches(room, "acme/api")
    api = Repository(room.webhooks, "acme/api")
    api.run(12, "completed", "success")
    api.run(11, "completed", "failure")
    told = api.run(13, "completed", "failure")
    room.message("#13", BUILDS, about="run/")
    for _ in range(3):
        room.webhooks.takes("github", "workflow_run", told)


def test_who_wants_every_run_sees_each_as_one_message(room: Room):
    watches(room, "worker-staging on:start,success,fail")
    run = starts(room, "worker-staging", "v5")
    shown = room.message("worker-staging", BUILDS, about="run/")
    assert run in (shown.key or "")
    room.again(shown, "passed")


def test_an_approval_is_given_by_those_who_may_and_says_who_did(room: Room):
    watches(room, "billing-production")
    run = starts(room, "billing-production", "v6")
    # What it asks stands in no event: it is there once it was looked up.
    waiting = room.again(room.message("waits", BUILDS, about="run/"), "has somebody looked at the reports from staging?")
    assert {"Approve", "Reject"} <= set(labels(waiting))
    room.presses(ROBIN, waiting, "Approve")
    room.submits(ROBIN, "")
    room.private(ROBIN, "Not allowed", BUILDS)
    room.presses(DANA, waiting, "Reject")
    room.presses(AVERY, waiting, "Approve")
    room.submits(AVERY, "Looked at it.")
    approved = room.again(waiting, f"<@{AVERY}>")
    room.again(approved, "passed")
    room.message("Looked at it.", BUILDS, thread=waiting.ts)
    states = room.cloud.aws("codepipeline").list_action_executions(pipelineName="billing-production", filter={"pipelineExecutionId": run})
    (decided,) = [one for one in states["actionExecutionDetails"] if one["input"]["actionTypeId"]["category"] == "Approval"]
    assert decided["status"] == "Succeeded"
    # Whoever still has the dialog open is told what happened since.
    room.submits(DANA, "Too late")
    assert "Avery Approver" in room.private(DANA, "approved already", BUILDS).text


def test_a_rejection_needs_a_reason_and_whoever_deploys_cannot_approve(room: Room):
    deployment = room.deploys(DANA, "billing@v7 to production")
    waiting = room.again(deployment, "has somebody looked at the reports from staging?")
    room.message("waits", OPS, thread=deployment.ts)
    room.presses(DANA, waiting, "Approve")
    room.submits(DANA, "My own")
    room.private(DANA, "you asked for this deployment", OPS)
    room.presses(AVERY, waiting, "Reject")
    room.submits(AVERY, "Not on a Friday")
    room.again(deployment, "Failed to deploy billing to production")
    room.message("Rejected by Avery Approver: Not on a Friday", OPS, thread=deployment.ts)
    room.message(f"<@{DANA}> Failed to deploy billing to production. Approval / Sign-off was rejected", OPS, thread=deployment.ts)
    assert len([call for call in room.calls("PutApprovalResult") if call["status"] == 200]) == 1


def test_retry_runs_the_failed_stage_again(room: Room):
    watches(room, "web-production")
    run = starts(room, "web-production", "broken")
    broken = room.message("web-production", BUILDS, about="run/")
    room.presses(ROBIN, broken, "Retry")
    room.private(ROBIN, "Not allowed", BUILDS)
    room.types(AVERY, "build retry web-production", OPS)
    room.private(AVERY, "What failed in Test of web-production is run again", OPS)
    room.again(broken, f"<@{AVERY}>")
    assert [call["status"] for call in room.calls("RetryStageExecution")] == [200]
    room.sees_all(BUILDS)
    room.sees_all(OPS)
    assert [execution["pipelineExecutionId"] for execution in room.runs("web-production")] == [run]


def test_what_chat_deployed_is_one_message_there_and_told_where_it_is_watched(room: Room):
    watches(room, "* on:start,success,fail", OPS)
    watches(room, "* on:start,success,fail", BUILDS)
    deployment = room.deploys(DANA, "web@v9 to staging")
    room.again(deployment, "Deployed web to staging")
    elsewhere = room.message("web-staging", BUILDS, about="run/")
    room.again(elsewhere, "passed")
    assert [message.key for message in room.sees_all(OPS) if (message.key or "").startswith("run/")] == []


def test_owners_are_called_once_if_it_stays_broken(room: Room):
    watches(room, "web-staging")
    starts(room, "web-staging", "broken")
    broken = room.message("web-staging", BUILDS, about="run/")
    room.tick(30)
    room.tick(61)
    room.message(f"<@{AVERY}>", BUILDS, thread=broken.ts)
    room.tick(62)
    room.tick(120)
    room.types(ROBIN, "build status", BUILDS)
    assert "web-staging" in room.private(ROBIN, "web-staging", BUILDS).text


def test_builds_of_codebuild_that_no_pipeline_started(room: Room):
    watches(room, "nightly")
    room.gateway.post("/builds", {"project": "nightly", "status": "FAILED"})
    broken = room.message("nightly", BUILDS, about="run/")
    assert "failed" in broken.text
    room.gateway.post("/builds", {"project": "nightly", "status": "SUCCEEDED"})
    room.again(broken, "ixed")
    room.message("ixed", BUILDS, thread=broken.ts)
