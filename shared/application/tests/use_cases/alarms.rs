//! Alarms as they are told: which incident they become, what it shows, and what stays quiet.

use crate::monit_world::*;
use opsroom_application::alarms::{Drawing, Taken, Watcher};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{AlarmChore, PortErrorKind};
use opsroom_domain::alarm::{AlarmReport, AlarmState, Plot, PlottedMetric};
use opsroom_domain::card::Tone;
use opsroom_domain::deployment::Phase;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::incident::Phase as Stands;
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, RunStatus, Sighting};
use opsroom_domain::room_message::Destination;
use opsroom_memory::{MemoryDeadLetters, Moment};

#[tokio::test]
async fn an_alarm_is_one_message_from_its_beginning_to_its_end() {
    let mut world = World::new();
    world.deployed("d-1", "api", "production", -900, Phase::Succeeded).await;
    world.deployed("d-0", "api", "production", -9000, Phase::Succeeded).await;
    world.pushed(-1200, "Faster\n\nmuch").await;
    world.later(20);
    assert_eq!(world.take_in(&with_points(firing("api-production-5xx", 10))).await, Taken::Shown);
    let incident = world.the_incident();
    let key = MessageKey::incident(&incident.id);
    let nudges = world.nudged();
    assert_eq!(nudges.iter().map(|nudge| (&nudge.key, nudge.urgent)).collect::<Vec<_>>(), [(&key, true)]);
    assert_eq!(world.do_chores().await, 1);
    let (destination, card) = world.card(&key);
    assert_eq!(destination, Destination::Channel { channel: "CMONIT".into(), thread: None });
    assert_eq!(card.tone, Tone::Bad);
    assert_eq!(words(&card.summary), "Alert: api-production-5xx · @UDANA · 5XXError (Sum) is 37, above 10");
    let shown = world.shown(&incident.id).replace(incident.id.as_str(), "i-…");
    insta::assert_snapshot!(shown, @r"
    Alert: api-production-5xx · @UDANA
    5XXError (Sum) is 37, above 10. Threshold Crossed: 1 datapoint [37.0] was greater than the threshold (10.0).
    Since (then) · api in production · eu-central-1 · account 000000000000 · CloudWatch
    No route took this, so it is here. Send it where it belongs: /ops mon route add name:api-production-5xx to:here
    What changed in the hour before
    Deployment of v2, succeeded, replaced v1 · by Avery (then), 15 min 10 s before · d-1
    Push to acme/api:main 4f9c2d1 Faster · by robin (then), 20 min 10 s before
    [picture F1: Graph of api-production-5xx: 5XXError (Sum) is 37, above 10]
    Called Dana (then)
    Unless somebody has it, calls the next level (then)
    i-… · the alarm
    [Acknowledge] [Resolve] [Silence…] [Assign…] [Snooze…] [Roll back to v1] [Runbook] [How?]
    ");
    world.later(300);
    assert_eq!(world.take_in(&well("api-production-5xx", 290)).await, Taken::Shown);
    let (_, card) = world.card(&key);
    assert_eq!(card.tone, Tone::Good);
    insta::assert_snapshot!(all_words(&card).replace(incident.id.as_str(), "i-…"), @r"
    Resolved: api-production-5xx · after 4 min 50 s, by itself
    Began (then), ended (then) · api in production · i-…
    [Reopen] [How?]
    ");
    assert_eq!(world.keys(), [key.to_string()], "no second message");
}

#[tokio::test]
async fn the_same_change_by_two_ways_is_one() {
    let world = World::new();
    assert_eq!(world.take_in(&firing("api-production-5xx", 0)).await, Taken::Shown);
    let versions = world.the_incident().version;
    world.nudged();
    for _ in 0..3 {
        assert_eq!(world.take_in(&firing("api-production-5xx", 0)).await, Taken::NothingNew);
    }
    assert_eq!((world.the_incident().version, world.nudged().len()), (versions, 0));
}

#[tokio::test]
async fn told_in_any_order_the_right_end_state_is_reached() {
    let reports = [firing("api-production-5xx", 0), well("api-production-5xx", 60), firing("api-production-5xx", 120)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut world = World::new();
        world.later(130);
        for index in order {
            world.take_in(&reports[index]).await;
        }
        let incidents = world.incidents();
        assert_eq!(incidents.iter().filter(|one| !one.phase.is_over()).count(), 1, "{order:?}");
        world.take_in(&well("api-production-5xx", 180)).await;
        assert!(world.incidents().iter().all(|one| one.phase.is_over()), "{order:?}");
    }
    let world = World::new();
    assert_eq!(world.take_in(&well("api-production-5xx", 60)).await, Taken::Kept);
    assert_eq!(world.take_in(&firing("api-production-5xx", 0)).await, Taken::NothingNew, "it was well again before that was told");
    assert_eq!(world.incidents(), []);
}

#[tokio::test]
async fn what_died_in_between_is_taken_up_by_the_redelivery() {
    let world = World::new();
    let report = with_points(firing("api-production-5xx", 0));
    // Nothing was written.
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::Before);
    assert!(world.try_take_in(&report, false).await.unwrap_err().is_retryable());
    assert_eq!(world.incidents(), []);
    // All of it was written, and nobody was told.
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    assert!(world.try_take_in(&report, true).await.is_err());
    assert_eq!(world.nudged().len(), 0);
    assert_eq!(world.try_take_in(&report, true).await.unwrap(), Taken::NothingNew);
    let incident = world.the_incident();
    assert_eq!(world.nudged().len(), 1);
    assert_eq!(world.alarms.take(), [AlarmChore::Draw { incident: incident.id.clone() }]);
    assert_eq!(incident.escalation.calls.len(), 1);
    assert_eq!(world.store.failures.pending(), [""; 0]);
}

#[tokio::test]
async fn alarms_of_one_service_and_environment_are_one_incident_whoever_tells_of_them() {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    world.later(120);
    world.take_in(&from_prometheus("ApiSlow", AlarmState::Firing, 110)).await;
    world.take_in(&firing("api-staging-5xx", 115)).await;
    world.take_in(&firing("disk-full", 118)).await;
    let incidents = world.incidents();
    assert_eq!(incidents.len(), 3);
    let api = incidents.iter().find(|one| one.group == "service=api environment=production").unwrap();
    let shown = world.shown(&api.id);
    assert!(shown.contains("2 alarms, 2 of them firing"), "{shown}");
    assert_eq!(world.keys().len(), 3, "one message each");
    // It is over when the last of them is well.
    world.take_in(&well("api-production-5xx", 119)).await;
    assert_eq!(world.incidents().iter().filter(|one| one.phase.is_over()).count(), 0);
    world.take_in(&from_prometheus("ApiSlow", AlarmState::Ok, 119)).await;
    assert!(world.store.look(|state| state.monit.incidents[&api.id].phase.is_over()));
    // Beyond the window another alarm of the group is another incident.
    world.later(2000);
    world.take_in(&firing("api-production-latency", 2000)).await;
    assert_eq!(world.incidents().len(), 4);
}

#[tokio::test]
async fn a_storm_is_as_many_messages_as_incidents_and_every_alarm_costs_the_same() {
    let mut catalog = catalog();
    let api = catalog.services["web"].clone();
    for number in 0..40 {
        catalog.services.insert(format!("svc{number}x").as_str().into(), api.clone());
    }
    let mut world = World::of(catalog);
    let (mut first, mut most) = (0, 0);
    for round in 0..50_i64 {
        world.later(round);
        for number in 0..40 {
            let before = world.store.failures.calls();
            let taken = world.take_in(&firing(&format!("svc{number}x-production-{round}"), round)).await;
            assert_eq!(taken, Taken::Shown);
            let calls = world.store.failures.calls() - before;
            if round == 0 { first = first.max(calls) } else { most = most.max(calls) }
        }
    }
    assert_eq!(world.incidents().len(), 40);
    assert_eq!(world.keys().len(), 40);
    assert!(first <= 8 && most <= 6, "{first} calls to open, {most} to join");
    let alarms: usize = world.incidents().iter().map(|one| one.alarms.len() + usize::try_from(one.more_alarms).unwrap()).sum();
    assert_eq!(alarms, 2000, "nothing is lost");
    let nudges = world.nudged();
    assert_eq!(nudges.iter().filter(|nudge| nudge.urgent).count(), 40, "the first mention of each goes its own way");
    // Every one of them ends.
    world.later(100);
    for round in 0..50 {
        for number in 0..40 {
            world.take_in(&well(&format!("svc{number}x-production-{round}"), 99)).await;
        }
    }
    assert!(world.incidents().iter().all(|one| one.phase.is_over()));
}

#[tokio::test]
async fn an_incident_counts_every_alarm_however_many_and_ends_with_the_last() {
    let mut world = World::new();
    let names: Vec<String> = (0..560).map(|number| format!("api-production-{number:03}")).collect();
    for name in &names {
        assert_eq!(world.take_in(&firing(name, 0)).await, Taken::Shown);
    }
    let incident = world.the_incident();
    let shown = world.shown(&incident.id);
    assert!(shown.contains("560 alarms, 560 of them firing") && shown.contains("and 550 more"), "{shown}");
    assert_eq!(world.take_in(&firing(&names[559], 0)).await, Taken::NothingNew);
    world.later(60);
    for name in &names[..559] {
        world.take_in(&well(name, 50)).await;
    }
    assert_eq!((world.the_incident().more_alarms, world.the_incident().phase.is_over()), (1, false));
    world.take_in(&well(&names[559], 55)).await;
    assert!(world.the_incident().phase.is_over());
}

#[tokio::test]
async fn flapping_is_said_once_and_not_edited_each_time() {
    let mut world = World::new();
    for second in 0..20_i64 {
        world.later(second * 20);
        let state = if second % 2 == 0 { AlarmState::Firing } else { AlarmState::Ok };
        world.take_in(&alarm("api-production-5xx", state, second * 20)).await;
    }
    let incident = world.the_incident();
    let shown = world.shown(&incident.id);
    assert!(shown.contains("Flapping"), "{shown}");
    let edits = world.store.look(|state| state.messages[&MessageKey::incident(&incident.id)].message.version);
    assert!(edits < 12, "{edits} edits for 20 changes");
    // Ten quiet minutes later it is over.
    world.minutes(7, 30).await;
    assert!(world.the_incident().phase.is_over());
}

#[tokio::test]
async fn what_a_silence_keeps_quiet_is_counted_and_told_when_it_ends() {
    let mut world = World::new();
    let (_, answer) = world.say("e1", "UDANA", "mon silence service=api env=production for 30m reason upgrade").await;
    assert!(answer.starts_with("@UDANA silenced service:api env:production until (then): upgrade."), "{answer}");
    world.later(60);
    assert_eq!(world.take_in(&firing("api-production-5xx", 55)).await, Taken::Quiet);
    assert_eq!(world.take_in(&firing("api-production-latency", 56)).await, Taken::Quiet);
    assert_eq!(world.take_in(&well("api-production-latency", 58)).await, Taken::Kept);
    assert_eq!(world.take_in(&firing("api-staging-5xx", 59)).await, Taken::Shown, "it is another environment's");
    assert_eq!(world.incidents().len(), 1);
    let (_, answer) = world.say("e2", "UROBIN", "mon silences").await;
    assert!(answer.contains("upgrade · 2 kept quiet"), "{answer}");
    world.minutes(2, 31).await;
    let over = world.store.look(|state| {
        let item = state.messages.values().find(|item| item.message.key.as_str().starts_with("silence/")).unwrap();
        (item.message.version, all_words(&item.message.wanted))
    });
    assert_eq!(over.0, 1);
    assert!(
        over.1.starts_with("No longer silenced: service:api env:production, as its time is over. It kept 2 alarms quiet."),
        "{}",
        over.1
    );
    let open: Vec<String> = world.incidents().into_iter().filter(|one| !one.phase.is_over()).map(|one| one.title).collect();
    assert_eq!(open.len(), 2);
    assert!(open.contains(&"api-production-5xx".to_owned()), "what still fires is told: {open:?}");
}

#[tokio::test]
async fn a_silence_loses_no_alarm_however_many_it_keeps_quiet() {
    let mut world = World::new();
    world.say("e1", "UDANA", "mon silence name:many-* for 30m reason upgrade").await;
    world.later(60);
    let names: Vec<String> = (0..130).map(|number| format!("many-{number:03}")).collect();
    for name in &names {
        assert_eq!(world.take_in(&firing(name, 55)).await, Taken::Quiet);
    }
    assert_eq!(world.take_in(&well("many-129", 58)).await, Taken::Kept);
    world.minutes(2, 31).await;
    let mut open: Vec<String> = world.incidents().into_iter().map(|one| one.title).collect();
    open.sort();
    assert_eq!(open, names[..129], "each that still fires is told, once");
}

#[tokio::test]
async fn a_silence_by_terms_makes_all_open_incidents_quiet_that_fit_and_says_so_of_others() {
    let mut world = World::new();
    for number in 0..45 {
        world.take_in(&firing(&format!("disk-{number:02}"), 0)).await;
    }
    for number in 0..45 {
        world.take_in(&firing(&format!("api-production-{number:02}"), 0)).await;
    }
    world.take_in(&firing("other", 0)).await;
    world.later(60);
    let hushed =
        |world: &World, beginning: &str| world.incidents().iter().filter(|one| one.title.starts_with(beginning) && one.is_hushed()).count();
    let silence = line("e1", "UDANA", "mon silence name:disk-* for 30m reason upgrade", world.now);
    // The silence and its first incidents are written, and nothing after that: the request comes again.
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    assert!(world.try_work(&silence).await.is_err());
    assert_eq!(hushed(&world, ""), 20);
    assert_eq!(world.work(&silence).await, Worked::Before);
    assert_eq!((hushed(&world, "disk-"), hushed(&world, "")), (45, 45));
    // Of one that has more alarms than it can name, nobody knows whether all fit; by its service and environment it is known.
    let (_, answer) = world.say("e2", "UDANA", "mon silence name:api-* for 30m reason upgrade").await;
    assert!(answer.contains("1 open incident that may fit it still calls: there are too many alarms"), "{answer}");
    assert_eq!(hushed(&world, "api-"), 0);
    let (_, answer) = world.say("e3", "UDANA", "mon silence service=api env=production for 30m reason upgrade").await;
    assert!(!answer.contains("still call"), "{answer}");
    assert_eq!(hushed(&world, "api-"), 1);
    // What was made quiet calls again when the silence is over.
    world.minutes(2, 32).await;
    assert_eq!(hushed(&world, ""), 0);
}

#[tokio::test]
async fn an_incident_calls_again_after_its_silence_however_many_are_open() {
    let mut world = World::new();
    world.take_in(&firing("old", 0)).await;
    let old = world.the_incident().id;
    world.say("e1", "UDANA", &format!("mon silence {old} for 30m upgrade")).await;
    world.later(60);
    for number in 0..120 {
        world.take_in(&firing(&format!("alarm-{number}"), 55)).await;
    }
    let is_quiet = |world: &World| world.incidents().iter().any(|incident| incident.id == old && incident.is_hushed());
    assert!(is_quiet(&world));
    world.minutes(30, 30).await;
    assert!(!is_quiet(&world));
}

#[tokio::test]
async fn a_clock_that_is_far_ahead_makes_no_alarm_deaf() {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 86_400)).await;
    assert!(!world.the_incident().phase.is_over());
    world.later(120);
    assert_eq!(world.take_in(&firing("api-production-5xx", 86_400)).await, Taken::Shown, "the same again is newer words at most");
    world.later(300);
    assert_eq!(world.take_in(&well("api-production-5xx", 240)).await, Taken::Shown);
    assert!(world.the_incident().phase.is_over());
}

