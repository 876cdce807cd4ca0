//! An operation's life: what is told late, twice and out of order, and what always holds.

use proptest::prelude::*;

use super::*;
use crate::test_data::at;

fn host(number: usize) -> HostId {
    HostId::new(format!("i-{number:017x}"))
}

fn operation(what: What, hosts: usize) -> Operation {
    let log = matches!(what, What::Logs(_)).then(|| LogState::new(at(-900), at(0)));
    Operation {
        id: "o-7k3m9q2xw1ab".into(),
        what,
        service: "api".into(),
        environment: "staging".into(),
        target: HostTarget::Tags([("service".to_owned(), "api".to_owned())].into()),
        work: Work::Document {
            name: "opsroom-restart-unit".into(),
            parameters: BTreeMap::new(),
            concurrency: "1".into(),
            errors: "0".into(),
        },
        asked: Asked { by: "U1".into(), at: at(0), channel: "C1".into(), thread: None, answer_to: None },
        phase: Phase::Sending,
        hosts: (0..hosts).map(|number| HostRun::waiting(host(number), &format!("api-{number}"))).collect(),
        log,
        round: 0,
        attempted_at: at(0),
        command: None,
        cancelled_by: None,
        attachment: Attachment::None,
        looking_until: None,
        deadline: at(3600),
        given_up_at: None,
        ended_at: None,
        calls: Vec::new(),
        version: 0,
    }
}

fn restart() -> What {
    What::Restart { unit: "api".into(), batch: Batch::Hosts(1) }
}

fn call() -> ApiCall {
    ApiCall::new("ssm", "send-command")
}

fn sent() -> Event<'static> {
    Event::Sent { command: "c-1".into(), call: call() }
}

fn sight(over: bool, statuses: &[HostStatus]) -> Sight {
    let seen =
        |(number, status): (usize, &HostStatus)| HostSighting { id: host(number), name: None, status: *status, report: None, note: None };
    Sight { over, hosts: statuses.iter().enumerate().map(seen).collect() }
}

#[test]
fn a_rolling_restart_that_goes_well() {
    use HostStatus::{Running, Succeeded, Waiting};
    let (operation, _) = operation(restart(), 2).on(sent(), at(1));
    assert_eq!((&operation.phase, operation.command.as_ref().map(CommandId::as_str)), (&Phase::Running, Some("c-1")));
    let (operation, _) = operation.on(Event::Seen(&sight(false, &[Running, Waiting])), at(2));
    let (operation, _) = operation.on(Event::Seen(&sight(false, &[Succeeded, Running])), at(5));
    assert_eq!((operation.hosts[0].began_at, operation.hosts[0].ended_at), (Some(at(2)), Some(at(5))));
    let (operation, effects) = operation.on(Event::Seen(&sight(true, &[Succeeded, Succeeded])), at(9));
    assert_eq!((&operation.phase, operation.ended_at, effects), (&Phase::Succeeded, Some(at(9)), vec![Effect::Ended]));
    assert!(operation.is_settled());
}

#[test]
fn a_host_that_never_comes_back_ends_it_and_the_rest_is_not_touched() {
    use HostStatus::{Failed, Skipped, Succeeded, Waiting};
    let (operation, _) = operation(restart(), 3).on(sent(), at(1));
    let (operation, effects) = operation.on(Event::Seen(&sight(true, &[Succeeded, Failed, Waiting])), at(60));
    assert_eq!(operation.phase, Phase::Failed { why: None });
    assert_eq!(operation.hosts.iter().map(|host| host.status).collect::<Vec<_>>(), [Succeeded, Failed, Skipped]);
    assert_eq!(effects, [Effect::Ended]);
    // What is told later changes nothing any more.
    let (later, effects) = operation.clone().on(Event::Seen(&sight(true, &[Succeeded, Succeeded, Succeeded])), at(61));
    assert_eq!(
        (later.phase, later.hosts.iter().map(|host| host.status).collect::<Vec<_>>()),
        (operation.phase, vec![Succeeded, Failed, Skipped])
    );
    assert_eq!(effects, []);
}

#[test]
fn a_wish_to_stop_while_it_is_sent_is_carried_out_then() {
    let (operation, effects) = operation(restart(), 1).on(Event::CancelRequested { by: "U2".into() }, at(1));
    assert_eq!((&operation.phase, effects.is_empty()), (&Phase::Sending, true));
    let (operation, effects) = operation.on(sent(), at(2));
    assert_eq!((&operation.phase, effects), (&Phase::Cancelling, vec![Effect::StopCommand]));
    let (operation, _) = operation.on(Event::Seen(&sight(true, &[HostStatus::Cancelled])), at(3));
    assert_eq!(operation.phase, Phase::Cancelled);
}

