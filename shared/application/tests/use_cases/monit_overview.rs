//! Looking at alarms and incidents: lists, the trial of an alarm, who is on call, the day's summary, status and the Home tab.

use crate::monit_world::*;
use opsroom_application::alarms::plan_summary;
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, IncidentAct};
use opsroom_domain::alarm::AlarmState;
use opsroom_domain::deployment::Phase as Deploying;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::rights::Standing;
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

#[tokio::test]
async fn what_is_open_is_listed_what_calls_first() {
    let mut world = World::new();
    assert_eq!(world.say("e0", "UROBIN", "mon open").await.1, "No incident is open.");
    world.take_in(&firing("api-production-5xx", 0)).await;
    let id = world.the_incident().id;
    world.later(60);
    world.press("p1", "UDANA", &id, IncidentAct::Acknowledge).await;
    world.take_in(&firing("web-production-cpu", 60)).await;
    world.later(120);
    let (_, answer) = world.say("e1", "UROBIN", "mon open").await;
    let lines: Vec<&str> = answer.lines().collect();
    assert_eq!(lines[0], "2 incidents are open");
    assert!(lines[1].starts_with("Alert web-production-cpu · web in production · for 1 min · in #CMONIT · i-"), "{answer}");
    assert!(lines[2].starts_with("Acknowledged api-production-5xx · api in production · Dana has it · for 2 min"), "{answer}");
    assert_eq!(world.say("e2", "UROBIN", "mon open staging").await.1, "No incident is open in staging.");
    let (_, answer) = world.say("e3", "UDANA", "mon ack").await;
    assert!(answer.starts_with("Several incidents are open; say which one."), "{answer}");
}

#[tokio::test]
async fn what_was_missed_is_shown_once() {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    world.later(60);
    world.take_in(&well("api-production-5xx", 60)).await;
    world.take_in(&firing("web-production-cpu", 60)).await;
    world.later(300);
    let (_, answer) = world.say("e1", "UROBIN", "mon missed").await;
    assert!(answer.starts_with("What you missed since (then)\nStill open: 1"), "{answer}");
    assert!(answer.contains("Resolved api-production-5xx · api in production · took 1 min"), "{answer}");
    let (_, answer) = world.say("e2", "UROBIN", "mon missed").await;
    assert_eq!(answer, "You missed nothing since (then).");
    assert!(world.say("e3", "UDANA", "mon missed").await.1.starts_with("What you missed"), "each looks for themselves");
}