#[tokio::test]
async fn a_deployment_in_flight_keeps_its_own_alarms_quiet_until_it_is_over() {
    let mut world = World::new();
    assert_eq!(world.say("e1", "UDANA", "deploy web to production").await.0, Worked::Done);
    world.deployed("d-2", "api", "production", -60, Phase::Running).await;
    assert_eq!(world.take_in(&firing("web-production-5xx", 0)).await, Taken::Quiet);
    assert_eq!(world.take_in(&firing("web-production-cpu", 1)).await, Taken::Quiet);
    assert_eq!(world.take_in(&firing("api-production-5xx", 2)).await, Taken::Shown, "the catalog doesn't say so of this one");
    let execution = ExecutionKey::codepipeline("web-production".into(), world.pipelines.executions().remove(0));
    let seen = |status, second| Observation::Execution(Sighting { status, at: Some(at(second)) });
    world.pipelines.show(&execution, vec![seen(RunStatus::InProgress, 0)]);
    world.minutes(1, 5).await;
    assert_eq!(world.incidents().len(), 1, "it still runs");
    world.pipelines.show(&execution, vec![seen(RunStatus::Succeeded, 320)]);
    world.minutes(6, 12).await;
    let web = world.incidents().into_iter().find(|one| one.service == Some("web".into())).unwrap();
    assert_eq!(web.alarms.len(), 2);
    let silence = world.store.look(|state| state.monit.silences.values().next().unwrap().clone());
    assert_eq!((silence.count, silence.ended_at.is_some()), (2, true));
    let (destination, card) = world.card(&MessageKey::silence_over(&silence.id));
    let parent = MessageKey::deployment(&deployment_id("e1"));
    assert_eq!(destination, Destination::Under { channel: "CMONIT".into(), parent });
    assert!(all_words(&card).contains("as the deployment is over. It kept 2 alarms quiet."), "{}", all_words(&card));
}