#[test]
fn a_second_sending_of_a_round_is_not_taken() {
    let (operation, _) = operation(restart(), 1).on(sent(), at(1));
    let (again, _) = operation.clone().on(Event::Sent { command: "c-2".into(), call: call() }, at(2));
    assert_eq!(again, operation);
}

#[test]
fn of_200_hosts_all_are_kept_and_of_more_no_more() {
    let many: Vec<HostStatus> = vec![HostStatus::Succeeded; 300];
    let (operation, _) = operation(restart(), 200).on(sent(), at(1));
    let (mut operation, _) = operation.on(Event::Seen(&sight(true, &many)), at(2));
    assert_eq!(operation.hosts.len(), MOST_HOSTS);
    assert_eq!(operation.attachment, Attachment::Wanted);
    for host in &mut operation.hosts {
        let unit = UnitReport {
            name: "x".repeat(64),
            state: "active".into(),
            version: Some("v".repeat(64)),
            restarts: Some(9),
            since: Some(1_790_000_000),
            starts: Some(5),
        };
        let disk = Disk { mount: "/".repeat(64), percent: 99.5 };
        let process = Process { command: "p".repeat(64), cpu: 12.5, memory: 3.25 };
        let report =
            HostReport { unit: Some(unit), disks: vec![disk; 9], top: vec![process; 9], load: vec![1.25; 9], ..HostReport::default() };
        host.report = Some(report.bounded());
        host.note = Some("n".repeat(200));
    }
    // DynamoDB: 400 KB an item, and names of attributes count.
    assert!(serde_json::to_string(&operation).unwrap().len() < 300_000);
}

#[test]
fn a_log_that_is_followed_goes_round_after_round_until_somebody_stops_it() {
    let wish = LogsWish { since_seconds: 900, lines: 200, grep: None, follow_seconds: Some(120) };
    let (operation, _) = operation(What::Logs(wish), 1).on(sent(), at(1));
    let (operation, effects) = operation.on(Event::Seen(&sight(true, &[HostStatus::Succeeded])), at(2));
    assert_eq!((&operation.phase, effects), (&Phase::Running, vec![]));
    let read = Addition { lines: vec!["10:00:00 hello".into()], read_until: at(2), bound: None, last: BTreeMap::new(), cursor: None };
    let (operation, _) = operation.on(Event::Read(read), at(2));
    let work = Work::LogGroup { name: "/acme/api".into() };
    let (operation, _) = operation.on(Event::NextRound(work.clone()), at(5));
    assert_eq!(operation.work, work);
    assert_eq!((operation.round, operation.command.is_none(), operation.hosts[0].status), (1, true, HostStatus::Waiting));
    assert_eq!((operation.follows_until(), operation.comment().as_str()), (Some(at(120)), "opsroom o-7k3m9q2xw1ab 1"));
    let (operation, effects) = operation.on(Event::CancelRequested { by: "U1".into() }, at(6));
    assert_eq!((&operation.phase, effects), (&Phase::Cancelled, vec![Effect::Ended]));
    assert_eq!(operation.log.unwrap().tail, ["10:00:00 hello"]);
}

#[test]
fn what_is_kept_of_a_log_is_its_end() {
    let mut log = LogState::new(at(0), at(0));
    log.add(Addition {
        lines: (0..100).map(|n| format!("line {n}")).collect(),
        read_until: at(5),
        bound: None,
        last: BTreeMap::new(),
        cursor: None,
    });
    assert_eq!((log.tail.len(), log.tail.last().map(String::as_str), log.lines), (30, Some("line 99"), 100));
    assert!(log.is_longer_than_shown());
    let mut wide = LogState::new(at(0), at(0));
    wide.add(Addition {
        lines: vec!["é".repeat(10_000); 20],
        read_until: at(5),
        bound: Some("more".into()),
        last: BTreeMap::new(),
        cursor: None,
    });
    assert!(wide.tail.iter().map(|line| line.chars().count() + 1).sum::<usize>() <= 2600);
    assert!(!wide.tail.is_empty());
}

