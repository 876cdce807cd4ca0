"""What each deployed role may do and may not: by IAM's own simulation, and by calls with the role's own credentials.

The rights are written out here a second time on purpose: what a function may do should not change by the change of one file.
"""

from collections.abc import Callable
from dataclasses import dataclass

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
FUNCTIONS = ["SlackIngress", "WebhookIngress", "Commands", "Activity", "Alarms", "Delivery", "Schedule"]
WRITES = ["UpdateItem", "DeleteItem", "PutItem", "BatchWriteItem"]
READS = ["GetItem", "Query", "Scan", "BatchGetItem"]
PIPELINES = ["StartPipelineExecution", "StopPipelineExecution", "RetryStageExecution", "RollbackStage", "PutApprovalResult"]


@dataclass(frozen=True)
class Account:
    """The deployed stack, by the names that the questions use."""

    endpoints: dict
    aws: Callable

    def role(self, function: str) -> str:
        name = self.endpoints["function_names"][f"{function}Function"]
        return self.aws("lambda").get_function_configuration(FunctionName=name)["Role"]

    def arn(self, resource: str) -> str:
        region = self.endpoints["aws_region"]
        queue = lambda url: f"arn:aws:sqs:{region}:{ACCOUNT}:{url.rsplit('/', 1)[1]}"  # noqa: E731
        table = lambda name: f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"  # noqa: E731
        return {
            "state": lambda: table(self.endpoints["table"]),
            "catalog": lambda: table(self.endpoints["catalog_table"]),
            "audit": lambda: table(self.endpoints["audit_table"]),
            "by_index1": lambda: table(self.endpoints["table"]) + "/index/by_index1",
            "outbox": lambda: table(self.endpoints["table"]) + "/index/outbox",
            "by_actor": lambda: table(self.endpoints["audit_table"]) + "/index/by_actor",
            "commands": lambda: queue(self.endpoints["commands_queue_url"]),
            "activity": lambda: queue(self.endpoints["activity_queue_url"]),
            "webhooks": lambda: queue(self.endpoints["webhooks_queue_url"]),
            "alarms": lambda: queue(self.endpoints["alarms_queue_url"]),
            "alarms_dead": lambda: queue(self.endpoints["dead_letter_queue_urls"]["alarms"]),
            "delivery": lambda: queue(self.endpoints["delivery_queue_url"]),
            "alarm": lambda: f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:api-production-5xx",
            "pipeline": lambda: f"arn:aws:codepipeline:{region}:{ACCOUNT}:api-staging",
            "stage": lambda: f"arn:aws:codepipeline:{region}:{ACCOUNT}:api-staging/Test",
            "action": lambda: f"arn:aws:codepipeline:{region}:{ACCOUNT}:billing-production/Approval/Sign-off",
            "build log": lambda: f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/codebuild/api-test:log-stream:a",
            "service log": lambda: f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/services/web-staging:log-stream:a",
            "restart document": lambda: f"arn:aws:ssm:{region}:{ACCOUNT}:document/{self.endpoints['stack']}-restart-service",
            "any script": lambda: f"arn:aws:ssm:{region}::document/AWS-RunShellScript",
            "own log": lambda: f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/lambda/opsroom-commands:log-stream:a",
            "token": lambda: f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/opsroom/slack/bot-token",
            "secret": lambda: f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/opsroom/slack/signing-secret",
        }[resource]()

    def allowed(self, function: str, resource: str, actions: list[str]) -> set[str]:
        """Those of the actions that the function's role may take on the resource, where they need no condition key."""
        answer = self.aws("iam").simulate_principal_policy(
            PolicySourceArn=self.role(function), ActionNames=actions, ResourceArns=[self.arn(resource)]
        )
        results = answer["EvaluationResults"]
        assert len(results) == len(actions)
        return {one["EvalActionName"].split(":")[1] for one in results if one["EvalDecision"] == "allowed"}

    def as_role(self, function: str, service: str):
        """A client with the credentials of a function's role."""
        session = self.aws("sts").assume_role(RoleArn=self.role(function), RoleSessionName=f"walls-{function}")["Credentials"]
        return boto3.client(
            service,
            endpoint_url=self.endpoints["aws"],
            region_name=self.endpoints["aws_region"],
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
            config=botocore.config.Config(retries={"max_attempts": 0}),
        )


