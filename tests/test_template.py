"""The template itself: what every queue and function must have, what no role may hold, and how the local one is derived from it."""

import copy
from pathlib import Path

import pytest
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as MINISTACK_KNOWS
from opsroom_local import derived_template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = derived_template.read(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]

FUNCTIONS = sorted(derived_template.functions(TEMPLATE))
WORKERS = ["ActivityFunction", "AlarmsFunction", "CommandsFunction", "DeliveryFunction"]
WITHOUT_RESOURCES = ("cloudwatch:GetMetricWidgetImage",)
FOURTEEN_DAYS = 14 * 24 * 60 * 60


def of_type(resource_type: str) -> dict[str, dict]:
    """Properties of all resources of a type, by logical id."""
    return {name: resource.get("Properties", {}) for name, resource in RESOURCES.items() if resource["Type"] == resource_type}


def referenced(value: dict) -> str:
    """The logical id that a `Ref` or `Fn::GetAtt` names."""
    (target,) = value.values()
    return target.split(".")[0] if isinstance(target, str) else target[0]


def sources_of(function: str) -> dict[str, dict]:
    """The queues whose messages a function gets, each with how it gets them."""
    events = [event["Properties"] for event in RESOURCES[function]["Properties"]["Events"].values() if event["Type"] == "SQS"]
    return {referenced(event["Queue"]): event for event in events}


def role_of(function: str) -> str:
    """A function's role."""
    return referenced(RESOURCES[function]["Properties"]["Role"])


def statements(role: str) -> list[dict]:
    """What a role allows."""
    policies = RESOURCES[role]["Properties"]["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def actions(role: str, on: str | None = None) -> set[str]:
    """The actions a role may take, on one resource if it is named."""
    found: set[str] = set()
    for statement in statements(role):
        if on is None or on in {logical for logical in map(resource_id, listed(statement["Resource"])) if logical}:
            found.update(listed(statement["Action"]))
    return found


def listed(value) -> list:
    """A policy's "one or several" as several."""
    return value if isinstance(value, list) else [value]


def resource_id(arn: dict | str) -> str | None:
    """The logical id of a resource of this template, or nothing for an ARN that is spelled out."""
    if isinstance(arn, str):
        return None
    if "Fn::Sub" in arn:
        return arn["Fn::Sub"].removeprefix("${").split(".")[0] if arn["Fn::Sub"].startswith("${") else None
    return referenced(arn)


def test_the_template_has_the_functions_in_their_folders():
    assert derived_template.functions(TEMPLATE) == {
        "ActivityFunction": "opsroom-activity",
        "AlarmsFunction": "opsroom-alarms",
        "CommandsFunction": "opsroom-commands",
        "DeliveryFunction": "opsroom-delivery",
        "ScheduleFunction": "opsroom-schedule",
        "SlackIngressFunction": "opsroom-slack-ingress",
        "WebhookIngressFunction": "opsroom-webhook-ingress",
    }
    for function, binary in derived_template.functions(TEMPLATE).items():
        folder = ROOT / RESOURCES[function]["Properties"]["CodeUri"]
        assert f'name = "{binary}"' in (folder / "Cargo.toml").read_text()


def test_every_queue_has_dead_letters_kept_a_fortnight_and_an_alarm_on_them():
    queues = of_type("AWS::SQS::Queue")
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    watched = {
        referenced(dimension["Value"]): alarm
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }
    redrives = {name: queue["RedrivePolicy"] for name, queue in queues.items() if "RedrivePolicy" in queue}
    targets = {name: referenced(redrive["deadLetterTargetArn"]) for name, redrive in redrives.items()}
    assert set(targets) == {"CommandsQueue", "ActivityQueue", "WebhooksQueue", "AlarmsQueue", "DeliveryQueue"}
    assert set(queues) == set(targets) | set(targets.values())
    for name, dead_letters in targets.items():
        assert queues[dead_letters]["MessageRetentionPeriod"] == FOURTEEN_DAYS
        assert queues[dead_letters].get("FifoQueue") == queues[name].get("FifoQueue")
        alarm = watched[dead_letters]
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
        assert alarm["AlarmActions"] == [{"Ref": "OperatorsTopic"}]


@pytest.mark.parametrize("queue", of_type("AWS::SQS::Queue"))
def test_every_queue_is_encrypted(queue: str):
    assert RESOURCES[queue]["Properties"]["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("worker", WORKERS)
def test_every_worker_reads_its_queue_and_reports_single_failures(worker: str):
    assert sources_of(worker)
    for queue, event in sources_of(worker).items():
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} <= actions(role_of(worker), queue)


def alarms_on(namespace: str, metric: str) -> list[dict]:
    """All alarms on a metric."""
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    return [alarm for alarm in alarms if (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric)]


def watched_functions(metric: str) -> set[str]:
    """The functions that have an alarm on one of Lambda's metrics."""
    return {
        referenced(dimension["Value"])
        for alarm in alarms_on("AWS/Lambda", metric)
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "FunctionName"
    }


def test_every_alarm_reaches_the_operators_and_is_quiet_without_data():
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "OperatorsTopic"}], name
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold", name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_every_alarm_is_explained():
    guide = (ROOT / "docs/guide/troubleshooting.md").read_text()
    assert [name for name in of_type("AWS::CloudWatch::Alarm") if f"| `{name}` |" not in guide] == []


