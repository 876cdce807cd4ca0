//! What holds whatever happens, in whatever order.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// Something that can happen, with small numbers in place of ids and times.
#[derive(Debug, Clone)]
enum Step {
    Alarm { id: u8, state: u8, sent: i64, severity: bool, silenced: bool },
    Attach { id: u8 },
    Acknowledge,
    Unacknowledge,
    Expire,
    Assign { to: u8 },
    Snooze { minutes: i64 },
    SnoozeOver,
    Resolve,
    Reopen,
    Silence,
    SilenceOver,
    CallNext { round: u32, level: usize },
    CallDue,
    CalledLevel { level: usize },
    Calmed { right: bool },
    Said,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, 0..3_u8, 0..200_i64, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(id, state, sent, severity, silenced)| Step::Alarm { id, state, sent, severity, silenced }),
        1 => (0..6_u8).prop_map(|id| Step::Attach { id }),
        2 => Just(Step::Acknowledge),
        1 => Just(Step::Unacknowledge),
        1 => Just(Step::Expire),
        1 => (0..3_u8).prop_map(|to| Step::Assign { to }),
        1 => (0..30_i64).prop_map(|minutes| Step::Snooze { minutes }),
        1 => Just(Step::SnoozeOver),
        1 => Just(Step::Resolve),
        1 => Just(Step::Reopen),
        1 => Just(Step::Silence),
        1 => Just(Step::SilenceOver),
        2 => (0..4_u32, 0..4_usize).prop_map(|(round, level)| Step::CallNext { round, level }),
        3 => Just(Step::CallDue),
        2 => (0..4_usize).prop_map(|level| Step::CalledLevel { level }),
        1 => any::<bool>().prop_map(|right| Step::Calmed { right }),
        1 => Just(Step::Said),
    ]
}

fn state(number: u8) -> AlarmState {
    [AlarmState::Firing, AlarmState::Ok, AlarmState::NoData][usize::from(number % 3)]
}

/// The event that a step means to an incident as it stands.
fn event<'a>(step: &Step, incident: &Incident, alarm: &'a AlarmReport, now: i64) -> Event<'a> {
    let (by, at): (PersonId, _) = ("U1".into(), at(now));
    match step.clone() {
        Step::Alarm { severity, silenced, .. } => Event::Alarm {
            report: alarm,
            severity: if severity { Severity::Alert } else { Severity::Notification },
            silence: silenced.then(|| "s-1".into()),
            counted: false,
            at,
        },
        Step::Attach { .. } => Event::Attach { report: alarm, severity: Severity::Alert, by, at },
        Step::Acknowledge => Event::Acknowledge { by, at },
        Step::Unacknowledge => Event::Unacknowledge { by, at },
        Step::Expire => {
            let acknowledged_at = if let Phase::Acknowledged { at, .. } = incident.phase { at } else { at };
            Event::AcknowledgementExpired { acknowledged_at, at }
        }
        Step::Assign { to } => Event::Assign { to: format!("U{to}").as_str().into(), by, at },
        Step::Snooze { minutes } => Event::Snooze { until: super::at(now + minutes * MINUTE), by, at },
        Step::SnoozeOver => Event::SnoozeOver { until: incident.snoozed_until.unwrap_or(at), at },
        Step::Resolve => Event::Resolve { by, at },
        Step::Reopen => Event::Reopen { by, at },
        Step::Silence => Event::Silence { silence: SilencedBy { silence: "s-1".into(), until: at }, by, at },
        Step::SilenceOver => Event::SilenceOver { silence: "s-1".into(), at },
        Step::CallNext { round, level } => Event::CallNext { round, level, at },
        Step::CallDue => {
            let (level, when) = incident.escalation.next.unwrap_or((0, at));
            Event::CallNext { round: incident.escalation.round, level, at: when }
        }
        Step::CalledLevel { level } => Event::CalledLevel { level, called: Called::Channel, at },
        Step::Calmed { right } => {
            let latest = incident.flapping.as_ref().filter(|_| right).map_or(at, |flapping| flapping.latest);
            Event::Calmed { latest, at }
        }
        Step::Said => Event::Said(Note { by, at, ts: now.to_string(), text: "hm".to_owned() }),
    }
}

