//! Incidents as people and the clock move them: who is called when, who has it, what is refused.

use crate::monit_world::*;
use jiff::SignedDuration;
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, IncidentAct, Reply, Request};
use opsroom_domain::card::{Button, ButtonAction, Part};
use opsroom_domain::deployment::Phase as Deploying;
use opsroom_domain::ids::{ChannelId, DeploymentId, IncidentId, MessageKey};
use opsroom_domain::incident::{Called, Phase};
use opsroom_domain::revision::Revision;
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

/// A world with one alert, a minute old.
async fn alerted() -> (World, IncidentId) {
    let mut world = World::new();
    world.take_in(&firing("api-production-5xx", 0)).await;
    let id = world.the_incident().id;
    world.deliver(&id, "1790000040.000100").await;
    world.nudged();
    world.later(60);
    (world, id)
}

#[tokio::test]
async fn nobody_acknowledges_and_three_levels_are_called_in_time_once_each() {
    let (mut world, id) = alerted().await;
    let mut handed_on = Vec::new();
    for minute in 1..=40 {
        world.later(minute * 60);
        handed_on.extend(world.tick().await);
        // `schedule` runs twice in the same minute, and old requests come again.
        world.tick().await;
        for request in &handed_on {
            assert_eq!(world.work(request).await, Worked::Before);
        }
        let called = world.the_incident().escalation.calls.len();
        let expected = match minute {
            ..10 => 1,
            10..20 => 2,
            _ => 3,
        };
        assert_eq!(called, expected, "minute {minute}");
    }
    let calls = world.the_incident().escalation.calls;
    let at_minute = |minute: i64| at(minute * 60);
    assert_eq!(calls.iter().map(|call| call.at).collect::<Vec<_>>(), [at_minute(0), at_minute(10), at_minute(20)]);
    assert_eq!(calls[0].called, Called::People { people: vec!["UDANA".into()] });
    assert_eq!(calls[2].called, Called::Channel);
    let measure = "5XXError (Sum) is 37, above 10.";
    assert_eq!(
        world.calls(),
        [
            ("1/1".to_owned(), format!("@UDANA @UAVERY api-production-5xx: nobody has it yet. {measure}")),
            ("1/2".to_owned(), format!("@channel api-production-5xx: nobody has it yet. {measure}")),
        ]
    );
    let (destination, _) = world.card(&MessageKey::incident_call(&id, 1, 1));
    assert_eq!(destination, Destination::Under { channel: "CMONIT".into(), parent: MessageKey::incident(&id) });
    let urgent = |nudge: &&opsroom_application::ports::Nudge| nudge.urgent;
    assert_eq!(world.nudged().iter().filter(urgent).map(|nudge| nudge.key.clone()).collect::<std::collections::BTreeSet<_>>().len(), 2);
}

#[tokio::test]
async fn levels_that_an_outage_kept_waiting_are_made_up_for() {
    let (mut world, _) = alerted().await;
    world.minutes(1, 9).await;
    // Five minutes of nothing.
    world.minutes(15, 16).await;
    let calls = world.the_incident().escalation.calls;
    assert_eq!(calls.iter().map(|call| call.at).collect::<Vec<_>>(), [at(0), at(600)], "counted from when it was due");
    world.minutes(20, 21).await;
    assert_eq!(world.the_incident().escalation.calls.len(), 3);
    // An hour of nothing: both are called, one after the other.
    let (mut world, _) = alerted().await;
    world.minutes(60, 62).await;
    assert_eq!(world.the_incident().escalation.calls.len(), 3);
    assert_eq!(world.calls().len(), 2);
}

#[tokio::test]
async fn whoever_acknowledges_has_it_and_nobody_else_is_called() {
    let (mut world, id) = alerted().await;
    let (worked, answer) = world.press("p1", "UDANA", &id, IncidentAct::Acknowledge).await;
    assert_eq!((worked, answer.as_str()), (Worked::Done, ""), "the message shows it");
    assert_eq!(world.title(&id), "Acknowledged: api-production-5xx · Dana has it");
    let told = world.keys().into_iter().find(|key| key.contains("/owner/UDANA/")).unwrap();
    let (destination, card) = world.card(&told.as_str().into());
    assert_eq!(destination, Destination::Channel { channel: ChannelId::new("UDANA"), thread: None });
    let buttons: Vec<&Button> =
        card.parts.iter().filter_map(|part| if let Part::Buttons(buttons) = part { Some(buttons) } else { None }).flatten().collect();
    let there = ButtonAction::OpenUrl { url: "https://slack.example/archives/CMONIT/p1790000040000100".into() };
    assert!(buttons.iter().any(|button| button.action == there), "{buttons:?}");
    // Again, by the queue.
    assert_eq!(world.press("p1", "UDANA", &id, IncidentAct::Acknowledge).await.0, Worked::Before);
    let (worked, answer) = world.press("p2", "UAVERY", &id, IncidentAct::Acknowledge).await;
    assert_eq!(worked, Worked::Refused);
    assert!(answer.contains("Dana was faster and has it since (then). Nothing was changed."), "{answer}");
    world.minutes(2, 60).await;
    assert_eq!(world.calls(), []);
    assert_eq!(world.recorded(), ["UDANA allowed operator", "UAVERY refused acknowledged-before"]);
}

