//! `logs`: from a log group or from journals, short and long, searched, masked and followed.

use crate::hosts_world::{HOSTS, World, all_words, at, id};
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::Press;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::operation::{Attachment, HostStatus, Phase};
use opsroom_domain::room_message::Destination;

use HostStatus::{Failed, Succeeded};
use opsroom_memory::Moment;

const JOURNAL: &str = "opsroom-read-journal";

fn with_group(events: &[(i64, &str)]) -> World {
    let world = World::new();
    let events = events.iter().map(|&(second, text)| (at(second), text.to_owned())).collect();
    world.logs.events.lock().unwrap().insert("/acme/web".into(), events);
    world
}

/// What `read-journal` prints.
fn journal(omitted: u64, lines: &[(f64, &str)]) -> String {
    let head = format!("{{\"kind\":\"journal\",\"unit\":\"api\",\"lines\":{},\"omitted\":{omitted},\"cursor\":\"s=1;i=1\"}}", lines.len());
    let line = |(at, text): &(f64, &str)| format!("\n{{\"kind\":\"line\",\"at\":{:.6},\"text\":\"{text}\"}}", 1_790_000_000.0 + at);
    head + &lines.iter().map(line).collect::<String>()
}

fn output(world: &World, event: &str) -> String {
    all_words(&world.message(&MessageKey::operation_word(&id(event), "output")).1)
}

