//! Alarms that join, end, come back, flap and fall silent.

use super::*;
use crate::alarm::AlarmRecord;

use AlarmState::{Firing, NoData, Ok as Well};

fn silenced(second: i64) -> Event<'static> {
    Event::Silence { silence: SilencedBy { silence: "s-1".into(), until: at(60 * MINUTE) }, by: "U1".into(), at: at(second) }
}

#[test]
fn an_incident_begins_with_its_alarms_own_time_but_never_in_the_future() {
    let early = report("a", Firing, -90);
    let (incident, effects) = Incident::open(opening(&early, Severity::Alert), &RULES);
    assert_eq!((incident.since, incident.last_fired, incident.version), (at(-90), at(0), 0));
    assert_eq!(incident.timeline[0], Happened { at: at(-90), what: What::Fired { alarm: "a".into() } });
    assert!(!effects.contains(&Effect::Draw), "there is nothing to draw");
    let ahead = report("a", Firing, 3600);
    let (mut incident, _) = Incident::open(opening(&ahead, Severity::Alert), &RULES);
    assert_eq!((incident.since, incident.alarms["cloudwatch:a"].at), (at(0), at(0)));
    // The order is by the sender's clock all the same.
    let end = report("a", Well, 3700);
    incident.apply(Event::Alarm { report: &end, severity: Severity::Alert, silence: None, counted: false, at: at(100) }, &RULES).unwrap();
    assert_eq!(incident.phase, Phase::Resolved { by: None, at: at(100) });
}

#[test]
fn a_graph_is_drawn_of_the_first_alarm_that_has_one() {
    let mut first = report("a", Firing, 0);
    first.plot = Some(Plot::Points { points: Vec::new() });
    let (mut incident, effects) = Incident::open(opening(&first, Severity::Alert), &RULES);
    assert!(effects.contains(&Effect::Draw));
    let mut other = report("b", Firing, 1);
    other.plot.clone_from(&first.plot);
    incident.apply(Event::Alarm { report: &other, severity: Severity::Alert, silence: None, counted: false, at: at(1) }, &RULES).unwrap();
    assert!(incident.alarms["cloudwatch:a"].plot.is_some() && incident.alarms["cloudwatch:b"].plot.is_none());
}

#[test]
fn it_is_over_when_the_last_alarm_is_well() {
    let mut life = Life::alert();
    life.told("b", Firing, 10);
    life.told("a", Well, 20);
    assert_eq!(life.incident.phase, Phase::Triggered);
    // No data is no end.
    life.told("b", NoData, 30);
    assert!(!life.incident.phase.is_over() && life.incident.alarms["cloudwatch:b"].state == NoData);
    // Nor does it keep the end from counting that it overtook.
    let late = report("b", Well, 25);
    let effects = life.takes(Event::Alarm { report: &late, severity: Severity::Alert, silence: None, counted: false, at: at(40) });
    assert_eq!((effects, life.next()), (vec![Effect::Show], None));
    assert_eq!(life.incident.phase, Phase::Resolved { by: None, at: at(40) });
}

#[test]
fn who_has_it_does_not_keep_it_open() {
    let mut life = Life::alert();
    life.takes(Event::Assign { to: "U1".into(), by: "U2".into(), at: at(1) });
    life.told("a", Well, 20);
    assert_eq!((life.incident.phase.is_over(), life.incident.assignee.clone()), (true, Some("U1".into())));
}

#[test]
fn older_and_doubled_reports_change_nothing() {
    let mut life = Life::alert();
    let a = |state, second, at_second| (report("a", state, second), at(at_second));
    for (report, at) in [a(Firing, 0, 5), a(Well, -1, 6), a(NoData, 0, 7)] {
        assert_eq!(
            life.refuses(Event::Alarm { report: &report, severity: Severity::Alert, silence: None, counted: false, at }),
            NotNow::NothingNew
        );
    }
    for (id, state) in [("b", Well), ("b", NoData)] {
        let report = report(id, state, 8);
        assert_eq!(
            life.refuses(Event::Alarm { report: &report, severity: Severity::Alert, silence: None, counted: false, at: at(8) }),
            NotNow::NothingNew
        );
    }
    // The same trouble in newer words is shown, and began when it began.
    let mut newer = report("a", Firing, 9);
    newer.reason = Some("worse".to_owned());
    assert_eq!(
        life.takes(Event::Alarm { report: &newer, severity: Severity::Alert, silence: None, counted: false, at: at(9) }),
        [Effect::Show]
    );
    let alarm = &life.incident.alarms["cloudwatch:a"];
    assert_eq!((alarm.at, alarm.told_at, alarm.reason.as_deref()), (at(0), at(9), Some("worse")));
    assert_eq!(life.incident.timeline.len(), 1);
}

