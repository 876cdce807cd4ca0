//! What people ask for, on the ports in memory: each step may fail, be repeated, or come from somebody without the right.

use crate::deploy_world::*;
use crate::words::{all_words, words};
use jiff::SignedDuration;
use opsroom_application::commands::Worked;
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::card::{Part, StepState};
use opsroom_domain::deployment::Phase;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{MessageKey, PersonId};
use opsroom_domain::pipeline_execution::{Observation, RunStatus};
use opsroom_domain::rights::Standing;
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

#[tokio::test]
async fn only_members_with_the_right_change_anything() {
    let world = World::new();
    world.slack.standings.lock().unwrap().insert(PersonId::from("U2"), Standing::Deactivated);
    let mut stranger = line("e4", "U1", "deploy api to staging");
    if let Ask::Line { asker, .. } = &mut stranger.ask {
        asker.team = "T2".into();
    }
    let mut elsewhere = line("e5", "U1", "deploy api to staging");
    if let Ask::Line { asker, .. } = &mut elsewhere.ask {
        asker.channel = "C9".into();
    }
    let cases = [
        (line("e1", "U3", "deploy api to staging"), "Not allowed: none of your roles (reader) allows to deploy api in staging."),
        (line("e2", "U2", "deploy api to staging"), "Not allowed: only people of this workspace are served here."),
        (line("e3", "U9", "deploy api to staging"), "Not allowed: you have no role in the catalog."),
        (stranger, "Not allowed: only people of this workspace are served here."),
        (elsewhere, "Not allowed: this channel doesn't allow to deploy api in staging; the rooms of the catalog say which do: #ops."),
    ];
    for (request, told) in cases {
        assert_eq!(world.work(&request).await, Ok(Worked::Refused));
        assert_eq!(words(&world.answer(request.event.as_str()).1.summary), told);
    }
    assert_eq!(world.pipelines.executions().len(), 0);
    assert_eq!(world.recorded(), ["refused"; 5]);
}

#[tokio::test]
async fn while_slack_does_not_say_who_somebody_is_nothing_is_changed() {
    let world = World::new();
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Err(PortErrorKind::Transient));
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    assert_eq!(world.work(&line("e2", "U1", "status")).await, Ok(Worked::Done));
    assert_eq!(world.pipelines.executions().len(), 0);
}

#[tokio::test]
async fn what_was_asked_for_in_a_thread_and_picked_there_is_shown_there() {
    for thread in [None, Some("16.0".to_owned())] {
        let world = World::new();
        let mention = Reply::Mention { ts: "17.5".into(), thread: thread.clone() };
        let ask = Ask::Line { asker: asker("U1"), line: "deploy".into(), at: at(0), reply: mention };
        world.work(&Request { event: "e1".into(), correlation: "c".into(), ask }).await.unwrap();
        assert_eq!(world.answer("e1").0, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: thread.clone() });
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: thread.clone() };
        let chosen = vec![(0, "api".to_owned()), (1, "staging".to_owned())];
        let shown = Some("deploy api to staging".to_owned());
        let ask = Ask::Pick { asker: asker("U1"), line: "deploy".into(), chosen, shown, at: at(0), reply };
        assert_eq!(world.work(&Request { event: "e2".into(), correlation: "c".into(), ask }).await, Ok(Worked::Done));
        let (destination, _) = world.message(&MessageKey::deployment(&id("e2")));
        assert_eq!(destination, Destination::Channel { channel: "C1".into(), thread });
    }
}

#[tokio::test]
async fn a_mention_is_answered_in_its_thread_and_a_typo_privately() {
    let world = World::new();
    let mention = |event: &str, text: &str, thread: Option<&str>| {
        let reply = Reply::Mention { ts: "17.5".into(), thread: thread.map(Into::into) };
        Request { event: event.into(), correlation: "c".into(), ask: Ask::Line { asker: asker("U1"), line: text.into(), at: at(0), reply } }
    };
    world.work(&mention("e1", "pending", None)).await.unwrap();
    assert_eq!(world.answer("e1").0, Destination::Channel { channel: "C1".into(), thread: Some("17.5".into()) });
    world.work(&mention("e2", "pendign", Some("16.0"))).await.unwrap();
    assert_eq!(world.answer("e2").0, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: Some("16.0".into()) });
    world.work(&mention("e3", "deploy api to staging", Some("16.0"))).await.unwrap();
    assert_eq!(
        world.message(&MessageKey::deployment(&id("e3"))).0,
        Destination::Channel { channel: "C1".into(), thread: Some("16.0".into()) }
    );
}