#[tokio::test]
async fn a_deployment_that_hangs_does_not_hide_trouble_for_long() {
    let mut world = World::new();
    world.deployed("d-1", "web", "production", -60, Phase::Running).await;
    assert_eq!(world.take_in(&firing("web-production-5xx", 0)).await, Taken::Quiet);
    world.minutes(1, 58).await;
    assert_eq!(world.incidents().len(), 0);
    world.minutes(59, 61).await;
    assert_eq!(world.the_incident().title, "web-production-5xx");
    assert_eq!(world.take_in(&firing("web-production-cpu", 3700)).await, Taken::Shown);
}

#[tokio::test]
async fn with_no_section_and_no_route_an_alarm_arrives_and_says_so() {
    let world = World::of(catalog_with("{}"));
    world.take_in(&firing("queue depth", 0)).await;
    let incident = world.the_incident();
    let shown = world.shown(&incident.id);
    assert!(
        shown.contains("No route took this, so it is here. Send it where it belongs: /ops mon route add name:\"queue depth\" to:here"),
        "{shown}"
    );
    assert_eq!(incident.channel.as_str(), "CMONIT", "the room whose name says so");
    let mut world = World::new();
    world.catalog = None;
    let error = world.try_take_in(&firing("x", 0), false).await.unwrap_err();
    assert!(!error.is_retryable(), "kept among the dead letters until there is a room");
}

