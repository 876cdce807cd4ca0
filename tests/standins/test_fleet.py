"""The stand-in for Systems Manager behaves as Run Command and Automation do; boto3 is unmodified, and the hosts' processes are real."""

import json
import time
import uuid

import pytest
from aws_gateway import ACCOUNT, a_role, client, control, refused, until  # noqa: F401 (fixtures)
from hosts import API_PRODUCTION, API_STAGING, PAYROLL, ROOT, STACK, WEB_STAGING, fleet, of_kind, tagged  # noqa: F401 (fixture)
from opsroom_local import derived_template


def test_hosts_are_found_by_their_tags(fleet):
    def names(*filters):
        pages = fleet.ssm.get_paginator("describe_instance_information").paginate(Filters=list(filters), MaxResults=5)
        return [host["ComputerName"] for page in pages for host in page["InstanceInformationList"]]

    assert names({"Key": "tag:service", "Values": ["api"]}, {"Key": "tag:environment", "Values": ["staging"]}) == [
        "api-staging-1",
        "api-staging-2",
    ]
    assert len(names({"Key": "tag:opsroom", "Values": ["managed"]})) == 14
    assert "payroll-1" in names()
    fleet.control("POST", f"/hosts/{API_STAGING}/agent", {"state": "lost"})
    [host] = fleet.ssm.describe_instance_information(Filters=[{"Key": "PingStatus", "Values": ["ConnectionLost"]}])[
        "InstanceInformationList"
    ]
    assert (host["InstanceId"], host["PlatformType"], host["ResourceType"]) == (API_STAGING, "Linux", "EC2Instance")
    refusal, _ = refused(fleet.ssm.describe_instance_information, Filters=[{"Key": "Colour", "Values": ["red"]}])
    assert refusal == "InvalidFilterKey"


def test_a_script_really_runs_and_its_output_is_told(fleet):
    command = fleet.send(hosts=[API_STAGING], Comment="opsroom/42", Parameters={"commands": ["#!/bin/bash", "hostname; echo no >&2; exit 7"]})
    with pytest.raises(fleet.ssm.exceptions.InvocationDoesNotExist):
        fleet.ssm.get_command_invocation(CommandId=command, InstanceId=API_STAGING)
    invocation = fleet.output(command, API_STAGING)
    assert (invocation["Status"], invocation["StatusDetails"], invocation["ResponseCode"]) == ("Failed", "Failed", 7)
    assert invocation["StandardOutputContent"] == "api-staging-1\n"
    assert invocation["StandardErrorContent"] == "no\nfailed to run commands: exit status 7"
    assert invocation["Comment"] == "opsroom/42"
    found = fleet.command(command)
    assert (found["TargetCount"], found["CompletedCount"], found["ErrorCount"]) == (1, 1, 1)
    [listed] = fleet.invocations(command, Details=True).values()
    assert listed["InstanceName"] == "api-staging-1"
    assert listed["CommandPlugins"][0]["Output"].startswith("api-staging-1")


def test_output_is_cut_and_bad_bytes_are_replaced(fleet):
    invocation = fleet.shell("#!/bin/bash\nprintf '\\377'; head -c 5000000 /dev/zero | tr '\\0' x")
    assert invocation["Status"] == "Success"
    assert len(invocation["StandardOutputContent"]) == 24_000
    assert invocation["StandardOutputContent"][:2] == "\ufffdx"