#[tokio::test]
async fn a_dry_run_starts_nothing_and_shows_the_call() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy web@v3 to staging --dry-run")).await.unwrap();
    let shown = all_words(&world.answer("e1").1);
    assert!(shown.starts_with("Dry run: this would deploy v3 of web to staging. Nothing was started."), "{shown}");
    assert!(shown.contains("aws codepipeline start-pipeline-execution"), "{shown}");
    assert_eq!(world.pipelines.executions().len(), 0);
    assert_eq!(world.store.look(|state| state.deployments.len()), 0);
}

#[tokio::test]
async fn a_revision_for_a_pipeline_that_takes_none_is_said_so() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api@v3 to production")).await.unwrap();
    assert!(words(&world.answer("e1").1.summary).starts_with("The pipeline of api in production takes no revision"));
    assert_eq!(world.pipelines.executions().len(), 0);
}

#[tokio::test]
async fn what_runs_where_is_told() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api@v1 to staging")).await.unwrap();
    world.later(60);
    world.see(&[whole(RunStatus::Succeeded, 50)]).await;
    world.work(&line("e2", "U2", "deploy web to staging")).await.unwrap();
    world.later(90);
    let mut wrong = Vec::new();
    for (n, (typed, expected)) in [
        ("where api", "Where api runs\nstaging     v1 · by One (then)\nproduction  nothing deployed from here yet"),
        ("deploys api", "The latest deployments of api\nv1 to staging:Done"),
        ("pending", "web to staging · for 30 s so far · by Two in #C1"),
        ("status prod", "What runs in production\napi  nothing deployed from here yet"),
        ("history", "Two deploy web to staging started"),
        ("history api", "deploy api@v1 to staging"),
    ]
    .into_iter()
    .enumerate()
    {
        let event = format!("read-{n}");
        world.work(&line(&event, "U3", typed)).await.unwrap();
        let shown = all_words(&world.answer(&event).1).replace('\u{a0}', " ");
        if !shown.contains(expected) {
            wrong.push(format!("{typed}: {shown}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn how_shows_the_calls() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api@v1 to staging")).await.unwrap();
    let explain = Request {
        event: "e2".into(),
        correlation: "c".into(),
        ask: Ask::Explain { asker: asker("U3"), deployment: id("e1"), view: "V1".into() },
    };
    assert_eq!(world.work(&explain).await, Ok(Worked::Done));
    let (destination, card) = world.answer("e2");
    assert_eq!(destination, Destination::View { view: "V1".into(), title: "How?".into() });
    let shown = all_words(&card);
    assert!(
        shown.contains(&format!(
            "aws codepipeline start-pipeline-execution \\\n  --name api-staging \\\n  --revision v1 \\\n  --client-request-token {}",
            id("e1")
        )),
        "{shown}"
    );
}

#[tokio::test]
async fn stages_that_never_ran_are_not_left_pending() {
    let world = World::new();
    let stage = |name: &str| Observation::Stage { stage: name.into(), seen: None };
    world.pipelines.show(&key(), vec![whole(RunStatus::InProgress, 1), stage("Test"), stage("Deploy")]);
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    let (_, card) = world.message(&MessageKey::deployment(&id("e1")));
    let states: Vec<StepState> = card
        .parts
        .iter()
        .find_map(|part| if let Part::Steps(steps) = part { Some(steps.iter().map(|s| s.state).collect()) } else { None })
        .unwrap();
    assert_eq!(states, [StepState::Stopped, StepState::Stopped]);
    assert_eq!(world.deployment("e1").await.ended_at.map(|t| t.duration_since(at(0))), Some(SignedDuration::from_secs(30)));
}

#[tokio::test]
async fn every_change_within_a_request_is_nudged_for_itself() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    let nudges = world.delivery.take();
    let mut occasions: Vec<_> = nudges.iter().map(|nudge| nudge.occasion.clone()).collect();
    assert!(occasions.len() >= 2, "recorded, then started: {occasions:?}");
    occasions.sort();
    occasions.dedup();
    assert_eq!(occasions.len(), nudges.len(), "the queue takes equal occasions for one");
}