#[tokio::test]
async fn an_alarm_can_be_tried_and_nothing_happens() {
    let world = World::new();
    world.say("e1", "UDANA", "mon route add service=api to:<#COPS> severity:alert").await;
    let before = world.keys().len();
    let (_, answer) = world.say("e2", "UROBIN", "mon test api-production-5xx").await;
    let route = world.store.look(|state| state.monit.routes.keys().next().unwrap().to_string());
    insta::assert_snapshot!(answer.replace(&route, "r-…"), @r"
    If api-production-5xx fired now:
    Goes to: #COPS (route r-…)
    Severity: alert
    Service: api
    Environment: production
    Incident: opens a new one · one for service=api environment=production, 10 min long
    It would call, until somebody has it:
    At once: Dana
    After 10 min: Dana, Avery
    After 20 min: everybody in the channel
    Runbook: https://wiki.example/api
    Nothing was done, nobody was called.
    ");
    assert_eq!((world.incidents().len(), world.keys().len()), (0, before + 1));
    assert!(world.store.look(|state| state.monit.alarms.is_empty()));
    let (_, answer) = world.say("e3", "UROBIN", "mon test something-else reported:info").await;
    assert!(answer.contains("no route takes it, so it goes to the default room"), "{answer}");
    assert!(answer.contains("It would call nobody: a notification is only shown."), "{answer}");
    // A route that is taken off takes nothing any more.
    assert_eq!(world.say("e4", "UDANA", &format!("mon route remove {route}")).await.0, Worked::Done);
    assert!(world.say("e5", "UROBIN", "mon test api-production-5xx").await.1.contains("no route takes it"));
    assert!(world.say("e6", "UDANA", &format!("mon route remove {route}")).await.1.contains("No route made in chat is called"));
    assert_eq!(world.say("e7", "UROBIN", "mon route add name:* to:here").await.0, Worked::Refused);
}

#[tokio::test]
async fn routes_are_made_and_taken_off_by_who_may_now() {
    let world = World::new();
    world.say("e1", "UDANA", "mon route add service=api to:<#COPS>").await;
    let routes = |world: &World| world.store.look(|state| state.monit.routes.keys().map(ToString::to_string).collect::<Vec<_>>());
    let route = routes(&world).remove(0);
    for (number, standing) in [Standing::Guest, Standing::Deactivated, Standing::Bot].into_iter().enumerate() {
        world.slack.standings.lock().unwrap().insert("UDANA".into(), standing);
        for line in ["mon route add name:* to:here".to_owned(), format!("mon route remove {route}")] {
            assert_eq!(world.say(&format!("{number} {line}"), "UDANA", &line).await.0, Worked::Refused, "{line} by {standing:?}");
        }
    }
    assert_eq!(routes(&world), [route.as_str()]);
    world.slack.standings.lock().unwrap().clear();
    // Whom Slack can't vouch for at this moment changes nothing.
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    let removal = line("e2", "UDANA", &format!("mon route remove {route}"), world.now);
    assert_eq!(world.try_work(&removal).await, Err(PortErrorKind::Transient));
    assert_eq!(world.work(&removal).await, Worked::Done);
    assert!(routes(&world).is_empty());
    let recorded = world.recorded();
    assert_eq!([&recorded[0], &recorded[recorded.len() - 1]], ["UDANA allowed operator"; 2], "{recorded:?}");
}

#[tokio::test]
async fn somebody_stands_in_and_is_called() {
    let mut world = World::new();
    let (_, answer) = world.say("e1", "UROBIN", "mon oncall").await;
    insta::assert_snapshot!(answer, @r"
    Who is on call
    primary  Dana · from (then) Avery
    An alert calls, until somebody has it: whoever is on call in primary at once, then everybody of primary after 10 min, then the channel after 10 min
    ");
    let (worked, answer) = world.say("e2", "UDANA", "mon override <@UAVERY> until 4h").await;
    assert_eq!(worked, Worked::Done);
    assert_eq!(answer, "@UAVERY is on call in primary until (then), says @UDANA.");
    assert!(world.keys().iter().any(|key| key.starts_with("stand-in/primary/UAVERY/")), "they are told");
    world.take_in(&firing("api-production-5xx", 0)).await;
    assert_eq!(world.title(&world.the_incident().id), "Alert: api-production-5xx · @UAVERY");
    world.later(5 * 3600);
    world.take_in(&firing("web-production-5xx", 5 * 3600)).await;
    let web = world.incidents().into_iter().find(|one| one.service == Some("web".into())).unwrap();
    assert_eq!(world.title(&web.id), "Alert: web-production-5xx · @UDANA", "it is over");
    assert!(world.say("e3", "UDANA", "mon override me until 2020-01-01").await.1.starts_with("That moment is over"));
    assert!(world.say("e4", "UDANA", "mon override me until 4h in second").await.1.contains("no rotation second"));
    assert_eq!(world.say("e5", "UWEB", "mon override me until 4h").await.0, Worked::Refused);
}

#[tokio::test]
async fn each_day_has_its_summary_once_and_plans_the_next() {
    let summary = r#"{"summary": {"channel": "COPS", "at": "15:00", "zone": "UTC"}}"#;
    let mut world = World::of(catalog_with(summary));
    // 14:14 in UTC. Nobody has planned it, until somebody looks.
    world.minutes(1, 60).await;
    assert_eq!(world.keys(), [""; 0]);
    world.later(0);
    world.say("e1", "UROBIN", "mon open").await;
    world.say("e2", "UROBIN", "mon open").await;
    world.take_in(&firing("api-production-5xx", 0)).await;
    let planned = world.store.look(|state| state.due.values().filter(|item| item.task.key().starts_with("summary/")).count());
    assert_eq!(planned, 1);
    world.later(600);
    world.take_in(&well("api-production-5xx", 590)).await;
    world.minutes(11, 120).await;
    let summaries: Vec<String> = world.keys().into_iter().filter(|key| key.starts_with("summary/")).collect();
    assert_eq!(summaries, ["summary/COPS/2026-09-21"]);
    let (destination, card) = world.card(&summaries[0].as_str().into());
    assert_eq!(destination, Destination::Channel { channel: "COPS".into(), thread: None });
    let shown = all_words(&card);
    assert!(shown.starts_with("The last 24 hours: 1 incident began, none is open"), "{shown}");
    for hour in 24..=26 {
        world.minutes(hour * 60, hour * 60 + 1).await;
    }
    assert_eq!(world.keys().into_iter().filter(|key| key.starts_with("summary/")).count(), 2);
}

#[tokio::test]
async fn the_first_summary_needs_no_alarm_once_a_catalog_is_put_in_force() {
    let catalog = catalog_with(r#"{"summary": {"channel": "COPS", "at": "15:00", "zone": "UTC"}}"#);
    let mut world = World::of(catalog.clone());
    let three = "2026-09-21T15:00:00Z".parse().unwrap();
    for _ in 0..2 {
        assert_eq!(plan_summary(&world.store, &catalog, world.now).await.unwrap(), Some(three));
    }
    world.say("e1", "UROBIN", "mon open").await;
    assert_eq!(world.store.look(|state| state.due.len()), 1, "it is planned once, whoever plans it");
    world.minutes(1, 60).await;
    let summaries = |world: &World| world.keys().into_iter().filter(|key| key.starts_with("summary/")).collect::<Vec<_>>();
    assert_eq!(summaries(&world), ["summary/COPS/2026-09-21"]);
    // Put in force once more after that one: the next is the one that it has planned.
    plan_summary(&world.store, &catalog, world.now).await.unwrap();
    world.minutes(24 * 60, 26 * 60).await;
    assert_eq!(summaries(&world), ["summary/COPS/2026-09-21", "summary/COPS/2026-09-22"]);
    assert_eq!(plan_summary(&world.store, &catalog_with("{}"), world.now).await.unwrap(), None);
}

#[tokio::test]
async fn status_shows_versions_incidents_and_the_last_day() {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    world.later(3000);
    world.take_in(&well("api-production-5xx", 3000)).await;
    world.later(3 * 3600);
    world.take_in(&firing("api-production-latency", 3 * 3600)).await;
    world.take_in(&firing("nobody-knows-what", 3 * 3600)).await;
    world.deployed("d-1", "web", "production", 3 * 3600, Deploying::Running).await;
    world.later(3 * 3600 + 60);
    let (_, answer) = world.say("e1", "UROBIN", "status").await;
    let id = world.incidents().into_iter().find(|one| one.title == "api-production-latency").unwrap().id;
    insta::assert_snapshot!(answer.replace('\u{a0}', " ").replace(id.as_str(), "i-…"), @r"
    What runs where
    staging
    api ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  nothing deployed from here yet
    production
    api ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃▃▁▃  nothing deployed from here yet · Alert api-production-latency i-…
    web ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  nothing deployed from here yet · v2 under way d-1 by Avery
    1 incident of no known place: /ops mon open
    Bars: incidents in each of the last 24 hours, the last hour on the right
    ");
    let quiet = World::new();
    let (_, answer) = quiet.say("e1", "UROBIN", "status staging").await;
    assert_eq!(answer, "What runs in staging\napi  nothing deployed from here yet");
}

#[tokio::test]
async fn the_home_tab_shows_what_waits_for_each() {
    let mut world = World::new();
    let home = |event: &str, person: &str| request(event, Ask::Home { asker: asker(person) });
    world.take_in(&from_prometheus("ApiSlow", AlarmState::Firing, 0)).await;
    world.deliver(&world.the_incident().id, "1790000040.000100").await;
    world.later(60);
    assert_eq!(world.work(&home("h1", "UDANA")).await, Worked::Done);
    assert_eq!(world.work(&home("h2", "UROBIN")).await, Worked::Done);
    let (destination, card) = world.card(&MessageKey::home(&"UDANA".into()));
    assert_eq!(destination, Destination::Home { person: "UDANA".into() });
    let shown = all_words(&card);
    assert!(shown.starts_with("What waits for you\nAlert: ApiSlow · for 1 min · in #CMONIT"), "{shown}");
    assert!(shown.contains("[Go there] [Runbook]\nYou are on call in primary until (then)"), "{shown}");
    let shown = all_words(&world.card(&MessageKey::home(&"UROBIN".into())).1);
    assert!(shown.starts_with("Nothing waits for you\nOpen besides: 1 incident"), "{shown}");
    let shown = {
        world.work(&home("h3", "USTRANGER")).await;
        all_words(&world.card(&MessageKey::home(&"USTRANGER".into())).1)
    };
    assert!(shown.starts_with("Not allowed"), "{shown}");
}
