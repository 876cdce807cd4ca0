//! What people ask of hosts, on the ports in memory: each step may fail, be repeated, come late, or come from somebody without the right.

use crate::hosts_world::{HOSTS, World, all_words, at, id, line};
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, Press, Reply, Request};
use opsroom_domain::card::Part;
use opsroom_domain::ids::{CommandId, MessageKey};
use opsroom_domain::operation::{HostStatus, HostTarget, Phase};
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

use HostStatus::{Failed, Running, Skipped, Succeeded, Waiting};

const RESTART: &str = "opsroom-restart-service";

#[tokio::test]
async fn a_restart_rolls_over_the_hosts_in_one_message() {
    let mut world = World::new();
    assert_eq!(world.type_line("e1", "U1", "restart api in staging").await, Worked::Done);
    let (command, order) = world.hosts.sent.lock().unwrap()[0].clone();
    assert_eq!((order.document.as_str(), order.concurrency.as_str(), order.errors.as_str()), (RESTART, "1", "0"));
    assert_eq!(order.parameters["Unit"], ["api"]);
    assert_eq!(order.parameters["SettleSeconds"], ["20"]);
    assert!(matches!(&order.target, HostTarget::Tags(tags) if tags["service"] == "api" && tags["environment"] == "staging"));
    assert_eq!(order.comment, format!("opsroom {} 0", id("e1")));

    world.later(2);
    world.show(false, &[Running, Waiting, Waiting]);
    assert_eq!(world.tell("aws/1", &command, RESTART).await, Worked::Done);
    assert!(world.shown("e1").contains("api-1:Running"), "{}", world.shown("e1"));
    assert!(world.shown("e1").contains("[Cancel] [How?]"));

    world.later(9);
    let report = r#"{"kind":"restart","unit":"api","state":"active","version":"2.0","waited_seconds":6}"#;
    for host in HOSTS {
        world.hosts.print(&command, host, report, "");
    }
    world.show(true, &[Succeeded, Succeeded, Succeeded]);
    world.tell("aws/2", &command, RESTART).await;
    let shown = world.shown("e1");
    assert!(shown.starts_with("Restarted api in staging\nUnit api, 1 at a time · asked by @U1"), "{shown}");
    assert!(shown.contains("3 of 3 hosts"), "{shown}");
    assert!(shown.contains("api-2:Done 2.0 · healthy after 6 s"), "{shown}");
    assert!(shown.contains("[Check] [How?]"), "{shown}");
    assert_eq!(world.recorded(), ["allowed", "ended"]);
    assert_eq!(world.store.look(|state| state.messages.len()), 1);
}