#[tokio::test]
async fn routes_of_the_catalog_come_before_those_of_the_chat() {
    let world = World::of(catalog_with(
        r#"{"routes": [{"match": {"name": "api-*"}, "channel": "COPS", "severity": "notification", "runbook": "https://wiki.example/r"}]}"#,
    ));
    world.say("e1", "UDANA", "mon route add name:*-production-* to:here severity:critical").await;
    let quiet = AlarmReport { severity: opsroom_domain::monit::Severity::named("warning"), ..firing("web-production-5xx", 0) };
    world.take_in(&firing("api-production-5xx", 0)).await;
    world.take_in(&quiet).await;
    let incidents = world.incidents();
    let of = |service: &str| incidents.iter().find(|one| one.service == Some(service.into())).unwrap();
    assert_eq!((of("api").channel.as_str(), world.title(&of("api").id)), ("COPS", "Notification: api-production-5xx".to_owned()));
    assert_eq!((of("web").channel.as_str(), of("web").severity.as_str()), ("CMONIT", "alert"));
    let (_, answer) = world.say("e2", "UROBIN", "mon routes").await;
    assert!(answer.contains("1. name:api-* to #COPS as notification · catalog"), "{answer}");
    assert!(answer.contains("name:*-production-* to #CMONIT as alert"), "{answer}");
}