def test_functions_without_a_queue_have_an_alarm_on_their_errors():
    assert watched_functions("Errors") == set(FUNCTIONS) - set(WORKERS)


def test_the_door_has_an_alarm_on_what_it_answers_with_a_server_error():
    with_address = {name for name in FUNCTIONS if "FunctionUrlConfig" in RESOURCES[name]["Properties"]}
    assert watched_functions("Url5xxCount") == with_address
    for alarm in alarms_on("AWS/Lambda", "Url5xxCount"):
        assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)


@pytest.mark.parametrize("outcome", ["undeliverable", "left_to_the_sweep"])
def test_a_message_that_the_room_does_not_get_raises_an_alarm_on_the_metric_that_delivery_writes(outcome: str):
    ours = [alarm for alarm in of_type("AWS::CloudWatch::Alarm").values() if not alarm["Namespace"].startswith("AWS/")]
    dimensions = [{dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]} for alarm in ours]
    assert len(ours) == 2
    alarm = ours[dimensions.index({"function": "delivery", "outcome": outcome})]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("SampleCount", 0)
    line = (ROOT / "shared/lambda-support/src/event_line.rs").read_text()
    assert f'"Namespace": "{alarm["Namespace"]}"' in line
    assert f'"Name": "{alarm["MetricName"]}"' in line
    assert '"Dimensions": [["function", "outcome"]' in line
    delivery = (ROOT / "functions/delivery/src/lib.rs").read_text()
    assert 'function: "delivery"' in delivery
    assert f'("{outcome}", None)' in delivery


