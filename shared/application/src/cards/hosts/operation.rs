//! An operation's one message, from "sending" to its end, with a line per host.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, HostPress, Part, Step, StepState, Text, Tone};
use opsroom_domain::operation::{Attachment, HOSTS_SHOWN, HostRun, HostStatus, LogsWish, Operation, Phase, What, Work};

use super::table;
use crate::cards::words::{first_line, short_revision, span};

/// So many parts has the drawing of progress.
const BAR: usize = 10;

/// The operation's message as it should be now.
pub fn operation(operation: &Operation) -> Card {
    let title = title(operation);
    let mut parts = vec![Part::Text(title.clone()), Part::Context(asked(operation))];
    if let Phase::Failed { why: Some(why) } = &operation.phase {
        parts.push(Part::Text(Text::sentence(&capitalised(why))));
    }
    match &operation.what {
        What::Logs(_) => parts.extend(log(operation)),
        What::Check => parts.extend(check(operation)),
        What::Restart { .. } | What::Reboot | What::Run { .. } => parts.extend(progress(operation)),
    }
    parts.push(Part::Context(footer(operation)));
    parts.push(Part::Buttons(buttons(operation)));
    Card { tone: tone(operation), summary: title, parts }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let end = if text.ends_with('.') { "" } else { "." };
    letters.next().map_or_else(String::new, |first| format!("{}{}{end}", first.to_uppercase(), letters.as_str()))
}

fn tone(operation: &Operation) -> Tone {
    match &operation.phase {
        Phase::Sending | Phase::Running => Tone::Working,
        Phase::Cancelling => Tone::Warning,
        Phase::Failed { .. } => Tone::Bad,
        Phase::Cancelled => Tone::Muted,
        Phase::Succeeded if table::stands_out(operation) => Tone::Warning,
        Phase::Succeeded if operation.what.changes_something() => Tone::Good,
        Phase::Succeeded => Tone::Plain,
    }
}

/// What is done, as people would say it: `Restart of api in staging`.
fn subject(operation: &Operation) -> String {
    let (service, environment) = (&operation.service, &operation.environment);
    let host = || match operation.hosts.as_slice() {
        [one] => format!("{} ({service} in {environment})", one.name),
        _ => format!("{service} in {environment}"),
    };
    match &operation.what {
        What::Restart { .. } => format!("{service} in {environment}"),
        What::Reboot | What::Check => host(),
        What::Logs(_) => host_of_logs(operation),
        What::Run { runbook, .. } => format!("{runbook} on {}", host()),
    }
}

fn host_of_logs(operation: &Operation) -> String {
    match (&operation.target, operation.hosts.as_slice()) {
        (opsroom_domain::operation::HostTarget::Hosts(_), [one]) => {
            format!("{} in {} on {}", operation.service, operation.environment, one.name)
        }
        _ => format!("{} in {}", operation.service, operation.environment),
    }
}

fn title(operation: &Operation) -> Text {
    let subject = subject(operation);
    let check = matches!(&operation.what, What::Run { check: true, .. });
    let (doing, done, noun) = match &operation.what {
        What::Restart { .. } => ("Restarting", "Restarted", "Restart of"),
        What::Reboot => ("Rebooting", "Rebooted", "Reboot of"),
        What::Check => ("Looking at", "How hosts stand:", "Look at"),
        What::Logs(_) if operation.follows() => ("Following the log of", "Log of", "Log of"),
        What::Logs(_) => ("Reading the log of", "Log of", "Log of"),
        What::Run { .. } if check => ("Dry run of", "Dry run of", "Dry run of"),
        What::Run { .. } => ("Running", "Ran", "Run of"),
    };
    let what = |text: &str| Text::empty().bold(format!("{text} {subject}"));
    match &operation.phase {
        Phase::Sending if operation.cancelled_by.is_some() => what(noun).then(": it stops as soon as it has begun"),
        Phase::Sending | Phase::Running => what(doing),
        Phase::Cancelling if operation.cancelled_by.is_none() && operation.given_up_at.is_some() => {
            what(noun).then(" takes too long and is being stopped")
        }
        Phase::Cancelling => what(noun).then(": stopping"),
        Phase::Succeeded => what(done),
        Phase::Failed { .. } => what(noun).then(" failed").and(where_it_failed(operation)),
        Phase::Cancelled => match (&operation.cancelled_by, operation.what.changes_something()) {
            (Some(person), true) => what(noun).then(" was stopped by ").person(person),
            (Some(person), false) => what(noun).then(", ended by ").person(person),
            (None, _) => what(noun).then(" was stopped"),
        },
    }
}