#[tokio::test]
async fn a_retried_deployment_takes_its_slot_back() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    assert_eq!(world.store.slots().await.unwrap(), []);
    world.later(60);
    world.see(&[whole(RunStatus::InProgress, 60)]).await;
    assert_eq!(world.store.slots().await.unwrap().len(), 1);
    assert_eq!(world.work(&line("e2", "U2", "deploy api to staging")).await, Ok(Worked::Refused));
}

#[tokio::test]
async fn a_retried_deployment_goes_on_without_its_slot_when_another_is_in_it() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    world.later(40);
    world.work(&line("e2", "U2", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::InProgress, 60)]).await;
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
    let slots = world.store.slots().await.unwrap();
    assert_eq!(slots.iter().map(|slot| &slot.deployment).collect::<Vec<_>>(), [&id("e2")]);
}

#[tokio::test]
async fn what_was_left_lying_is_not_done_days_later() {
    let mut world = World::new();
    world.later(16 * 60);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Ok(Worked::Refused));
    assert_eq!(world.pipelines.executions().len(), 0);
    let (destination, card) = world.answer("e1");
    assert_eq!(destination, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: None });
    assert!(words(&card.summary).contains("is not done any more: /ops deploy api to staging"), "{}", words(&card.summary));
    assert_eq!(world.work(&line("e2", "U1", "status")).await, Ok(Worked::Done));
}

#[tokio::test]
async fn what_was_begun_in_time_is_brought_to_its_end_however_late() {
    let mut world = World::new();
    world.pipelines.failures.plan("start", PortErrorKind::Transient, Moment::Before);
    assert!(world.work(&line("e1", "U1", "deploy api to staging")).await.is_err());
    world.later(16 * 60);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Ok(Worked::Before));
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
}

#[tokio::test]
async fn a_guest_learns_nothing_from_how_while_slack_is_silent() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    let explain = Request {
        event: "e2".into(),
        correlation: "c".into(),
        ask: Ask::Explain { asker: asker("U9"), deployment: id("e1"), view: "V1".into() },
    };
    world.work(&explain).await.unwrap();
    assert!(words(&world.answer("e2").1.summary).starts_with("Not allowed"));
}

#[tokio::test]
async fn while_codepipeline_is_down_looking_after_a_deployment_waits_for_the_next_look() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.later(120);
    world.pipelines.failures.plan("observe", PortErrorKind::Throttled, Moment::Before);
    let task = DueTask::ReconcileDeployment { deployment: id("e1") };
    assert_eq!(
        world.work(&Request { event: "due/1".into(), correlation: "c".into(), ask: Ask::Due { task, at: world.now } }).await,
        Ok(Worked::Done)
    );
    assert_eq!(world.store.look(|state| state.due.len()), 2);
    assert_eq!(world.pipelines.failures.pending(), [""; 0]);
}

#[tokio::test]
async fn a_stop_that_is_refused_is_told_and_the_deployment_runs_on() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.pipelines.failures.plan("stop", PortErrorKind::Denied, Moment::Before);
    let cancel = line("e2", "U2", &format!("cancel {}", id("e1")));
    assert_eq!(world.work(&cancel).await, Err(PortErrorKind::Denied));
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
    assert!(words(&world.answer("e2").1.summary).ends_with("failed. Whoever runs Opsroom finds why in its log under c."));
}

#[tokio::test]
async fn who_cancels_after_somebody_else_is_told() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.work(&line("e2", "U2", &format!("cancel {}", id("e1")))).await.unwrap();
    world.work(&line("e3", "U1", &format!("cancel {}", id("e1")))).await.unwrap();
    assert_eq!(words(&world.answer("e3").1.summary), format!("{} is being cancelled already, by @U2.", id("e1")));
}