@pytest.mark.parametrize(
    ("worker", "queue", "most"),
    [
        ("CommandsFunction", "CommandsQueue", 5),
        ("ActivityFunction", "ActivityQueue", 2),
        ("ActivityFunction", "WebhooksQueue", 10),
        ("AlarmsFunction", "AlarmsQueue", 10),
    ],
)
def test_writers_of_the_same_things_are_few_at_a_time(worker: str, queue: str, most: int):
    assert sources_of(worker)[queue]["ScalingConfig"] == {"MaximumConcurrency": most}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_log_group_that_forgets_and_may_write_to_no_other(function: str):
    group = referenced(RESOURCES[function]["Properties"]["LoggingConfig"]["LogGroup"])
    assert RESOURCES[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    (logging,) = [s for s in statements(role_of(function)) if "logs:PutLogEvents" in listed(s["Action"])]
    assert list(map(referenced, listed(logging["Resource"]))) == [group]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_role_of_its_own_without_wildcards(function: str):
    role = role_of(function)
    assert [other for other in FUNCTIONS if role_of(other) == role] == [function]
    assert "ManagedPolicyArns" not in RESOURCES[role]["Properties"]
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        # Actions that know no resources (Service Authorization Reference) can be allowed in no other way.
        if statement["Action"] not in WITHOUT_RESOURCES:
            assert "*" not in listed(statement["Resource"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_scan_or_change_the_audit_log(function: str):
    role = role_of(function)
    assert "dynamodb:Scan" not in actions(role)
    assert actions(role, "AuditTable") <= {"dynamodb:PutItem", "dynamodb:Query"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_audit_entries_are_put_in_transactions_only(function: str):
    putting = [s for s in statements(role_of(function)) if "dynamodb:PutItem" in listed(s["Action"])]
    on_the_log = [s for s in putting if "AuditTable" in map(resource_id, listed(s["Resource"]))]
    for statement in on_the_log:
        assert listed(statement["Action"]) == ["dynamodb:PutItem"]
        assert statement["Condition"] == {"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]}}
    assert bool(on_the_log) == (function in {"ActivityFunction", "CommandsFunction"})


def test_the_clock_touches_due_items_only():
    deleting = [s for s in statements(role_of("ScheduleFunction")) if "dynamodb:DeleteItem" in listed(s["Action"])]
    assert [s["Condition"] for s in deleting] == [{"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["DUE"]}}]
    keys = (ROOT / "shared/aws/table/src/keys.rs").read_text()
    assert 'const DUE: &str = "DUE";' in keys


def test_indexes_are_queried_where_something_asks_them():
    asking = {
        "ActivityFunction": {"${StateTable.Arn}/index/by_index1"},
        "AlarmsFunction": {"${StateTable.Arn}/index/by_index1"},
        "CommandsFunction": {"${StateTable.Arn}/index/by_index1", "${AuditTable.Arn}/index/*"},
        "ScheduleFunction": {"${StateTable.Arn}/index/outbox"},
    }
    for function in FUNCTIONS:
        granted = {
            arn["Fn::Sub"]: listed(statement["Action"])
            for statement in statements(role_of(function))
            for arn in listed(statement["Resource"])
            if isinstance(arn, dict) and "/index/" in arn.get("Fn::Sub", "")
        }
        assert set(granted) == asking.get(function, set())
        assert all(allowed == ["dynamodb:Query"] for allowed in granted.values())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_catalog_is_for_reading(function: str):
    assert actions(role_of(function), "CatalogTable") <= {"dynamodb:GetItem"}


def test_only_commands_reaches_pipelines():
    reaching = [function for function in FUNCTIONS if any(action.startswith("codepipeline:") for action in actions(role_of(function)))]
    assert reaching == ["CommandsFunction"]


@pytest.mark.parametrize("door", ["SlackIngressFunction", "WebhookIngressFunction"])
def test_a_door_can_reach_no_state(door: str):
    role = role_of(door)
    # Slack's door reads which rooms were made in chat, and nothing else of the table.
    reads = {"dynamodb:Query"} if door == "SlackIngressFunction" else set()
    assert actions(role, "StateTable") == reads
    only_rooms = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ROOMS"]}}
    of_the_table = [s for s in statements(role) if "StateTable" in str(s["Resource"])]
    assert [s["Condition"] for s in of_the_table] == [only_rooms] * len(reads)
    assert actions(role, "AuditTable") == set()


@pytest.mark.parametrize("table", of_type("AWS::DynamoDB::Table"))
def test_every_table_outlives_the_stack_and_can_be_restored(table: str):
    resource = RESOURCES[table]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert resource["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert resource["Properties"]["SSESpecification"] == {"SSEEnabled": True}


def test_a_queue_hands_out_again_only_after_the_function_had_its_time():
    timeout = TEMPLATE["Globals"]["Function"]["Timeout"]
    assert TEMPLATE["Parameters"]["RedeliveryDelay"]["MinValue"] >= timeout
    assert all(RESOURCES[worker]["Properties"].get("Timeout", timeout) <= timeout for worker in WORKERS)


def test_every_parameter_is_used_and_has_its_place_in_the_console():
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(TEMPLATE["Parameters"])


def test_ministack_lacks_just_what_is_listed():
    lacked = {resource["Type"] for resource in RESOURCES.values() if not resource["Type"].startswith("AWS::Serverless::")}
    lacked -= set(MINISTACK_KNOWS)
    assert lacked == derived_template.MINISTACK_LACKS


def narrowed(role: dict) -> dict:
    """A derived role without what MiniStack makes it allow besides."""
    stripped = copy.deepcopy(role)
    for policy in stripped["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Action"] in (*derived_template.MINISTACK_UNSCOPED, *derived_template.MINISTACK_CHECKS_GROUP):
                statement["Resource"] = "any"
            for ours, theirs in derived_template.MINISTACK_ASKS_FOR:
                if statement["Action"] == [ours, theirs]:
                    statement["Action"] = ours
    return stripped


def test_secrets_are_read_by_name_only():
    reading = {function: [s for s in statements(role_of(function)) if s["Action"] == "ssm:GetParameters"] for function in FUNCTIONS}
    reading = {function: listed(statement["Resource"]) for function, found in reading.items() for statement in found}
    of_senders = reading.pop("WebhookIngressFunction")
    assert [arn["Fn::Sub"].rsplit("${SecretsPrefix}")[1] for arn in of_senders] == ["/webhooks/*"]
    assert set(reading) == {"SlackIngressFunction", "CommandsFunction", "DeliveryFunction", "AlarmsFunction"}
    read = {function: {arn["Fn::Sub"].rsplit("${SecretsPrefix}")[1] for arn in arns} for function, arns in reading.items()}
    # Spotify's are read by who asks the player, and by nobody else.
    assert "/spotify/*" in read["CommandsFunction"]
    read["CommandsFunction"].remove("/spotify/*")
    assert all(path.startswith("/slack/") for paths in read.values() for path in paths)


def test_the_derived_template_differs_in_nothing_else(tmp_path: Path):
    derived = derived_template.derive(TEMPLATE, tmp_path)
    assert {key: value for key, value in derived.items() if key != "Resources"} == {
        key: value for key, value in TEMPLATE.items() if key != "Resources"
    }
    for name, resource in RESOURCES.items():
        if resource["Type"] in derived_template.MINISTACK_LACKS:
            assert name not in derived["Resources"]
        elif name in FUNCTIONS:
            expected = {key: value for key, value in resource.items() if key != "Metadata"}
            expected["Properties"] = resource["Properties"] | {"CodeUri": str(tmp_path / f"{name}.zip")}
            assert derived["Resources"][name] == expected
        elif resource["Type"] == derived_template.ROLE:
            assert narrowed(derived["Resources"][name]) == narrowed(resource)
        else:
            assert derived["Resources"][name] == resource


def test_what_systems_manager_reports_reaches_the_one_that_may_ask_what_came_of_it():
    rule = RESOURCES["HostEventsRule"]["Properties"]
    assert rule["EventPattern"]["source"] == ["aws.ssm"]
    assert [referenced(target["Arn"]) for target in rule["Targets"]] == ["CommandsQueue"]
    (policy,) = [policy for policy in of_type("AWS::SQS::QueuePolicy").values() if {"Ref": "CommandsQueue"} in policy["Queues"]]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "HostEventsRule.Arn"}}} or (
        statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["HostEventsRule", "Arn"]}}}
    )


def test_further_documents_run_on_the_same_hosts_and_never_what_runs_anything():
    policy = RESOURCES["RunbooksPolicy"]
    assert policy["Condition"] == "HasRunbookDocuments"
    allowed, denied = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (allowed["Effect"], allowed["Resource"]) == ("Allow", {"Ref": "RunbookDocuments"})
    assert denied["Effect"] == "Deny"
    assert any(arn["Fn::Sub"].endswith("::document/AWS-RunShellScript") for arn in denied["Resource"])


def test_logs_of_services_are_read_by_commands_alone():
    reading = {function: [s for s in statements(role_of(function)) if s["Action"] == "logs:FilterLogEvents"] for function in FUNCTIONS}
    assert [function for function, found in reading.items() if found] == ["CommandsFunction"]
    (statement,) = reading["CommandsFunction"]
    assert statement["Resource"]["Fn::Sub"].endswith(":log-group:${ServiceLogGroups}:*")


def test_logs_of_builds_are_read_by_their_streams_only():
    reading = [s for function in FUNCTIONS for s in statements(role_of(function)) if s["Action"] == "logs:GetLogEvents"]
    assert len(reading) == 2
    assert all(s["Resource"]["Fn::Sub"].endswith(":log-group:${BuildLogGroups}:log-stream:*") for s in reading)


def the_alarms_queue_takes(principal: str) -> list[dict]:
    """What the policy of the alarms queue lets a service send, with both answers to the question whether all alarms are watched."""
    (policy,) = [policy for policy in of_type("AWS::SQS::QueuePolicy").values() if {"Ref": "AlarmsQueue"} in policy["Queues"]]
    found = [s["Fn::If"][1] if "Fn::If" in s else s for s in policy["PolicyDocument"]["Statement"]]
    return [statement for statement in found if statement["Principal"] == {"Service": principal}]


def test_every_queue_has_one_policy_at_most():
    queues = [referenced(queue) for policy in of_type("AWS::SQS::QueuePolicy").values() for queue in policy["Queues"]]
    assert sorted(queues) == sorted(set(queues))


def test_only_the_topics_that_the_function_believes_may_write_to_the_alarms_queue():
    (statement,) = the_alarms_queue_takes("sns.amazonaws.com")
    condition, further, own = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::If"]
    believed = RESOURCES["AlarmsFunction"]["Properties"]["Environment"]["Variables"]["ALARM_TOPIC_ARNS"]["Fn::If"]
    assert [condition, further["Fn::Split"][1], own] == believed
    assert further["Fn::Split"][0] == ","
    (subscription,) = [s for s in of_type("AWS::SNS::Subscription").values() if s["Protocol"] == "sqs"]
    assert (referenced(subscription["TopicArn"]), referenced(subscription["Endpoint"])) == ("AlarmTopic", "AlarmsQueue")


def test_only_alarms_of_this_account_publish_to_the_topic_and_call_the_function():
    (statement,) = RESOURCES["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    permission = RESOURCES["AlarmActionPermission"]["Properties"]
    assert permission["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_all_alarms_are_watched_only_if_that_is_asked_for():
    assert TEMPLATE["Parameters"]["WatchAllAlarms"]["Default"] == "false"
    rules = {name: rule for name, rule in RESOURCES.items() if rule["Type"] == "AWS::Events::Rule" and "aws.cloudwatch" in str(rule)}
    assert set(rules) == {"AlarmEventsRule", "DeletedAlarmsRule"}
    assert all(rule["Condition"] == "WatchesAllAlarms" for rule in rules.values())
    (statement,) = the_alarms_queue_takes("events.amazonaws.com")
    assert {referenced(arn) for arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]} == set(rules)


def test_a_call_of_an_alarm_that_fails_for_good_is_kept():
    properties = RESOURCES["AlarmsFunction"]["Properties"]
    assert referenced(properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]) == "AlarmsDeadLetters"
    assert "sqs:SendMessage" in actions("AlarmsRole", "AlarmsDeadLetters")
