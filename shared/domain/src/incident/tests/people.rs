//! Calling, and what people do about it.

use super::*;

fn ack(by: &str, second: i64) -> Event<'static> {
    Event::Acknowledge { by: by.into(), at: at(second) }
}

fn next(round: u32, level: usize, second: i64) -> Event<'static> {
    Event::CallNext { round, level, at: at(second) }
}

#[test]
fn an_alert_calls_level_after_level_until_the_last() {
    let mut life = Life::alert();
    assert_eq!(life.effects, [Effect::Show, Effect::Call { level: 0 }, call_next(1, 1, 5 * MINUTE).1]);
    let people = Called::People { people: vec!["U1".into()] };
    life.takes(Event::CalledLevel { level: 0, called: people.clone(), at: at(0) });
    // Told twice, or for a level that was never asked for.
    assert_eq!(life.refuses(Event::CalledLevel { level: 0, called: people, at: at(0) }), NotNow::NothingNew);
    assert_eq!(life.refuses(Event::CalledLevel { level: 1, called: Called::Channel, at: at(0) }), NotNow::NothingNew);
    assert_eq!(life.refuses(next(1, 2, 5 * MINUTE)), NotNow::NothingNew);
    assert_eq!(calls(&life.takes(next(1, 1, 5 * MINUTE))), [1]);
    assert_eq!(life.next(), Some((2, 15 * MINUTE)));
    assert_eq!(life.refuses(next(1, 1, 5 * MINUTE)), NotNow::NothingNew);
    assert_eq!(calls(&life.takes(next(1, 2, 15 * MINUTE))), [2]);
    assert_eq!(life.next(), None);
    life.takes(Event::CalledLevel { level: 2, called: Called::Channel, at: at(15 * MINUTE) });
    assert_eq!(life.incident.escalation.calls.len(), 2);
}

#[test]
fn a_level_with_nobody_in_it_waits_for_nobody() {
    let nobody = || Called::Nobody { why: "the rotation primary has nobody in it".to_owned() };
    let mut life = Life::alert();
    let effects = life.takes(Event::CalledLevel { level: 0, called: nobody(), at: at(0) });
    assert_eq!((calls(&effects), life.next()), (vec![1], Some((2, 10 * MINUTE))));
    let effects = life.takes(Event::CalledLevel { level: 1, called: nobody(), at: at(0) });
    assert_eq!((calls(&effects), life.next()), (vec![2], None));
    // What had been planned comes due, and has been done.
    assert_eq!(life.refuses(next(1, 1, 5 * MINUTE)), NotNow::NothingNew);
    // The last has nobody either: there is no further one.
    let effects = life.takes(Event::CalledLevel { level: 2, called: nobody(), at: at(0) });
    assert_eq!((calls(&effects), life.incident.escalation.calls.len()), (vec![], 3));
}

#[test]
fn a_first_level_may_wait_and_a_catalog_may_lose_levels() {
    let first = report("a", AlarmState::Firing, 0);
    let rules = Rules { levels: &[3, 5], ..RULES };
    let (mut incident, effects) = Incident::open(opening(&first, Severity::Alert), &rules);
    assert_eq!(effects, [Effect::Show, call_next(1, 0, 3 * MINUTE).1]);
    incident.apply(next(1, 0, 3 * MINUTE), &rules).unwrap();
    let fewer = Rules { levels: &[3], ..RULES };
    assert_eq!(incident.apply(next(1, 1, 8 * MINUTE), &fewer), Ok(vec![Effect::Show]));
    assert_eq!(incident.escalation.next, None);
}

#[test]
fn a_notification_calls_nobody_until_it_rises() {
    let mut life = Life::of(Severity::Notification);
    assert_eq!((life.effects.as_slice(), life.next()), (&[Effect::Show][..], None));
    let effects = life.told("worse", AlarmState::Firing, MINUTE);
    assert_eq!((calls(&effects), life.next()), (vec![0], Some((1, 6 * MINUTE))));
    assert_eq!((life.incident.severity, life.incident.title.as_str()), (Severity::Alert, "worse"));
    // It doesn't fall again.
    life.told("worse", AlarmState::Ok, 2 * MINUTE);
    assert_eq!(life.incident.severity, Severity::Alert);
}

