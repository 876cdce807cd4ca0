use super::*;
use crate::call::Protocol;

fn site() -> Site {
    Site { region: "us-east-1".to_owned(), account: "000000000000".to_owned() }
}

fn alarm(name: &str, value: &str) -> (String, Value) {
    let alarm = json!({
        "AlarmName": name, "AlarmArn": format!("arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"), "AlarmDescription": "",
        "StateValue": value, "StateReason": "tested", "StateUpdatedTimestamp": 1_795_600_000, "Namespace": "AWS/ApiGateway",
        "MetricName": "5XXError", "Statistic": "Sum", "Period": 60, "Dimensions": [{"Name": "ApiName", "Value": "api"}],
    });
    (name.to_owned(), alarm)
}

fn told(before: &[(String, Value)], after: &[(String, Value)]) -> Vec<Value> {
    let states = |of: &[(String, Value)]| of.iter().cloned().collect();
    let now = Timestamp::from_second(1_795_600_001).unwrap();
    events(&site(), &states(before), &states(after), now, || "id".to_owned())
}

#[test]
fn a_change_of_state_is_told_once_with_what_was_before() {
    let events = told(&[alarm("a", "OK"), alarm("b", "OK")], &[alarm("a", "ALARM"), alarm("b", "OK"), alarm("new", "ALARM")]);
    let state = |value| json!({"value": value, "timestamp": "2026-11-25T09:46:40.000+0000", "reason": "tested"});
    assert_eq!(
        events,
        [json!({
            "version": "0", "id": "id", "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch", "account": "000000000000",
            "time": "2026-11-25T09:46:41Z", "region": "us-east-1", "resources": ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"],
            "detail": {
                "alarmName": "a", "state": state("ALARM"), "previousState": state("OK"),
                "configuration": {"metrics": [{
                    "id": "00000000-0000-4000-8000-000000000000", "returnData": true,
                    "metricStat": {
                        "metric": {"namespace": "AWS/ApiGateway", "name": "5XXError", "dimensions": {"ApiName": "api"}},
                        "period": 60.0, "stat": "Sum",
                    },
                }]},
            },
        })]
    );
}

#[test]
fn functions_are_called_as_actions_of_the_state_that_is_reached() {
    let function = "arn:aws:lambda:us-east-1:000000000000:function:alarms";
    let with = |value: &str, enabled: bool| {
        let (name, mut alarm) = alarm("a", value);
        alarm["AlarmActions"] = json!(["arn:aws:sns:us-east-1:000000000000:topic", function]);
        alarm["ActionsEnabled"] = json!(enabled);
        States::from([(name, alarm)])
    };
    let called = calls(&site(), &with("OK", true), &with("ALARM", true));
    assert_eq!(called.len(), 1);
    assert_eq!(called[0].0, function);
    let call = &called[0].1;
    assert_eq!(call["alarmArn"], json!("arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"));
    assert_eq!((&call["alarmData"]["state"]["value"], &call["alarmData"]["previousState"]["value"]), (&json!("ALARM"), &json!("OK")));
    for (before, after) in [("ALARM", with("OK", true)), ("ALARM", with("ALARM", true)), ("OK", with("ALARM", false))] {
        assert!(calls(&site(), &with(before, true), &after).is_empty(), "{before}");
    }
}

#[test]
fn a_deleted_alarm_is_told_of_and_a_composite_has_its_rule() {
    let (name, mut composite) = alarm("c", "ALARM");
    composite["AlarmRule"] = json!("ALARM(a)");
    composite["StateReasonData"] = json!("{\"triggeringAlarms\":[]}");
    let events = told(&[(name.clone(), composite.clone())], &[]);
    assert_eq!(
        (&events[0]["detail-type"], &events[0]["detail"]["operation"]),
        (&json!("CloudWatch Alarm Configuration Change"), &json!("delete"))
    );
    assert_eq!(events[0]["detail"]["configuration"], json!({"alarmRule": "ALARM(a)"}));
    assert_eq!(events[0]["detail"]["state"]["reasonData"], composite["StateReasonData"]);
    assert!(told(&[(name.clone(), composite.clone())], &[(name, composite)]).is_empty());
}

#[test]
fn metric_math_keeps_its_parts() {
    let (name, mut math) = alarm("m", "OK");
    math["Metrics"] = json!([
        {"Id": "r", "Expression": "e / c", "Label": "rate", "ReturnData": true},
        {"Id": "e", "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "E"}, "Period": 300, "Stat": "p99"}},
    ]);
    let mut after = math.clone();
    after["StateValue"] = json!("ALARM");
    let events = told(&[(name.clone(), math)], &[(name, after)]);
    assert_eq!(
        events[0]["detail"]["configuration"]["metrics"],
        json!([
            {"id": "r", "expression": "e / c", "label": "rate", "returnData": true},
            {"id": "e", "returnData": false, "metricStat": {"metric": {"namespace": "N", "name": "E", "dimensions": {}}, "period": 300.0, "stat": "p99"}},
        ])
    );
}

#[test]
fn calls_that_may_change_a_state_are_known_in_the_query_protocol_too() {
    let call = |operation: &str| Call {
        service: "monitoring".to_owned(),
        operation: operation.to_owned(),
        access_key: None,
        protocol: Protocol::Query,
    };
    let named = |names: &[&str]| Some(Touched::Named(names.iter().map(|name| (*name).to_owned()).collect()));
    assert_eq!(touched(&call("SetAlarmState"), b"Action=SetAlarmState&AlarmName=a+b&StateValue=OK"), named(&["a b"]));
    assert_eq!(touched(&call("DeleteAlarms"), b"Action=DeleteAlarms&AlarmNames.member.1=a&AlarmNames.member.2=b"), named(&["a", "b"]));
    assert_eq!(touched(&call("PutMetricData"), b""), Some(Touched::All));
    assert_eq!(touched(&call("DescribeAlarms"), b""), None);
}
