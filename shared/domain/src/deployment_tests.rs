//! The rules of a deployment's life, as tables and as properties.

use proptest::prelude::*;

use super::*;
use crate::pipeline_execution::Seen;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn starting() -> Deployment {
    Deployment {
        id: "d-1".into(),
        service: "api".into(),
        environment: "staging".into(),
        pipeline: "api-staging".into(),
        revision: None,
        revision_input: None,
        replaces: None,
        request: Request { by: "U1".into(), at: at(0), channel: "C1".into(), thread: None, reason: None },
        plan: Box::default(),
        contents: None,
        phase: Phase::Starting,
        execution: None,
        cancelled_by: None,
        ended_at: None,
        calls: Vec::new(),
        version: 1,
    }
}

fn call() -> ApiCall {
    ApiCall::new("codepipeline", "start-pipeline-execution")
}

fn running() -> Deployment {
    starting().on(Event::Started { execution: "e-1".into(), call: call() }, at(1)).0
}

fn execution(status: RunStatus, second: i64) -> PipelineExecution {
    let mut execution = PipelineExecution::unseen(ExecutionKey::codepipeline("api-staging".into(), "e-1".into()));
    execution.status = Some(Seen { status, at: at(second) });
    execution
}

#[test]
fn ends_as_its_pipeline_does() {
    let cases = [
        (RunStatus::Succeeded, Phase::Succeeded, vec![Effect::ReleaseSlot, Effect::RecordAsCurrent]),
        (RunStatus::Failed, Phase::Failed { why: None }, vec![Effect::ReleaseSlot, Effect::NotifyRequester]),
        (RunStatus::Stopped, Phase::Cancelled, vec![Effect::ReleaseSlot]),
        (RunStatus::Superseded, Phase::Superseded, vec![Effect::ReleaseSlot, Effect::NotifyRequester]),
    ];
    for (status, phase, expected) in cases {
        let (deployment, effects) = running().on(Event::Progressed(&execution(status, 30)), at(31));
        assert_eq!((deployment.phase, effects, deployment.ended_at), (phase, expected, Some(at(30))));
    }
}

#[test]
fn cancelled_while_starting_stops_the_pipeline_once_it_has_started() {
    let (deployment, effects) = starting().on(Event::CancelRequested { by: "U2".into() }, at(1));
    assert_eq!((&deployment.phase, effects), (&Phase::Starting, vec![]));
    let (deployment, effects) = deployment.on(Event::Started { execution: "e-1".into(), call: call() }, at(2));
    assert_eq!(deployment.phase, Phase::Cancelling);
    assert_eq!(effects, vec![Effect::StopPipeline(ExecutionKey::codepipeline("api-staging".into(), "e-1".into()))]);
}

#[test]
fn a_retry_in_the_pipeline_takes_a_failed_deployment_up_again() {
    let (failed, _) = running().on(Event::Progressed(&execution(RunStatus::Failed, 30)), at(31));
    let (again, effects) = failed.on(Event::Progressed(&execution(RunStatus::InProgress, 60)), at(61));
    assert_eq!((&again.phase, again.ended_at), (&Phase::Running, None));
    assert!(effects.contains(&Effect::RetakeSlot));
}

#[test]
fn a_revision_that_is_not_the_sources_is_not_described_by_it() {
    let mut seen = execution(RunStatus::InProgress, 1);
    seen.source =
        Some(crate::pipeline_execution::SourceRevision::told("0123456789abcdef0123456789abcdef01234567".into(), Some("Fix".into()), None));
    for (asked, described) in [(None, true), (Some("0123456"), true), (Some("v2"), false), (Some("0"), false)] {
        let deployment = Deployment { revision: asked.and_then(|asked| Revision::parse(asked).ok()), ..starting() };
        assert_eq!(deployment.source_of_revision(&seen).is_some(), described, "{asked:?}");
    }
}

#[test]
fn a_retry_whose_word_was_lost_still_ends_well_and_is_not_cancelled_by_who_cancelled_before() {
    let cancelled = running().on(Event::CancelRequested { by: "U2".into() }, at(2)).0;
    let (failed, _) = cancelled.on(Event::Progressed(&execution(RunStatus::Failed, 30)), at(31));
    let (again, _) = failed.clone().on(Event::Progressed(&execution(RunStatus::InProgress, 60)), at(61));
    assert_eq!((&again.phase, &again.cancelled_by), (&Phase::Running, &None));
    let (succeeded, effects) = failed.on(Event::Progressed(&execution(RunStatus::Succeeded, 90)), at(91));
    assert_eq!((succeeded.phase, succeeded.ended_at, effects), (Phase::Succeeded, Some(at(90)), vec![Effect::RecordAsCurrent]));
}

#[test]
fn looks_grow_apart_with_its_age() {
    let waits = [(0, 2), (120, 2), (600, 10), (86_400, 30)]
        .map(|(age, minutes)| (starting().next_look(at(age)).at.duration_since(at(age)), SignedDuration::from_mins(minutes)));
    for (wait, expected) in waits {
        assert_eq!(wait, expected);
    }
}

#[derive(Debug, Clone)]
enum Step {
    Started,
    NotStarted,
    Cancel,
    Status(RunStatus),
    Vanished,
    StopRefused,
}

fn any_step() -> impl Strategy<Value = Step> {
    use RunStatus::{Failed, InProgress, Stopped, Stopping, Succeeded, Superseded};
    prop_oneof![
        Just(Step::Started),
        Just(Step::NotStarted),
        Just(Step::Cancel),
        prop::sample::select(vec![InProgress, Stopping, Succeeded, Failed, Stopped, Superseded]).prop_map(Step::Status),
        Just(Step::Vanished),
        Just(Step::StopRefused),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_in_whatever_order_its_invariants_hold(steps in prop::collection::vec(any_step(), 1..20)) {
        let mut deployment = starting();
        let mut holds_slot = true;
        for (second, step) in (1..).zip(steps) {
            let seen;
            let event = match step {
                Step::Started => Event::Started { execution: "e-1".into(), call: call() },
                Step::NotStarted => Event::NotStarted { why: "no".into(), call: call() },
                Step::Cancel => Event::CancelRequested { by: "U2".into() },
                Step::Status(status) => { seen = execution(status, second); Event::Progressed(&seen) }
                Step::Vanished => Event::Vanished,
                Step::StopRefused => Event::StopRefused,
            };
            let before = deployment.clone();
            let (after, effects) = deployment.on(event, at(second));
            for effect in &effects {
                match effect {
                    Effect::ReleaseSlot => { prop_assert!(holds_slot, "released twice"); holds_slot = false; }
                    Effect::RetakeSlot => { prop_assert!(!holds_slot); holds_slot = true; }
                    _ => {}
                }
            }
            prop_assert_eq!(holds_slot, !after.phase.is_final(), "the slot is held exactly while it runs");
            prop_assert_eq!(after.phase.is_final(), after.ended_at.is_some());
            prop_assert_eq!(matches!(before.phase, Phase::Succeeded) && after.phase != Phase::Succeeded, false, "a success is final");
            prop_assert!(effects.iter().filter(|e| matches!(e, Effect::StopPipeline(_))).count() <= 1);
            deployment = after;
        }
    }
}