#[test]
fn alarms_that_fire_again_soon_open_it_again() {
    let mut life = Life::alert();
    life.told("a", Well, MINUTE);
    let again = report("a", Firing, 12 * MINUTE);
    let event = |second| Event::Alarm { report: &again, severity: Severity::Alert, silence: None, counted: false, at: at(second) };
    assert_eq!(life.refuses(event(12 * MINUTE)), NotNow::ResolvedBefore { by: None, at: at(MINUTE) });
    assert!(!life.incident.takes(&again.key, jiff::SignedDuration::from_mins(10), at(12 * MINUTE), &RULES));
    assert!(life.incident.takes(&again.key, jiff::SignedDuration::from_mins(10), at(11 * MINUTE), &RULES));
    let effects = life.takes(event(11 * MINUTE));
    assert!(effects.contains(&Effect::Tell(Word::OpenAgain { by: None })) && calls(&effects) == [0]);
    assert_eq!((life.incident.escalation.round, life.incident.last_fired), (2, at(11 * MINUTE)));
    // Another alarm doesn't open what is over.
    life.takes(Event::Resolve { by: "U1".into(), at: at(12 * MINUTE) });
    let other = report("b", Firing, 13 * MINUTE);
    let event = Event::Alarm { report: &other, severity: Severity::Alert, silence: None, counted: false, at: at(13 * MINUTE) };
    assert!(matches!(life.refuses(event), NotNow::ResolvedBefore { .. }));
    assert!(!life.incident.takes(&other.key, jiff::SignedDuration::from_mins(10), at(13 * MINUTE), &RULES));
    // Nor does the same trouble in newer words.
    let words = report("a", Firing, 14 * MINUTE);
    let event = Event::Alarm { report: &words, severity: Severity::Alert, silence: None, counted: false, at: at(14 * MINUTE) };
    assert_eq!(life.refuses(event), NotNow::NothingNew);
    // That its alarm is well now is shown.
    assert_eq!(life.told("a", Well, 15 * MINUTE), [Effect::Show]);
}

#[test]
fn an_open_incident_takes_in_others_within_the_window_and_its_own_at_any_time() {
    let life = Life::alert();
    let window = jiff::SignedDuration::from_mins(10);
    let key = |id| report(id, Firing, 0).key;
    for (id, second, taken) in [("b", 600, true), ("b", 601, false), ("a", 100_000, true)] {
        assert_eq!(life.incident.takes(&key(id), window, at(second), &RULES), taken, "{id} {second}");
    }
}

#[test]
fn flapping_is_shown_once_then_only_counted_and_ends_when_it_is_calm() {
    let mut life = Life::alert();
    for second in 1..=4 {
        let effects = life.told("a", if second % 2 == 0 { Firing } else { Well }, second);
        assert!(effects.contains(&Effect::Show) && life.incident.flapping.is_none());
    }
    // The sixth change, the first fire included.
    let effects = life.told("a", Well, 5);
    let task = DueTask::CalmDown { incident: "i-1".into(), latest: at(5) };
    assert_eq!(effects, [Effect::Show, Effect::Due(DueItem { at: at(605), task })]);
    assert_eq!(life.incident.phase, Phase::Triggered, "it stays open");
    let entries = life.incident.timeline.len();
    for second in 6..=8 {
        assert_eq!(life.told("a", if second % 2 == 0 { Firing } else { Well }, second), []);
    }
    assert_eq!(life.incident.flapping, Some(Flapping { since: at(5), changes: 9, latest: at(8) }));
    assert_eq!(life.incident.timeline.len(), entries);
    life.told("a", Well, 9);
    // It is looked at again when it could be calm.
    let calmed = |latest, now| Event::Calmed { latest: at(latest), at: at(now) };
    let task = DueTask::CalmDown { incident: "i-1".into(), latest: at(9) };
    assert_eq!(life.takes(calmed(5, 605)), [Effect::Due(DueItem { at: at(609), task })]);
    assert_eq!(life.takes(calmed(9, 609)), [Effect::Show]);
    assert_eq!((life.incident.phase.clone(), &life.incident.flapping), (Phase::Resolved { by: None, at: at(609) }, &None));
    assert_eq!(life.refuses(calmed(9, 609)), NotNow::NothingNew);
}

