//! The way to the start, as tables; and a world of deployments, presses, locks and clocks, as properties.

use proptest::prelude::*;

use super::*;
use crate::catalog::{ApprovalRule, Catalog, FreezeWindow};
use crate::ids::LockId;
use crate::lock::{Lock, LockKind, LockScope};
use crate::pipeline_execution::{ExecutionKey, PipelineExecution, RunStatus, Seen};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(super) fn requested(id: &str, second: i64, doubts: Vec<Doubt>, approvals: u32) -> Deployment {
    let rule = ApprovalRule { count: approvals, ..ApprovalRule::default() };
    Deployment {
        id: id.into(),
        service: "api".into(),
        environment: "production".into(),
        pipeline: "api-production".into(),
        revision: None,
        revision_input: None,
        replaces: None,
        request: Request { by: "U1".into(), at: at(second), channel: "C1".into(), thread: None, reason: None },
        plan: Box::new(Plan { approval: (approvals > 0).then(|| Approvals::none_yet(rule)), ..Plan::default() }),
        contents: None,
        phase: Phase::Requested { doubts },
        execution: None,
        cancelled_by: None,
        ended_at: None,
        calls: Vec::new(),
        version: 0,
    }
}

fn after(deployment: Deployment, events: Vec<Event<'_>>) -> Deployment {
    events.into_iter().fold(deployment, |deployment, event| deployment.on(event, at(10)).0)
}

fn approved(person: &str) -> Event<'static> {
    Event::ApprovedBy(Approved { by: person.into(), at: at(10), role: "operator".into(), reason: String::new() })
}

fn red() -> Doubt {
    Doubt::ChecksFailed { names: vec!["CI".into()], total: 1 }
}

fn lock(kind: LockKind, by: &str, until: i64) -> Lock {
    let scope = LockScope { kind, environment: "production".into(), service: None };
    Lock { id: "l-1".into(), scope, by: by.into(), at: at(0), until: at(until), reason: None, channel: "C1".into(), thread: None }
}

fn catalog(freezes: Vec<FreezeWindow>) -> Catalog {
    let empty = r#"{"workspace": {"team": "T1"}, "environments": {"production": {}}, "services": {}, "roles": {}, "people": {}}"#;
    let mut catalog: Catalog = serde_json::from_str(empty).unwrap();
    catalog.environments.get_mut("production").unwrap().freezes = freezes;
    catalog
}

#[test]
fn with_nothing_to_pass_it_waits_for_its_admission_alone() {
    let (waiting, effects) = requested("d-1", 0, vec![], 0).on(Event::Asked, at(0));
    assert_eq!((&waiting.phase, effects), (&Phase::Waiting { on: None }, vec![]));
    let (starting, effects) = waiting.on(Event::Admitted, at(5));
    assert_eq!((&starting.phase, starting.begun_at()), (&Phase::Starting, at(5)));
    assert_eq!(effects, [Effect::TakeSlot, Effect::Schedule(starting.next_look(at(5)))]);
}

#[test]
fn it_passes_doubts_then_approvals_then_what_is_in_its_way() {
    let asked = after(requested("d-1", 0, vec![red()], 2), vec![Event::Asked, approved("U2"), Event::Admitted]);
    assert_eq!(asked.phase, Phase::Requested { doubts: vec![red()] });
    let confirmed = after(asked, vec![Event::ConfirmedBy("U3".into()), Event::Admitted]);
    assert_eq!(confirmed.phase, Phase::AwaitingApproval);
    assert_eq!(confirmed.plan.confirmed.as_ref().map(|one| &one.doubts), Some(&vec![red()]));
    let once = after(confirmed, vec![approved("U1"), approved("U2"), approved("U2"), Event::Admitted]);
    assert_eq!((&once.phase, once.plan.approvers()), (&Phase::AwaitingApproval, vec!["U2".into()]));
    let twice = after(once, vec![approved("U3")]);
    assert_eq!(twice.phase, Phase::Waiting { on: None });
    let slot = Obstacle::Deployment { id: "d-0".into(), by: "U9".into() };
    let held = after(twice, vec![Event::Held(slot.clone())]);
    assert_eq!((&held.phase, held.plan.stands_by), (&Phase::Waiting { on: Some(slot) }, true));
    let started = after(held, vec![Event::Admitted]);
    assert_eq!((&started.phase, started.plan.stands_by, started.plan.deadline), (&Phase::Starting, false, None));
}