@pytest.fixture(scope="module")
def account(endpoints: dict, aws) -> Account:
    """The deployed stack."""
    return Account(endpoints, aws)


def on(service: str, *names: str) -> list[str]:
    return [f"{service}:{name}" for name in names]


TABLE = ["ConditionCheckItem", "DeleteTable", "UpdateTable", "UpdateTimeToLive", "PartiQLUpdate", "PartiQLDelete"]
TABLES = on("dynamodb", *READS, *WRITES, *TABLE)
RECEIVING = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"]
QUEUES = on("sqs", "SendMessage", *RECEIVING, "PurgeQueue", "DeleteQueue", "SetQueueAttributes")
LOOKS = ["GetPipelineExecution", "GetPipelineState", "ListActionExecutions", "ListPipelineExecutions"]
PIPES = on("codepipeline", *PIPELINES, *LOOKS, "UpdatePipeline", "DeletePipeline")
WATCHING = on("cloudwatch", "ListTagsForResource", "TagResource", "SetAlarmState", "DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm")
RUNNING = on("ssm", "SendCommand", "GetDocument", "CreateDocument", "UpdateDocument", "DeleteDocument", "UpdateDocumentDefaultVersion")
PARAMETERS = on("ssm", "PutParameter", "DeleteParameter", "GetParametersByPath")

STEER = {"StartPipelineExecution", "StopPipelineExecution", *LOOKS}
DECIDE = {"RetryStageExecution", "RollbackStage", "PutApprovalResult"}
CHANGE = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"}
RECEIVE = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}

MAY = {
    # Of the table it reads one partition: the condition is held by test_template, as the local IAM doesn't know its key.
    "SlackIngress": {"catalog": {"GetItem"}, "state": {"Query"}, "commands": {"SendMessage"}},
    "WebhookIngress": {"webhooks": {"SendMessage"}, "alarms": {"SendMessage"}},
    "Commands": {
        "catalog": {"GetItem"},
        "state": CHANGE,
        "by_index1": {"Query"},
        "audit": {"Query"},
        "by_actor": {"Query"},
        "commands": RECEIVE | {"SendMessage"},
        "alarms": {"SendMessage"},
        "delivery": {"SendMessage"},
        # The pattern of all pipelines' names fits their stages and actions, too.
        "pipeline": STEER,
        "stage": STEER | DECIDE,
        "action": STEER | DECIDE,
        "build log": {"GetLogEvents"},
        "service log": {"FilterLogEvents"},
        "restart document": {"SendCommand", "GetDocument"},
    },
    "Activity": {
        "catalog": {"GetItem"},
        "state": CHANGE,
        "by_index1": {"Query"},
        "audit": {"Query"},
        "activity": RECEIVE,
        "webhooks": RECEIVE,
        "commands": {"SendMessage"},
        "delivery": {"SendMessage"},
        "build log": {"GetLogEvents"},
    },
    "Alarms": {
        "catalog": {"GetItem"},
        "state": CHANGE,
        "by_index1": {"Query"},
        "alarms": RECEIVE | {"SendMessage"},
        "alarms_dead": {"SendMessage"},
        "delivery": {"SendMessage"},
        "alarm": {"ListTagsForResource"},
    },
    "Delivery": {"state": {"GetItem", "UpdateItem"}, "commands": {"SendMessage"}, "delivery": RECEIVE | {"ChangeMessageVisibility"}},
    "Schedule": {
        "state": {"Query", "DeleteItem"},
        "outbox": {"Query"},
        "commands": {"SendMessage"},
        "delivery": {"SendMessage"},
    },
}
"""Everything that is allowed, as far as the local IAM's simulation sees it: it knows no condition keys. So appending to the
audit log, which takes a transaction, is tried for real below; that the clock deletes due items alone, test_template.py reads."""

