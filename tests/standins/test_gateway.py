"""The AWS gateway: events find their rules' targets, roles may do what they may, all else passes through, faults strike."""

import json
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import botocore.exceptions
import pytest
from aws_gateway import ACCOUNT, PIPELINE, a_role, ended, refused, start, until
from aws_gateway import client, codepipeline, control, quiet_pipelines, arrivals  # noqa: F401 (fixtures)


def test_every_state_change_is_an_event_at_the_rules_target(codepipeline, arrivals):
    execution = start(codepipeline, variables=[{"name": "REF", "value": "broken"}])
    assert ended(codepipeline, execution) == "Failed"

    def mine():
        return [event for event in arrivals() if event["detail"]["execution-id"] == execution]

    until("all events arrive", lambda: len(mine()) >= 14)
    events = mine()
    kinds = {}
    for event in events:
        kinds.setdefault(event["detail-type"], []).append(event["detail"]["state"])
    assert {kind: sorted(states) for kind, states in kinds.items()} == {
        "CodePipeline Pipeline Execution State Change": ["FAILED", "STARTED"],
        "CodePipeline Stage Execution State Change": ["FAILED"] + ["STARTED"] * 3 + ["SUCCEEDED"] * 2,
        "CodePipeline Action Execution State Change": ["FAILED"] + ["STARTED"] * 3 + ["SUCCEEDED"] * 2,
    }
    failed = next(event for event in events if "Action" in event["detail-type"] and event["detail"]["state"] == "FAILED")
    assert failed["source"] == "aws.codepipeline"
    assert failed["account"] == ACCOUNT
    assert failed["resources"] == [f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{PIPELINE}"]
    assert isinstance(failed["detail"]["version"], float)
    assert failed["detail"]["type"] == {"owner": "AWS", "category": "Test", "provider": "CodeBuild", "version": "1"}
    assert failed["detail"]["execution-result"]["error-code"] == "JobFailed"


@pytest.mark.parametrize("mode", ["drop", "hold", "reverse", "duplicate"])
def test_events_are_lost_held_turned_or_doubled_on_request(codepipeline, control, arrivals, mode):
    control("POST", "/events", {"mode": mode})
    execution = start(codepipeline)
    assert ended(codepipeline, execution) == "Succeeded"

    def mine():
        return [event["detail"] for event in arrivals() if event["detail"]["execution-id"] == execution]

    if mode in ("hold", "reverse"):
        assert mine() == []
        assert control("POST", "/events/release")["released"] >= 18
    if mode == "drop":
        until("the events are lost", lambda: control("GET", "/events")["dropped"] >= 18)
        assert mine() == []
        return
    expected = 36 if mode == "duplicate" else 18
    until("the events arrive", lambda: len(mine()) >= expected)
    assert len(mine()) == expected


def test_a_role_may_do_what_its_policy_says_and_no_more(client):
    allowed = {
        "Effect": "Allow",
        "Action": ["codepipeline:GetPipelineState", "codepipeline:DisableStageTransition", "codepipeline:EnableStageTransition"],
        "Resource": [f"arn:aws:codepipeline:*:{ACCOUNT}:{PIPELINE}", f"arn:aws:codepipeline:*:{ACCOUNT}:{PIPELINE}/Build"],
    }
    name, keys = a_role(client, [allowed])
    codepipeline = client("codepipeline", **keys)
    assert codepipeline.get_pipeline_state(name=PIPELINE)["pipelineName"] == PIPELINE
    codepipeline.disable_stage_transition(pipelineName=PIPELINE, stageName="Build", transitionType="Inbound", reason="No.")
    codepipeline.enable_stage_transition(pipelineName=PIPELINE, stageName="Build", transitionType="Inbound")

    found, message = refused(codepipeline.start_pipeline_execution, name=PIPELINE)
    assert found == "AccessDeniedException"
    assert message.startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/me is not authorized to perform: "
        f"codepipeline:StartPipelineExecution on resource: arn:aws:codepipeline:us-east-1:{ACCOUNT}:{PIPELINE}"
    )
    assert refused(codepipeline.get_pipeline_state, name="api-staging")[0] == "AccessDeniedException"
    assert refused(
        codepipeline.enable_stage_transition, pipelineName=PIPELINE, stageName="Deploy", transitionType="Inbound"
    )[0] == "AccessDeniedException"