/// ` on api-2; 3 hosts were not touched`
fn where_it_failed(operation: &Operation) -> Text {
    let bad: Vec<&HostRun> = operation.hosts.iter().filter(|host| host.status.is_bad()).collect();
    let untouched = operation.count(|status| status == HostStatus::Skipped);
    let mut text = match bad.as_slice() {
        [] => Text::empty(),
        [one] => Text::plain(format!(" on {}", one.name)),
        several => Text::plain(format!(" on {} hosts", several.len())),
    };
    if untouched > 0 && !bad.is_empty() {
        let hosts = if untouched == 1 { "1 host was".to_owned() } else { format!("{untouched} hosts were") };
        text = text.then(format!("; {hosts} not touched"));
    }
    text
}

fn asked(operation: &Operation) -> Text {
    let detail = match &operation.what {
        What::Restart { unit, batch } => Text::plain("Unit ").code(unit).then(format!(", {batch} at a time")),
        What::Reboot => Text::plain("Stopped and started by AWS-RestartEC2Instance"),
        What::Check => Text::plain(count(operation.hosts.len(), "host")),
        What::Logs(wish) => logs_wish(wish, &operation.work),
        What::Run { given, .. } => {
            let given = given.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ");
            let text = Text::plain(format!("On {}", count(operation.hosts.len(), "host")));
            if given.is_empty() { text } else { text.then(" with ").code(given) }
        }
    };
    detail.then(" · asked by ").person(&operation.asked.by).then(" ").moment(operation.asked.at)
}

