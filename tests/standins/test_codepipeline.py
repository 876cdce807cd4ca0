"""The CodePipeline stand-in behaves as CodePipeline does: executions, stages, approvals, and how it refuses.

Each test works on pipelines that nothing else uses while it runs, and puts the pace back afterwards.
"""

import json
import re
import uuid

import pytest
from aws_gateway import ACCOUNT, PIPELINE, RELEASE, ended, host_version, refused, start, start_and_end, status, until
from aws_gateway import client, codepipeline, control, quiet_pipelines  # noqa: F401 (fixtures)


def test_the_example_pipelines_are_there(codepipeline):
    names = [
        pipeline["name"] for page in codepipeline.get_paginator("list_pipelines").paginate() for pipeline in page["pipelines"]
    ]
    assert {f"{service}-{env}" for service in ("api", "web", "worker") for env in ("staging", "production")} < set(names)
    found = codepipeline.get_pipeline(name="api-staging")
    assert [stage["name"] for stage in found["pipeline"]["stages"]] == ["Source", "Build", "Test", "Deploy"]
    assert found["metadata"]["pipelineArn"] == f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:api-staging"
    tags = codepipeline.list_tags_for_resource(resourceArn=found["metadata"]["pipelineArn"])["tags"]
    assert {"key": "service", "value": "api"} in tags


def test_an_execution_runs_to_its_end_and_changes_the_host(codepipeline, control):
    execution = start(codepipeline, variables=[{"name": "REF", "value": "v1.2.3"}])
    assert ended(codepipeline, execution) == "Succeeded"
    assert host_version(control) == "v1.2.3"
    record = codepipeline.get_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=execution)["pipelineExecution"]
    assert record["variables"] == [{"name": "REF", "resolvedValue": "v1.2.3"}]
    assert record["trigger"] == {"triggerType": "StartPipelineExecution", "triggerDetail": f"arn:aws:iam::{ACCOUNT}:root"}
    [revision] = record["artifactRevisions"]
    assert re.fullmatch("[0-9a-f]{40}", revision["revisionId"])
    assert json.loads(revision["revisionSummary"])["CommitMessage"]

    actions = codepipeline.list_action_executions(
        pipelineName=PIPELINE, filter={"pipelineExecutionId": execution}, maxResults=3
    )
    assert [action["actionName"] for action in actions["actionExecutionDetails"]] == ["Deploy", "Test", "Build"]
    rest = codepipeline.list_action_executions(
        pipelineName=PIPELINE, filter={"pipelineExecutionId": execution}, maxResults=3, nextToken=actions["nextToken"]
    )
    [source] = rest["actionExecutionDetails"]
    assert "nextToken" not in rest
    assert source["output"]["executionResult"]["externalExecutionId"] == revision["revisionId"]
    build = actions["actionExecutionDetails"][2]
    assert '"v1.2.3"' in build["input"]["resolvedConfiguration"]["EnvironmentVariables"]
    state = codepipeline.get_pipeline_state(name=PIPELINE)
    assert {stage["latestExecution"]["status"] for stage in state["stageStates"]} == {"Succeeded"}


def test_a_source_revision_is_what_gets_deployed(codepipeline, control):
    override = [{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "0123abcd"}]
    execution = start(codepipeline, sourceRevisions=override)
    assert ended(codepipeline, execution) == "Succeeded"
    assert host_version(control) == "0123abcd"


def test_a_new_commit_is_what_the_next_execution_finds(codepipeline, control):
    commit = control("POST", f"/pipelines/{PIPELINE}/commits", {"message": "Mend the pump"})
    execution = start(codepipeline)
    assert ended(codepipeline, execution) == "Succeeded"
    assert host_version(control) == commit["sha"]
    [summary] = codepipeline.list_pipeline_executions(pipelineName=PIPELINE, maxResults=1)["pipelineExecutionSummaries"]
    assert summary["pipelineExecutionId"] == execution
    assert "Mend the pump" in summary["sourceRevisions"][0]["revisionSummary"]