#[test]
fn streams_of_several_hosts_become_one_log_by_time_with_secrets_masked() {
    let mut lines = lines_of(
        Some("a"),
        "1790000000.500000 api[1]: first\n1790000003.000000 api[1]: -----BEGIN PRIVATE KEY-----\n1790000003.1 api[1]: MIIE\n1790000003.2 api[1]: -----END PRIVATE KEY-----\n  trace\n",
    );
    lines.extend(lines_of(Some("b"), &log_event(at(1), "second card=1234\nthird password=hunter2")));
    let masks = Masks::of(&["card=[0-9]+".to_owned()]);
    let merged = merged(lines, &masks);
    assert_eq!(merged[0], "14:13:20 a api[1]: first");
    assert_eq!(merged[1..3], ["14:13:20 a ***", "14:13:20 a   trace"]);
    assert_eq!(merged[3..], ["14:13:21 b second ***", "14:13:21 b third password=***"]);
    assert!(!merged.iter().any(|line| line.contains("MIIE")), "{merged:?}");
}

#[test]
fn a_comment_names_its_operation_and_nothing_else_does() {
    let operation = operation(restart(), 1);
    assert_eq!(Operation::named_in(&operation.comment()), Some((operation.id.clone(), 0)));
    assert!(operation.comment().len() <= 100);
    for other in ["", "opsroom", "opsroom o-1", "opsroom d-1 0", "opsroom o- 0", "opsroom o-1 0 x", "hello o-1 0", "opsroom o-1;id 0"] {
        assert_eq!(Operation::named_in(other), None, "{other}");
    }
    let token = operation.token();
    assert_eq!((token.len(), token == operation.token(), token.matches('-').count()), (36, true, 4));
}

const STATUSES: [HostStatus; 10] = [
    HostStatus::Waiting,
    HostStatus::Delayed,
    HostStatus::Running,
    HostStatus::Cancelling,
    HostStatus::Succeeded,
    HostStatus::Failed,
    HostStatus::TimedOut,
    HostStatus::Unreachable,
    HostStatus::Cancelled,
    HostStatus::Skipped,
];

#[derive(Debug, Clone)]
enum Step {
    Sent,
    NotSent,
    Seen(bool, Vec<usize>),
    Read(usize),
    ReadAll,
    NextRound,
    Cancel,
    Vanished,
    GivenUp,
    Uploaded,
    Shared,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Sent),
        1 => Just(Step::NotSent),
        8 => (any::<bool>(), prop::collection::vec(0..STATUSES.len(), 0..6)).prop_map(|(over, seen)| Step::Seen(over, seen)),
        2 => (0..50usize).prop_map(Step::Read),
        1 => Just(Step::ReadAll),
        1 => Just(Step::NextRound),
        1 => Just(Step::Cancel),
        1 => Just(Step::Vanished),
        1 => Just(Step::GivenUp),
        1 => Just(Step::Uploaded),
        1 => Just(Step::Shared),
    ];
    prop::collection::vec(step, 0..25)
}

fn whats() -> impl Strategy<Value = What> {
    let logs = |follow| What::Logs(LogsWish { since_seconds: 900, lines: 200, grep: None, follow_seconds: follow });
    prop_oneof![Just(restart()), Just(What::Check), Just(What::Reboot), Just(logs(None)), Just(logs(Some(60)))]
}

