"""CloudWatch through the gateway: alarms' changes are events at the rules' targets, once each, and metrics have pictures."""

import json
import struct
import urllib.parse
import uuid
import zlib

import botocore.awsrequest
import botocore.auth
import botocore.credentials
import botocore.exceptions
import pytest
import urllib3
from aws_gateway import ACCOUNT, a_role, code, refused, until
from aws_gateway import client, control  # noqa: F401 (fixtures)

REGION = "us-east-1"
WIDGET = {
    "title": "api-production-5xx",
    "metrics": [["Acme/Api", "Errors", "Service", "api", {"stat": "Sum", "period": 60}]],
    "start": "2026-11-25T09:00:00Z",
    "end": "2026-11-25T12:15:00Z",
    "annotations": {"horizontal": [{"value": 10}], "vertical": [{"value": "2026-11-25T12:00:00Z"}]},
}


@pytest.fixture
def cloudwatch(client):  # noqa: F811
    return client("cloudwatch")


@pytest.fixture
def heard(client):  # noqa: F811
    """heard(name): what a rule on all alarms' events has heard of an alarm so far."""
    sqs, events = client("sqs"), client("events")
    name = f"alarm-events-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    arrived = []

    def receive(alarm):
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            arrived.append(json.loads(message["Body"]))
        return [event for event in arrived if event["detail"]["alarmName"] == alarm]

    yield receive
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def alarm(cloudwatch):
    """The name of a new alarm that is OK."""
    name = f"standin-{uuid.uuid4().hex[:8]}"
    put_alarm(cloudwatch, name)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="to begin with")
    yield name
    cloudwatch.delete_alarms(AlarmNames=[name])


def put_alarm(cloudwatch, name, **more):
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription="Too many errors",
        Namespace="Acme/Api",
        MetricName="Errors",
        Dimensions=[{"Name": "Alarm", "Value": name}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
        **more,
    )


def test_a_change_is_one_event_and_no_change_is_none(cloudwatch, heard, alarm):
    until("the alarm's beginning is told", lambda: heard(alarm))
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="tested")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="tested again")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="mended")
    until("both changes are told", lambda: len(heard(alarm)) >= 3)
    _, fires, ends = heard(alarm)
    assert (fires["detail-type"], fires["source"], fires["account"]) == ("CloudWatch Alarm State Change", "aws.cloudwatch", ACCOUNT)
    assert fires["resources"] == [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"]
    assert (fires["detail"]["state"]["value"], fires["detail"]["state"]["reason"]) == ("ALARM", "tested")
    assert fires["detail"]["previousState"]["value"] == "OK"
    assert fires["detail"]["state"]["timestamp"].endswith("+0000")
    (metric,) = fires["detail"]["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"namespace": "Acme/Api", "name": "Errors", "dimensions": {"Alarm": alarm}},
        "period": 60.0,
        "stat": "Sum",
    }
    assert (ends["detail"]["state"]["value"], ends["detail"]["previousState"]["reason"]) == ("OK", "tested again")


def test_numbers_that_cross_the_threshold_are_told_too(cloudwatch, heard, alarm):
    datum = {"MetricName": "Errors", "Dimensions": [{"Name": "Alarm", "Value": alarm}], "Value": 37}
    cloudwatch.put_metric_data(Namespace="Acme/Api", MetricData=[datum])
    until("the alarm fires", lambda: [e for e in heard(alarm) if e["detail"]["state"]["value"] == "ALARM"])


def test_a_composite_alarm_follows_its_children_and_is_told_of(cloudwatch, heard, alarm):
    name = f"{alarm}-all"
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=f'ALARM("{alarm}")')
    try:
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="tested")
        (event,) = until("the composite alarm fires", lambda: [e for e in heard(name) if e["detail"]["state"]["value"] == "ALARM"])
        assert event["detail"]["configuration"]["alarmRule"] == f'ALARM("{alarm}")'
        children = json.loads(event["detail"]["state"]["reasonData"])["triggeringAlarms"]
        assert [child["arn"].rsplit(":", 1)[1] for child in children] == [alarm]
    finally:
        cloudwatch.delete_alarms(AlarmNames=[name])


def test_a_deleted_alarm_is_told_of(cloudwatch, heard):
    name = f"standin-{uuid.uuid4().hex[:8]}"
    put_alarm(cloudwatch, name)
    cloudwatch.delete_alarms(AlarmNames=[name])
    (event,) = until("its end is told", lambda: [e for e in heard(name) if "operation" in e["detail"]])
    assert (event["detail-type"], event["detail"]["operation"]) == ("CloudWatch Alarm Configuration Change", "delete")


def size_of(image):
    """Width and height of a PNG whose parts are whole."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, {}
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        kind, content = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        assert struct.unpack(">I", image[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        parts.setdefault(kind, content)
        at += 12 + length
    assert b"IEND" in parts
    return struct.unpack(">II", parts[b"IHDR"][:8])


def test_a_widget_has_a_picture_with_and_without_numbers(cloudwatch):
    empty = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(WIDGET))["MetricWidgetImage"]
    assert min(size_of(empty)) > 100
    service = uuid.uuid4().hex
    data = [
        {"MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": service}], "Timestamp": f"2026-11-25T{at}:00Z", "Value": value}
        for at, value in (("10:00", 3), ("11:00", 9), ("12:00", 37))
    ]
    cloudwatch.put_metric_data(Namespace="Acme/Api", MetricData=data)
    widget = WIDGET | {"metrics": [["Acme/Api", "Errors", "Service", service, {"stat": "Sum", "period": 60}]]}
    drawn = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget), OutputFormat="png")["MetricWidgetImage"]
    assert size_of(drawn) == size_of(empty)
    assert drawn != empty


def test_what_cannot_be_drawn_is_refused(cloudwatch):
    assert refused(cloudwatch.get_metric_widget_image, MetricWidget="{}") == ("InvalidParameterValue", "MetricWidget has no metrics")


def test_only_who_may_sees_pictures(client):  # noqa: F811
    may, action = {"MetricWidget": json.dumps(WIDGET)}, "cloudwatch:GetMetricWidgetImage"
    _, keys = a_role(client, [{"Effect": "Allow", "Action": action, "Resource": "*"}])
    assert size_of(client("cloudwatch", **keys).get_metric_widget_image(**may)["MetricWidgetImage"])
    _, keys = a_role(client, [{"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"}])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client("cloudwatch", **keys).get_metric_widget_image(**may)
    assert "AccessDenied" in code(caught.value)
    assert action in caught.value.response["Error"]["Message"]


def test_the_query_protocol_is_answered_as_well(endpoints):
    """As older clients and the command line speak it."""
    body = urllib.parse.urlencode({"Action": "GetMetricWidgetImage", "Version": "2010-08-01", "MetricWidget": json.dumps(WIDGET)})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = botocore.awsrequest.AWSRequest(method="POST", url=endpoints["aws"] + "/", data=body, headers=headers)
    credentials = botocore.credentials.Credentials(endpoints["aws_access_key_id"], endpoints["aws_secret_access_key"])
    botocore.auth.SigV4Auth(credentials, "monitoring", REGION).add_auth(request)
    answer = urllib3.request("POST", request.url, body=body, headers=dict(request.headers))
    assert answer.status == 200
    assert b"<GetMetricWidgetImageResult><MetricWidgetImage>iVBOR" in answer.data