#[tokio::test]
async fn a_host_that_does_not_come_back_stops_the_rest_and_calls_whoever_asked() {
    let mut world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    world.later(60);
    let command = world.hosts.last().unwrap();
    let said = r#"{"kind":"restart","unit":"api","state":"failed","version":"2.0","waited_seconds":1,"complaint":""}
{"kind":"line","at":1790000000.1,"text":"api[9]: panic: address already in use"}"#;
    world.hosts.print(&command, HOSTS[1], said, "failed to run commands: exit status 1");
    world.show(true, &[Succeeded, Failed, Skipped]);
    world.tell("aws/1", &command, RESTART).await;
    let shown = world.shown("e1");
    assert!(shown.starts_with("Restart of api in staging failed on api-2; 1 host was not touched"), "{shown}");
    assert!(shown.contains("api-2:Failed api didn't come back: it is failed: api[9]: panic: address already in use"), "{shown}");
    assert!(shown.contains("api-3:Stopped not touched"), "{shown}");
    assert!(shown.contains("[Check] [Logs] [How?]"), "{shown}");
    let (destination, notice) = world.message(&MessageKey::operation_word(&id("e1"), "notice"));
    assert_eq!(destination, Destination::Under { channel: "C1".into(), parent: MessageKey::operation(&id("e1")) });
    assert!(all_words(&notice).starts_with("@U1 Restart of api in staging failed on api-2"), "{}", all_words(&notice));
    // The place is free again.
    world.type_line("e2", "U2", "restart api in staging").await;
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_unit_said_before_it_failed_is_masked_as_in_its_log() {
    let mut world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    world.later(60);
    let command = world.hosts.last().unwrap();
    let said = r#"{"kind":"line","at":1790000000.1,"text":"api[9]: panic: no such card=4111111 password=hunter2"}"#;
    world.hosts.print(&command, HOSTS[0], said, "");
    world.show(true, &[Failed, Skipped, Skipped]);
    world.tell("aws/1", &command, RESTART).await;
    assert!(world.shown("e1").contains("panic: no such *** password=***"), "{}", world.shown("e1"));
    let kept = serde_json::to_string(&world.operation("e1")).unwrap();
    assert!(!kept.contains("4111111") && !kept.contains("hunter2"), "{kept}");
}

#[tokio::test]
async fn a_crash_anywhere_leaves_one_command_once_it_is_worked_on_again() {
    use PortErrorKind::Transient;
    // Before it was sent; after it was sent, but before anybody could write that down; while it was written down.
    for (operation, moment) in [("send", Moment::Before), ("send", Moment::After)] {
        let mut world = World::new();
        world.hosts.failures.plan(operation, Transient, moment);
        let request = line("e1", "U1", "restart api in staging", at(0));
        assert_eq!(world.work(&request).await, Err(Transient), "{operation} {moment:?}");
        assert_eq!(world.operation("e1").phase, Phase::Sending);
        // Whoever comes too early leaves it to the one who may still be at it.
        world.later(5);
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
        assert_eq!(world.operation("e1").phase, Phase::Sending);
        world.later(90);
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
        assert_eq!(world.operation("e1").phase, Phase::Running, "{operation} {moment:?}");
        assert_eq!(world.hosts.sent.lock().unwrap().len(), 1, "{operation} {moment:?}");
    }
    for moment in [Moment::Before, Moment::After] {
        let mut world = World::new();
        let request = line("e1", "U1", "restart api in staging", at(0));
        world.hosts.failures.plan("send", Transient, Moment::After);
        assert_eq!(world.work(&request).await, Err(Transient));
        world.later(90);
        world.store.failures.plan("commit", Transient, Moment::Before);
        world.store.failures.plan("commit", Transient, moment);
        let _ = world.work(&request).await;
        let _ = world.work(&request).await;
        world.later(180);
        world.work(&request).await.unwrap();
        assert_eq!(world.operation("e1").phase, Phase::Running);
        assert_eq!(world.hosts.sent.lock().unwrap().len(), 1, "{moment:?}");
    }
}

#[tokio::test]
async fn the_clock_takes_up_what_was_left_in_the_middle() {
    let mut world = World::new();
    world.hosts.failures.plan("send", PortErrorKind::Transient, Moment::After);
    assert!(world.work(&line("e1", "U1", "restart api in staging", at(0))).await.is_err());
    world.later(30);
    assert_eq!(world.clock("due/1", &id("e1")).await, Worked::Done);
    assert_eq!(world.operation("e1").phase, Phase::Running);
    // Its events were lost, too.
    world.later(120);
    world.show(true, &[Succeeded, Succeeded, Succeeded]);
    world.clock("due/2", &id("e1")).await;
    assert_eq!(world.operation("e1").phase, Phase::Succeeded);
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 1);
    assert_eq!(world.clock("due/3", &id("e1")).await, Worked::Before);
}

#[tokio::test]
async fn an_event_that_is_faster_than_the_record_tells_which_command_it_is() {
    let mut world = World::new();
    world.hosts.failures.plan("send", PortErrorKind::Transient, Moment::After);
    assert!(world.work(&line("e1", "U1", "restart api in staging", at(0))).await.is_err());
    let command = world.hosts.last().unwrap();
    world.later(1);
    world.show(false, &[Running, Waiting, Waiting]);
    assert_eq!(world.tell("aws/1", &command, RESTART).await, Worked::Done);
    assert_eq!(world.operation("e1").command, Some(command));
    // Commands of others lead to nothing, and not even to a look.
    let looks = *world.hosts.looks.lock().unwrap();
    assert_eq!(world.tell("aws/2", &CommandId::new("other"), "AWS-RunShellScript").await, Worked::Before);
    assert_eq!(*world.hosts.looks.lock().unwrap(), looks);
}