def test_a_broken_revision_fails_in_its_test_stage(codepipeline, control):
    before = host_version(control)
    execution = start(codepipeline, variables=[{"name": "REF", "value": "broken"}])
    assert ended(codepipeline, execution) == "Failed"
    assert host_version(control) == before
    actions = codepipeline.list_action_executions(pipelineName=PIPELINE, filter={"pipelineExecutionId": execution})
    failed = actions["actionExecutionDetails"][0]
    assert (failed["stageName"], failed["status"]) == ("Test", "Failed")
    result = failed["output"]["executionResult"]
    assert result["errorDetails"]["code"] == "JobFailed"
    assert "exit status 2" in result["externalExecutionSummary"]
    assert result["externalExecutionUrl"].startswith("https://console.aws.amazon.com/codebuild/")

    codepipeline.retry_stage_execution(
        pipelineName=PIPELINE, stageName="Test", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
    )
    assert ended(codepipeline, execution) == "Failed"
    runs = {
        wanted: len(
            codepipeline.list_action_executions(
                pipelineName=PIPELINE,
                filter={"latestInPipelineExecution": {"pipelineExecutionId": execution, "startTimeRange": wanted}},
            )["actionExecutionDetails"]
        )
        for wanted in ("Latest", "All")
    }
    assert runs == {"Latest": 3, "All": 4}
    refusal, _ = refused(
        codepipeline.retry_stage_execution,
        pipelineName=PIPELINE,
        stageName="Deploy",
        pipelineExecutionId=execution,
        retryMode="ALL_ACTIONS",
    )
    assert refusal == "StageNotRetryableException"


def test_the_same_token_starts_once(codepipeline):
    token = uuid.uuid4().hex
    first = start(codepipeline, clientRequestToken=token)
    assert start(codepipeline, clientRequestToken=token) == first
    assert start(codepipeline, clientRequestToken=uuid.uuid4().hex) != first


def test_a_newer_execution_supersedes_one_that_waits(codepipeline, control):
    control("POST", "/pace", {"ms": 600_000})
    first, second, third = (start(codepipeline) for _ in range(3))
    assert [status(codepipeline, each) for each in (first, second, third)] == ["InProgress", "Superseded", "InProgress"]
    source = codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"][0]
    assert source["inboundExecution"]["pipelineExecutionId"] == third
    assert source["latestExecution"]["pipelineExecutionId"] == first


def test_stopping_waits_and_abandoning_does_not(codepipeline, control):
    control("POST", "/pace", {"ms": 600_000})
    execution = start(codepipeline)
    which = {"pipelineName": PIPELINE, "pipelineExecutionId": execution}
    codepipeline.stop_pipeline_execution(**which, reason="wrong one")
    assert status(codepipeline, execution) == "Stopping"
    assert refused(codepipeline.stop_pipeline_execution, **which)[0] == "DuplicatedStopRequestException"
    codepipeline.stop_pipeline_execution(**which, abandon=True)
    assert status(codepipeline, execution) == "Stopped"
    assert refused(codepipeline.stop_pipeline_execution, **which)[0] == "PipelineExecutionNotStoppableException"
    [summary] = codepipeline.list_pipeline_executions(pipelineName=PIPELINE, maxResults=1)["pipelineExecutionSummaries"]
    assert summary["status"] == "Stopped"


def test_a_stop_takes_effect_when_the_action_ends(codepipeline, control):
    control("POST", "/pace", {"ms": 600_000})
    execution = start(codepipeline)
    codepipeline.stop_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=execution)
    control("POST", "/pace", {"ms": 0})
    assert ended(codepipeline, execution) == "Stopped"
    [action] = codepipeline.list_action_executions(
        pipelineName=PIPELINE, filter={"pipelineExecutionId": execution}
    )["actionExecutionDetails"]
    assert action["status"] == "Succeeded"


def approval_token(codepipeline):
    for stage in codepipeline.get_pipeline_state(name=RELEASE)["stageStates"]:
        for action in stage["actionStates"]:
            if "token" in action.get("latestExecution", {}):
                return action["latestExecution"]["token"]
    return None