#[tokio::test]
async fn tags_are_asked_for_where_they_can_make_a_difference() {
    let world = World::of(catalog_with(r#"{"routes": [{"match": {"labels": {"tag:team": "shop"}}, "channel": "COPS"}]}"#));
    let arn = "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:api-production-5xx";
    world.metrics.tags.lock().unwrap().insert(arn.into(), vec![("team".into(), "shop".into())]);
    world.take_in(&firing("api-production-5xx", 0)).await;
    assert_eq!(world.the_incident().channel.as_str(), "COPS");
    world.take_in(&well("api-production-5xx", 10)).await;
    world.take_in(&firing("api-production-5xx", 20)).await;
    assert_eq!(*world.metrics.asked.lock().unwrap(), 1, "they are remembered for a while");
    // One that can't be asked is told all the same.
    world.metrics.failures.plan("tags", PortErrorKind::Denied, Moment::Before);
    assert_eq!(world.take_in(&firing("web-production-5xx", 30)).await, Taken::Shown);
    // Where no rule speaks of tags and the name says it all, nobody is asked.
    let world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    assert_eq!(*world.metrics.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_graph_follows_its_message_once() {
    let world = World::new();
    world.take_in(&with_points(firing("api-production-5xx", 0))).await;
    let id = world.the_incident().id;
    world.files.failures.plan("upload", PortErrorKind::Throttled, Moment::Before);
    assert!(world.draw(&id).await.unwrap_err().is_retryable());
    assert_eq!(world.draw(&id).await.unwrap(), Drawing::Shown);
    assert_eq!(world.draw(&id).await.unwrap(), Drawing::Nothing);
    assert!(world.shown(&id).contains("[picture F1: Graph of api-production-5xx: 5XXError (Sum) is 37, above 10]"), "{}", world.shown(&id));
    assert_eq!(world.files.uploaded.lock().unwrap().len(), 1);

    let world = World::new();
    let metric = PlottedMetric::Expression { id: None, expression: "m1 / 2".into(), label: None, drawn: true };
    let plot = Some(Plot::Metrics { metrics: vec![metric] });
    world.take_in(&AlarmReport { plot, ..firing("api-production-5xx", 0) }).await;
    let id = world.the_incident().id;
    world.metrics.failures.plan("image", PortErrorKind::Denied, Moment::Before);
    assert_eq!(world.draw(&id).await.unwrap(), Drawing::Impossible);
    assert_eq!(world.draw(&id).await.unwrap(), Drawing::Shown);
    assert_eq!(world.draw(&"i-none".into()).await.unwrap(), Drawing::Nothing);
}

#[tokio::test]
async fn what_cant_be_understood_is_kept_and_told_once() {
    let world = World::new();
    let dead_letters = MemoryDeadLetters::default();
    let watcher = Watcher {
        store: &world.store,
        metrics: &world.metrics,
        chores: &world.alarms,
        delivery: &world.delivery,
        catalog: world.catalog.as_ref(),
        now: world.now,
        correlation: &"c".into(),
        redelivered: false,
    };
    for body in ["{\"x\": 1}", "{\"x\": 1}", "<html>"] {
        watcher.unreadable(&dead_letters, body, "it has no name").await.unwrap();
    }
    assert_eq!(dead_letters.kept.lock().unwrap().len(), 3);
    let told = world
        .store
        .look(|state| state.messages.values().map(|item| (item.message.destination.clone(), item.message.version)).collect::<Vec<_>>());
    let room = Destination::Channel { channel: "COPS".into(), thread: None };
    assert_eq!(told, [(room.clone(), 1), (room, 1)]);
}

#[tokio::test]
async fn an_alarm_that_comes_back_soon_opens_its_incident_again_and_later_a_new_one() {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    world.later(60);
    world.take_in(&well("api-production-5xx", 60)).await;
    world.later(300);
    world.take_in(&firing("api-production-5xx", 300)).await;
    let incident = world.the_incident();
    assert_eq!(incident.phase, Stands::Triggered);
    assert_eq!(world.calls(), [("2/0".to_owned(), "@UDANA api-production-5xx: it is back. 5XXError (Sum) is 37, above 10.".to_owned())]);
    world.later(360);
    world.take_in(&well("api-production-5xx", 360)).await;
    world.later(3600);
    world.take_in(&firing("api-production-5xx", 3600)).await;
    assert_eq!(world.incidents().len(), 2);
}
