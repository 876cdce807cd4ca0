//! Lines about alarms and incidents, and what becomes of them.

use jiff::SignedDuration;
use opsroom_domain::alarm::AlarmSource;
use opsroom_domain::monit::{AlarmMatch, Severity};

use crate::command::Command;
use crate::mon::{Mon, Quiet};
use crate::parse;
use crate::until::{Day, Until};

fn mon(line: &str) -> Mon {
    match parse(line) {
        Ok(Command::Mon(mon)) => mon,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn understands_what_people_type() {
    let hours = SignedDuration::from_hours;
    let cases = [
        ("mon open staging", Mon::Open { environment: Some("staging".into()) }),
        ("incidents open", Mon::Open { environment: None }),
        ("mon acknowledge I-7K3M9Q", Mon::Acknowledge { incident: Some("i-7k3m9q".into()) }),
        ("please mon ack", Mon::Acknowledge { incident: None }),
        ("mon resolve i-1 it was on the disk", Mon::Resolve { incident: Some("i-1".into()), reason: "it was on the disk".into() }),
        ("mon resolve --reason it was the disk", Mon::Resolve { incident: None, reason: "it was the disk".into() }),
        ("mon resolve i-1", Mon::Resolve { incident: Some("i-1".into()), reason: String::new() }),
        ("mon assign i-1 to <@U1|dana>", Mon::Assign { incident: Some("i-1".into()), to: Some("U1".into()) }),
        ("mon assign <@U1> i-1", Mon::Assign { incident: Some("i-1".into()), to: Some("U1".into()) }),
        ("mon assign me", Mon::Assign { incident: None, to: None }),
        ("mon snooze i-1 for 2h", Mon::Snooze { incident: Some("i-1".into()), span: hours(2) }),
        ("mon snooze 2h", Mon::Snooze { incident: None, span: hours(2) }),
        ("mon attach i-1 to i-2", Mon::Attach { incident: "i-1".into(), to: "i-2".into() }),
        ("mon note i-1 on to the next in line", Mon::Note { incident: Some("i-1".into()), text: "on to the next in line".into() }),
        (
            "mon override <@U1|dana> until friday 18:00 in primary",
            Mon::Override {
                person: Some("U1".into()),
                until: Until::On { day: Day::Weekday(jiff::civil::Weekday::Friday), time: Some(jiff::civil::time(18, 0, 0, 0)) },
                rotation: Some("primary".into()),
            },
        ),
        ("mon oncall override me until 4h", Mon::Override { person: None, until: Until::In(hours(4)), rotation: None }),
        ("mon oncall", Mon::OnCall),
        ("mon route", Mon::Routes),
        ("mon route rm R-7K3M9Q2X", Mon::RemoveRoute { route: "r-7k3m9q2x".into() }),
        ("mon unsilence s-1", Mon::Unsilence { silence: "s-1".into() }),
    ];
    for (line, expected) in cases {
        assert_eq!(mon(line), expected, "{line}");
    }
}

#[test]
fn a_silence_takes_terms_a_span_and_a_reason_in_any_sensible_order() {
    let api = || AlarmMatch { service: Some("api".into()), environment: Some("staging".into()), ..AlarmMatch::default() };
    let silence = |what, hours, reason: &str| Mon::Silence { what, span: SignedDuration::from_hours(hours), reason: reason.into() };
    let cases = [
        ("mon silence service=api env=staging for 2h reason go to bed", silence(Quiet::Alarms(api()), 2, "go to bed")),
        ("mon silence service:api for 2h env=staging note: it is on me", silence(Quiet::Alarms(api()), 2, "note: it is on me")),
        ("mon silence for 2h service=api env:staging —reason “go to bed”", silence(Quiet::Alarms(api()), 2, "go to bed")),
        ("mon silence i-1 for 2h", silence(Quiet::Incident("i-1".into()), 2, "")),
    ];
    for (line, expected) in cases {
        assert_eq!(mon(line), expected, "{line}");
    }
    let Mon::Silence { what: Quiet::Alarms(all), .. } =
        mon("mon silence name:\"api 5xx *\" severity:P1 source:Grafana label.team=shop tag:tier=1 dimension.QueueName=jobs:* for 30m")
    else {
        panic!("no terms")
    };
    assert_eq!((all.name.as_deref(), all.severity, all.source), (Some("api 5xx *"), Some(Severity::Alert), Some(AlarmSource::Grafana)));
    let labels: Vec<(&str, &str)> = all.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(labels, [("QueueName", "jobs:*"), ("tag:tier", "1"), ("team", "shop")]);
}

#[test]
fn a_route_says_how_bad_what_it_takes_is() {
    let Mon::AddRoute { matches, to, severity } = mon("mon route add name:api-* to:<#C9|ops> severity:critical reported:warning") else {
        panic!("no route")
    };
    assert_eq!((matches.name.as_deref(), matches.severity), (Some("api-*"), Some(Severity::Notification)));
    assert_eq!((to, severity), (Some("C9".into()), Some(Severity::Alert)));
    for line in ["mon route add name:api-* to:here", "mon route add name:api-* to here", "mon route add name:api-*"] {
        let Mon::AddRoute { to, .. } = mon(line) else { panic!("{line}") };
        assert_eq!(to, None, "{line}");
    }
}

#[test]
fn an_alarm_to_try_may_have_any_name() {
    let name = |line: &str| match mon(line) {
        Mon::Test { alarm } => alarm.name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name("mon test api-5xx").as_deref(), Some("api-5xx"));
    assert_eq!(name("mon test api: too many 5xx service=api").as_deref(), Some("api: too many 5xx"));
    assert_eq!(name("mon test service=api"), None);
}

#[test]
fn says_what_is_wrong_and_what_would_be_right() {
    let cases = [
        (
            "mon ack 17",
            "`17` is no incident; its id stands in its message and looks like `i-7k3m9q2xw1`, and `mon open` lists what is open",
        ),
        ("mon assign i-1 @dana", "`@dana` is no mention; pick the person from Slack's list so that it becomes one"),
        ("mon assign i-1", "who should have `i-1`?"),
        ("mon snooze i-1", "for how long? Write it as `30m` or `2h`"),
        (
            "mon snooze 17 2h",
            "`17` is no incident; its id stands in its message and looks like `i-7k3m9q2xw1`, and `mon open` lists what is open",
        ),
        ("mon snooze i-1 40d", "`40d` is too long; 7d is the most"),
        ("mon note i-1", "`mon note` needs the words that should be kept"),
        ("mon attach i-1 to I-1", "an incident can't be attached to itself"),
        ("mon silence service=api", "for how long? `for 2h` is missing"),
        ("mon silence for 2h", "which alarms? Without a term all would be quiet"),
        ("mon silence i-1 service=api for 2h", "either an incident or terms, not both"),
        (
            "mon silence team=shop for 2h",
            "`team` is nothing that alarms are told apart by; for a label of that name, write `label.team=shop`",
        ),
        ("mon silence serivce=api for 2h", "`serivce` is nothing that alarms are told apart by; did you mean `service`?"),
        ("mon silence service=api service=web for 2h", "`service` stands twice"),
        ("mon silence source:grafena for 2h", "`grafena` is no source of alarms; did you mean `grafana`?"),
        ("mon silence label.=x for 2h", "`label.` is nothing that alarms are told apart by; did you mean `label`?"),
        ("mon override <@U1> until someday", "`someday` is no end"),
        ("mon override <@U1>", "until when?"),
        ("mon route add name:x to:#ops", "`#ops` is no channel; write `to:here`, or pick it from Slack's list so that it becomes a link"),
        ("mon route add to:here", "which alarms? For all of them, write `name:*`"),
        ("mon route remove 1", "`1` is no route made in chat; it looks like `r-7k3m9q2x`, and `mon routes` lists them"),
        ("mon route ad name:x", "there is no command `mon route ad`"),
        ("mon aknowledge i-1", "there is no command `mon aknowledge`"),
    ];
    for (line, message) in cases {
        assert_eq!(parse(line).expect_err(line).message, message, "{line}");
    }
    let suggested = |line: &str| parse(line).unwrap_err().suggestion.map(|suggestion| (suggestion.line, suggestion.reads_only));
    assert_eq!(suggested("mon route ad name:x"), Some(("mon route add name:x".into(), false)));
    assert_eq!(suggested("mon aknowledge i-1"), Some(("mon ack i-1".into(), false)));
    assert_eq!(suggested("mon opne"), Some(("mon open".into(), true)));
}

#[test]
fn help_is_had_for_the_family_and_for_each() {
    assert_eq!(parse("mon"), Ok(Command::Help { about: Some("mon".into()) }));
    for (line, about) in [("mon silence --help", "mon silence"), ("mon route add --help", "mon route add"), ("mon note --help", "mon note")]
    {
        assert_eq!(parse(line), Ok(Command::Help { about: Some(about.into()) }), "{line}");
    }
}