#[tokio::test]
async fn of_two_at_once_one_has_it_and_the_other_is_told() {
    let (world, id) = alerted().await;
    let press = |event: &str, person: &str| {
        let ask = Ask::Incident {
            asker: asker(person),
            incident: id.clone(),
            act: IncidentAct::Acknowledge,
            at: world.now,
            reply: Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None },
        };
        request(event, ask)
    };
    let (dana, avery): (Request, Request) = (press("p1", "UDANA"), press("p2", "UAVERY"));
    // The second decides on what the first has changed meanwhile.
    world.work(&dana).await;
    world.store.state.lock().unwrap().monit.incidents.get_mut(&id).unwrap().version += 1;
    assert_eq!(world.work(&avery).await, Worked::Refused);
    assert_eq!(world.the_incident().assignee, Some("UDANA".into()));
    // The answer to the first was lost on the way: the redelivery leads to nothing new.
    let (world, id) = alerted().await;
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    let request = press_of(&world, "p1", &id);
    assert_eq!(world.try_work(&request).await, Err(PortErrorKind::Transient));
    assert_eq!(world.try_work(&request).await, Ok(Worked::Before));
    assert_eq!(world.recorded(), ["UDANA allowed operator"]);
}

fn press_of(world: &World, event: &str, id: &IncidentId) -> Request {
    let (asker, reply) = (asker("UDANA"), Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None });
    request(event, Ask::Incident { asker, incident: id.clone(), act: IncidentAct::Acknowledge, at: world.now, reply })
}

#[tokio::test]
async fn an_acknowledgement_that_leads_to_nothing_is_taken_off_and_calls_again() {
    let (mut world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Acknowledge).await;
    world.minutes(119, 120).await;
    assert_eq!(world.calls(), []);
    world.minutes(121, 122).await;
    let calls = world.calls();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].1.starts_with("@UDANA api-production-5xx: it was acknowledged for long and is not over"), "{calls:?}");
    assert_eq!(world.the_incident().phase, Phase::Triggered);
    // Given back by hand.
    world.press("p2", "UDANA", &id, IncidentAct::Acknowledge).await;
    world.press("p3", "UDANA", &id, IncidentAct::Unacknowledge).await;
    assert!(world.calls().last().unwrap().1.contains("Dana gave it back, nobody has it"), "{:?}", world.calls());
    let (worked, answer) = world.press("p4", "UDANA", &id, IncidentAct::Unacknowledge).await;
    assert_eq!(worked, Worked::Refused);
    assert!(answer.contains("nobody has it, so nobody can give it back"), "{answer}");
}

#[tokio::test]
async fn snoozed_it_calls_nobody_and_comes_back() {
    let (mut world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Snooze { minutes: 30 }).await;
    assert!(world.shown(&id).starts_with("Snoozed: api-production-5xx"), "{}", world.shown(&id));
    world.minutes(2, 30).await;
    assert_eq!(world.calls(), []);
    world.minutes(31, 32).await;
    assert_eq!(world.calls().iter().map(|(level, _)| level.as_str()).collect::<Vec<_>>(), ["2/0"]);
}

#[tokio::test]
async fn resolved_it_is_over_and_may_be_opened_again() {
    let (mut world, id) = alerted().await;
    let (worked, answer) = world.say("e1", "UDANA", &format!("mon resolve {id} it was the disk")).await;
    assert_eq!(worked, Worked::Done);
    assert_eq!(answer, format!("api-production-5xx ({id}) is resolved now."));
    let incident = world.the_incident();
    assert_eq!(incident.notes[0].text, "it was the disk");
    assert!(world.shown(&id).starts_with("Resolved: api-production-5xx · after 1 min, by Dana"), "{}", world.shown(&id));
    let (worked, answer) = world.press("p1", "UAVERY", &id, IncidentAct::Acknowledge).await;
    assert_eq!(worked, Worked::Refused);
    assert!(answer.contains("was resolved before, by Dana (then). Nothing was changed."), "{answer}");
    assert_eq!(world.press("p2", "UAVERY", &id, IncidentAct::Reopen).await.0, Worked::Done);
    assert_eq!(world.calls().len(), 1);
    assert!(world.calls()[0].1.contains("Avery says that it is not over"), "{:?}", world.calls());
    world.later(120);
    assert_eq!(world.say("e2", "UAVERY", "mon resolve").await.0, Worked::Done, "the only one that is open is meant");
    assert_eq!(world.say("e3", "UAVERY", "mon ack").await.1, "No incident is open.");
}