fn logs_wish(wish: &LogsWish, work: &Work) -> Text {
    let since = span(jiff::SignedDuration::from_secs(i64::from(wish.since_seconds)));
    let mut text = Text::plain(format!("The last {since}, {} lines at most", wish.lines));
    if let Some(grep) = &wish.grep {
        text = text.then(", with ").code(grep.as_str());
    }
    match work {
        Work::LogGroup { name } => text.then(" · ").code(name),
        Work::Document { .. } | Work::Automation => text.then(" · from the journal"),
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// A line per host; of many, those that matter most now, and how many the rest are.
fn progress(operation: &Operation) -> Vec<Part> {
    let mut parts = Vec::new();
    let all = operation.hosts.len();
    if all > 1 {
        let over = operation.count(HostStatus::is_final);
        parts.push(Part::Context(Text::plain(if operation.phase.is_final() {
            // What is over needs no bar: the hosts themselves tell how it went.
            format!("{} of {all} hosts done", operation.count(|status| status == HostStatus::Succeeded))
        } else {
            format!("{}{over} of {all} hosts", bar(over, all))
        })));
    }
    let mut hosts: Vec<&HostRun> = operation.hosts.iter().collect();
    if hosts.len() > HOSTS_SHOWN {
        hosts.sort_by_key(|host| urgency(host.status));
    }
    let left_out: Vec<&HostRun> = hosts.iter().skip(HOSTS_SHOWN).copied().collect();
    hosts.truncate(HOSTS_SHOWN);
    if !hosts.is_empty() {
        parts.push(Part::Steps(hosts.into_iter().map(|host| step(host, operation)).collect()));
    }
    if !left_out.is_empty() {
        let of = |fits: fn(HostStatus) -> bool| left_out.iter().filter(|host| fits(host.status)).count();
        let counts = [
            (of(|status| status == HostStatus::Succeeded), "done"),
            (of(HostStatus::is_bad), "failed"),
            (of(|status| !status.is_final()), "to come"),
            (of(|status| matches!(status, HostStatus::Skipped | HostStatus::Cancelled)), "not touched or stopped"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
        let all_of_them = if operation.phase.is_final() { "; all of them are in the file in the thread" } else { "" };
        parts.push(Part::Context(Text::plain(format!("and {}: {}{all_of_them}", count(left_out.len(), "more host"), counts.join(", ")))));
    }
    parts
}

/// `▰▰▰▱▱▱▱▱▱▱  `
fn bar(over: usize, all: usize) -> String {
    let filled = over * BAR / all;
    format!("{}{}  ", "▰".repeat(filled), "▱".repeat(BAR - filled))
}

/// What is bad comes first, then what moves, then what is to come, then what is done.
fn urgency(status: HostStatus) -> u8 {
    match status {
        status if status.is_bad() => 0,
        HostStatus::Running | HostStatus::Cancelling | HostStatus::Delayed => 1,
        HostStatus::Waiting => 2,
        _ => 3,
    }
}

fn step(host: &HostRun, operation: &Operation) -> Step {
    let (state, note) = match host.status {
        HostStatus::Waiting => (StepState::Pending, Text::empty()),
        HostStatus::Delayed => (StepState::Waiting, Text::plain("its agent doesn't answer yet")),
        HostStatus::Running => (StepState::Running, host.began_at.map(|at| Text::plain("since ").moment(at)).unwrap_or_default()),
        HostStatus::Cancelling => (StepState::Running, Text::plain("stopping")),
        HostStatus::Succeeded => (StepState::Done, done(host, operation)),
        HostStatus::Failed => (StepState::Failed, Text::plain(failed(host, operation))),
        HostStatus::TimedOut => (StepState::Failed, Text::plain(said(host, "it took too long and was ended"))),
        HostStatus::Unreachable => (StepState::Failed, Text::plain("its agent didn't answer, so nothing was done there")),
        HostStatus::Cancelled => (StepState::Stopped, Text::plain("stopped")),
        HostStatus::Skipped => (StepState::Stopped, Text::plain("not touched")),
    };
    Step { name: host.name.clone(), state, note }
}

fn failed(host: &HostRun, operation: &Operation) -> String {
    let state = host.report.as_ref().and_then(|report| report.unit.as_ref()).map(|unit| unit.state.clone());
    match (&operation.what, state) {
        (What::Restart { unit, .. }, Some(state)) => said(host, &format!("{unit} didn't come back: it is {state}")),
        (What::Restart { unit, .. }, None) => said(host, &format!("{unit} didn't come back")),
        (What::Run { .. }, _) => match counts(host) {
            Some(counts) => said(host, &counts),
            None => said(host, "it failed"),
        },
        _ => said(host, "it failed"),
    }
}

fn said(host: &HostRun, what: &str) -> String {
    match &host.note {
        Some(note) => format!("{what}: {}", first_line(note, 160)),
        None => what.to_owned(),
    }
}

fn done(host: &HostRun, operation: &Operation) -> Text {
    let mut words = Vec::new();
    if let Some(report) = &host.report {
        words.extend(report.unit.as_ref().and_then(|unit| unit.version.as_deref()).map(|version| short_revision(version).to_owned()));
        if let (What::Restart { .. }, Some(seconds)) = (&operation.what, report.seconds) {
            words.push(format!("healthy after {seconds:.0} s"));
        }
    }
    words.extend(counts(host));
    if words.is_empty()
        && let (Some(began), Some(ended)) = (host.began_at, host.ended_at)
    {
        words.push(span(ended.duration_since(began)));
    }
    Text::plain(words.join(" · "))
}

/// `3 ok, 1 changed, 0 failed`
fn counts(host: &HostRun) -> Option<String> {
    let counts = host.report.as_ref()?.counts;
    let word = |number: Option<u32>, what: &str| number.map(|number| format!("{number} {what}"));
    let words: Vec<String> =
        [word(counts.ok, "ok"), word(counts.changed, "changed"), word(counts.failed, "failed")].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn check(operation: &Operation) -> Vec<Part> {
    let over = operation.count(HostStatus::is_final);
    if !operation.phase.is_final() {
        let waiting = format!("{over} of {} answered", count(operation.hosts.len(), "host"));
        return vec![Part::Context(Text::plain(waiting))];
    }
    let mut parts = Vec::new();
    if let Some(table) = table::shown(operation) {
        parts.push(Part::Code(table));
    }
    let outliers = table::outliers(operation);
    if !outliers.is_empty() {
        parts.push(Part::List(outliers));
    }
    if operation.hosts.len() > HOSTS_SHOWN {
        let more = operation.hosts.len() - HOSTS_SHOWN;
        parts.push(Part::Context(Text::plain(format!("and {}; all of them are in the file in the thread", count(more, "more host")))));
    }
    parts
}

/// Where it stands: the lines themselves come below, or here while they are followed.
fn log(operation: &Operation) -> Vec<Part> {
    let mut parts = Vec::new();
    let silent: Vec<&str> = operation.hosts.iter().filter(|host| host.status.is_bad()).map(|host| host.name.as_str()).collect();
    if !silent.is_empty() && operation.phase.is_final() {
        let names = if silent.len() > 5 { format!("{} hosts", silent.len()) } else { silent.join(", ") };
        parts.push(Part::Context(Text::plain(format!("Not read from {names}: no answer, or reading failed there."))));
    }
    let Some(log) = &operation.log else { return parts };
    if operation.follows() {
        let lines = if log.tail.is_empty() { "(nothing yet)".to_owned() } else { log.tail.join("\n") };
        parts.push(Part::Code(lines));
    }
    if operation.phase.is_final() || operation.follows() {
        let lines = if log.lines == 1 { "1 line".to_owned() } else { format!("{} lines", log.lines) };
        let mut words = Text::plain(lines);
        if let (true, Some(until)) = (operation.follows() && !operation.phase.is_final(), operation.follows_until()) {
            words = words.then(" so far; followed until ").moment(until);
        }
        parts.push(Part::Context(words));
    }
    if let Some(bound) = &log.bound {
        parts.push(Part::Context(Text::plain(bound)));
    }
    parts
}

fn footer(operation: &Operation) -> Text {
    let mut text = Text::empty().code(operation.id.as_str());
    match &operation.work {
        Work::Document { name, .. } => text = text.then(" · ").then(name),
        Work::Automation | Work::LogGroup { .. } => {}
    }
    if let Some(ended) = operation.ended_at {
        text = text.then(format!(" · took {}", span(ended.duration_since(operation.asked.at))));
    }
    if operation.attachment == Attachment::Refused {
        text = text.then(" · Slack didn't take the file with the rest");
    }
    text
}

fn buttons(operation: &Operation) -> Vec<Button> {
    let plain = |label: &str, action| Button { label: label.to_owned(), action, style: ButtonStyle::Plain, confirm: None };
    let mut buttons = Vec::new();
    let press = |press| ButtonAction::Hosts { press };
    if !operation.phase.is_final() && operation.cancelled_by.is_none() {
        let stop = press(HostPress::Stop { operation: operation.id.clone() });
        if operation.what.changes_something() {
            buttons.push(Button {
                label: "Cancel".to_owned(),
                action: stop,
                style: ButtonStyle::Danger,
                confirm: Some(format!("Stop this for {}? Hosts that are done stay as they are.", subject(operation))),
            });
        } else if operation.follows() {
            buttons.push(plain("Stop", stop));
        }
    }
    let place = format!("{} in {}", operation.service, operation.environment);
    if operation.phase.is_final() {
        let read = |label: &str, line: String| plain(label, ButtonAction::RunRead { line });
        match &operation.what {
            What::Restart { .. } | What::Reboot | What::Run { .. } => {
                buttons.push(read("Check", format!("check {place}")));
                if matches!(operation.phase, Phase::Failed { .. }) {
                    buttons.push(read("Logs", format!("logs {place} --since 5m")));
                }
            }
            What::Check => buttons.push(read("Logs", format!("logs {place}"))),
            What::Logs(_) => {}
        }
    }
    buttons.push(plain("How?", press(HostPress::Explain { operation: operation.id.clone() })));
    buttons
}

/// The word to the person who asked, under the message: an edit notifies nobody. Only about what went wrong, or took a while.
pub fn operation_notice(operation: &Operation) -> Option<Card> {
    let failed = matches!(operation.phase, Phase::Failed { .. });
    if !failed || !operation.what.changes_something() {
        return None;
    }
    let mut text = Text::empty().person(&operation.asked.by).then(format!(" {}", operation_title(operation)));
    if let Some(host) = operation.hosts.iter().find(|host| host.status.is_bad()) {
        let Step { name, note, .. } = step(host, operation);
        text = text.then(format!(". {name}: ")).and(note);
    }
    Some(Card::line(Tone::Plain, text))
}

fn operation_title(operation: &Operation) -> String {
    let words = title(operation);
    words
        .0
        .iter()
        .map(|span| match span {
            opsroom_domain::card::Span::Plain(text) | opsroom_domain::card::Span::Bold(text) => text.as_str(),
            _ => "",
        })
        .collect()
}

/// The lines of a log, under its message.
pub fn operation_output(operation: &Operation) -> Option<Card> {
    let log = operation.log.as_ref().filter(|_| !operation.follows() && operation.phase == Phase::Succeeded)?;
    if log.tail.is_empty() {
        return Some(Card::line(Tone::Plain, Text::plain("Nothing was logged then, as far as it fits what was asked for.")));
    }
    let shown = log.tail.len() as u64;
    let words = if log.lines > shown {
        format!("The last {shown} of {} lines; the file has all of them:", log.lines)
    } else if log.is_longer_than_shown() {
        "Long lines are cut here; the file has all of them:".to_owned()
    } else {
        format!("{}:", if shown == 1 { "1 line".to_owned() } else { format!("{shown} lines") })
    };
    Some(Card::line(Tone::Plain, Text::plain(words)).with(Part::Code(log.tail.join("\n"))))
}
