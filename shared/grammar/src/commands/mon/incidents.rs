//! What is done about one incident, and what is open.

use jiff::SignedDuration;
use opsroom_domain::ids::PersonId;

use super::super::{mention, positional, required, rest_of_line, text, words};
use super::{incident, incident_first, is_incident, no_incident, reason, said, span};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::mon::Mon;
use crate::registry::{Right, Spec};

/// A snooze is for an incident, not for good.
const LONGEST_SNOOZE: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(crate) const OPEN: Spec = Spec {
    name: "mon open",
    aliases: &["mon list", "mon incidents"],
    summary: "Which incidents are open, and who has them",
    usage: "mon open [environment]",
    examples: &["mon open", "mon open {environment}"],
    right: Right::Read,
    how: "Reads the incidents that are not over (dynamodb:Query on the index of open ones).",
    arguments: |grammar| grammar.arg(positional("environment")),
    read: |matches| Ok(Command::Mon(Mon::Open { environment: text(matches, "environment") })),
};

pub(crate) const MISSED: Spec = Spec {
    name: "mon missed",
    aliases: &["mon catchup"],
    summary: "What began and ended since you last looked",
    usage: "mon missed",
    examples: &["mon missed"],
    right: Right::Read,
    how: "Reads when you last looked and the incidents since (dynamodb:GetItem, dynamodb:Query), and notes that you have looked (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Mon(Mon::Missed)),
};

pub(crate) const SHOW: Spec = Spec {
    name: "mon show",
    aliases: &["mon incident", "mon view"],
    summary: "All about an incident: its alarms, what happened, notes, a link to its message",
    usage: "mon show [incident]",
    examples: &["mon show {incident}", "mon show"],
    right: Right::Read,
    how: "Reads the incident (dynamodb:GetItem) and asks Slack where its message is (chat.getPermalink). Without an id it is the open one, if there is only one.",
    arguments: |grammar| grammar.arg(positional("incident")),
    read: |matches| Ok(Command::Mon(Mon::Show { incident: one(matches)? })),
};

pub(crate) const ACKNOWLEDGE: Spec = Spec {
    name: "mon ack",
    aliases: &["mon acknowledge", "mon take"],
    summary: "Take an incident: it stops calling people",
    usage: "mon ack [incident]",
    examples: &["mon ack {incident}", "mon ack"],
    right: Right::Respond,
    how: "Writes who has the incident and its message in one go (dynamodb:TransactWriteItems). Of two at once, one wins and the other is told.",
    arguments: |grammar| grammar.arg(positional("incident")),
    read: |matches| Ok(Command::Mon(Mon::Acknowledge { incident: one(matches)? })),
};

pub(crate) const UNACKNOWLEDGE: Spec = Spec {
    name: "mon unack",
    aliases: &["mon unacknowledge", "mon giveback"],
    summary: "Give an incident back: it calls people again, from the first level",
    usage: "mon unack [incident]",
    examples: &["mon unack {incident}"],
    right: Right::Respond,
    how: "Writes that nobody has it, and calls the first level again (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(positional("incident")),
    read: |matches| Ok(Command::Mon(Mon::Unacknowledge { incident: one(matches)? })),
};

pub(crate) const RESOLVE: Spec = Spec {
    name: "mon resolve",
    aliases: &["mon close"],
    summary: "Say that an incident is over, and what it was",
    usage: "mon resolve [incident] [reason…]",
    examples: &["mon resolve {incident} the disk was full", "mon resolve {incident}"],
    right: Right::Respond,
    how: "Writes the incident's end and its message (dynamodb:TransactWriteItems). An incident also ends by itself once its last alarm is well.",
    arguments: |grammar| grammar.arg(rest_of_line("words")),
    read: |matches| {
        let words = words(matches, "words");
        let (incident, rest) = incident_first(&words);
        Ok(Command::Mon(Mon::Resolve { incident, reason: reason(rest) }))
    },
};

pub(crate) const REOPEN: Spec = Spec {
    name: "mon reopen",
    aliases: &["mon unresolve"],
    summary: "Say that an incident is not over after all",
    usage: "mon reopen <incident>",
    examples: &["mon reopen {incident}"],
    right: Right::Respond,
    how: "Writes that the incident is open again and calls the first level (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(positional("incident").required(true)),
    read: |matches| Ok(Command::Mon(Mon::Reopen { incident: incident(&required(matches, "incident"))? })),
};