#[test]
fn acknowledging_stops_calling_and_the_second_is_told_who_was_faster() {
    let mut life = Life::alert();
    let effects = life.takes(ack("U1", MINUTE));
    let task = DueTask::ExpireAcknowledgement { incident: "i-1".into(), acknowledged_at: at(MINUTE) };
    let due = Effect::Due(DueItem { at: at(121 * MINUTE), task });
    assert_eq!(effects, [Effect::Show, Effect::TellOwner { person: "U1".into() }, due]);
    assert_eq!((life.next(), life.incident.escalation.round), (None, 1));
    assert_eq!(life.refuses(ack("U2", MINUTE)), NotNow::AcknowledgedBefore { by: "U1".into(), at: at(MINUTE) });
    assert_eq!(life.refuses(next(1, 1, 5 * MINUTE)), NotNow::NothingNew);
    // Another alarm joins: somebody has it.
    assert_eq!(life.told("b", AlarmState::Firing, 2 * MINUTE), [Effect::Show]);
    life.takes(Event::Resolve { by: "U1".into(), at: at(3 * MINUTE) });
    let over = NotNow::ResolvedBefore { by: Some("U1".into()), at: at(3 * MINUTE) };
    for event in [
        ack("U2", 4 * MINUTE),
        Event::Unacknowledge { by: "U1".into(), at: at(4 * MINUTE) },
        Event::Assign { to: "U2".into(), by: "U1".into(), at: at(4 * MINUTE) },
        Event::Snooze { until: at(9 * MINUTE), by: "U1".into(), at: at(4 * MINUTE) },
        Event::Resolve { by: "U2".into(), at: at(4 * MINUTE) },
        Event::Silence { silence: SilencedBy { silence: "s-1".into(), until: at(9 * MINUTE) }, by: "U1".into(), at: at(4 * MINUTE) },
    ] {
        assert_eq!(life.refuses(event), over);
    }
}

#[test]
fn what_nobody_has_any_more_calls_again_from_the_first_level() {
    let mut life = Life::alert();
    assert_eq!(life.refuses(Event::Unacknowledge { by: "U1".into(), at: at(1) }), NotNow::NobodyHasIt);
    life.takes(ack("U1", MINUTE));
    let effects = life.takes(Event::Unacknowledge { by: "U1".into(), at: at(2 * MINUTE) });
    assert!(effects.contains(&Effect::Tell(Word::NobodyHasIt { by: Some("U1".into()) })));
    assert_eq!((calls(&effects), life.next()), (vec![0], Some((1, 7 * MINUTE))));
    assert_eq!((life.incident.escalation.round, &life.incident.assignee), (2, &None));
    // What was due in the first round is overtaken.
    assert_eq!(life.refuses(next(1, 1, 5 * MINUTE)), NotNow::NothingNew);
    // So is the end of the first acknowledgement.
    life.takes(ack("U2", 3 * MINUTE));
    let expired = |acknowledged, now| Event::AcknowledgementExpired { acknowledged_at: at(acknowledged), at: at(now) };
    assert_eq!(life.refuses(expired(MINUTE, 121 * MINUTE)), NotNow::NothingNew);
    let effects = life.takes(expired(3 * MINUTE, 123 * MINUTE));
    assert!(effects.contains(&Effect::Tell(Word::NobodyHasIt { by: None })) && calls(&effects) == [0]);
    assert_eq!(life.happened().last(), Some(&&What::Unacknowledged { by: None }));
}

#[test]
fn never_expires_if_the_catalog_says_so() {
    let mut life = Life::alert();
    life.rules.unacknowledge_after_minutes = 0;
    assert_eq!(life.takes(ack("U1", 1)), [Effect::Show, Effect::TellOwner { person: "U1".into() }]);
}