fn alarm_of(step: &Step, now: i64) -> AlarmReport {
    match *step {
        Step::Alarm { id, state: number, sent, .. } => report(&format!("a{id}"), state(number), now - 100 + sent),
        Step::Attach { id } => report(&format!("a{id}"), AlarmState::Firing, now),
        _ => report("a", AlarmState::Firing, now),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nobody_is_called_without_need_or_twice(steps in prop::collection::vec((step(), 0..400_i64), 1..60), alert in any::<bool>()) {
        let mut life = Life::of(if alert { Severity::Alert } else { Severity::Notification });
        life.rules.flapping_changes = 3;
        let rules = life.rules;
        let mut now = 0;
        let mut called: HashSet<(u32, usize)> = calls(&life.effects).into_iter().map(|level| (1, level)).collect();
        let mut planned: HashSet<(u32, usize, Timestamp)> = HashSet::new();
        let plan = |effects: &[Effect], planned: &mut HashSet<_>| {
            for effect in effects {
                if let Effect::Due(DueItem { at, task: DueTask::CallNext { round, level, .. } }) = effect {
                    planned.insert((*round, *level, *at));
                }
            }
        };
        plan(&life.effects, &mut planned);
        for (step, later) in steps {
            now += later;
            let alarm = alarm_of(&step, now);
            let before = life.incident.clone();
            let outcome = life.incident.apply(event(&step, &before, &alarm, now), &rules);
            let incident = &life.incident;
            let Ok(effects) = outcome else {
                prop_assert_eq!(incident, &before, "what is refused changes nothing");
                continue;
            };
            plan(&effects, &mut planned);
            let need = incident.phase == Phase::Triggered
                && incident.severity == Severity::Alert
                && incident.snoozed_until.is_none()
                && !incident.is_hushed();
            let round = incident.escalation.round;
            for level in calls(&effects) {
                prop_assert!(need, "called without need");
                prop_assert!(level < rules.levels.len());
                prop_assert!(called.insert((round, level)), "level {level} of round {round} was called twice");
            }
            prop_assert!(round == before.escalation.round || (round == before.escalation.round + 1 && need));
            match incident.escalation.next {
                Some((level, when)) => {
                    prop_assert!(need);
                    prop_assert!(planned.contains(&(round, level, when)), "what comes next is planned");
                }
                // Whoever is needed was called in this round, to the last level.
                None => prop_assert!(!need || called.contains(&(round, rules.levels.len() - 1))),
            }
            if incident.phase.is_over() {
                prop_assert!(incident.snoozed_until.is_none() && incident.silenced.is_none() && incident.flapping.is_none());
            }
            prop_assert!(incident.severity >= before.severity);
            prop_assert_eq!(incident.version, 0);
            prop_assert!(effects.iter().filter(|effect| **effect == Effect::Show).count() <= 1);
            prop_assert!(incident.timeline.len() <= Incident::MOST_TIMELINE && incident.escalation.calls.len() <= 30);
            let stored = serde_json::to_string(incident).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Incident>(&stored).unwrap(), incident);
        }
    }

    #[test]
    fn alarms_end_up_the_same_in_any_order_and_doubled(
        (told, shuffled) in prop::collection::vec((0..3_u8, 0..3_u8, 1..10_i64), 1..14).prop_flat_map(|told| {
            let told: Vec<AlarmReport> = told.into_iter().map(|(id, number, sent)| report(&format!("a{id}"), state(number), sent)).collect();
            let doubled: Vec<AlarmReport> = told.iter().chain(&told).cloned().collect();
            (Just(told), Just(doubled).prop_shuffle())
        })
    ) {
        let rules = Rules { flapping_changes: 0, ..RULES };
        let end = |reports: &[AlarmReport]| {
            let mut life = Life::alert();
            life.told("a", AlarmState::Ok, 1);
            life.takes(Event::Reopen { by: "U1".into(), at: at(1) });
            for id in 0..3 {
                life.told(&format!("a{id}"), AlarmState::Firing, 0);
            }
            for report in reports {
                let _ = life.incident.apply(Event::Alarm { report, severity: Severity::Alert, silence: None, counted: false, at: at(20) }, &rules);
                assert_eq!(life.incident.phase.is_over(), life.incident.all_well());
            }
            let alarms: Vec<_> = life.incident.alarms.into_values().map(|alarm| (alarm.key, alarm.state, alarm.told_at, alarm.verdict)).collect();
            (alarms, life.incident.phase.is_over())
        };
        prop_assert_eq!(end(&told), end(&shuffled));
    }
}
