"""What the tests of the AWS gateway and its CodePipeline share: boto3 clients, the control API, and waiting by deadline.

boto3 is used unmodified: nobody here wrote it, and its models say what every answer must look like.
"""

import json
import time
import urllib.request
import uuid

import boto3
import botocore.config
import botocore.exceptions
import pytest

PIPELINE = "worker-staging"
RELEASE = "web-release"
ACCOUNT = "000000000000"
DEADLINE = 60


def until(what, condition):
    """The condition's first true value."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {DEADLINE} s: {what}")


@pytest.fixture
def control(endpoints):
    """Calls the control API: control(method, path, body)."""

    def call(method, path, body=None):
        request = urllib.request.Request(
            endpoints["control"]["aws"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    pace = call("GET", "/pace")["ms"]
    call("POST", "/pace", {"ms": 200})
    yield call
    call("POST", "/pace", {"ms": pace})
    call("DELETE", "/faults")
    call("POST", "/events/release")


@pytest.fixture
def client(endpoints):
    """client("codepipeline") with the root key, or with keys of one's own."""

    def make(service, **keys):
        return boto3.client(
            service,
            endpoint_url=endpoints["aws"],
            region_name=endpoints["aws_region"],
            config=botocore.config.Config(retries={"max_attempts": 0}),
            **(
                keys
                or {
                    "aws_access_key_id": endpoints["aws_access_key_id"],
                    "aws_secret_access_key": endpoints["aws_secret_access_key"],
                }
            ),
        )

    return make


@pytest.fixture
def codepipeline(client):
    return client("codepipeline")


@pytest.fixture
def arrivals(client):
    """A queue that a rule on all CodePipeline events feeds; arrivals() returns what has arrived so far."""
    sqs, events = client("sqs"), client("events")
    name = f"pipeline-events-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.codepipeline"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    arrived = []

    def receive():
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            arrived.append(json.loads(message["Body"]))
        return arrived

    yield receive
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)
    sqs.delete_queue(QueueUrl=url)


def quiet(codepipeline, name):
    """Stops what runs in a pipeline; true once nothing does."""
    running = [
        summary["pipelineExecutionId"]
        for summary in codepipeline.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"]
        if summary["status"] in ("InProgress", "Stopping")
    ]
    for execution in running:
        try:
            codepipeline.stop_pipeline_execution(pipelineName=name, pipelineExecutionId=execution, abandon=True)
        except botocore.exceptions.ClientError as error:
            assert code(error) == "PipelineExecutionNotStoppableException"
    return not running


@pytest.fixture(autouse=True)
def quiet_pipelines(codepipeline, control):
    for name in (PIPELINE, RELEASE):
        until(f"{name} is quiet", lambda name=name: quiet(codepipeline, name))


def code(error):
    return error.response["Error"]["Code"]


def refused(call, **arguments):
    """The code and message with which a call is refused."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return code(caught.value), caught.value.response["Error"]["Message"]


def start(codepipeline, name=PIPELINE, **arguments):
    return codepipeline.start_pipeline_execution(name=name, **arguments)["pipelineExecutionId"]


def status(codepipeline, execution, name=PIPELINE):
    answer = codepipeline.get_pipeline_execution(pipelineName=name, pipelineExecutionId=execution)
    return answer["pipelineExecution"]["status"]


def ended(codepipeline, execution, name=PIPELINE):
    """The status an execution ends with."""

    def over():
        found = status(codepipeline, execution, name)
        return None if found in ("InProgress", "Stopping") else found

    return until("the execution ends", over)


def host_version(control, service="worker", environment="staging"):
    return control("GET", f"/hosts/{service}/{environment}/version")["version"]


def start_and_end(codepipeline, ref):
    execution = start(codepipeline, variables=[{"name": "REF", "value": ref}])
    assert ended(codepipeline, execution) == "Succeeded"
    return execution


def a_role(client, policy):
    """The name of a new role that has a policy, and the keys of a session of it."""
    iam, name = client("iam"), f"standin-{uuid.uuid4().hex[:8]}"

    def document(statements):
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([trust]))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=document(policy))
    session = client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    return name, {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