#[tokio::test]
async fn many_events_at_once_lead_to_few_looks() {
    let world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    let command = world.hosts.last().unwrap();
    world.show(false, &[Running, Waiting, Waiting]);
    for number in 0..50 {
        world.tell(&format!("aws/{number}"), &command, RESTART).await;
    }
    assert_eq!(*world.hosts.looks.lock().unwrap(), 1);
    // One look follows, so that the last event is not lost.
    assert!(!world.later_on.take().is_empty());
}

#[tokio::test]
async fn two_at_once_on_one_service_are_not_let_in() {
    let world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    assert_eq!(world.type_line("e2", "U2", "restart api in staging").await, Worked::Refused);
    assert!(world.answer("e2").contains(&format!("already: {} by @U1", id("e1"))), "{}", world.answer("e2"));
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 1);
    // Looking is always allowed.
    assert_eq!(world.type_line("e3", "U3", "check api in staging").await, Worked::Done);
}

#[tokio::test]
async fn a_stop_is_asked_for_once_and_told() {
    let mut world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    let operation = id("e1");
    assert_eq!(world.press("p1", "U3", Press::StopOperation { operation: operation.clone() }).await, Worked::Refused);
    assert!(world.answer("p1").contains("operate"), "{}", world.answer("p1"));
    assert_eq!(world.press("p2", "U2", Press::StopOperation { operation: operation.clone() }).await, Worked::Done);
    assert_eq!(world.hosts.stopped.lock().unwrap().len(), 1);
    assert!(world.shown("e1").starts_with("Restart of api in staging: stopping"));
    assert_eq!(world.type_line("e2", "U1", &format!("cancel {operation}")).await, Worked::Done);
    assert!(world.answer("e2").contains("is being stopped already, by @U2"));
    world.later(10);
    world.show(true, &[Succeeded, HostStatus::Cancelled, Skipped]);
    world.tell("aws/1", &world.hosts.last().unwrap(), RESTART).await;
    assert!(world.shown("e1").starts_with("Restart of api in staging was stopped by @U2"), "{}", world.shown("e1"));
    // An old button tells what happened since.
    world.press("p3", "U2", Press::StopOperation { operation }).await;
    assert!(world.answer("p3").contains("is over already; there is nothing to stop. Restart of api in staging was stopped by @U2"));
}

#[tokio::test]
async fn what_systems_manager_refuses_is_told_plainly() {
    let cases = [
        (PortErrorKind::NotFound, "Systems Manager has no document opsroom-restart-service"),
        (PortErrorKind::Denied, "Opsroom's role may not run opsroom-restart-service on these hosts"),
        (PortErrorKind::Permanent, "Systems Manager doesn't accept to run opsroom-restart-service like this"),
    ];
    for (kind, words) in cases {
        let world = World::new();
        world.hosts.failures.plan("send", kind, Moment::Before);
        assert_eq!(world.type_line("e1", "U1", "restart api in staging").await, Worked::Done);
        assert!(world.shown("e1").contains(words), "{}", world.shown("e1"));
        assert_eq!(world.recorded(), ["allowed", "ended"]);
        assert!(world.store.look(|state| state.operations.holds.values().all(|hold| hold.operation.is_none())));
    }
}

#[tokio::test]
async fn without_hosts_nothing_is_begun() {
    let world = World::new();
    for (event, line, words) in [
        ("e1", "restart api in production", "The catalog doesn't say on which hosts api runs in production"),
        ("e2", "restart web in staging", "Systems Manager knows no host of web in staging"),
        ("e3", "check nobody", "No service of the catalog has a host nobody"),
    ] {
        world.type_line(event, "U1", line).await;
        assert!(world.answer(event).contains(words), "{}", world.answer(event));
    }
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 0);
    assert!(world.store.look(|state| state.operations.operations.is_empty()));
}