#[test]
fn only_another_person_with_the_role_approves_and_each_once() {
    let mut waits = after(requested("d-1", 0, vec![], 2), vec![Event::Asked]);
    waits.plan.approval.as_mut().unwrap().rule.role = Some("lead".into());
    let lead = ["lead".into(), "operator".into()];
    assert_eq!(waits.may_be_approved_by(&"U1".into(), &lead), Err(Undecidable::Own));
    assert_eq!(waits.may_be_approved_by(&"U2".into(), &["operator".into()]), Err(Undecidable::Role("lead".into())));
    assert_eq!(waits.may_be_approved_by(&"U2".into(), &lead), Ok(()));
    let once = after(waits, vec![approved("U2")]);
    assert!(matches!(once.may_be_approved_by(&"U2".into(), &lead), Err(Undecidable::Before(_))));
    let done = after(once, vec![approved("U3")]);
    assert_eq!(done.may_be_approved_by(&"U4".into(), &lead), Err(Undecidable::NotWaiting));
}

#[test]
fn it_is_given_up_at_its_own_deadline_and_no_other() {
    let waits = after(requested("d-1", 0, vec![], 1), vec![Event::Asked]);
    let deadline = waits.plan.deadline.unwrap();
    assert_eq!(deadline, at(10) + SignedDuration::from_mins(240));
    assert_eq!(after(waits.clone(), vec![Event::TimeUp { deadline: at(11) }]).phase, Phase::AwaitingApproval);
    let (expired, effects) = waits.clone().on(Event::TimeUp { deadline }, deadline);
    assert_eq!(expired.phase, Phase::Expired { was: Box::new(Phase::AwaitingApproval) });
    assert_eq!(effects, [Effect::NotifyRequester, Effect::StandDown]);
    // What was approved in time is not given up by the approval's deadline.
    let held = after(waits, vec![approved("U2"), Event::Held(Obstacle::Freeze { by: None, until: None, reason: None })]);
    assert_eq!(after(held.clone(), vec![Event::TimeUp { deadline }]).phase, held.phase);
}

#[test]
fn a_lock_holds_others_and_a_freeze_everybody_but_who_goes_back() {
    let waits = after(requested("d-1", 0, vec![], 0), vec![Event::Asked]);
    let mut back = waits.clone();
    back.plan.kind = Kind::Rollback { to: "d-0".into(), stage: None };
    let mut anyway = waits.clone();
    let doubts = vec![Doubt::Frozen { until: None, reason: None }];
    anyway.plan.confirmed = Some(Confirmed { by: "U3".into(), at: at(1), doubts });
    let in_the_way = |deployment: &Deployment, lock: Lock| deployment.obstacle(&[lock], &catalog(vec![]), at(10)).is_some();
    let cases = [
        (LockKind::Lock, "U2", 20, [true, true, true]),
        (LockKind::Lock, "U1", 20, [false, false, false]),
        (LockKind::Lock, "U2", 10, [false, false, false]),
        (LockKind::Freeze, "U1", 20, [true, false, false]),
    ];
    for (kind, by, until, expected) in cases {
        let found = [&waits, &back, &anyway].map(|deployment| in_the_way(deployment, lock(kind, by, until)));
        assert_eq!(found, expected, "{kind:?} of {by} until {until}");
    }
    let always = FreezeWindow { from: "2020-01-01".into(), until: "2099-01-01".into(), zone: "UTC".into(), reason: Some("audit".into()) };
    let found = waits.obstacle(&[], &catalog(vec![always.clone()]), at(10));
    assert!(matches!(found, Some(Obstacle::Freeze { by: None, until: Some(_), reason: Some(_) })), "{found:?}");
    let unreadable = FreezeWindow { zone: "Nowhere".into(), ..always };
    assert!(waits.obstacle(&[], &catalog(vec![unreadable]), at(10)).is_some(), "what can't be read holds");
}