#[test]
fn many_alarms_that_change_once_are_not_flapping() {
    let mut life = Life::alert();
    for number in 0..20 {
        life.told(&format!("n{number}"), Firing, number);
    }
    for number in 0..20 {
        life.told(&format!("n{number}"), Well, 20 + number);
    }
    assert_eq!(life.incident.flapping, None);
    // Nor is one that changes seldom.
    for round in 1..10 {
        life.told("a", if round % 2 == 0 { Firing } else { Well }, round * 5 * MINUTE);
    }
    assert_eq!(life.incident.flapping, None);
}

#[test]
fn under_a_silence_nobody_is_called_until_it_ends() {
    let mut life = Life::alert();
    life.takes(silenced(MINUTE));
    assert_eq!((life.next(), life.incident.is_hushed()), (None, true));
    assert_eq!(life.refuses(silenced(MINUTE)), NotNow::NothingNew);
    let over = |id: &str| Event::SilenceOver { silence: id.into(), at: at(60 * MINUTE) };
    assert_eq!(life.refuses(over("s-2")), NotNow::NothingNew);
    assert_eq!(calls(&life.takes(over("s-1"))), [0]);
    assert_eq!((life.incident.escalation.round, &life.incident.silenced), (2, &None));
}

#[test]
fn an_alarm_that_is_not_silenced_ends_the_silence_of_the_incident() {
    let mut life = Life::alert();
    life.takes(silenced(MINUTE));
    let quiet = report("b", Firing, 2 * MINUTE);
    let effects = life.takes(Event::Alarm {
        report: &quiet,
        severity: Severity::Alert,
        silence: Some("s-1".into()),
        counted: false,
        at: at(2 * MINUTE),
    });
    assert_eq!((effects, life.incident.is_hushed()), (vec![Effect::Show], true));
    // Without data it is as quiet as before.
    life.told("b", NoData, 3 * MINUTE);
    assert!(life.incident.is_hushed());
    assert_eq!(calls(&life.told("c", Firing, 4 * MINUTE)), [0]);
    assert_eq!(life.incident.silenced, None);
    // When only silenced ones are left, calling stops.
    life.told("c", Well, 5 * MINUTE);
    assert_eq!((life.next(), life.incident.is_hushed()), (None, true));
}

#[test]
fn a_silenced_alarm_makes_nothing_worse_until_it_is_told_again() {
    let mut life = Life::of(Severity::Notification);
    let loud = report("b", Firing, 1);
    let event = |silence: Option<&str>| Event::Alarm {
        report: &loud,
        severity: Severity::Alert,
        silence: silence.map(Into::into),
        counted: false,
        at: at(1),
    };
    life.takes(event(Some("s-1")));
    assert_eq!(life.incident.severity, Severity::Notification);
    assert_eq!(calls(&life.takes(event(None))), [0]);
    assert_eq!(life.incident.severity, Severity::Alert);
    // What is over isn't opened by a silenced alarm; told again afterwards, it is.
    life.told("a", Well, 2);
    life.told("b", Well, 2);
    let again = report("b", Firing, 3);
    let event = |silence: Option<&str>| Event::Alarm {
        report: &again,
        severity: Severity::Alert,
        silence: silence.map(Into::into),
        counted: false,
        at: at(4),
    };
    assert_eq!(life.refuses(event(Some("s-1"))), NotNow::NothingNew);
    assert!(life.takes(event(None)).contains(&Effect::Tell(Word::OpenAgain { by: None })));
}

#[test]
fn what_is_put_in_by_hand_counts_like_its_own() {
    let mut life = Life::of(Severity::Notification);
    let other = report("b", Firing, 1);
    let attach = || Event::Attach { report: &other, severity: Severity::Alert, by: "U1".into(), at: at(2) };
    assert_eq!(calls(&life.takes(attach())), [0]);
    assert_eq!(life.refuses(attach()), NotNow::NothingNew);
    life.told("a", Well, 3);
    assert!(!life.incident.phase.is_over());
    life.told("b", Well, 4);
    assert!(life.incident.phase.is_over());
    assert!(matches!(life.refuses(attach()), NotNow::ResolvedBefore { .. }));
}

#[test]
fn a_storm_stays_within_bounds_and_ends_with_its_last_alarm() {
    let mut life = Life::alert();
    for number in 0..60 {
        life.told(&format!("n{number}"), Firing, 1 + number);
    }
    assert_eq!((life.incident.alarms.len(), life.incident.more_alarms), (Incident::MOST_ALARMS, 21));
    assert_eq!(life.incident.timeline.len(), Incident::MOST_TIMELINE);
    let doubled = report("n59", Firing, 60);
    let event = Event::Alarm { report: &doubled, severity: Severity::Alert, silence: None, counted: false, at: at(70) };
    assert_eq!(life.refuses(event), NotNow::NothingNew);
    life.told("a", Well, 100);
    for number in 0..59 {
        life.told(&format!("n{number}"), Well, 100 + number);
    }
    assert_eq!((life.incident.phase.is_over(), life.incident.more_alarms), (false, 1));
    life.told("n59", Well, 200);
    assert!(life.incident.phase.is_over());
}