ASKED = {
    **dict.fromkeys(("state", "catalog", "audit", "by_index1", "outbox", "by_actor"), TABLES),
    **dict.fromkeys(("commands", "activity", "webhooks", "alarms", "alarms_dead", "delivery"), QUEUES),
    "alarm": WATCHING,
    **dict.fromkeys(("pipeline", "stage", "action"), PIPES),
    "build log": on("logs", "GetLogEvents", "PutLogEvents", "DeleteLogStream", "FilterLogEvents"),
    "service log": on("logs", "FilterLogEvents", "GetLogEvents", "PutLogEvents", "DeleteLogGroup"),
    **dict.fromkeys(("restart document", "any script"), RUNNING),
    "own log": on("logs", "GetLogEvents", "FilterLogEvents", "DeleteLogStream"),
    "token": PARAMETERS,
    "secret": PARAMETERS,
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_do_what_its_function_needs_and_nothing_else(account: Account, function: str):
    expected = {resource: MAY[function].get(resource, set()) for resource in ASKED}
    assert {resource: account.allowed(function, resource, actions) for resource, actions in ASKED.items()} == expected


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_scans_or_changes_what_was_recorded(account: Account, function: str):
    for table in ("state", "catalog", "audit"):
        assert account.allowed(function, table, on("dynamodb", "Scan", "BatchWriteItem", "DeleteTable")) == set()
    changes = on("dynamodb", "UpdateItem", "DeleteItem", "PartiQLUpdate", "PartiQLDelete")
    assert account.allowed(function, "audit", changes) == set()
    assert account.allowed(function, "catalog", on("dynamodb", *WRITES, "PartiQLInsert")) == set()


def refused(call: Callable, **arguments) -> bool:
    """Whether IAM refuses a call. Any other answer, also an error, means that it was let through."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    return False


ITEM = {"pk": {"S": "DUE"}, "sk": {"S": "WALLS"}}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_walls_stand_when_they_are_run_into(account: Account, function: str):
    names = {"state": "table", "catalog": "catalog_table", "audit": "audit_table"}
    tables = {name: account.endpoints[key] for name, key in names.items()}
    dynamodb, codepipeline = account.as_role(function, "dynamodb"), account.as_role(function, "codepipeline")
    let_through = set()

    def run_into(what: str, call: Callable, **arguments) -> None:
        if not refused(call, **arguments):
            let_through.add(what)

    for name, table in tables.items():
        run_into(f"scan {name}", dynamodb.scan, TableName=table)
        run_into(f"batch {name}", dynamodb.batch_write_item, RequestItems={table: [{"DeleteRequest": {"Key": ITEM}}]})
        run_into(f"get {name}", dynamodb.get_item, TableName=table, Key=ITEM)
        run_into(f"delete {name}", dynamodb.delete_item, TableName=table, Key=ITEM)
        update = {"UpdateExpression": "SET changed = :yes", "ExpressionAttributeValues": {":yes": {"BOOL": True}}}
        # On what isn't there, so that a wall that has fallen breaks nothing but this test.
        guarded = {**update, "ConditionExpression": "attribute_exists(pk)"}
        run_into(f"update {name}", dynamodb.update_item, TableName=table, Key=ITEM, **guarded)
    # In a transaction, a put of what isn't new is undone; by itself it would write over an entry.
    put = {"TableName": tables["audit"], "Item": ITEM, "ConditionExpression": "attribute_exists(pk)"}
    run_into("put audit", dynamodb.put_item, **put)
    run_into("append audit", dynamodb.transact_write_items, TransactItems=[{"Put": put}])
    execution = {"pipelineName": "web-production", "pipelineExecutionId": "00000000-0000-4000-8000-000000000000"}
    run_into("start", codepipeline.start_pipeline_execution, name="no-such-pipeline")
    run_into("stop", codepipeline.stop_pipeline_execution, **execution)
    run_into("look", codepipeline.get_pipeline_execution, **execution)
    assert let_through == {
        "SlackIngress": {"get catalog"},
        "WebhookIngress": set(),
        "Commands": {"get catalog", "get state", "update state", "delete state", "append audit", "start", "stop", "look"},
        "Activity": {"get catalog", "get state", "update state", "delete state", "append audit"},
        "Alarms": {"get catalog", "get state", "update state", "delete state"},
        "Delivery": {"get state", "update state"},
        "Schedule": {"delete state"},
    }[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_secrets_are_read_by_those_who_need_them(account: Account, function: str):
    """GetParameters alone, which the local IAM checks against `*` and AWS against each parameter: who may call it at all."""
    may = account.allowed(function, "token", on("ssm", "GetParameters", "GetParameter", "GetParameterHistory"))
    assert may == ({"GetParameters"} if function in ("SlackIngress", "WebhookIngress", "Commands", "Alarms", "Delivery") else set())