#[test]
fn whoever_lets_it_pass_a_freeze_speaks_of_none_that_comes_later() {
    let mut anyway = after(requested("d-1", 0, vec![], 0), vec![Event::Asked]);
    let doubts = vec![Doubt::Frozen { until: None, reason: None }];
    anyway.plan.confirmed = Some(Confirmed { by: "U3".into(), at: at(5), doubts });
    let made_at = |second| Lock { at: at(second), ..lock(LockKind::Freeze, "U2", 20) };
    for (second, holds) in [(0, false), (5, false), (6, true)] {
        assert_eq!(anyway.obstacle(&[made_at(second)], &catalog(vec![]), at(10)).is_some(), holds, "begun at {second}");
        assert_eq!(anyway.freeze_doubt(&[made_at(second)], &catalog(vec![]), at(10)).is_some(), holds, "begun at {second}");
    }
    let day = |from: &str, until: &str| FreezeWindow { from: from.into(), until: until.into(), zone: "UTC".into(), reason: None };
    // It is Monday, 2026-09-21, 14:13 UTC.
    for (window, later, holds) in [
        (day("2026-09-01", "2026-10-01"), 3600, false),
        (day("2026-09-21 15:00", "2026-09-22"), 3600, true),
        (day("monday 08:00", "tuesday 08:00"), 3600, false),
        (day("monday 08:00", "tuesday 08:00"), 7 * 86_400, true),
    ] {
        let found = anyway.obstacle(&[], &catalog(vec![window.clone()]), at(later));
        assert_eq!(found.is_some(), holds, "{window:?} {later}s later: {found:?}");
    }
    // One that was let pass doesn't hide another one.
    let of_all = Lock { scope: LockScope { service: Some("api".into()), ..made_at(0).scope }, ..made_at(6) };
    assert!(anyway.obstacle(&[made_at(0), of_all], &catalog(vec![]), at(10)).is_some());
}

#[test]
fn a_retry_takes_the_place_back_until_something_is_heard_of_it() {
    let failed = |at| {
        let mut execution = PipelineExecution::unseen(ExecutionKey::codepipeline("api-production".into(), "e-1".into()));
        execution.status = Some(Seen { status: RunStatus::Failed, at });
        execution
    };
    let mut ended = brought("d-1", "v1", Phase::Failed { why: None });
    ended.ended_at = Some(at(5));
    let (running, effects) = ended.clone().on(Event::Retried, at(10));
    assert_eq!((&running.phase, running.ended_at), (&Phase::Running, None));
    assert_eq!(effects, [Effect::RetakeSlot, Effect::Schedule(running.next_look(at(10)))]);
    // The failure that it is about doesn't end it, a later one does.
    assert_eq!(running.clone().on(Event::Progressed(&failed(at(5))), at(11)), (running.clone(), vec![]));
    let (again, effects) = running.clone().on(Event::Progressed(&failed(at(12))), at(13));
    assert_eq!((again.phase, effects[0].clone()), (Phase::Failed { why: None }, Effect::ReleaseSlot));
    // Nothing came of it: it stands as it did, and the place is free.
    let (unsent, _) = running.clone().on(Event::NotRetried, at(14));
    let (unsent, effects) = unsent.on(Event::Progressed(&failed(at(5))), at(14));
    assert_eq!((unsent.phase, unsent.ended_at, effects[0].clone()), (Phase::Failed { why: None }, Some(at(5)), Effect::ReleaseSlot));
    for (second, status_at, expected) in [(1200, 5, false), (1211, 5, true), (1211, 12, false)] {
        assert_eq!(running.waits_in_vain_for_its_retry(&failed(at(status_at)), at(second)), expected, "{second} {status_at}");
    }
    // What never ran, or ended for good, isn't taken up again.
    for phase in [Phase::Succeeded, Phase::Superseded, Phase::Failed { why: Some("no such pipeline".into()) }] {
        let over = brought("d-1", "v1", phase);
        assert_eq!(over.clone().on(Event::Retried, at(10)), (over, vec![]));
    }
}

#[test]
fn whoever_runs_a_stage_again_is_held_by_others_locks_and_by_a_freeze() {
    let ended = brought("d-1", "v1", Phase::Failed { why: None });
    for (kind, lock_by, retried_by, held) in [
        (LockKind::Lock, "U2", "U1", true),
        (LockKind::Lock, "U1", "U2", true),
        (LockKind::Lock, "U2", "U2", false),
        (LockKind::Freeze, "U2", "U2", true),
    ] {
        let found = ended.obstacle_to_retry(&retried_by.into(), &[lock(kind, lock_by, 20)], &catalog(vec![]), at(10));
        assert_eq!(found.is_some(), held, "{kind:?} of {lock_by}, retried by {retried_by}");
    }
}

pub(super) fn brought(id: &str, revision: &str, phase: Phase) -> Deployment {
    let mut deployment = requested(id, 0, vec![], 0);
    deployment.plan.brought = Some(revision.into());
    deployment.execution = Some("e".into());
    deployment.phase = phase;
    deployment
}