@pytest.mark.parametrize(("verdict", "end"), [("Approved", "Succeeded"), ("Rejected", "Failed")])
def test_a_manual_approval_waits_for_its_answer(codepipeline, verdict, end):
    execution = start(codepipeline, RELEASE)
    token = until("the approval is asked for", lambda: approval_token(codepipeline))
    answer = {
        "pipelineName": RELEASE,
        "stageName": "Approval",
        "actionName": "Release",
        "result": {"summary": "looked at it", "status": verdict},
    }
    assert refused(codepipeline.put_approval_result, **answer, token=str(uuid.uuid4()))[0] == "InvalidApprovalTokenException"
    assert codepipeline.put_approval_result(**answer, token=token)["approvedAt"]
    assert refused(codepipeline.put_approval_result, **answer, token=token)[0] == "ApprovalAlreadyCompletedException"
    assert ended(codepipeline, execution, RELEASE) == end
    assert approval_token(codepipeline) is None


def test_nothing_enters_a_stage_whose_transition_is_disabled(codepipeline):
    where = {"pipelineName": PIPELINE, "stageName": "Deploy", "transitionType": "Inbound"}
    codepipeline.disable_stage_transition(**where, reason="Frozen for the holidays.")
    try:
        execution = start(codepipeline)

        def deploy():
            return codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"][3]

        until("the execution waits", lambda: deploy().get("inboundExecution", {}).get("pipelineExecutionId") == execution)
        assert deploy()["inboundTransitionState"]["disabledReason"] == "Frozen for the holidays."
    finally:
        codepipeline.enable_stage_transition(**where)
    assert ended(codepipeline, execution) == "Succeeded"


def test_a_stage_is_rolled_back(codepipeline, control):
    old, new = (start_and_end(codepipeline, ref) for ref in ("v1", "v2"))
    assert host_version(control) == "v2"
    which = {"pipelineName": PIPELINE, "stageName": "Deploy"}
    assert refused(codepipeline.rollback_stage, **which, targetPipelineExecutionId=new)[0] == (
        "PipelineExecutionOutdatedException"
    )
    execution = codepipeline.rollback_stage(**which, targetPipelineExecutionId=old)["pipelineExecutionId"]
    assert ended(codepipeline, execution) == "Succeeded"
    assert host_version(control) == "v1"
    record = codepipeline.get_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=execution)["pipelineExecution"]
    assert (record["executionType"], record["trigger"]["triggerType"]) == ("ROLLBACK", "ManualRollback")
    assert record["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": old}


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [
        (
            "get_pipeline_state",
            {"name": "nothing"},
            ("PipelineNotFoundException", f"Account '{ACCOUNT}' does not have a pipeline with name 'nothing'"),
        ),
        (
            "start_pipeline_execution",
            {"name": "not a name"},
            (
                "ValidationException",
                "1 validation error detected: Value 'not a name' at 'name' failed to satisfy constraint: Member must "
                r"satisfy regular expression pattern: [A-Za-z0-9.@\-_]+",
            ),
        ),
        ("start_pipeline_execution", {"name": PIPELINE, "clientRequestToken": "a b"}, ("ValidationException", None)),
        (
            "start_pipeline_execution",
            {"name": "api-staging", "variables": [{"name": "REF", "value": "v1"}]},
            ("ValidationException", None),
        ),
        (
            "get_pipeline_execution",
            {"pipelineName": PIPELINE, "pipelineExecutionId": str(uuid.uuid4())},
            ("PipelineExecutionNotFoundException", None),
        ),
        ("list_action_executions", {"pipelineName": PIPELINE, "nextToken": "x"}, ("InvalidNextTokenException", None)),
        (
            "disable_stage_transition",
            {"pipelineName": PIPELINE, "stageName": "Party", "transitionType": "Inbound", "reason": "No."},
            ("StageNotFoundException", None),
        ),
        (
            "list_tags_for_resource",
            {"resourceArn": f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:no"},
            ("ResourceNotFoundException", None),
        ),
        ("list_webhooks", {}, ("UnknownOperationException", None)),
    ],
)
def test_bad_requests_are_refused_as_aws_refuses_them(codepipeline, operation, arguments, expected):
    found, message = refused(getattr(codepipeline, operation), **arguments)
    assert found == expected[0]
    if expected[1]:
        assert message == expected[1]