#[tokio::test]
async fn a_check_is_a_table_in_which_outliers_are_marked() {
    let mut world = World::new();
    assert_eq!(world.type_line("e1", "U3", "check api in staging").await, Worked::Done);
    let command = world.hosts.last().unwrap();
    let report = |version: &str, disk: u32| {
        [
            r#"{"kind":"host","name":"x","cpus":2,"up_since":1789910003}"#.to_owned(),
            r#"{"kind":"load","one":0.50,"five":0.10,"fifteen":0.10}"#.to_owned(),
            r#"{"kind":"memory","total":1048576000,"available":629145600}"#.to_owned(),
            format!("{{\"kind\":\"disk\",\"mount\":\"/\",\"percent\":{disk}}}"),
            r#"{"kind":"clock","synchronized":true,"offset_seconds":0.001}"#.to_owned(),
            format!(
                "{{\"kind\":\"unit\",\"name\":\"api\",\"state\":\"active\",\"since\":1789990000,\"restarts\":0,\"version\":\"{version}\"}}"
            ),
        ]
        .join("\n")
    };
    world.hosts.print(&command, HOSTS[0], &report("2.0", 40), "");
    world.hosts.print(&command, HOSTS[1], &report("1.9", 97), "");
    world.hosts.print(&command, HOSTS[2], &report("2.0", 41), "");
    world.later(3);
    world.show(true, &[Succeeded, Succeeded, Succeeded]);
    world.tell("aws/1", &command, "opsroom-check-host").await;
    let shown = world.shown("e1");
    assert!(shown.contains("api-1   █░░░░  25%  ██░░░  40%  ██░░░  40%  active    2.0        1 d"), "{shown}");
    assert!(shown.contains("api-2 ! "), "{shown}");
    assert!(shown.contains("api-2: / is 97 % full\napi-2: runs 1.9, the others 2.0"), "{shown}");
    // Looking is no change, and is not recorded as one.
    assert_eq!(world.recorded(), [""; 0]);
}

#[tokio::test]
async fn two_hundred_hosts_are_one_message_within_bounds_and_a_file() {
    let mut world = World::new();
    world.hosts.hosts.lock().unwrap().clear();
    for number in 0..200 {
        world.hosts.add(&format!("i-{number:017x}"), &format!("api-{number:03}"), &[("service", "api"), ("environment", "staging")]);
    }
    world.type_line("e1", "U1", "restart api in staging --batch 25%").await;
    let command = world.hosts.last().unwrap();
    let ids: Vec<String> = (0..200).map(|number| format!("i-{number:017x}")).collect();
    let statuses: Vec<(&str, HostStatus)> =
        ids.iter().enumerate().map(|(n, id)| (id.as_str(), if n == 150 { Failed } else { Succeeded })).collect();
    world.hosts.show(&command, true, &statuses);
    world.posted("e1");
    world.later(60);
    world.tell("aws/1", &command, RESTART).await;
    let card = world.message(&MessageKey::operation(&id("e1"))).1;
    let Some(Part::Steps(steps)) = card.parts.iter().find(|part| matches!(part, Part::Steps(_))) else { panic!("no steps") };
    assert_eq!((steps.len(), steps[0].name.as_str()), (30, "api-150"));
    assert!(world.shown("e1").contains("and 170 more hosts: 170 done; all of them are in the file in the thread"), "{}", world.shown("e1"));
    let files = world.slack.files.lock().unwrap().clone();
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].content.lines().count(), files[0].content.contains("api-199")), (200, true));
    let (channel, thread, _) = files[0].shared.clone().unwrap();
    assert_eq!((channel.as_str(), thread.as_str()), ("C1", "17.5"));
    assert!(world.operation("e1").is_settled());
    // One more is one too many.
    world.hosts.add("i-ffffffffffffffff1", "api-200", &[("service", "api"), ("environment", "staging")]);
    world.type_line("e2", "U1", "restart api in staging").await;
    assert!(world.answer("e2").contains("more than 200 hosts"), "{}", world.answer("e2"));
}

