//! *How?*: the calls by which anybody can look at what is behind an incident, and set its alarms back.

use opsroom_domain::alarm::{AlarmKey, AlarmSource, Plot, PlottedMetric};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::incident::{Incident, IncidentAlarm};
use serde_json::{Map, Value, json};

/// For how many alarms the calls are shown.
const ALARMS_SHOWN: usize = 3;

/// The calls behind an incident, for anyone to paste.
pub fn incident_how(incident: &Incident) -> Card {
    let intro = Text::plain("What Opsroom knows of ").bold(incident.title.as_str()).then(" came from its senders. They can be asked:");
    let mut card = Card::line(Tone::Plain, intro);
    let mut alarms: Vec<&IncidentAlarm> = incident.alarms.values().collect();
    alarms.sort_by_key(|alarm| (!alarm.fires(), std::cmp::Reverse(alarm.severity), alarm.at));
    for alarm in alarms.iter().take(ALARMS_SHOWN) {
        card = card.with(Part::Text(Text::empty().bold(alarm.name.as_str()).then(format!(" ({})", alarm.key.source.shown()))));
        card.parts.extend(lines(alarm).into_iter().map(Part::Code));
    }
    let hidden = alarms.len().saturating_sub(ALARMS_SHOWN);
    if hidden > 0 {
        card = card.with(Part::Context(Text::plain(format!("The other {hidden} alike."))));
    }
    card.with(Part::Context(
        Text::plain(
            "Whom it calls follows from the catalog's escalation and rotations, where it is from its routes, what is one incident from its \
         correlation patterns. ",
        )
        .code(format!("/ops mon test name:{}", words(&incident.title)))
        .then(" shows what they decide."),
    ))
}

fn words(name: &str) -> String {
    if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() }
}

fn lines(alarm: &IncidentAlarm) -> Vec<String> {
    match alarm.key.source {
        AlarmSource::Cloudwatch => cloudwatch(alarm),
        AlarmSource::Alertmanager => {
            let label = quoted(&format!("alertname={}", alarm.name));
            vec![
                format!("amtool alert query {label}"),
                format!("amtool silence add {label} --duration=2h --comment='see {}'", alarm.key.source.shown()),
            ]
        }
        AlarmSource::Grafana => {
            let grafana = alarm.links.console.as_deref().and_then(origin).unwrap_or("https://grafana.example");
            // The address is text from outside like any other: a shell must not read into it.
            let address = quoted(&format!("{grafana}/api/alertmanager/grafana/api/v2/alerts"));
            let filter = quoted(&format!("filter=alertname=\"{}\"", alarm.name));
            vec![format!("curl --get {address} \\\n  --header \"Authorization: Bearer $GRAFANA_TOKEN\" \\\n  --data-urlencode {filter}")]
        }
        AlarmSource::Generic => {
            let body = json!({"key": alarm.key.id, "name": alarm.name, "state": "ok"});
            // As the guide to the Monit room signs: over the moment and the body.
            vec![format!(
                "body={}\nnow=$(date +%s)\n\
                 signature=$(printf '%s.%s' \"$now\" \"$body\" | openssl dgst -sha256 -hmac \"$OPSROOM_SECRET\" | sed 's/^.* //')\n\
                 curl --fail-with-body \"${{OPSROOM_URL%/}}/alerts/generic\" --header 'Content-Type: application/json' \\\n  \
                 --header \"X-Opsroom-Timestamp: $now\" --header \"X-Opsroom-Signature: v1=$signature\" --data-binary \"$body\"",
                quoted(&body.to_string())
            )]
        }
    }
}

fn cloudwatch(alarm: &IncidentAlarm) -> Vec<String> {
    let call = |operation: &str| {
        let call = ApiCall::new("cloudwatch", operation);
        match region(&alarm.key) {
            Some(region) => call.with("region", region),
            None => call,
        }
    };
    let mut lines = [
        call("describe-alarms").with("alarm-names", json!([alarm.name])).with("alarm-types", json!(["MetricAlarm", "CompositeAlarm"])),
        call("describe-alarm-history").with("alarm-name", alarm.name.as_str()).with("max-records", 20),
    ]
    .map(|call| call.command_line())
    .to_vec();
    if let Some(Plot::Metrics { metrics }) = &alarm.plot {
        let widget = json!({"title": alarm.name, "start": "-PT3H", "metrics": metrics.iter().map(metric).collect::<Vec<_>>()});
        let image = call("get-metric-widget-image").with("metric-widget", widget.to_string()).with("output", "text");
        lines.push(format!("{} | base64 --decode > graph.png", image.command_line()));
    }
    let set = call("set-alarm-state").with("alarm-name", alarm.name.as_str()).with("state-value", "OK").with("state-reason", "set by hand");
    lines.push(set.command_line());
    lines
}