def test_a_rollout_goes_host_by_host_and_stops_at_the_first_that_fails(fleet):
    fleet.trouble(API_PRODUCTION[1], "unit_fails")
    command = fleet.send(
        "opsroom-restart-service",
        Targets=tagged(service="api", environment="production"),
        Parameters={"Unit": ["api"], "SettleSeconds": ["1"]},
        MaxConcurrency="1",
        MaxErrors="0",
    )
    most = 0
    while fleet.command(command)["Status"] in ("Pending", "InProgress"):
        running = [one for one in fleet.invocations(command).values() if one["Status"] == "InProgress"]
        most = max(most, len(running))
        time.sleep(0.1)
    assert most == 1
    found = fleet.ended(command)
    assert (found["Status"], found["StatusDetails"], found["ErrorCount"], found["TargetCount"]) == ("Failed", "Failed", 1, 3)
    details = [fleet.invocations(command)[host]["StatusDetails"] for host in API_PRODUCTION]
    assert details == ["Success", "Failed", "Terminated"]
    told = [json.loads(line) for line in fleet.output(command, API_PRODUCTION[1])["StandardOutputContent"].splitlines()]
    assert told[0]["state"] == "failed"
    assert any("address already in use" in line["text"] for line in of_kind(told, "line"))
    fleet.control("DELETE", f"/hosts/{API_PRODUCTION[1]}/trouble")
    assert fleet.run("restart-service", API_PRODUCTION[1], Unit="api", SettleSeconds="1")[0]["Status"] == "Success"


def test_limits_may_be_shares_of_the_hosts(fleet):
    sent = fleet.send(Targets=tagged(environment="production", opsroom="managed"), MaxConcurrency="100%", MaxErrors="50%", Parameters={
        "commands": ["case $(hostname) in web-*) exit 1;; esac"]})
    found = fleet.ended(sent)
    assert (found["TargetCount"], found["ErrorCount"], found["StatusDetails"]) == (9, 3, "Incomplete")
    nobody = fleet.ended(fleet.send(Targets=tagged(service="none"), Parameters={"commands": ["true"]}))
    assert (nobody["TargetCount"], nobody["StatusDetails"]) == (0, "NoInstancesInTag")


def test_a_host_that_does_not_answer(fleet):
    fleet.control("POST", "/fleet/second", {"ms": 20})
    fleet.control("POST", f"/hosts/{API_STAGING}/agent", {"state": "lost"})
    fleet.control("POST", f"/hosts/{WEB_STAGING}/agent", {"state": "gone"})
    both = fleet.send(Targets=tagged(environment="staging"), TimeoutSeconds=30, Parameters={"commands": ["true"]})
    fleet.ended(both)
    details = {host: one["StatusDetails"] for host, one in fleet.invocations(both).items()}
    assert (details[API_STAGING], details[WEB_STAGING]) == ("DeliveryTimedOut", "Undeliverable")
    assert fleet.command(both)["DeliveryTimedOutCount"] == 1
    refusal, said = refused(fleet.send, hosts=[WEB_STAGING], Parameters={"commands": ["true"]})
    assert refusal == "InvalidInstanceId" and WEB_STAGING in said

    fleet.control("POST", "/fleet/second", {"ms": 1000})
    late = fleet.send(hosts=[API_STAGING], TimeoutSeconds=30, Parameters={"commands": ["echo back"]})
    until("it is delayed", lambda: (fleet.invocations(late).get(API_STAGING) or {}).get("Status") == "Delayed")
    fleet.control("POST", f"/hosts/{API_STAGING}/agent", {"state": "online"})
    assert fleet.output(late, API_STAGING)["StandardOutputContent"] == "back\n"


def test_a_script_that_hangs_is_ended_by_its_timeout_or_by_a_cancel(fleet):
    mark = uuid.uuid4().hex
    invocation = fleet.shell(f"sleep 600 # {mark}", executionTimeout="1")
    assert (invocation["Status"], invocation["StatusDetails"], invocation["ResponseCode"]) == ("TimedOut", "ExecutionTimedOut", -1)

    command = fleet.send(hosts=[API_STAGING], Parameters={"commands": ["#!/bin/bash", "echo $$ >alive", "sleep 600"]})
    until("it runs", lambda: (fleet.invocations(command).get(API_STAGING) or {}).get("Status") == "InProgress")
    until("it has said so", lambda: fleet.shell("cat alive")["StandardOutputContent"].strip())
    fleet.ssm.cancel_command(CommandId=command)
    assert fleet.output(command, API_STAGING)["StatusDetails"] == "Cancelled"
    assert fleet.command(command)["Status"] == "Cancelled"
    # A process that ended is in /proc until its parent asks for it, but has no command line any more.
    assert fleet.shell("grep -qs . /proc/$(cat alive)/cmdline && echo alive || echo gone")["StandardOutputContent"] == "gone\n"
    assert refused(fleet.ssm.cancel_command, CommandId=str(uuid.uuid4()))[0] == "InvalidCommandId"