pub(crate) const ASSIGN: Spec = Spec {
    name: "mon assign",
    aliases: &["mon give"],
    summary: "Name somebody for an incident; whoever is named has it, and is told",
    usage: "mon assign [incident] <@person|me>",
    examples: &["mon assign {incident} {person}", "mon assign {incident} me"],
    right: Right::Respond,
    how: "Writes who has the incident (dynamodb:TransactWriteItems) and tells them in a message of their own.",
    arguments: |grammar| grammar.arg(positional("first").required(true)).arg(positional("second")),
    read: |matches| {
        let (first, second) = (required(matches, "first"), text(matches, "second"));
        let (which, who) = match second {
            // "assign @dana i-…" means one thing only.
            Some(second) if is_incident(&second) => (Some(second), first),
            Some(second) => (Some(first), second),
            None if is_incident(&first) => return Err(Mistake::new(format!("who should have `{first}`?"))),
            None => (None, first),
        };
        let incident = which.map(|which| incident(&which)).transpose()?;
        Ok(Command::Mon(Mon::Assign { incident, to: somebody(&who)? }))
    },
};

/// A person, or `None` for whoever asks.
pub(super) fn somebody(word: &str) -> Result<Option<PersonId>, Mistake> {
    if matches!(word.to_lowercase().as_str(), "me" | "myself") {
        return Ok(None);
    }
    mention(word).map(Some)
}

pub(crate) const SNOOZE: Spec = Spec {
    name: "mon snooze",
    aliases: &["mon later"],
    summary: "Let an incident call nobody for a while",
    usage: "mon snooze [incident] <2h>",
    examples: &["mon snooze {incident} 2h"],
    right: Right::Respond,
    how: "Writes until when the incident calls nobody, and when it comes back (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("words").num_args(1..).required(true)),
    read: |matches| {
        let words = words(matches, "words");
        let (incident, rest) = incident_first(&words);
        match rest.iter().filter(|word| !word.eq_ignore_ascii_case("for")).collect::<Vec<_>>()[..] {
            [span_word] => Ok(Command::Mon(Mon::Snooze { incident, span: span(span_word, LONGEST_SNOOZE)? })),
            [] => Err(Mistake::new("for how long? Write it as `30m` or `2h`")),
            [first, ..] if incident.is_none() => Err(no_incident(first)),
            [_, second, ..] => Err(Mistake::new(format!("`{second}` is one word too many"))),
        }
    },
};

pub(crate) const ATTACH: Spec = Spec {
    name: "mon attach",
    aliases: &["mon merge"],
    summary: "Put the alarms of one incident into another",
    usage: "mon attach <incident> to <incident>",
    examples: &["mon attach {incident} to i-4w8z1c6h2n"],
    right: Right::Respond,
    how: "Moves the alarms and ends the first incident, in one go (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(positional("incident").required(true)).arg(positional("into").required(true)),
    read: |matches| {
        let (which, to) = (incident(&required(matches, "incident"))?, incident(&required(matches, "into"))?);
        if which == to {
            return Err(Mistake::new("an incident can't be attached to itself"));
        }
        Ok(Command::Mon(Mon::Attach { incident: which, to }))
    },
};

pub(crate) const NOTE: Spec = Spec {
    name: "mon note",
    aliases: &["mon comment"],
    summary: "Keep some words on an incident, as a reply in its thread does",
    usage: "mon note [incident] <words…>",
    examples: &["mon note {incident} restarted the workers, queue is draining"],
    right: Right::Respond,
    how: "Writes the note to the incident (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("words").num_args(1..).required(true)),
    read: |matches| {
        let words = words(matches, "words");
        let (incident, rest) = incident_first(&words);
        if rest.is_empty() {
            return Err(Mistake::new("`mon note` needs the words that should be kept"));
        }
        Ok(Command::Mon(Mon::Note { incident, text: said(rest) }))
    },
};

/// The incident in its place, if one is named.
fn one(matches: &clap::ArgMatches) -> Result<Option<opsroom_domain::ids::IncidentId>, Mistake> {
    text(matches, "incident").map(|typed| incident(&typed)).transpose()
}
