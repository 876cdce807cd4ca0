//! Runbooks and reboots: what may be given, what reaches a host, and what is asked again before it is done.

use crate::hosts_world::{HOSTS, World, at};
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, Press, Reply, Request};
use opsroom_domain::card::{ButtonAction, HostPress, Part};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::operation::HostStatus;
use opsroom_memory::Moment;

use HostStatus::{Failed, Succeeded};

#[tokio::test]
async fn a_runbook_runs_with_what_it_fixes_and_shows_what_changed() {
    let mut world = World::new();
    world.type_line("e1", "U1", "run motd on api in staging greeting=\"good morning\" --check").await;
    let (command, order) = world.hosts.sent.lock().unwrap()[0].clone();
    assert_eq!(order.document, "acme-motd");
    let given: Vec<String> = order.parameters.iter().map(|(key, value)| format!("{key}={}", value.join(","))).collect();
    assert_eq!(given, ["check=true", "greeting=good morning", "play=motd.yml"]);
    world.hosts.print(&command, HOSTS[0], r#"{"kind":"recap","ok":3,"changed":1,"unreachable":0,"failed":0}"#, "");
    world.hosts.print(&command, HOSTS[1], "PLAY RECAP\napi-2 : ok=1 changed=0 unreachable=0 failed=1\n", "no package");
    world.posted("e1");
    world.later(5);
    world.show(true, &[Succeeded, Failed, Succeeded]);
    world.tell("aws/1", &command, "acme-motd").await;
    let shown = world.shown("e1");
    assert!(shown.starts_with("Dry run of motd on api in staging failed on api-2"), "{shown}");
    assert!(shown.contains("api-1:Done 3 ok, 1 changed, 0 failed"), "{shown}");
    assert!(shown.contains("api-2:Failed 1 ok, 0 changed, 1 failed: no package"), "{shown}");
    assert!(world.slack.files.lock().unwrap()[0].content.contains("==> api-1"));
}

#[tokio::test]
async fn a_runbook_is_not_run_as_it_may_not_be() {
    let world = World::new();
    for (event, line, words) in [
        ("e1", "run motd on api in staging play=other.yml", "play is set in the catalog and can't be given"),
        ("e2", "run motd on api in staging greeting=HELLO", "greeting doesn't have the shape that the catalog asks for"),
        ("e3", "run motd on api in staging other=x", "motd takes no other; it takes greeting"),
        ("e4", "run vacuum on api in staging --check", "vacuum has no dry run"),
        ("e5", "run vacuum on api in staging", "none of your roles (operator) allows to operate with the runbook vacuum"),
        ("e6", "run moth on api in staging", "No runbook is called moth"),
        ("e7", "run motd on api in staging greeting=$(id)", "greeting can't hold $"),
        ("e8", "run motd on api in staging greeting=--help", "greeting begins with -"),
    ] {
        world.type_line(event, "U1", line).await;
        assert!(world.answer(event).contains(words), "{}", world.answer(event));
    }
    world.type_line("e9", "U3", "run motd on api in staging").await;
    assert!(world.answer("e9").contains("none of your roles (reader) allows to operate"), "{}", world.answer("e9"));
    assert!(world.hosts.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_hostile_value_reaches_a_host() {
    let world = World::new();
    let hostile = include_str!("../../../../tests/fixtures/hostile_values.txt");
    let mut tried = 0;
    for (number, value) in hostile.lines().map(|line| serde_json::from_str::<String>(line).unwrap()).enumerate() {
        // In quotes and without: what chat clients and people make of it differs.
        let lines = [
            format!("run motd on api in staging greeting={value}"),
            format!("run motd on api in staging \"greeting={value}\""),
            format!("logs api in staging --grep \"{value}\""),
            format!("logs api in staging --host \"{value}\""),
            format!("logs api in staging --since \"{value}\""),
            format!("logs api in staging --lines \"{value}\""),
            format!("restart api in staging --batch \"{value}\""),
            format!("check \"{value}\""),
            format!("reboot \"{value}\""),
            format!("restart \"{value}\" in staging"),
            format!("run \"{value}\" on api in staging"),
            format!("restart api in \"{value}\""),
            format!("run motd on api in staging {value}=x"),
            format!("run motd on \"{value}\""),
            format!("run motd on api in \"{value}\" --check"),
            format!("logs \"{value}\" in staging"),
            format!("logs api in \"{value}\""),
            format!("logs api in staging --follow \"{value}\""),
            format!("check api in \"{value}\""),
            format!("hosts \"{value}\""),
            format!("reboot {} \"{value}\" staging", HOSTS[0]),
            format!("cancel \"{value}\""),
        ];
        for (kind, line) in lines.iter().enumerate() {
            let _ = world.work(&crate::hosts_world::line(&format!("h{number}-{kind}"), "U1", line, at(0))).await;
        }
        // By a menu, which offers none of it; and a button that shows it.
        for (kind, line) in ["restart", "run motd", "logs", "check", "reboot"].into_iter().enumerate() {
            let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
            let chosen = (0..3).map(|place| (place, value.clone())).collect();
            let shown = Some(format!("{line} {value} in {value}"));
            let ask = Ask::Pick { asker: crate::hosts_world::asker("U1"), line: line.to_owned(), chosen, shown, at: at(0), reply };
            let event = format!("p{number}-{kind}").as_str().into();
            let _ = world.work(&Request { event, correlation: "c".into(), ask }).await;
        }
        tried = number + 1;
    }
    assert!(tried >= 200, "{tried}");
    for (_, order) in world.hosts.sent.lock().unwrap().iter() {
        assert!(
            ["restart-service", "check-host", "read-journal", "follow-journal", "acme-motd"]
                .iter()
                .any(|own| order.document.ends_with(own))
        );
        for value in order.parameters.values().flatten().chain([&order.concurrency, &order.errors, &order.comment]) {
            let harmless = |c: char| c.is_ascii_alphanumeric() || " _.:/=,@%+*^[]-".contains(c);
            assert!(value.chars().all(harmless) && !value.starts_with('-'), "{order:?}");
        }
    }
    assert!(world.hosts.reboots.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_reboot_is_asked_about_judged_again_and_done_once() {
    let mut world = World::new();
    world.type_line("e1", "U1", "reboot api-2").await;
    let card = world.message(&MessageKey::answer(&"e1".into())).1;
    let Some(Part::Buttons(buttons)) = card.parts.last() else { panic!("no button") };
    let ButtonAction::Hosts { press: HostPress::Reboot { host, service, environment } } = &buttons[0].action else { panic!("no reboot") };
    assert!(buttons[0].confirm.is_some());
    let press = Press::Reboot { host: host.to_string(), service: service.to_string(), environment: environment.to_string() };
    assert_eq!(world.press("p0", "U3", press.clone()).await, Worked::Refused);
    world.hosts.failures.plan("reboot", PortErrorKind::Transient, Moment::After);
    let reply = opsroom_application::request::Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    let ask = opsroom_application::request::Ask::Pressed { asker: crate::hosts_world::asker("U1"), press, at: at(0), reply };
    let request = opsroom_application::request::Request { event: "p1".into(), correlation: "c".into(), ask };
    assert_eq!(world.work(&request).await, Err(PortErrorKind::Transient));
    world.later(90);
    world.work(&request).await.unwrap();
    assert_eq!(world.hosts.reboots.lock().unwrap().len(), 1);
    let automation = world.hosts.reboots.lock().unwrap()[0].0.clone();
    world.hosts.show(&automation, true, &[(HOSTS[1], Succeeded)]);
    world.tell("aws/1", &automation, "AWS-RestartEC2Instance").await;
    assert!(world.shown("p1").starts_with("Rebooted api-2 (api in staging)"), "{}", world.shown("p1"));
}