/// The region's code, from the key.
fn region(key: &AlarmKey) -> Option<&str> {
    key.id.split('/').nth(1).filter(|region| !region.is_empty())
}

fn metric(metric: &PlottedMetric) -> Value {
    match metric {
        PlottedMetric::Metric { id, namespace, name, dimensions, statistic, period, drawn } => {
            let mut line = vec![json!(namespace), json!(name)];
            line.extend(dimensions.iter().flat_map(|(name, value)| [json!(name), json!(value)]));
            let mut rest = Map::from_iter([("stat".to_owned(), json!(statistic)), ("period".to_owned(), json!(period))]);
            rest.insert("visible".to_owned(), json!(drawn));
            rest.extend(id.iter().map(|id| ("id".to_owned(), json!(id))));
            line.push(Value::Object(rest));
            Value::Array(line)
        }
        PlottedMetric::Expression { id, expression, .. } => {
            let mut rest = Map::from_iter([("expression".to_owned(), json!(expression))]);
            rest.extend(id.iter().map(|id| ("id".to_owned(), json!(id))));
            json!([rest])
        }
    }
}

/// `https://grafana.acme.example` of one of its pages.
fn origin(url: &str) -> Option<&str> {
    let host = url.split_once("://")?.1;
    let end = url.len() - host.len() + host.find('/').unwrap_or(host.len());
    Some(&url[..end])
}

/// For a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use opsroom_domain::alarm::{AlarmLinks, AlarmState};

    use super::*;

    fn alarm(source: AlarmSource, id: &str, console: Option<&str>) -> IncidentAlarm {
        let at = jiff::Timestamp::UNIX_EPOCH;
        IncidentAlarm {
            key: AlarmKey { source, id: id.to_owned() },
            name: "it's $(touch me) `full`".to_owned(),
            state: AlarmState::Firing,
            at,
            told_at: at,
            reason: None,
            measure: None,
            severity: opsroom_domain::monit::Severity::Alert,
            account: None,
            region: None,
            links: AlarmLinks { console: console.map(str::to_owned), ..AlarmLinks::default() },
            children: Vec::new(),
            plot: None,
            silence: None,
            verdict: None,
            changes: Vec::new(),
        }
    }

    /// What a shell makes of a line whose commands only say what they were given.
    fn said(line: &str) -> String {
        let script = format!("amtool() {{ printf '<%s>' \"$@\"; }}; curl() {{ printf '<%s>' \"$@\"; }}\n{line}");
        let output =
            Command::new("sh").args(["-c", &script]).env("OPSROOM_SECRET", "s").env("OPSROOM_URL", "https://door/").output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn nothing_that_a_sender_says_becomes_shell() {
        let console = "https://$(echo>&2,no);`no`'\"/alerting/1";
        for (source, id) in [(AlarmSource::Alertmanager, "a"), (AlarmSource::Grafana, "g"), (AlarmSource::Generic, "it's $(touch me)")] {
            for line in lines(&alarm(source, id, Some(console))) {
                let said = said(&line);
                assert!(said.contains("it's $(touch me) `full`"), "{line} says {said}");
                assert!(
                    source != AlarmSource::Grafana || said.contains("<https://$(echo>&2,no);`no`'\"/api/alertmanager"),
                    "{line} says {said}"
                );
            }
        }
    }

    #[test]
    fn a_script_s_alarm_is_set_back_as_the_door_takes_it() {
        let line = lines(&alarm(AlarmSource::Generic, "backup/orders", None)).remove(0);
        let said = said(&line);
        assert!(said.contains("<https://door/alerts/generic>") && said.contains("<X-Opsroom-Timestamp: "), "{said}");
        let signature = said.split("v1=").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert!(signature.len() == 64 && signature.bytes().all(|digit| digit.is_ascii_hexdigit()), "{said}");
    }
}