#[test]
fn beyond_what_it_can_tell_apart_it_counts_and_ends_with_the_last_all_the_same() {
    let mut life = Life::alert();
    let room = Incident::MOST_ALARMS - 1 + Incident::MOST_UNLISTED;
    for number in 0..room {
        life.told(&format!("n{number}"), Firing, 1);
    }
    assert_eq!((life.incident.more_alarms, life.incident.crowd), (500, 0));
    // Whether it is in the crowd is what each alarm's record remembers.
    let mut records = [report("late", Firing, 2), report("later", Firing, 2)].map(AlarmRecord::new);
    let mut tell = |life: &mut Life, number: usize, state, second| {
        let (record, report) = (&mut records[number], report(["late", "later"][number], state, second));
        let (before, counted) = (life.incident.crowd, life.incident.counts(record));
        let event = Event::Alarm { report: &report, severity: Severity::Alert, silence: None, counted, at: at(second) };
        let taken = life.incident.apply(event, &life.rules).is_ok();
        life.incident.recount(before, record);
        (taken, life.incident.more_alarms, life.incident.crowd)
    };
    assert_eq!(tell(&mut life, 0, Firing, 2), (true, 501, 1));
    assert_eq!(tell(&mut life, 1, Firing, 2), (true, 502, 2));
    assert_eq!(tell(&mut life, 0, Firing, 3), (false, 502, 2), "the same in newer words");
    // A place that is free now isn't taken by one that is counted.
    life.told("a", Well, 4);
    assert_eq!(tell(&mut life, 1, Firing, 5), (false, 502, 2));
    for number in 0..room {
        life.told(&format!("n{number}"), Well, 6);
    }
    assert_eq!(tell(&mut life, 0, Well, 7), (true, 1, 1));
    assert_eq!(tell(&mut life, 0, Well, 8), (false, 1, 1), "it is taken out once");
    assert!(!life.incident.phase.is_over());
    assert_eq!(tell(&mut life, 1, Well, 9), (true, 0, 0));
    assert!(life.incident.phase.is_over());
}

#[test]
fn a_place_is_made_for_what_fires_by_what_is_well() {
    let mut life = Life::alert();
    for number in 0..39 {
        life.told(&format!("n{number}"), Firing, 1);
    }
    life.told("n3", Well, 2);
    life.told("new", Firing, 3);
    assert_eq!((life.incident.alarms.len(), life.incident.more_alarms), (40, 0));
    assert!(life.incident.alarms.contains_key("cloudwatch:new") && !life.incident.alarms.contains_key("cloudwatch:n3"));
}

#[test]
fn whatever_is_said_about_it_an_incident_fits_into_the_table() {
    let mut life = Life::alert();
    let long = |text: &str, count: usize| text.repeat(count);
    let first = AlarmReport { reason: Some("the disk is full".to_owned()), ..report("a", AlarmState::Firing, 1) };
    life.takes(Event::Alarm { report: &first, severity: Severity::Alert, silence: None, counted: false, at: at(1) });
    for number in 0..Incident::MOST_ALARMS * 2 {
        let mut wild = report(&format!("{}{number}", long("鍵", 300)), AlarmState::Firing, 1);
        wild.name = format!("{number}{}", long("名", 400));
        wild.reason = Some(long("😱", 2000));
        wild.children = vec![long("子", 400); 30];
        let page = Some(format!("https://{}", long("p", 1400)));
        wild.links = crate::alarm::AlarmLinks { console: page.clone(), runbook: page.clone(), dashboard: page };
        let wild = wild.bounded();
        life.takes(Event::Alarm { report: &wild, severity: Severity::Alert, silence: None, counted: false, at: at(2) });
    }
    for number in 0..Incident::MOST_NOTES + 10 {
        let note = Note { by: "U1".into(), at: at(3), ts: format!("{number:03}"), text: long("語", 1500) };
        life.takes(Event::Said(note));
    }
    let bytes = serde_json::to_vec(&life.incident).unwrap().len();
    assert!(bytes < 380_000, "{bytes}");
    assert_eq!(life.incident.alarms.len(), Incident::MOST_ALARMS);
    assert_eq!(life.incident.notes.last().map(|note| note.ts.as_str()), Some("059"), "the newest word stays");
    assert_eq!(life.incident.title, "a");
    assert_eq!(life.incident.alarms[&first.key.to_string()].reason, first.reason, "what it is named after keeps its words");
}