def test_several_steps_go_on_after_a_failure_unless_the_document_says_otherwise(fleet):
    def step(name, script, **inputs):
        return {"action": "aws:runShellScript", "name": name, "inputs": {"runCommand": [script], **inputs}}

    def outcome(*steps):
        name = f"standin-{uuid.uuid4().hex[:8]}"
        fleet.ssm.create_document(Name=name, DocumentType="Command", Content=json.dumps({"schemaVersion": "2.2", "mainSteps": list(steps)}))
        command = fleet.send(name, hosts=[API_STAGING])
        fleet.ended(command)
        until("it is listed", lambda: fleet.invocations(command))
        found = fleet.invocations(command, Details=True)[API_STAGING]
        fleet.ssm.delete_document(Name=name)
        return found["Status"], [plugin["Status"] for plugin in found["CommandPlugins"]]

    assert outcome(step("first", "exit 1"), step("second", "true")) == ("Failed", ["Failed", "Success"])
    last = step("last", "true", finallyStep=True)
    assert outcome(step("first", "exit 1", onFailure="exit"), step("second", "true"), last) == ("Failed", ["Failed", "Pending", "Success"])
    assert outcome(step("first", "exit 1", onFailure="successAndExit"), step("second", "true")) == ("Success", ["Failed", "Pending"])
    windows = {**step("first", "exit 1"), "precondition": {"StringEquals": ["platformType", "Windows"]}}
    assert outcome(windows, step("second", "true")) == ("Success", ["Success", "Success"])


def test_a_document_has_versions_and_may_be_gone(fleet):
    name = f"standin-{uuid.uuid4().hex[:8]}"

    def content(word):
        steps = [{"action": "aws:runShellScript", "name": "say", "inputs": {"runCommand": [f"echo {word}"]}}]
        return json.dumps({"schemaVersion": "2.2", "description": word, "mainSteps": steps})

    made = fleet.ssm.create_document(Name=name, Content=content("one"), DocumentType="Command", Tags=[{"Key": "app", "Value": "x"}])
    assert made["DocumentDescription"]["DocumentVersion"] == "1"
    fleet.ssm.update_document(Name=name, Content=content("two"), DocumentVersion="$LATEST")
    said = lambda **more: fleet.output(fleet.send(name, hosts=[API_STAGING], **more), API_STAGING)["StandardOutputContent"]  # noqa: E731
    assert (said(), said(DocumentVersion="$LATEST")) == ("one\n", "two\n")
    fleet.ssm.update_document_default_version(Name=name, DocumentVersion="2")
    assert said() == "two\n"
    assert fleet.ssm.describe_document(Name=name)["Document"]["DefaultVersion"] == "2"
    assert json.loads(fleet.ssm.get_document(Name=name, DocumentVersion="1")["Content"])["description"] == "one"
    own = fleet.ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    assert name in [document["Name"] for document in own]
    assert fleet.ssm.list_tags_for_resource(ResourceType="Document", ResourceId=name)["TagList"] == [{"Key": "app", "Value": "x"}]
    fleet.ssm.delete_document(Name=name)
    assert refused(fleet.send, document=name, hosts=[API_STAGING])[0] == "InvalidDocument"
    assert refused(fleet.ssm.create_document, Name=name, Content="{", DocumentType="Command")[0] == "InvalidDocumentContent"