#[tokio::test]
async fn who_may_not_is_refused_and_recorded() {
    let (mut world, id) = alerted().await;
    for (event, person) in [("p1", "UROBIN"), ("p2", "UWEB"), ("p3", "USTRANGER")] {
        let (worked, answer) = world.press(event, person, &id, IncidentAct::Resolve { reason: String::new() }).await;
        assert_eq!(worked, Worked::Refused, "{answer}");
        assert!(answer.starts_with("Not allowed"), "{answer}");
    }
    assert_eq!(world.the_incident().phase, Phase::Triggered);
    assert!(world.recorded().iter().all(|record| record.contains(" refused ")), "{:?}", world.recorded());
    assert_eq!(world.recorded().len(), 3);
    // What was left lying is not done any more.
    let request = press_of(&world, "p4", &id);
    world.later(60 + 16 * 60);
    assert_eq!(world.work(&request).await, Worked::Refused);
    assert_eq!(world.the_incident().phase, Phase::Triggered);
}

#[tokio::test]
async fn assigned_it_is_theirs_and_they_are_told() {
    let (world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Assign { to: "UAVERY".into() }).await;
    assert_eq!(world.title(&id), "Acknowledged: api-production-5xx · Avery has it");
    assert_eq!(world.keys().iter().filter(|key| key.contains("/owner/UAVERY/")).count(), 1);
    let (worked, _) = world.say("e1", "UDANA", &format!("mon assign {id} <@UAVERY>")).await;
    assert_eq!(worked, Worked::Refused, "it is already");
}

#[tokio::test]
async fn what_is_said_in_its_thread_is_kept_once() {
    let (world, id) = alerted().await;
    let said = |event: &str, thread: &str, ts: &str, text: &str| {
        let (thread, ts, text) = (thread.to_owned(), ts.to_owned(), text.to_owned());
        request(event, Ask::Said { asker: asker("UROBIN"), thread, ts, text, at: world.now })
    };
    assert_eq!(world.work(&said("s1", "1790000040.000100", "1790000050.000100", "is it the <disk>?")).await, Worked::Done);
    assert_eq!(world.work(&said("s2", "1790000040.000100", "1790000050.000100", "is it the <disk>?")).await, Worked::Before);
    assert_eq!(world.work(&said("s3", "1790000041.000100", "1790000051.000100", "elsewhere")).await, Worked::Before);
    assert!(world.shown(&id).contains("Robin: is it the <disk>? (then)"), "{}", world.shown(&id));
    world.say("e1", "UDANA", "mon note no, the queue").await;
    let notes: Vec<String> = world.the_incident().notes.into_iter().map(|note| note.text).collect();
    assert_eq!(notes, ["is it the <disk>?", "no, the queue"]);
    let (_, answer) = world.say("e2", "UROBIN", "mon show").await;
    for part in ["api-production-5xx fires since (then)", "level 1 called: Dana", "Robin (then): is it the <disk>?"] {
        assert!(answer.contains(part), "{part} is not in {answer}");
    }
}

#[tokio::test]
async fn attached_the_alarms_of_one_are_in_another() {
    let (mut world, id) = alerted().await;
    world.take_in(&firing("queue", 55)).await;
    let other = world.incidents().into_iter().find(|one| one.id != id).unwrap();
    let (worked, answer) = world.say("e1", "UDANA", &format!("mon attach {} to {id}", other.id)).await;
    assert_eq!(worked, Worked::Done, "{answer}");
    assert!(answer.starts_with("1 alarm of queue now belong to api-production-5xx"), "{answer}");
    let of = |id: &IncidentId| world.store.look(|state| state.monit.incidents[id].clone());
    assert_eq!(of(&id).alarms.len(), 2);
    assert!(of(&other.id).phase.is_over());
    // What becomes of the alarm now is told there.
    world.later(120);
    world.take_in(&well("queue", 110)).await;
    world.take_in(&well("api-production-5xx", 111)).await;
    assert!(world.incidents().iter().all(|one| one.phase.is_over()));
    let (worked, answer) = world.say("e2", "UDANA", &format!("mon attach {} to {id}", other.id)).await;
    assert_eq!(worked, Worked::Refused);
    assert!(answer.contains("is over already"), "{answer}");
}

