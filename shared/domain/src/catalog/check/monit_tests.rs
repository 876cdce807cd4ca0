//! Every fault is named with its field.

use crate::catalog::{Callee, Catalog, FlappingRule, Level, Monit, Pattern, RouteRule, Summary};
use crate::monit::AlarmMatch;
use crate::test_data::{catalog, rotation};

/// What to do to a sound section.
type Fault = fn(&mut Monit);

fn problems(change: impl FnOnce(&mut Monit)) -> Vec<String> {
    let mut catalog = catalog();
    change(&mut catalog.monit);
    catalog.problems().iter().map(ToString::to_string).collect()
}

fn level(after_minutes: u32, call: Callee) -> Level {
    Level { after_minutes, call }
}

fn route(matches: AlarmMatch) -> RouteRule {
    RouteRule { matches, channel: "C0MONIT".into(), severity: None, runbook: None }
}

#[test]
fn a_sound_section_and_none_at_all_have_no_faults() {
    assert_eq!(problems(|_| ()), [""; 0]);
    assert_eq!(problems(|monit| *monit = Monit::default()), [""; 0]);
    assert_eq!(
        problems(|monit| {
            monit.room = Some("C0MONIT".into());
            monit.routes = vec![route(AlarmMatch { service: Some("api".into()), name: Some("api-*".into()), ..AlarmMatch::default() })];
            monit.correlate = vec![Pattern { sources: Vec::new(), tags: vec!["team".into()], window_minutes: 0 }];
            monit.escalation = vec![
                level(0, Callee::Oncall { rotation: "primary".into() }),
                level(5, Callee::People { people: vec!["U3".into()] }),
                level(10, Callee::Channel {}),
            ];
            monit.flapping = FlappingRule { changes: 0, minutes: 10 };
            monit.summary = Some(Summary { channel: "C0MONIT".into(), at: "09:00".into(), zone: "Europe/Berlin".into() });
        }),
        [""; 0]
    );
}

#[test]
fn each_fault_is_named_with_its_field() {
    let cases: [(Fault, &str); 20] = [
        (|monit| monit.room = Some("C9".into()), "monit.room: `C9` is not in `rooms`"),
        (|monit| monit.operators_room = Some("C9".into()), "monit.operators_room: `C9` is not in `rooms`"),
        (
            |monit| monit.routes = vec![RouteRule { channel: "C9".into(), ..route(AlarmMatch::default()) }],
            "monit.routes.0.channel: `C9` is not in `rooms`",
        ),
        (
            |monit| monit.routes = vec![RouteRule { runbook: Some("http://x.example".into()), ..route(AlarmMatch::default()) }],
            "monit.routes.0.runbook: `http://x.example` is no address of a page; it starts with `https://`",
        ),
        (
            |monit| monit.routes = vec![route(AlarmMatch { service: Some("apo".into()), ..AlarmMatch::default() })],
            "monit.routes.0.match.service: `apo` is not in `services`",
        ),
        (
            |monit| monit.routes = vec![route(AlarmMatch { environment: Some("prod".into()), ..AlarmMatch::default() })],
            "monit.routes.0.match.environment: `prod` is not in `environments`",
        ),
        (
            |monit| monit.routes = vec![route(AlarmMatch { labels: [("team".into(), String::new())].into(), ..AlarmMatch::default() })],
            "monit.routes.0.match.labels: `team: ` needs the name of a label and a pattern for its value, such as `team: shop`",
        ),
        (|monit| monit.oncall[0].people.clear(), "monit.oncall.primary.people: is empty; an alert would find nobody"),
        (|monit| monit.oncall[0].people[1] = "U9".into(), "monit.oncall.primary.people: `U9` is not in `people`"),
        (
            |monit| monit.oncall[0].zone = "Berlin".into(),
            "monit.oncall.primary.zone: `Berlin` is no time zone of the IANA database, such as `Europe/Berlin`",
        ),
        (
            |monit| monit.oncall[0].handover = "moonday 09:00".into(),
            "monit.oncall.primary.handover: `moonday 09:00` is no time of the week, such as `monday 09:00`",
        ),
        (
            |monit| monit.oncall[0].starts = "2026-02-30".into(),
            "monit.oncall.primary.starts: `2026-02-30` is no date, such as `2026-01-05`",
        ),
        (
            |monit| {
                monit.oncall.insert("Night Shift".into(), rotation());
            },
            "monit.oncall.Night Shift: `Night Shift` is no name; use lower-case letters, digits and dashes, starting with a letter, 63 at most",
        ),
        (
            |monit| monit.correlate = vec![Pattern { sources: Vec::new(), tags: Vec::new(), window_minutes: 10 }],
            "monit.correlate.0.tags: must name what is alike: `service`, `environment`, or names of labels; without any, all alarms would be one incident",
        ),
        (
            |monit| monit.escalation = vec![level(0, Callee::Oncall { rotation: "second".into() })],
            "monit.escalation.0.call: `second` is not in `monit.oncall`; these are: primary",
        ),
        (
            |monit| monit.escalation = vec![level(0, Callee::Channel {}), level(0, Callee::Owners {})],
            "monit.escalation.1.after_minutes: 0 minutes; use 1 to 1440",
        ),
        (
            |monit| monit.escalation = vec![level(0, Callee::People { people: vec!["U9".into()] })],
            "monit.escalation.0.call: `U9` is not in `people`",
        ),
        (|monit| monit.flapping.changes = 1, "monit.flapping.changes: 1 changes; use 2 to 50, or 0 if nothing is ever flapping"),
        (|monit| monit.reopen_within_minutes = 9999, "monit.reopen_within_minutes: 9999 minutes; use 0 to 1440"),
        (
            |monit| monit.summary = Some(Summary { channel: "C0MONIT".into(), at: "9".into(), zone: "UTC".into() }),
            "monit.summary.at: `9` is no time of the day, such as `09:00`",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(problems(change), [expected]);
    }
}

#[test]
fn a_services_runbook_is_a_page() {
    let mut catalog: Catalog = catalog();
    catalog.services[0].runbook = Some("see the wiki".to_owned());
    let problems: Vec<String> = catalog.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["services.api.runbook: `see the wiki` is no address of a page; it starts with `https://`"]);
}