def test_parameters_of_the_parameter_store_are_still_the_emulators(fleet):
    name = f"/standin/{uuid.uuid4().hex[:8]}"
    fleet.ssm.put_parameter(Name=name, Value="x", Type="SecureString", Tags=[{"Key": "a", "Value": "b"}])
    assert fleet.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] == "x"
    assert fleet.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"] == [{"Key": "a", "Value": "b"}]
    fleet.ssm.delete_parameter(Name=name)


@pytest.fixture
def told(client):  # noqa: F811
    """What a rule on all events of Systems Manager has brought so far."""
    sqs, events = client("sqs"), client("events")
    name = f"fleet-events-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.ssm"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    arrived = []

    def receive():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            arrived.append(json.loads(message["Body"]))
        return arrived

    yield receive
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)
    sqs.delete_queue(QueueUrl=url)


def test_changes_are_told_as_events(fleet, told):
    command = fleet.send(hosts=[API_STAGING], Parameters={"commands": ["true"]})
    fleet.ended(command)
    of = lambda kind: [one["detail"] for one in told() if one["detail-type"] == kind and one["detail"]["command-id"] == command]  # noqa: E731
    whole, single = "EC2 Command Status-change Notification", "EC2 Command Invocation Status-change Notification"
    until("all have arrived", lambda: len(of(whole)) == 2 and len(of(single)) == 2)
    assert [detail["status"] for detail in of(whole)] == ["InProgress", "Success"]
    assert [detail["status"] for detail in of(single)] == ["InProgress", "Success"]
    assert {detail["instance-id"] for detail in of(single)} == {API_STAGING}
    assert of(whole)[0]["parameters"] == {"commands": ["true"]}


def test_a_host_is_restarted_by_an_automation(fleet, told):
    before = fleet.run("check-host", WEB_STAGING, Unit="web")[1]
    execution = fleet.ssm.start_automation_execution(
        DocumentName="AWS-RestartEC2Instance", Parameters={"InstanceId": [WEB_STAGING]}, ClientToken=str(uuid.uuid4())
    )["AutomationExecutionId"]
    found = lambda: fleet.ssm.get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]  # noqa: E731
    assert found()["AutomationExecutionStatus"] in ("InProgress", "Success")
    until("it is over", lambda: found()["AutomationExecutionStatus"] == "Success")
    assert [step["StepStatus"] for step in found()["StepExecutions"]] == ["Success", "Success"]
    after = fleet.run("check-host", WEB_STAGING, Unit="web")[1]
    assert of_kind(after, "unit")[0]["pid"] != of_kind(before, "unit")[0]["pid"]
    assert of_kind(after, "unit")[0]["state"] == "active"
    kind = "EC2 Automation Execution Status-change Notification"
    until("both arrive", lambda: [one["detail"]["Status"] for one in told() if one["detail-type"] == kind] == ["InProgress", "Success"])
    refusal, _ = refused(fleet.ssm.stop_automation_execution, AutomationExecutionId=execution)
    assert refusal == "InvalidAutomationStatusUpdateException"


def test_a_stopped_automation_goes_no_further(fleet):
    fleet.control("POST", "/fleet/second", {"ms": 3000})
    execution = fleet.ssm.start_automation_execution(
        DocumentName="AWS-RestartEC2Instance", Parameters={"InstanceId": [WEB_STAGING]}
    )["AutomationExecutionId"]
    fleet.ssm.stop_automation_execution(AutomationExecutionId=execution, Type="Cancel")
    found = lambda: fleet.ssm.get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]  # noqa: E731
    until("it is cancelled", lambda: found()["AutomationExecutionStatus"] == "Cancelled")
    refusal, _ = refused(fleet.ssm.get_automation_execution, AutomationExecutionId=str(uuid.uuid4()))
    assert refusal == "AutomationExecutionNotFoundException"
    # It was stopped in its first step: the host is off, as on AWS.
    assert fleet.control("GET", f"/hosts/{WEB_STAGING}")["agent"] == "lost"
    fleet.control("POST", f"/hosts/{WEB_STAGING}/agent", {"state": "online"})
    fleet.shell("systemctl start web", WEB_STAGING)