proptest! {
    #[test]
    fn whatever_happens_an_end_is_an_end(what in whats(), steps in steps()) {
        let mut now = operation(what, 4);
        let mut ends = 0;
        for (second, step) in steps.into_iter().enumerate() {
            let before = now.clone();
            let seen;
            let event = match step {
                Step::Sent => Event::Sent { command: CommandId::new(format!("c-{second}")), call: call() },
                Step::NotSent => Event::NotSent { why: "no".into(), call: call() },
                Step::Seen(over, statuses) => {
                    seen = sight(over, &statuses.into_iter().map(|n| STATUSES[n]).collect::<Vec<_>>());
                    Event::Seen(&seen)
                }
                Step::Read(lines) => Event::Read(Addition { lines: vec!["x".into(); lines], read_until: at(0), bound: None, last: BTreeMap::new(), cursor: None }),
                Step::ReadAll => Event::ReadAll,
                Step::NextRound => Event::NextRound(now.work.clone()),
                Step::Cancel => Event::CancelRequested { by: "U2".into() },
                Step::Vanished => Event::Vanished,
                Step::GivenUp => Event::GivenUp,
                Step::Uploaded => Event::Uploaded("F1".into()),
                Step::Shared => Event::Shared,
            };
            let (next, effects) = now.on(event, at(i64::try_from(second).unwrap()));
            now = next;
            ends += effects.iter().filter(|effect| **effect == Effect::Ended).count();
            // Ends are final, of the whole and of each host.
            if before.phase.is_final() {
                prop_assert_eq!(&now.phase, &before.phase);
                prop_assert_eq!(now.ended_at, before.ended_at);
            }
            if before.round == now.round {
                for (before, after) in before.hosts.iter().zip(&now.hosts) {
                    prop_assert!(!before.status.is_final() || before.status == after.status);
                }
                prop_assert!(before.command.is_none() || before.command == now.command);
            }
            prop_assert_eq!(now.phase.is_final(), now.ended_at.is_some());
            prop_assert_eq!(ends, usize::from(now.phase.is_final()));
            // Once it is over nothing is left hanging on any host.
            prop_assert!(!now.phase.is_final() || now.hosts.iter().all(|host| host.status.is_final()));
            // It succeeds only where it did so on every host; a log, where it could be read at all.
            if now.phase == Phase::Succeeded && !matches!(now.what, What::Logs(_)) {
                prop_assert!(now.hosts.iter().all(|host| host.status == HostStatus::Succeeded));
            }
            prop_assert!(now.phase != Phase::Cancelled || now.cancelled_by.is_some());
            // What changes something on hosts isn't over because nobody wants to wait any longer.
            let is_given_up = now.given_up_at.is_some() && before.given_up_at.is_none();
            prop_assert!(!is_given_up || (now.phase == Phase::Cancelling && effects.contains(&Effect::StopCommand)));
            prop_assert!(now.hosts.len() <= MOST_HOSTS && now.calls.len() <= 4);
        }
    }
}

#[test]
fn what_takes_too_long_is_stopped_and_over_only_when_that_is_seen() {
    let sent = Event::Sent { command: "c-1".into(), call: call() };
    let (running, _) = operation(restart(), 2).on(sent, at(1));
    let (given_up, effects) = running.on(Event::GivenUp, at(4000));
    assert_eq!((&given_up.phase, &effects[..]), (&Phase::Cancelling, &[Effect::StopCommand][..]));
    let (again, effects) = given_up.clone().on(Event::GivenUp, at(4300));
    assert_eq!((again, effects), (given_up.clone(), vec![]));
    // It may have been done before it could be stopped.
    let (done, _) = given_up.clone().on(Event::Seen(&sight(true, &[HostStatus::Succeeded, HostStatus::Succeeded])), at(4400));
    assert_eq!(done.phase, Phase::Succeeded);
    let (stopped, effects) = given_up.on(Event::Seen(&sight(true, &[HostStatus::Succeeded, HostStatus::Cancelled])), at(4400));
    assert!(
        matches!(&stopped.phase, Phase::Failed { why: Some(why) } if why.starts_with("it took longer than it may")),
        "{:?}",
        stopped.phase
    );
    assert_eq!(effects, [Effect::Ended]);
    // What only looks, and what was never sent, is over at once.
    let (never_sent, effects) = operation(restart(), 2).on(Event::GivenUp, at(4000));
    assert_eq!((never_sent.phase.is_final(), effects), (true, vec![Effect::Ended]));
}

#[test]
fn a_journal_is_read_line_by_line_and_a_cursor_only_if_it_is_one() {
    let output = r#"{"kind":"journal","unit":"api","lines":2,"omitted":7,"cursor":"s=0f;i=1a"}
{"kind":"line","at":1790000000.500000,"text":"api[1]: token=abc"}
{"kind":"line","at":null,"text":"no time"}
garbage"#;
    let journal = Journal::read(Some("a"), output);
    assert_eq!((journal.omitted, journal.cursor.as_deref(), journal.lines.len()), (7, Some("s=0f;i=1a"), 2));
    assert_eq!((journal.lines[0].text.as_str(), journal.lines[0].host.as_deref()), ("api[1]: token=***", Some("a")));
    assert_eq!(journal.lines[0].at, "2026-09-21T14:13:20.5Z".parse().ok());
    for hostile in ["--help", "a b", "x'", "$(id)", ""] {
        let output = format!("{{\"kind\":\"journal\",\"cursor\":\"{hostile}\"}}");
        assert_eq!(Journal::read(None, &output).cursor, None, "{hostile}");
    }
}