#[derive(Debug, Clone)]
enum Step {
    Ask { doubts: bool, approvals: u32 },
    Confirm,
    Approve(u8),
    Reject,
    Cancel,
    LookForAdmission,
    TimeUp { right: bool },
    Started,
    NotStarted,
    Status(RunStatus),
    Vanished,
    Retry,
    RetryLost,
    LateWord(RunStatus),
    Lock(u8),
    Unlock,
}

fn any_step() -> impl Strategy<Value = (usize, Step)> {
    use RunStatus::{Failed, InProgress, Stopped, Stopping, Succeeded, Superseded};
    let step = prop_oneof![
        3 => (any::<bool>(), 0..3u32).prop_map(|(doubts, approvals)| Step::Ask { doubts, approvals }),
        2 => Just(Step::Confirm),
        4 => (1..5u8).prop_map(Step::Approve),
        1 => Just(Step::Reject),
        1 => Just(Step::Cancel),
        5 => Just(Step::LookForAdmission),
        1 => any::<bool>().prop_map(|right| Step::TimeUp { right }),
        3 => Just(Step::Started),
        1 => Just(Step::NotStarted),
        4 => prop::sample::select(vec![InProgress, Stopping, Succeeded, Failed, Stopped, Superseded]).prop_map(Step::Status),
        1 => Just(Step::Vanished),
        3 => Just(Step::Retry),
        1 => Just(Step::RetryLost),
        1 => prop::sample::select(vec![Failed, Stopped]).prop_map(Step::LateWord),
        1 => (1..5u8).prop_map(Step::Lock),
        1 => Just(Step::Unlock),
    ];
    (0..4usize, step)
}

/// What the tables keep: one slot, one list of those that wait, one lock.
#[derive(Default)]
struct World {
    deployments: Vec<Deployment>,
    slot: Option<usize>,
    waiting: Vec<usize>,
    lock: Option<Lock>,
}