def test_a_deployment_changes_what_the_hosts_run(fleet, client):
    codepipeline = client("codepipeline")
    ref = f"v{uuid.uuid4().hex[:6]}"
    codepipeline.start_pipeline_execution(name="worker-staging", variables=[{"name": "REF", "value": ref}])
    host = until(
        "the host runs it",
        lambda: next((h for h in fleet.control("GET", "/fleet")["hosts"] if h["name"] == "worker-staging-1" and h["version"] == ref), None),
    )
    unit = of_kind(fleet.run("check-host", host["id"], Unit="worker")[1], "unit")[0]
    assert (unit["state"], unit["version"]) == ("active", ref)


def test_a_request_that_breaks_the_model_is_refused_in_aws_words(fleet):
    refusal, said = refused(fleet.send, hosts=[API_STAGING], Parameters={"commands": ["x"]}, MaxErrors="x")
    assert (refusal, "MaxErrors" in said) == ("ValidationException", True)
    assert refused(fleet.send, hosts=[API_STAGING])[0] == "InvalidParameters"
    assert refused(fleet.send, hosts=[API_STAGING, API_STAGING], Parameters={"commands": ["x"]})[0] == "DuplicateInstanceId"
    assert refused(fleet.send, hosts=["i-00000000000000000"], Parameters={"commands": ["x"]})[0] == "InvalidInstanceId"
    assert refused(fleet.send, document="none-such", hosts=[API_STAGING])[0] == "InvalidDocument"