#[tokio::test]
async fn silenced_by_its_button_it_is_quiet_until_the_silence_ends() {
    let (mut world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Silence { minutes: 30, reason: String::new() }).await;
    assert_eq!(world.title(&id), "Silenced: api-production-5xx · @UDANA");
    world.minutes(2, 30).await;
    assert_eq!(world.calls(), []);
    world.minutes(31, 32).await;
    assert_eq!(world.title(&id), "Alert: api-production-5xx · @UDANA");
    assert_eq!(world.calls().len(), 1, "it calls again");
    // Ended by hand.
    world.press("p2", "UDANA", &id, IncidentAct::Silence { minutes: 60, reason: "once more".into() }).await;
    let silence = world.store.look(|state| state.monit.silences.values().find(|one| one.ended_at.is_none()).unwrap().id.clone());
    let (worked, answer) = world.say("e1", "UAVERY", &format!("mon unsilence {silence}")).await;
    assert_eq!(worked, Worked::Done);
    assert!(answer.contains("ended by @UAVERY"), "{answer}");
    assert_eq!(world.title(&id).split(':').next(), Some("Alert"));
    let (_, answer) = world.say("e2", "UAVERY", &format!("mon unsilence {silence}")).await;
    assert!(answer.contains("was over before"), "{answer}");
    assert!(world.say("e3", "UAVERY", "mon silences").await.1.starts_with("Nothing is silenced"));
}

#[tokio::test]
async fn a_suspect_is_rolled_back_from_the_incident_by_who_may_deploy() {
    let mut world = World::new();
    world.deployed("d-0", "api", "production", -9000, Deploying::Succeeded).await;
    world.store.state.lock().unwrap().deployments.get_mut(&DeploymentId::from("d-0")).unwrap().revision = Revision::parse("v1").ok();
    world.deployed("d-1", "api", "production", -900, Deploying::Succeeded).await;
    world.take_in(&firing("api-production-5xx", 0)).await;
    let id = world.the_incident().id;
    world.later(60);
    let act = IncidentAct::Rollback { deployment: "d-1".into() };
    let (worked, answer) = world.press("p1", "UROBIN", &id, act.clone()).await;
    assert_eq!(worked, Worked::Refused, "{answer}");
    assert_eq!(world.press("p2", "UDANA", &id, act.clone()).await.0, Worked::Done);
    let started = world.store.look(|state| state.deployments[&deployment_id("p2")].clone());
    assert_eq!(started.revision.unwrap().as_str(), "v1");
    assert_eq!(started.request.reason.unwrap(), format!("rolls d-1 back because of {id}"));
    assert_eq!(world.pipelines.executions().len(), 1);
    assert!(world.shown(&id).contains("Dana: brings v1 back"), "{}", world.shown(&id));
    // Again, by the queue; and by somebody who didn't see it.
    assert_eq!(world.press("p2", "UDANA", &id, act.clone()).await.0, Worked::Before);
    let (_, answer) = world.press("p3", "UAVERY", &id, act).await;
    assert!(answer.contains("is under way"), "{answer}");
    assert_eq!(world.pipelines.executions().len(), 1);
}

#[tokio::test]
async fn how_shows_calls_that_can_be_pasted() {
    let (world, id) = alerted().await;
    let ask = Ask::ExplainIncident { asker: asker("UROBIN"), incident: id, view: "V1".into() };
    assert_eq!(world.work(&request("x1", ask)).await, Worked::Done);
    let (destination, card) = world.card(&MessageKey::answer(&"x1".into()));
    assert_eq!(destination, Destination::View { view: "V1".into(), title: "How?".into() });
    let shown = all_words(&card);
    for call in [
        "aws cloudwatch describe-alarms",
        "aws cloudwatch describe-alarm-history",
        "aws cloudwatch set-alarm-state",
        "--region eu-central-1",
    ] {
        assert!(shown.contains(call), "{call} is not in {shown}");
    }
}

#[tokio::test]
async fn a_snooze_beyond_its_time_does_not_outlive_the_incident() {
    let (mut world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Snooze { minutes: 30 }).await;
    world.take_in(&well("api-production-5xx", 60)).await;
    world.minutes(2, 60).await;
    assert!(world.the_incident().phase.is_over());
    assert_eq!(world.calls(), []);
    assert_eq!(world.the_incident().since, at(0));
    assert!(world.now.duration_since(at(0)) >= SignedDuration::from_mins(60));
}

#[tokio::test]
async fn what_is_done_about_an_incident_is_recorded_with_its_message() {
    let (world, id) = alerted().await;
    world.press("p1", "UDANA", &id, IncidentAct::Acknowledge).await;
    let told = world.store.look(|state| state.audit.last().and_then(|entry| entry.record.message.clone()));
    assert_eq!(told, Some(MessageKey::incident(&id)));
}