#[test]
fn whoever_is_named_has_it() {
    let mut life = Life::alert();
    let assign = |to: &str, second| Event::Assign { to: to.into(), by: "U1".into(), at: at(second) };
    let effects = life.takes(assign("U2", MINUTE));
    assert!(effects.contains(&Effect::TellOwner { person: "U2".into() }) && life.next().is_none());
    assert_eq!(life.incident.phase, Phase::Acknowledged { by: "U2".into(), at: at(MINUTE) });
    assert_eq!(life.refuses(assign("U2", 2 * MINUTE)), NotNow::NothingNew);
    life.takes(assign("U3", 2 * MINUTE));
    assert_eq!(life.incident.assignee, Some("U3".into()));
    assert_eq!(life.refuses(ack("U2", 3 * MINUTE)), NotNow::AcknowledgedBefore { by: "U3".into(), at: at(2 * MINUTE) });
}

#[test]
fn what_is_put_off_comes_back_and_is_nobodys_then() {
    let mut life = Life::alert();
    life.takes(ack("U1", MINUTE));
    let snooze = |until, second| Event::Snooze { until: at(until), by: "U1".into(), at: at(second) };
    assert_eq!(life.refuses(snooze(MINUTE, 2 * MINUTE)), NotNow::NothingNew);
    life.takes(snooze(200 * MINUTE, 2 * MINUTE));
    life.takes(snooze(300 * MINUTE, 3 * MINUTE));
    let over = |until| Event::SnoozeOver { until: at(until), at: at(until) };
    assert_eq!(life.refuses(over(200 * MINUTE)), NotNow::NothingNew);
    // Who put it off said when it comes back: the acknowledgement doesn't end before.
    assert_eq!(life.refuses(Event::AcknowledgementExpired { acknowledged_at: at(MINUTE), at: at(121 * MINUTE) }), NotNow::NothingNew);
    let effects = life.takes(over(300 * MINUTE));
    assert_eq!((calls(&effects), &life.incident.phase), (vec![0], &Phase::Triggered));
    // Put off while nobody has it: calls nobody, and whoever takes it then has it for good.
    life.takes(snooze(400 * MINUTE, 301 * MINUTE));
    assert_eq!((life.next(), &life.incident.phase), (None, &Phase::Triggered));
    life.takes(ack("U2", 302 * MINUTE));
    assert_eq!(life.refuses(over(400 * MINUTE)), NotNow::NothingNew);
}

#[test]
fn what_is_not_over_after_all_calls_again() {
    let mut life = Life::alert();
    let reopen = |second| Event::Reopen { by: "U2".into(), at: at(second) };
    assert_eq!(life.refuses(reopen(1)), NotNow::NotOver);
    life.takes(ack("U1", 1));
    life.takes(Event::Resolve { by: "U1".into(), at: at(MINUTE) });
    assert_eq!((life.next(), life.incident.assignee.clone()), (None, Some("U1".into())));
    let effects = life.takes(reopen(2 * MINUTE));
    assert!(effects.contains(&Effect::Tell(Word::OpenAgain { by: Some("U2".into()) })) && calls(&effects) == [0]);
    assert_eq!((life.incident.escalation.round, life.incident.assignee.clone()), (2, None));
}

#[test]
fn notes_are_kept_once_and_in_order() {
    let mut life = Life::alert();
    let note = |second: i64, text: &str| Note { by: "U1".into(), at: at(second), ts: format!("{second}.1"), text: text.to_owned() };
    life.takes(Event::Said(note(2, &"long ".repeat(500))));
    life.takes(Event::Said(note(1, "first")));
    assert_eq!(life.refuses(Event::Said(note(1, "first"))), NotNow::NothingNew);
    assert_eq!(life.refuses(Event::Said(note(3, " "))), NotNow::NothingNew);
    assert_eq!(life.incident.notes[0].text, "first");
    assert!(life.incident.notes[1].text.chars().count() <= 1000);
    for second in 10..100 {
        life.takes(Event::Said(note(second, "more")));
    }
    assert_eq!((life.incident.notes.len(), life.incident.notes[49].at), (Incident::MOST_NOTES, at(99)));
}

#[test]
fn the_newest_graph_is_shown() {
    let mut life = Life::alert();
    let graph = |second, file: &str| Event::Drawn(Graph { file: file.to_owned(), alt: "5xx".to_owned(), at: at(second) });
    assert_eq!(life.takes(graph(5, "F2")), [Effect::Show]);
    assert_eq!(life.refuses(graph(4, "F1")), NotNow::NothingNew);
    assert_eq!(life.refuses(graph(6, "F2")), NotNow::NothingNew);
}