def test_without_the_right_nothing_is_sent(fleet, client):
    documents = f"arn:aws:ssm:us-east-1:{ACCOUNT}:document"
    instances = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*"
    tag = {"StringEquals": {"ssm:resourceTag/opsroom": "managed"}}
    policy = [
        {"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": f"{documents}/opsroom-check-host"},
        {"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": instances, "Condition": tag},
        {"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "*"},
        {"Effect": "Allow", "Action": "ssm:GetAutomationExecution", "Resource": "*"},
        {"Effect": "Allow", "Action": ["ec2:StopInstances", "ec2:StartInstances"], "Resource": instances, "Condition": {
            "StringEquals": {"aws:ResourceTag/opsroom": "managed"}}},
    ]
    _, keys = a_role(client, policy)
    theirs = client("ssm", **keys)
    send = lambda document, **where: theirs.send_command(DocumentName=document, **where)  # noqa: E731
    assert send("opsroom-check-host", InstanceIds=[API_STAGING])["Command"]["Status"] == "Pending"
    assert send("opsroom-check-host", Targets=tagged(service="api"))["Command"]["Status"] == "Pending"
    for hosts in ({"InstanceIds": [PAYROLL]}, {"Targets": tagged(environment="production")}, {"Targets": tagged(service="payroll")}):
        refusal, said = refused(theirs.send_command, DocumentName="opsroom-check-host", **hosts)
        assert refusal == "AccessDeniedException" and "ssm:SendCommand" in said
    shell = {"DocumentName": "AWS-RunShellScript", "InstanceIds": [API_STAGING], "Parameters": {"commands": ["id"]}}
    refusal, said = refused(theirs.send_command, **shell)
    assert refusal == "AccessDeniedException" and "arn:aws:ssm:us-east-1::document/AWS-RunShellScript" in said
    assert refused(theirs.list_commands)[0] == "AccessDeniedException"

    execution = theirs.start_automation_execution(DocumentName="AWS-RestartEC2Instance", Parameters={"InstanceId": [PAYROLL]})
    found = lambda: theirs.get_automation_execution(**execution)["AutomationExecution"]  # noqa: E731
    execution.pop("ResponseMetadata")
    until("it fails", lambda: found()["AutomationExecutionStatus"] == "Failed")
    assert "ec2:StopInstances" in found()["FailureMessage"]


def deployed(value, parameters):
    """A policy of the template with its references filled in."""
    if isinstance(value, dict) and set(value) == {"Fn::Sub"}:
        for name, word in parameters.items():
            value["Fn::Sub"] = value["Fn::Sub"].replace("${%s}" % name, word)
        return value["Fn::Sub"]
    if isinstance(value, dict) and set(value) == {"Ref"}:
        return parameters[value["Ref"]]
    if isinstance(value, dict):
        return {key: deployed(one, parameters) for key, one in value.items()}
    return [deployed(one, parameters) for one in value] if isinstance(value, list) else value


def test_the_templates_own_policy_keeps_to_its_documents_and_hosts(fleet, client):
    parameters = {
        "AWS::Partition": "aws",
        "AWS::Region": "us-east-1",
        "AWS::AccountId": ACCOUNT,
        "AWS::StackName": STACK,
        "HostTagValue": "managed",
    }
    policy = derived_template.read(ROOT / "template.yaml")["Resources"]["HostsPolicy"]["Properties"]["PolicyDocument"]
    _, keys = a_role(client, deployed(policy["Statement"], parameters))
    theirs = client("ssm", **keys)
    sent = theirs.send_command(DocumentName=f"{STACK}-check-host", InstanceIds=[API_STAGING])["Command"]["CommandId"]
    assert fleet.output(sent, API_STAGING)["Status"] == "Success"
    assert theirs.list_commands(CommandId=sent)["Commands"][0]["StatusDetails"] == "Success"
    whole = {"Targets": tagged(service="api", environment="production"), "Parameters": {"Unit": ["api"]}}
    theirs.cancel_command(CommandId=theirs.send_command(DocumentName=f"{STACK}-check-host", **whole)["Command"]["CommandId"])
    for arguments in (
        {"DocumentName": "AWS-RunShellScript", "InstanceIds": [API_STAGING], "Parameters": {"commands": ["id"]}},
        {"DocumentName": f"{STACK}-check-host", "InstanceIds": [PAYROLL]},
        {"DocumentName": f"{STACK}-check-host", "InstanceIds": [API_STAGING, PAYROLL]},
        {"DocumentName": f"{STACK}-check-host", "Targets": tagged(environment="production")},
    ):
        assert refused(theirs.send_command, **arguments)[0] == "AccessDeniedException"
    for operation, arguments in (
        ("create_document", {"Name": "mine-own", "Content": "{}"}),
        ("update_document", {"Name": f"{STACK}-check-host", "Content": "{}"}),
        ("delete_document", {"Name": f"{STACK}-check-host"}),
        ("add_tags_to_resource", {"ResourceType": "ManagedInstance", "ResourceId": PAYROLL, "Tags": [{"Key": "opsroom", "Value": "managed"}]}),
        ("start_automation_execution", {"DocumentName": "AWS-StopEC2Instance", "Parameters": {"InstanceId": [API_STAGING]}}),
    ):
        assert refused(getattr(theirs, operation), **arguments)[0] == "AccessDeniedException"
    restart = theirs.start_automation_execution(DocumentName="AWS-RestartEC2Instance", Parameters={"InstanceId": [PAYROLL]})
    found = lambda: theirs.get_automation_execution(AutomationExecutionId=restart["AutomationExecutionId"])  # noqa: E731
    until("it fails", lambda: found()["AutomationExecution"]["AutomationExecutionStatus"] == "Failed")


def test_two_hundred_hosts_are_paged(fleet):
    fleet.control("POST", "/fleet", {"service": "many", "environment": "staging", "count": 60})
    command = fleet.send(Targets=tagged(service="many"), MaxConcurrency="100%", Parameters={"commands": ["true"]})
    assert fleet.ended(command)["CompletedCount"] == 60
    until("they are listed", lambda: fleet.invocations(command))
    first = fleet.ssm.list_command_invocations(CommandId=command)
    assert (len(first["CommandInvocations"]), "NextToken" in first) == (50, True)
    assert len(fleet.invocations(command)) == 60