#[tokio::test]
async fn a_log_group_is_read_and_shown_in_the_thread() {
    let world = with_group(&[(-5000, "old"), (-30, "hello card=1234"), (-20, "password=hunter2"), (-10, "GET /x 500")]);
    assert_eq!(world.type_line("e1", "U3", "logs web in staging").await, Worked::Done);
    assert_eq!(world.operation("e1").phase, Phase::Succeeded);
    assert!(world.shown("e1").contains("/acme/web"), "{}", world.shown("e1"));
    let shown = output(&world, "e1");
    assert!(shown.contains("hello ***\n") && shown.contains("password=***\n") && shown.contains("GET /x 500"), "{shown}");
    assert!(!shown.contains("old"), "{shown}");
    world.type_line("e2", "U3", "logs web in staging --grep \"x 5[0-9]+\"").await;
    assert!(output(&world, "e2").starts_with("1 line:"), "{}", output(&world, "e2"));
    world.type_line("e3", "U3", "logs web in staging --grep nothing").await;
    assert!(output(&world, "e3").starts_with("Nothing was logged"), "{}", output(&world, "e3"));
    assert!(world.hosts.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_long_log_is_a_file_and_its_end_in_the_thread() {
    let events: Vec<(i64, String)> = (0..150).map(|n| (-200 + n, format!("line {n}"))).collect();
    let events: Vec<(i64, &str)> = events.iter().map(|(second, text)| (*second, text.as_str())).collect();
    let mut world = with_group(&events);
    world.type_line("e1", "U3", "logs web in staging --lines 100").await;
    assert!(output(&world, "e1").starts_with("The last 30 of 100 lines; the file has all of them:"), "{}", output(&world, "e1"));
    // The message was not posted yet.
    assert!(world.slack.files.lock().unwrap().is_empty());
    world.posted("e1");
    world.later(2);
    world.work_later().await;
    let files = world.slack.files.lock().unwrap().clone();
    assert_eq!((files.len(), files[0].content.lines().count()), (1, 100));
    assert!(files[0].content.ends_with("line 149") && files[0].content.contains("line 50\n"), "{}", files[0].content);
}

#[tokio::test]
async fn more_than_can_be_looked_through_is_said_so() {
    let events: Vec<(i64, String)> = (0..2000).map(|n| (-800 + n / 4, format!("line {n}"))).collect();
    let events: Vec<(i64, &str)> = events.iter().map(|(second, text)| (*second, text.as_str())).collect();
    let world = with_group(&events);
    *world.logs.page_size.lock().unwrap() = 50;
    world.type_line("e1", "U3", "logs web in staging --lines 5000").await;
    assert!(world.shown("e1").contains("There is very much"), "{}", world.shown("e1"));
    assert!(*world.logs.reads.lock().unwrap() <= 12);
}

#[tokio::test]
async fn a_log_group_that_is_not_there_is_told_plainly() {
    let world = World::new();
    world.type_line("e1", "U3", "logs web in staging").await;
    assert!(world.shown("e1").contains("There is no log group /acme/web"), "{}", world.shown("e1"));
    world.type_line("e2", "U3", "logs api in production").await;
    assert!(world.answer("e2").contains("neither in which log group"), "{}", world.answer("e2"));
}

#[tokio::test]
async fn journals_of_all_hosts_are_one_log_by_time() {
    let mut world = World::new();
    world.type_line("e1", "U3", "logs api in staging --since 5m --lines 50 --grep GET").await;
    let (command, order) = world.hosts.sent.lock().unwrap()[0].clone();
    let given: Vec<String> = order.parameters.iter().map(|(key, value)| format!("{key}={}", value.join(","))).collect();
    assert_eq!(given, ["Grep=GET", "GrepKind=expression", "Lines=50", "Since=300s", "Unit=api"]);
    world.hosts.print(&command, HOSTS[0], &journal(0, &[(1.5, "api[1]: GET /a"), (5.5, "api[1]: GET /c")]), "");
    world.hosts.print(&command, HOSTS[1], &journal(4, &[(3.0, "api[1]: GET /b token=abcdef")]), "");
    world.later(9);
    world.show(true, &[Succeeded, Succeeded, Failed]);
    world.tell("aws/1", &command, JOURNAL).await;
    let shown = output(&world, "e1");
    let lines: Vec<&str> = shown.split("```").nth(1).unwrap().lines().collect();
    assert_eq!(lines, ["14:13:21 api-1 api[1]: GET /a", "14:13:23 api-2 api[1]: GET /b token=***", "14:13:25 api-1 api[1]: GET /c"]);
    assert!(world.shown("e1").contains("Not read from api-3"), "{}", world.shown("e1"));
    assert!(world.shown("e1").contains("There was more than fits"), "{}", world.shown("e1"));
}

#[tokio::test]
async fn a_log_group_is_followed_in_one_message_until_somebody_stops_it() {
    let mut world = with_group(&[(-10, "before")]);
    world.type_line("e1", "U3", "logs web in staging --follow 2m").await;
    assert!(world.shown("e1").contains("before") && world.shown("e1").contains("[Stop]"), "{}", world.shown("e1"));
    world.logs.events.lock().unwrap().get_mut("/acme/web").unwrap().push((at(1), "while watched".into()));
    world.later(2);
    assert_eq!(world.work_later().await, 1);
    assert!(world.shown("e1").contains("while watched"), "{}", world.shown("e1"));
    // Looks follow upon one another, one at a time, and the clock doesn't add another.
    world.later(4);
    world.clock("due/1", &id("e1")).await;
    assert_eq!(world.later_on.sent.lock().unwrap().len(), 1);
    world.press("p1", "U3", Press::StopOperation { operation: id("e1") }).await;
    assert_eq!(world.operation("e1").phase, Phase::Cancelled);
    assert!(world.shown("e1").starts_with("Log of web in staging, ended by @U3"), "{}", world.shown("e1"));
    world.work_later().await;
    assert_eq!(world.later_on.sent.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn following_ends_by_itself_and_a_chain_that_broke_is_taken_up_by_the_clock() {
    let mut world = with_group(&[(-10, "before")]);
    world.type_line("e1", "U3", "logs web in staging --follow 1m").await;
    world.later_on.take();
    world.later(35);
    world.clock("due/1", &id("e1")).await;
    assert_eq!(world.later_on.sent.lock().unwrap().len(), 1, "looks follow upon one another again");
    assert_eq!(world.operation("e1").log.unwrap().read_until, at(35));
    world.later(61);
    world.clock("due/2", &id("e1")).await;
    assert_eq!(world.operation("e1").phase, Phase::Succeeded);
}

#[tokio::test]
async fn journals_are_followed_round_by_round() {
    let mut world = World::new();
    world.type_line("e1", "U3", "logs api in staging --host api-1 --follow 1m").await;
    let first = world.hosts.last().unwrap();
    world.hosts.print(&first, HOSTS[0], &journal(0, &[(1.5, "api[1]: one")]), "");
    world.hosts.show(&first, true, &[(HOSTS[0], Succeeded)]);
    world.later(2);
    world.tell("aws/1", &first, JOURNAL).await;
    assert!(world.shown("e1").contains("api[1]: one"), "{}", world.shown("e1"));
    world.later(4);
    world.work_later().await;
    let (second, order) = world.hosts.sent.lock().unwrap().last().cloned().unwrap();
    assert_ne!(first, second);
    assert_eq!(order.comment, format!("opsroom {} 1", id("e1")));
    assert_eq!((order.document.as_str(), order.parameters["Cursor"].clone()), ("opsroom-follow-journal", vec!["s=1;i=1".to_owned()]));
    world.hosts.print(&second, HOSTS[0], &journal(0, &[(3.5, "api[1]: two")]), "");
    world.hosts.show(&second, true, &[(HOSTS[0], Succeeded)]);
    world.later(5);
    world.tell("aws/2", &second, JOURNAL).await;
    let shown = world.shown("e1");
    assert_eq!((shown.matches("one").count(), shown.matches("two").count()), (1, 1), "{shown}");
    // A late word of the first round changes nothing.
    assert_eq!(world.tell("aws/3", &first, JOURNAL).await, Worked::Before);
    world.later(70);
    world.work_later().await;
    assert_eq!(world.operation("e1").phase, Phase::Succeeded);
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn journals_of_several_hosts_are_followed_without_a_line_twice() {
    let mut world = World::new();
    world.type_line("e1", "U3", "logs api in staging --follow 1m").await;
    let first = world.hosts.last().unwrap();
    world.hosts.print(&first, HOSTS[0], &journal(0, &[(1.5, "of a: one")]), "");
    // A host whose clock is slow.
    world.hosts.print(&first, HOSTS[1], &journal(0, &[(-20.5, "of b: one")]), "");
    world.show(true, &[Succeeded, Succeeded, Succeeded]);
    world.later(2);
    world.tell("aws/1", &first, JOURNAL).await;
    world.later(4);
    world.work_later().await;
    let (second, order) = world.hosts.sent.lock().unwrap().last().cloned().unwrap();
    assert_eq!((order.document.as_str(), order.parameters["Since"].clone()), (JOURNAL, vec!["30s".to_owned()]));
    world.hosts.print(&second, HOSTS[0], &journal(0, &[(1.5, "of a: one"), (3.5, "of a: two")]), "");
    world.hosts.print(&second, HOSTS[1], &journal(0, &[(-20.5, "of b: one"), (-18.5, "of b: two")]), "");
    world.show(true, &[Succeeded, Succeeded, Succeeded]);
    world.later(5);
    world.tell("aws/2", &second, JOURNAL).await;
    let shown = world.shown("e1");
    for line in ["of a: one", "of a: two", "of b: one", "of b: two"] {
        assert_eq!(shown.matches(line).count(), 1, "{line}: {shown}");
    }
}

#[tokio::test]
async fn a_log_that_no_channel_shows_is_looked_after_by_the_clock_alone_and_given_up() {
    let events: Vec<(i64, String)> = (0..150).map(|n| (-200 + n, format!("line {n}"))).collect();
    let events: Vec<(i64, &str)> = events.iter().map(|(second, text)| (*second, text.as_str())).collect();
    let mut world = with_group(&events);
    world.type_line("e1", "U3", "logs web in staging --lines 100").await;
    // One look follows the end; it plans no other, nor do the clock's.
    assert_eq!(world.work_later().await, 1);
    for (number, second) in [30, 60, 120, 240, 480, 890].into_iter().enumerate() {
        world.later(second);
        assert_eq!(world.clock(&format!("due/{number}"), &id("e1")).await, Worked::Done, "{second}");
        assert_eq!(world.work_later().await, 0, "{second}");
    }
    let key = MessageKey::operation_word(&id("e1"), "unseen");
    let (destination, told) = world.message(&key);
    assert!(matches!(destination, Destination::Response { .. }), "{destination:?}");
    assert!(all_words(&told).contains("If Opsroom isn't in the channel, invite it"), "{}", all_words(&told));
    assert_eq!(world.store.look(|state| state.messages[&key].message.version), 1, "told once");
    world.later(901);
    world.clock("due/last", &id("e1")).await;
    assert_eq!(world.operation("e1").attachment, Attachment::Refused);
    assert_eq!(world.clock("due/over", &id("e1")).await, Worked::Before);
    assert!(world.slack.files.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_file_under_a_message_that_slack_never_takes_is_given_up_at_once() {
    let events: Vec<(i64, String)> = (0..150).map(|n| (-200 + n, format!("line {n}"))).collect();
    let events: Vec<(i64, &str)> = events.iter().map(|(second, text)| (*second, text.as_str())).collect();
    let world = with_group(&events);
    world.type_line("e1", "U3", "logs web in staging --lines 100").await;
    let key = MessageKey::operation(&id("e1"));
    world.store.state.lock().unwrap().messages.get_mut(&key).unwrap().message.undeliverable = Some("is_archived".into());
    world.work_later().await;
    assert_eq!(world.operation("e1").attachment, Attachment::Refused);
}

#[tokio::test]
async fn what_is_masked_cannot_be_guessed_by_looking_for_it() {
    let long = format!("{} password=hunter2 {}", "x".repeat(3000), "y".repeat(3000));
    let world = with_group(&[(-20, "password=hunter2 tried"), (-10, long.as_str())]);
    for (event, looked_for, is_found) in [("e1", "password=h", false), ("e2", "hunter", false), ("e3", "tried", true), ("e4", "yyy", true)]
    {
        world.type_line(event, "U3", &format!("logs web in staging --grep {looked_for}")).await;
        assert_eq!(!output(&world, event).starts_with("Nothing was logged"), is_found, "{looked_for}: {}", output(&world, event));
    }
    let mut world = World::new();
    world.type_line("e5", "U3", "logs api in staging --grep =[a-m]").await;
    let command = world.hosts.last().unwrap();
    world.hosts.print(&command, HOSTS[0], &journal(0, &[(1.0, "api[1]: password=hunter2"), (2.0, "api[1]: size=big")]), "");
    world.later(9);
    world.show(true, &[Succeeded, Failed, Failed]);
    world.tell("aws/1", &command, JOURNAL).await;
    let shown = output(&world, "e5");
    assert!(shown.contains("size=big") && !shown.contains("password"), "{shown}");
}

#[tokio::test]
async fn of_a_private_key_no_line_is_shown_however_it_is_looked_for() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let key = [(-30, "-----BEGIN PRIVATE KEY-----"), (-29, body), (-28, body), (-27, "c2hvcnQ="), (-26, "-----END PRIVATE KEY-----")];
    let events: Vec<(i64, &str)> = [(-40, "before")].into_iter().chain(key).chain([(-20, "after card=4111")]).collect();
    let world = with_group(&events);
    for (number, asked) in ["", " --lines 4", " --grep MII", " --grep c2h", " --grep 4111", " --grep END"].into_iter().enumerate() {
        let event = format!("e{number}");
        world.type_line(&event, "U3", &format!("logs web in staging{asked}")).await;
        let shown = output(&world, &event);
        for secret in ["MII", "c2h", "PRIVATE", "4111"] {
            assert!(!shown.lines().skip(1).any(|line| line.contains(secret)), "{asked}: {shown}");
        }
    }
    assert!(output(&world, "e0").contains("before") && output(&world, "e0").contains("***"), "{}", output(&world, "e0"));
    // The end of a journal that begins in the middle of a key.
    let mut world = World::new();
    world.type_line("e9", "U3", "logs api in staging --lines 4").await;
    let command = world.hosts.last().unwrap();
    let tagged = |at, text: &str| (at, format!("api[1]: {text}"));
    let lines = [tagged(1.0, body), tagged(2.0, "c2hvcnQ="), tagged(3.0, "-----END PRIVATE KEY-----"), tagged(4.0, "after")];
    let lines: Vec<(f64, &str)> = lines.iter().map(|(at, text)| (*at, text.as_str())).collect();
    world.hosts.print(&command, HOSTS[0], &journal(0, &lines), "");
    world.hosts.print(&command, HOSTS[1], &journal(0, &lines[..1]), "");
    world.later(9);
    world.show(true, &[Succeeded, Succeeded, Failed]);
    world.tell("aws/1", &command, JOURNAL).await;
    let shown = output(&world, "e9");
    assert!(shown.contains("after") && !shown.contains("MII") && !shown.contains("c2h"), "{shown}");
}

#[tokio::test]
async fn a_round_that_is_sent_again_asks_for_the_same_and_a_late_word_is_not_taken_for_it() {
    let mut world = World::new();
    world.type_line("e1", "U3", "logs api in staging --host api-1 --follow 5m").await;
    let first = world.hosts.last().unwrap();
    world.hosts.print(&first, HOSTS[0], &journal(0, &[(1.5, "api[1]: one")]), "");
    world.hosts.show(&first, true, &[(HOSTS[0], Succeeded)]);
    world.later(2);
    world.tell("aws/1", &first, JOURNAL).await;
    world.later(4);
    // The next round can't be sent at first.
    let ticks = world.later_on.take();
    world.hosts.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    for (request, _) in &ticks {
        let _ = world.work(request).await;
    }
    assert_eq!((world.operation("e1").round, world.operation("e1").command), (1, None));
    assert_eq!(world.tell("aws/2", &first, JOURNAL).await, Worked::Before);
    assert_eq!(world.operation("e1").command, None, "a late word of the first round");
    world.later(60);
    world.clock("due/1", &id("e1")).await;
    let (second, order) = world.hosts.sent.lock().unwrap().last().cloned().unwrap();
    assert_ne!(first, second);
    assert_eq!((order.document.as_str(), order.parameters["Cursor"].clone()), ("opsroom-follow-journal", vec!["s=1;i=1".to_owned()]));
    assert_eq!(order.parameters.get("Since"), None);
    assert_eq!(world.shown("e1").matches("one").count(), 1);
}