#[tokio::test]
async fn a_file_is_shared_once_whatever_fails() {
    for (operation, moment) in [("upload", Moment::Before), ("upload", Moment::After), ("share", Moment::Before), ("share", Moment::After)]
    {
        let mut world = World::new();
        world.type_line("e1", "U1", "run motd on api in staging").await;
        let command = world.hosts.last().unwrap();
        world.hosts.print(&command, HOSTS[0], r#"{"kind":"recap","ok":3,"changed":1,"unreachable":0,"failed":0}"#, "");
        world.show(true, &[Succeeded, Succeeded, Succeeded]);
        world.posted("e1");
        world.slack.failures.plan(operation, PortErrorKind::Transient, moment);
        world.later(5);
        world.tell("aws/1", &command, "acme-motd").await;
        world.later(40);
        world.clock("due/1", &id("e1")).await;
        let shared = world.slack.files.lock().unwrap().iter().filter(|file| file.shared.is_some()).count();
        assert_eq!(shared, 1, "{operation} {moment:?}");
        assert!(world.operation("e1").is_settled(), "{operation} {moment:?}");
    }
}

#[tokio::test]
async fn how_shows_the_calls_and_what_the_document_runs() {
    let world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    let ask = opsroom_application::request::Ask::ExplainOperation {
        asker: crate::hosts_world::asker("U3"),
        operation: id("e1"),
        view: "V1".into(),
    };
    world.work(&opsroom_application::request::Request { event: "w1".into(), correlation: "c".into(), ask }).await.unwrap();
    let how = world.answer("w1");
    for words in ["aws ssm send-command", "aws ssm list-command-invocations", "description: opsroom-restart-service"] {
        assert!(how.contains(words), "{how}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_stopped_and_keeps_its_place_until_it_is_over() {
    let mut world = World::new();
    world.type_line("e1", "U1", "restart api in staging").await;
    let command = world.hosts.last().unwrap();
    world.show(false, &[Running, Waiting, Waiting]);
    // Three hosts, one after the other, each as long as its document may take, and the way there.
    world.later(3 * (180 + 120) - 1);
    world.clock("due/1", &id("e1")).await;
    assert!(world.shown("e1").starts_with("Restarting api in staging"), "{}", world.shown("e1"));
    let is_held = |world: &World| world.store.look(|state| state.operations.holds.values().any(|hold| hold.operation.is_some()));
    // While Systems Manager doesn't answer, nobody knows.
    world.later(3 * (180 + 120) + 1);
    world.hosts.failures.plan("sight", PortErrorKind::Throttled, Moment::Before);
    world.clock("due/2", &id("e1")).await;
    assert!(world.shown("e1").starts_with("Restarting api in staging"), "{}", world.shown("e1"));
    world.later(1200);
    world.clock("due/3", &id("e1")).await;
    assert!(world.shown("e1").starts_with("Restart of api in staging takes too long and is being stopped"), "{}", world.shown("e1"));
    assert_eq!((world.hosts.stopped.lock().unwrap().clone(), is_held(&world)), (vec![command.clone()], true));
    assert_eq!(world.type_line("e2", "U2", "restart api in staging").await, Worked::Refused);
    world.later(1300);
    world.show(true, &[HostStatus::Cancelled, Skipped, Skipped]);
    world.tell("aws/1", &command, RESTART).await;
    assert!(world.shown("e1").contains("It took longer than it may, so it was stopped"), "{}", world.shown("e1"));
    assert!(!is_held(&world));
}

#[tokio::test]
async fn what_could_not_be_sent_in_time_is_not_sent_when_nobody_expects_it_any_more() {
    let mut world = World::new();
    world.hosts.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    assert!(world.work(&line("e1", "U1", "restart api in staging", at(0))).await.is_err());
    world.later(7200);
    world.clock("due/1", &id("e1")).await;
    assert!(world.shown("e1").contains("It couldn't be sent in time; nothing was done"), "{}", world.shown("e1"));
    assert!(world.hosts.sent.lock().unwrap().is_empty() && world.hosts.stopped.lock().unwrap().is_empty());
    assert!(world.store.look(|state| state.operations.holds.values().all(|hold| hold.operation.is_none())), "the place is free");
}

#[tokio::test]
async fn of_a_reboot_that_may_have_begun_nobody_says_that_nothing_was_done() {
    let mut world = World::new();
    let press = Press::Reboot { host: HOSTS[1].into(), service: "api".into(), environment: "staging".into() };
    let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    let ask = Ask::Pressed { asker: crate::hosts_world::asker("U1"), press, at: at(0), reply };
    let request = Request { event: "p1".into(), correlation: "c".into(), ask };
    // It is begun, and whoever did that died before they could write it down.
    world.hosts.failures.plan("reboot", PortErrorKind::Transient, Moment::After);
    assert!(world.work(&request).await.is_err());
    world.press("p2", "U1", Press::StopOperation { operation: id("p1") }).await;
    world.later(60);
    world.clock("due/1", &id("p1")).await;
    assert!(world.shown("p1").contains("may have begun"), "{}", world.shown("p1"));
    assert!(!world.shown("p1").to_lowercase().contains("nothing was done"), "{}", world.shown("p1"));
    assert_eq!(world.hosts.reboots.lock().unwrap().len(), 1, "nor is one begun that was called off");
}
