//! CloudWatch: a true metric alarm, whose state is set ("PutMetricAlarm" and "SetAlarmState", CloudWatch API reference). It tells the
//! stack's topic of alarms by itself, and EventBridge.

use serde_json::{Value, json};

use super::{ALARMS, ENVIRONMENT, NAME, REASON, SERVICE, SHOWN_AFTER, end, raise};
use crate::fields::{Existing, Field, Values};
use crate::registry::{Action, AwsCall, Deed, Request, Sender};
use crate::world::World;

const ID: &str = "cloudwatch";

/// CloudWatch.
pub static SENDER: Sender = Sender {
    id: ID,
    name: "CloudWatch",
    group: ALARMS,
    about: "A metric alarm with the stack's topic as its action.",
    shown_after: SHOWN_AFTER,
    actions: &[
        Action {
            id: "raise",
            name: "Raise an alarm",
            about: "The alarm is made, if it isn't there, and goes to ALARM.",
            fields: &[NAME, SERVICE, ENVIRONMENT, REASON],
            make: go_wrong,
        },
        Action {
            id: "resolve",
            name: "Back to OK",
            about: "An alarm that fires is over.",
            fields: &[Field::one_of("name", "Alarm", Existing::Firing(ID), "none fires: raise an alarm first")],
            make: go_well,
        },
    ],
};

fn go_wrong(values: &Values, world: &mut World) -> Deed {
    let alarm = raise(ID, values, world);
    let input = json!({
        "AlarmName": alarm.name, "AlarmDescription": format!("Failed requests of {} in {}", alarm.service, alarm.environment),
        "ActionsEnabled": true, "AlarmActions": [null], "OKActions": [null], "Namespace": "AWS/ApiGateway", "MetricName": "5XXError",
        "Dimensions": [{"Name": "ApiName", "Value": alarm.service}, {"Name": "Stage", "Value": alarm.environment}], "Statistic": "Sum",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 10.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "Tags": [{"Key": "service", "Value": alarm.service}, {"Key": "environment", "Value": alarm.environment}],
    });
    let topic: &[(&str, &str)] = &[("/AlarmActions/0", "alarm_topic_arn"), ("/OKActions/0", "alarm_topic_arn")];
    let requests = vec![call("PutMetricAlarm", input, topic), state(world, &alarm.name, "ALARM", &alarm.reason, 12.0)];
    Deed { summary: format!("{} is in ALARM", alarm.name), requests }
}

fn go_well(values: &Values, world: &mut World) -> Deed {
    end(ID, values, world);
    let name = values.text("name");
    Deed { summary: format!("{name} is OK"), requests: vec![state(world, name, "OK", "Threshold Crossed: back below 10", 0.0)] }
}

fn state(world: &mut World, name: &str, state: &str, reason: &str, value: f64) -> Request {
    let data = json!({
        "version": "1.0", "queryDate": world.moment().to_string(), "statistic": "Sum", "period": 60, "recentDatapoints": [value],
        "threshold": 10.0,
    });
    let input = json!({"AlarmName": name, "StateValue": state, "StateReason": reason, "StateReasonData": data.to_string()});
    call("SetAlarmState", input, &[])
}

fn call(operation: &'static str, input: Value, of_cloud: &'static [(&'static str, &'static str)]) -> Request {
    Request::Aws(AwsCall { service: "monitoring", protocol: "1.0", target: "GraniteServiceVersion20100801", operation, input, of_cloud })
}
