//! Which alarms are meant, where they go, and which are quiet.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::alarm::{AlarmReport, AlarmState};
use crate::catalog::{Catalog, RouteRule};
use crate::ids::{ChannelId, SilenceId};
use crate::incident::Routed;
use crate::monit::{NoSilence, Route, Silence, covering, default_room, route};
use crate::test_data::{at, catalog, report};

fn alarm() -> AlarmReport {
    let mut alarm = report("api-production-5xx", AlarmState::Firing, 0);
    alarm.severity = Some(Severity::Alert);
    alarm.labels = [("team".to_owned(), "Shop".to_owned()), ("QueueName".to_owned(), "jobs-eu".to_owned())].into();
    alarm
}

/// Asks about the alarm above, which is about the service `api` in `production`.
fn with_facts<T>(ask: impl FnOnce(&Facts<'_>) -> T) -> T {
    let (alarm, service, environment) = (alarm(), "api".into(), "production".into());
    ask(&Facts::of(&alarm, Some(&service), Some(&environment)))
}

fn named(pattern: &str) -> AlarmMatch {
    AlarmMatch { name: Some(pattern.to_owned()), ..AlarmMatch::default() }
}

fn labelled(label: &str, pattern: &str) -> AlarmMatch {
    AlarmMatch { labels: [(label.to_owned(), pattern.to_owned())].into(), ..AlarmMatch::default() }
}

fn about(service: &str, environment: &str) -> AlarmMatch {
    AlarmMatch { service: Some(service.into()), environment: Some(environment.into()), ..AlarmMatch::default() }
}

#[test]
fn all_that_is_said_has_to_fit() {
    for (matches, fits) in [
        (AlarmMatch::default(), true),
        (named("api-*"), true),
        (named("API-*-5XX"), true),
        (named("api"), false),
        (labelled("team", "shop"), true),
        (labelled("QueueName", "jobs-*"), true),
        (labelled("queuename", "jobs-*"), false),
        (labelled("other", "*"), false),
        (about("api", "production"), true),
        (about("API", "production"), true),
        (about("api", "staging"), false),
        (AlarmMatch { source: Some(AlarmSource::Cloudwatch), severity: Some(Severity::Alert), ..named("*") }, true),
        (AlarmMatch { source: Some(AlarmSource::Grafana), ..named("*") }, false),
        (AlarmMatch { severity: Some(Severity::Notification), ..named("*") }, false),
    ] {
        assert_eq!(with_facts(|facts| matches.fits(facts)), fits, "{matches}");
    }
    // What isn't known fits nothing that asks for it.
    let alarm = report("a", AlarmState::Firing, 0);
    assert!(!about("api", "production").fits(&Facts::of(&alarm, None, None)));
    assert!(!AlarmMatch { severity: Some(Severity::Alert), ..AlarmMatch::default() }.fits(&Facts::of(&alarm, None, None)));
}

#[test]
fn only_stars_are_special_in_patterns() {
    for (pattern, text, fits) in [
        ("", "", true),
        ("*", "", true),
        ("*", "prod/api", true),
        ("a*c", "abc", true),
        ("a*c", "ab", false),
        ("a*b*c", "a-b-b-c", true),
        ("aa*aa", "aaa", false),
        ("*b", "ab", true),
        ("a*", "ba", false),
        ("**a**", "bab", true),
        ("[prod] {x}?", "[prod] {x}?", true),
        ("[ab]", "a", false),
        ("ÄRGER*", "ärger-1", true),
    ] {
        assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn reads_as_people_type_it() {
    let all = AlarmMatch {
        name: Some("api-*".into()),
        source: Some(AlarmSource::Grafana),
        severity: Some(Severity::Alert),
        ..about("api", "staging")
    };
    let all = AlarmMatch { labels: [("team".to_owned(), "shop".to_owned()), ("zone".to_owned(), "eu west".to_owned())].into(), ..all };
    let text = "name:api-* service:api env:staging severity:alert source:grafana label.team:shop label.zone:\"eu west\"";
    assert_eq!(all.to_string(), text);
    assert_eq!(AlarmMatch::default().to_string(), "all alarms");
}

fn chat_route(id: &str, matches: AlarmMatch) -> Route {
    let (id, channel) = (id.into(), "C0CHAT".into());
    Route { id, matches, channel, severity: None, by: "U1".into(), at: at(0), version: 1 }
}

#[test]
fn routes_of_the_catalog_come_first_then_those_of_the_chat_then_the_default_room() {
    let rule = |matches, runbook: Option<&str>| RouteRule {
        matches,
        channel: "C0OPS".into(),
        severity: Some(Severity::Notification),
        runbook: runbook.map(str::to_owned),
    };
    let mut catalog = catalog();
    let chat = [chat_route("r-1", named("web-*")), chat_route("r-2", named("api-*"))];
    let routed = |catalog: &Catalog, chat: &[Route]| with_facts(|facts| route(Some(catalog), chat, facts));
    let to = routed(&catalog, &[]);
    assert_eq!((to.channel, to.routed, to.severity), (Some("C0MONIT".into()), Routed::Nobody, None));
    assert_eq!(to.runbook.as_deref(), Some("https://runbooks.example/api"), "the service's own");
    let to = routed(&catalog, &chat);
    assert_eq!((to.channel, to.routed), (Some("C0CHAT".into()), Routed::Chat { route: "r-2".into() }));
    catalog.monit.routes = vec![rule(named("web-*"), None), rule(named("*-5xx"), Some("https://runbooks.example/5xx"))];
    let to = routed(&catalog, &chat);
    assert_eq!((to.channel.clone(), to.routed.clone()), (Some("C0OPS".into()), Routed::Catalog { number: 2 }));
    assert_eq!(to.runbook.as_deref(), Some("https://runbooks.example/5xx"));
    assert_eq!(to.severity(Some(Severity::Alert), &catalog.monit), Severity::Notification);
    let nothing = with_facts(|facts| route(None, &[], facts));
    assert_eq!((nothing.channel.clone(), nothing.routed.clone()), (None, Routed::Nobody));
    assert_eq!(nothing.severity(Some(Severity::Notification), &catalog.monit), Severity::Notification);
    assert_eq!(nothing.severity(None, &catalog.monit), Severity::Alert);
}

#[test]
fn the_default_room_is_named_or_guessed_by_its_name() {
    let room = |rooms: &[(&str, &str)], named: Option<&str>| {
        let mut catalog = catalog();
        let mut template = catalog.rooms[0].clone();
        catalog.rooms.clear();
        for &(id, name) in rooms {
            name.clone_into(&mut template.name);
            catalog.rooms.insert(id.into(), template.clone());
        }
        catalog.monit.room = named.map(ChannelId::from);
        default_room(&catalog).map(ToString::to_string)
    };
    for (rooms, named, expected) in [
        (&[("C1", "ops"), ("C2", "monit")][..], Some("C1"), Some("C1")),
        (&[("C1", "ops"), ("C2", "monit")], None, Some("C2")),
        (&[("C1", "monitors"), ("C2", "Alerts-prod"), ("C3", "monit")], None, Some("C2")),
        (&[("C1", "ops"), ("C2", "alarms")], None, Some("C2")),
        (&[("C1", "ops"), ("C2", "random")], None, Some("C1")),
        (&[], None, None),
    ] {
        assert_eq!(room(rooms, named).as_deref(), expected, "{rooms:?}");
    }
}

fn silence(id: &str, matches: AlarmMatch, until: i64) -> Silence {
    Silence {
        id: SilenceId::new(id),
        matches,
        from: at(0),
        until: at(until),
        reason: "maintenance".into(),
        by: "U1".into(),
        channel: "C1".into(),
        deployment: None,
        count: 0,
        held: Vec::new(),
        ended_at: None,
        version: 1,
    }
}

#[test]
fn the_silence_that_ends_last_covers_and_none_holds_outside_its_time() {
    let mut silences = [silence("s-1", named("*"), 100), silence("s-2", named("api-*"), 300), silence("s-3", named("web-*"), 500)];
    let covers =
        |silences: &[Silence], second| with_facts(|facts| covering(silences, facts, at(second)).map(|silence| silence.id.to_string()));
    assert_eq!(covers(&silences, -1), None);
    assert_eq!(covers(&silences, 0).as_deref(), Some("s-2"));
    assert_eq!(covers(&silences, 299).as_deref(), Some("s-2"));
    assert_eq!(covers(&silences, 300), None);
    silences[1].ended_at = Some(at(10));
    assert_eq!(covers(&silences, 20).as_deref(), Some("s-1"));
}

#[test]
fn a_silence_has_an_end_and_a_reason() {
    let allowed = |hours: i64, reason: &str| {
        let until = at(0).checked_add(SignedDuration::from_hours(hours)).unwrap();
        Silence::allowed(at(0), until, reason)
    };
    assert_eq!(allowed(2, "deploying"), Ok(()));
    assert_eq!(allowed(30 * 24, "deploying"), Ok(()));
    assert_eq!(allowed(30 * 24 + 1, "deploying"), Err(NoSilence::TooLong));
    assert_eq!(allowed(0, "deploying"), Err(NoSilence::Over));
    assert_eq!(allowed(2, "  "), Err(NoSilence::NoReason));
}

proptest! {
    #[test]
    fn a_text_fits_itself_with_any_part_of_it_starred(text in "[a-zA-Z0-9/._ -]{0,20}", from in 0..20_usize, length in 0..20_usize) {
        let from = from.min(text.len());
        let to = (from + length).min(text.len());
        let pattern = format!("{}*{}", &text[..from], &text[to..]);
        prop_assert!(glob(&pattern, &text.to_uppercase()));
        prop_assert!(glob(&text, &text));
    }
}