impl World {
    /// Applies an event as the tables would: what takes the slot while another is in it is not written at all.
    fn apply(&mut self, number: usize, event: Event<'_>, now: Timestamp) -> Result<(), TestCaseError> {
        let before = self.deployments[number].clone();
        let retried = before.phase.is_final();
        let (next, effects) = before.clone().on(event, now);
        if effects.contains(&Effect::TakeSlot) && self.slot.is_some_and(|holder| holder != number) {
            return Ok(());
        }
        // A retry in the pipeline itself is nobody's press here; where the place is taken it can't be kept from it.
        if retried && next.phase.holds_slot() && self.slot.is_some() {
            return Ok(());
        }
        for effect in effects {
            match effect {
                Effect::TakeSlot | Effect::RetakeSlot => self.slot = Some(number),
                Effect::ReleaseSlot => {
                    prop_assert_eq!(self.slot, Some(number), "frees what it holds");
                    self.slot = None;
                }
                Effect::StandBy => {
                    prop_assert!(!self.waiting.contains(&number));
                    self.waiting.push(number);
                }
                Effect::StandDown => {
                    prop_assert!(self.waiting.contains(&number));
                    self.waiting.retain(|one| *one != number);
                }
                _ => {}
            }
        }
        if before.phase.is_final() && before.phase != next.phase {
            let may = matches!(before.phase, Phase::Failed { why: None } | Phase::Cancelled) && before.execution.is_some();
            prop_assert!(may, "{:?} is an end, and became {:?}", before.phase, next.phase);
        }
        if before.phase.is_waiting() && next.phase.holds_slot() {
            prop_assert!(next.plan.is_approved(), "started without its approvals");
            prop_assert!(!next.plan.approvers().contains(&next.request.by), "approved by who asked");
            prop_assert!(matches!(before.phase, Phase::Waiting { .. }), "let in from {:?}", before.phase);
        }
        self.deployments[number] = next;
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let under_way: Vec<usize> =
            self.deployments.iter().enumerate().filter(|(_, one)| one.phase.holds_slot()).map(|(number, _)| number).collect();
        prop_assert!(under_way.len() <= 1, "{under_way:?} are under way in one place");
        prop_assert_eq!(self.slot, under_way.first().copied());
        for (number, one) in self.deployments.iter().enumerate() {
            prop_assert_eq!(self.waiting.contains(&number), one.plan.stands_by);
            prop_assert!(!one.plan.stands_by || (one.phase.is_waiting() && one.plan.deadline.is_some()), "what waits has an end");
            prop_assert_eq!(one.phase.is_final(), one.ended_at.is_some());
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn whatever_is_pressed_in_whatever_order_one_is_under_way_and_none_unapproved(steps in prop::collection::vec(any_step(), 1..60)) {
        let mut world = World::default();
        for (second, (number, step)) in (1..).zip(steps) {
            let now = at(second);
            if let Step::Ask { doubts, approvals } = step {
                let doubts = if doubts { vec![red()] } else { vec![] };
                let number = world.deployments.len();
                let id = format!("d-{number}");
                world.deployments.push(requested(&id, second, doubts, approvals));
                world.apply(number, Event::Asked, now)?;
                for earlier in 0..number {
                    if world.deployments[earlier].gives_way_to(&id.as_str().into(), now) {
                        world.apply(earlier, Event::Overtaken { by: id.as_str().into() }, now)?;
                    }
                }
                continue;
            }
            let Some(one) = world.deployments.get(number).cloned() else { continue };
            let seen = |status| {
                let mut execution = PipelineExecution::unseen(ExecutionKey::codepipeline("api-production".into(), "e-1".into()));
                execution.status = Some(Seen { status, at: now });
                execution
            };
            let call = ApiCall::new("codepipeline", "start-pipeline-execution");
            match step {
                Step::Confirm => world.apply(number, Event::ConfirmedBy("U4".into()), now)?,
                Step::Approve(person) => world.apply(number, approved(&format!("U{person}")), now)?,
                Step::Reject => world.apply(number, Event::RejectedBy { by: "U2".into(), reason: "no".into() }, now)?,
                Step::Cancel => world.apply(number, Event::CancelRequested { by: "U1".into() }, now)?,
                Step::LookForAdmission => {
                    let locks: Vec<Lock> = world.lock.iter().cloned().collect();
                    let event = match (one.obstacle(&locks, &catalog(vec![]), now), world.slot) {
                        (Some(obstacle), _) => Event::Held(obstacle),
                        (None, Some(holder)) => Event::Held(Obstacle::Deployment { id: world.deployments[holder].id.clone(), by: "U1".into() }),
                        (None, None) => Event::Admitted,
                    };
                    world.apply(number, event, now)?;
                }
                Step::TimeUp { right } => {
                    let deadline = one.plan.deadline.filter(|_| right).unwrap_or(now);
                    world.apply(number, Event::TimeUp { deadline }, now)?;
                }
                Step::Started => world.apply(number, Event::Started { execution: "e-1".into(), call }, now)?,
                Step::NotStarted => world.apply(number, Event::NotStarted { why: "no".into(), call }, now)?,
                Step::Status(status) => world.apply(number, Event::Progressed(&seen(status)), now)?,
                Step::Vanished => world.apply(number, Event::Vanished, now)?,
                // As `commands` does: the gate is judged first, and the word stands only together with the slot.
                Step::Retry => {
                    let locks: Vec<Lock> = world.lock.iter().cloned().collect();
                    if one.obstacle_to_retry(&"U1".into(), &locks, &catalog(vec![]), now).is_none() {
                        world.apply(number, Event::Retried, now)?;
                        world.check()?;
                        // The end that it is about is read with it, and doesn't end it again.
                        let begun = world.deployments[number].phase.clone();
                        let mut as_before = seen(RunStatus::Failed);
                        as_before.status = Some(Seen { status: RunStatus::Failed, at: now });
                        let retried = world.deployments[number].plan.retried_at == Some(now);
                        world.apply(number, Event::Progressed(&as_before), now)?;
                        prop_assert!(!retried || world.deployments[number].phase == begun, "ended by the failure that it is about");
                    }
                }
                Step::RetryLost => world.apply(number, Event::NotRetried, now)?,
                Step::LateWord(status) => {
                    let mut late = seen(status);
                    late.status = Some(Seen { status, at: at(0) });
                    world.apply(number, Event::Progressed(&late), now)?;
                }
                Step::Lock(person) => {
                    let until = second + 5;
                    world.lock = Some(Lock { id: LockId::new(format!("l-{second}")), ..lock(LockKind::Lock, &format!("U{person}"), until) });
                }
                Step::Unlock => world.lock = None,
                Step::Ask { .. } => {}
            }
            world.check()?;
        }
    }
}