def test_strange_keys_are_refused(client):
    _, keys = a_role(client, [{"Effect": "Allow", "Action": "codepipeline:*", "Resource": "*"}])
    assert client("codepipeline", **keys).list_pipelines()["pipelines"]
    unknown = client("codepipeline", aws_access_key_id="AKIAUNKNOWN000000000", aws_secret_access_key="x")
    assert refused(unknown.list_pipelines)[0] == "UnrecognizedClientException"
    other_secret = client("codepipeline", **{**keys, "aws_secret_access_key": "x"})
    assert refused(other_secret.list_pipelines)[0] == "InvalidSignatureException"
    other_token = client("codepipeline", **{**keys, "aws_session_token": "x"})
    assert refused(other_token.list_pipelines)[0] == "UnrecognizedClientException"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(
            urllib.request.Request(
                client("codepipeline").meta.endpoint_url,
                data=b"{}",
                headers={"x-amz-target": "CodePipeline_20150709.ListPipelines"},
            ),
            timeout=10,
        )
    assert json.load(caught.value)["__type"] == "MissingAuthenticationTokenException"


def test_all_other_services_pass_through(client):
    s3, bucket = client("s3"), f"standin-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    key = "a b/ü+%/./file.txt"
    s3.put_object(Bucket=bucket, Key=key, Body=b"x" * 300_000)
    assert len(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) == 300_000
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == 300_000
    address = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    with urllib.request.urlopen(address, timeout=10) as file:
        assert len(file.read()) == 300_000
    s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_bucket(Bucket=bucket)

    _, keys = a_role(client, [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}])
    assert "ResponseMetadata" in client("sqs", **keys).list_queues()
    assert refused(client("dynamodb", **keys).list_tables)[0] == "AccessDeniedException"


def test_calls_are_counted_by_caller(client, control):
    last = control("GET", "/calls")["last"]
    name, keys = a_role(client, [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}])
    client("sqs", **keys).list_queues()
    refused(client("codepipeline", **keys).list_pipelines)
    calls = control("GET", f"/calls?since={last}")["calls"]
    mine = [(call["service"], call["operation"], call["status"]) for call in calls if call["caller"] == name]
    assert mine == [("sqs", "ListQueues", 200), ("codepipeline", "ListPipelines", 400)]
    assert keys["aws_secret_access_key"] not in json.dumps(calls)
    assert keys["aws_session_token"] not in json.dumps(calls)


def test_faults_strike_as_ordered(client, control):
    sqs, dynamodb, codepipeline = client("sqs"), client("dynamodb"), client("codepipeline")

    def fault(service, operation, **effect):
        return control("POST", "/faults", {"service": service, "operation": operation, "times": 1, "effect": effect})["id"]

    fault("dynamodb", "ListTables", kind="error", status=400, type="ThrottlingException", message="Rate exceeded")
    assert refused(dynamodb.list_tables) == ("ThrottlingException", "Rate exceeded")
    assert "TableNames" in dynamodb.list_tables()

    fault("sts", "GetCallerIdentity", kind="error", status=503, type="ServiceUnavailable", message="Not now")
    assert refused(client("sts").get_caller_identity) == ("ServiceUnavailable", "Not now")

    fault("sqs", "ListQueues", kind="drop")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        sqs.list_queues()

    token = uuid.uuid4().hex
    lost = fault("codepipeline", "StartPipelineExecution", kind="drop_after")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        start(codepipeline, clientRequestToken=token)
    [summary] = codepipeline.list_pipeline_executions(pipelineName=PIPELINE, maxResults=1)["pipelineExecutionSummaries"]
    assert start(codepipeline, clientRequestToken=token) == summary["pipelineExecutionId"]
    assert next(each for each in control("GET", "/faults")["faults"] if each["id"] == lost)["hits"] == 1

    begun = time.monotonic()
    fault("sqs", "ListQueues", kind="delay", ms=400)
    sqs.list_queues()
    assert time.monotonic() - begun >= 0.4


def test_an_answer_is_held_until_it_is_released(endpoints, client, control):
    hold = {"kind": "hold_after", "id": "held"}
    control("POST", "/faults", {"service": "sqs", "operation": "ListQueues", "times": 1, "effect": hold})
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(client("sqs").list_queues)
        until("the answer is held", lambda: control("GET", "/faults")["faults"][0]["holding"] == 1)
        assert not answer.done()
        control("POST", "/faults/held/release")
        assert "ResponseMetadata" in answer.result(timeout=10)
