//! How a branch stands, whatever the order in which its runs are told.

use proptest::prelude::*;

use super::*;
use crate::pipeline_execution::{Observation, Seen, Sighting};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A run that began in a minute of its own and ended half a minute later.
fn run(number: i64, status: RunStatus) -> PipelineExecution {
    began(number, number * 60, status, number * 60 + 30)
}

fn began(number: i64, began: i64, status: RunStatus, ended: i64) -> PipelineExecution {
    let key = ExecutionKey::codepipeline("api-staging".into(), format!("e-{number:03}").as_str().into());
    let mut run = PipelineExecution::unseen(key);
    run.facts.started_at = Some(at(began));
    run.facts.number = Some(number.to_string());
    run.status = Some(Seen { status, at: at(ended) });
    run
}

fn unknown() -> Health {
    Health::unknown(HealthKey::of(&run(0, RunStatus::Succeeded)))
}

fn judged(runs: &[PipelineExecution]) -> (Vec<Transition>, Health) {
    let mut health = unknown();
    let transitions = runs.iter().map(|run| health.judge(run)).collect();
    (transitions, health)
}

#[test]
fn tells_the_first_failure_the_further_ones_and_the_fix() {
    use RunStatus::{Failed, InProgress, Stopped, Succeeded, Superseded};
    use Transition::{FirstFailure, Fixed, Nothing, StillFailing, StillPassing};
    let life = [
        (run(1, Succeeded), StillPassing),
        (run(2, InProgress), Nothing),
        (run(2, Failed), FirstFailure),
        (run(3, Stopped), Nothing),
        (run(4, Superseded), Nothing),
        (run(5, Failed), StillFailing),
        (run(5, Failed), Nothing),
        (run(6, Succeeded), Fixed),
        (run(7, Succeeded), StillPassing),
        (run(8, Failed), FirstFailure),
    ];
    let (runs, expected): (Vec<_>, Vec<_>) = life.into_iter().unzip();
    let (transitions, health) = judged(&runs[..8]);
    assert_eq!(transitions, expected[..8]);
    let streak = health.streak.unwrap();
    assert_eq!((streak.failures, streak.since, streak.fixed.map(|fix| fix.at)), (2, at(150), Some(at(390))));
    assert_eq!(judged(&runs).0, expected);
}

#[test]
fn a_run_that_passes_when_it_is_retried_is_fixed_by_itself() {
    let (transitions, health) = judged(&[began(1, 0, RunStatus::Failed, 30), began(1, 0, RunStatus::Succeeded, 90)]);
    assert_eq!(transitions, [Transition::FirstFailure, Transition::Fixed]);
    assert_eq!(health.streak.and_then(|streak| streak.fixed).map(|fix| fix.run), Some(began(1, 0, RunStatus::Failed, 0).key));
    // Told the other way round, the retry's end is the later one.
    let (transitions, health) = judged(&[began(1, 0, RunStatus::Succeeded, 90), began(1, 0, RunStatus::Failed, 30)]);
    assert_eq!(transitions, [Transition::StillPassing, Transition::Nothing]);
    assert!(health.open_streak().is_none());
}

#[test]
fn an_older_run_says_nothing_about_how_things_stand() {
    let (transitions, health) = judged(&[run(5, RunStatus::Failed), run(4, RunStatus::Succeeded), run(3, RunStatus::Failed)]);
    assert_eq!(transitions, [Transition::FirstFailure, Transition::Nothing, Transition::Nothing]);
    assert_eq!(health.open_streak().map(|streak| streak.failures), Some(1));
}

fn ends() -> impl Strategy<Value = Vec<PipelineExecution>> {
    let status = prop_oneof![Just(RunStatus::Succeeded), Just(RunStatus::Failed), Just(RunStatus::Stopped), Just(RunStatus::Superseded)];
    // Runs may begin in the same second.
    prop::collection::vec((0..6_i64, status), 1..12).prop_map(|runs| {
        let run = |(number, (began_at, status)): (i64, (i64, RunStatus))| began(number, began_at, status, 10 + number);
        (0..).zip(runs).map(run).collect()
    })
}

proptest! {
    #[test]
    fn any_order_and_any_doubling_leads_to_the_same_end(
        (told, shuffled) in ends().prop_flat_map(|ends| {
            let doubled: Vec<_> = ends.iter().chain(&ends).cloned().collect();
            (Just(ends), Just(doubled).prop_shuffle())
        })
    ) {
        let (_, expected) = judged(&told);
        let mut health = unknown();
        let mut open = 0;
        for run in &shuffled {
            match health.judge(run) {
                Transition::FirstFailure => open += 1,
                Transition::Fixed => open -= 1,
                _ => {}
            }
            prop_assert!((0..=1).contains(&open), "never two at once");
            prop_assert_eq!(open == 1, health.open_streak().is_some());
            prop_assert_eq!(health.open_streak().is_some(), health.latest.as_ref().is_some_and(|latest| !latest.passed));
        }
        prop_assert_eq!(&health.latest, &expected.latest);
        prop_assert_eq!(health.open_streak().is_some(), expected.open_streak().is_some());
    }
}

#[test]
fn a_run_is_judged_by_what_was_seen_of_it() {
    let mut run = run(1, RunStatus::InProgress);
    run.observe(&Observation::Execution(Sighting { status: RunStatus::Failed, at: Some(at(99)) }), at(100));
    assert_eq!(unknown().judge(&run), Transition::FirstFailure);
}
