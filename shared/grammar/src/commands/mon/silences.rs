//! What is quiet for a while.

use jiff::SignedDuration;
use opsroom_domain::ids::SilenceId;
use opsroom_domain::monit::AlarmMatch;

use super::super::{positional, required, rest_of_line, words};
use super::terms::Terms;
use super::{incident, introduces_reason, is_id, is_incident, reason, span};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::mon::{Mon, Quiet};
use crate::registry::{Right, Spec};

/// What should be quiet for longer is no alarm.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(crate) const SILENCE: Spec = Spec {
    name: "mon silence",
    aliases: &["mon mute", "mon quiet"],
    summary: "Keep alarms quiet for a while; what they do meanwhile is counted",
    usage: "mon silence <terms…|incident> for <2h> [reason…]",
    examples: &[
        "mon silence service={service} env={environment} for 2h reason database upgrade",
        "mon silence name:api-* severity:notification for 30m reason known noise",
        "mon silence {incident} for 4h reason waiting for the vendor",
        "mon silence source:grafana label.team=shop for 1d reason moving the dashboards",
    ],
    right: Right::Respond,
    how: "Writes the silence and when it ends (dynamodb:TransactWriteItems). Terms: name, service, env, severity, source, label.<name>, tag.<name>, \
          with = or :, where * stands for anything; all have to fit.",
    arguments: |grammar| grammar.arg(rest_of_line("words").num_args(1..).required(true)),
    read: |matches| silence(&words(matches, "words")),
};

/// Terms, `for 2h` and the reason. The reason begins at its word, or with the first word behind the span that is no term.
fn silence(words: &[String]) -> Result<Command, Mistake> {
    let mut terms = Terms::default();
    let mut about = None;
    let mut length = None;
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        if introduces_reason(word) {
            break;
        }
        if word.eq_ignore_ascii_case("for") && length.is_none() {
            let (typed, behind) = behind.split_first().ok_or_else(|| Mistake::new("for how long? Write it as `30m` or `2h`"))?;
            length = Some(span(typed, LONGEST)?);
            rest = behind;
            continue;
        }
        if is_incident(word) && about.is_none() {
            about = Some(incident(word)?);
        } else if length.is_some() && !Terms::is_term(word) {
            break;
        } else if !matches!(word.to_lowercase().as_str(), "in" | "on" | "to") {
            terms.take(word)?;
        }
        rest = behind;
    }
    let span = length.ok_or_else(|| Mistake::new("for how long? `for 2h` is missing"))?;
    let matches = terms.matches();
    let what = match about {
        Some(_) if matches != AlarmMatch::default() => return Err(Mistake::new("either an incident or terms, not both")),
        Some(incident) => Quiet::Incident(incident),
        None if matches == AlarmMatch::default() => {
            return Err(Mistake::new("which alarms? Without a term all would be quiet").valid(Terms::VALID));
        }
        None => Quiet::Alarms(matches),
    };
    Ok(Command::Mon(Mon::Silence { what, span, reason: reason(rest) }))
}

pub(crate) const SILENCES: Spec = Spec {
    name: "mon silences",
    aliases: &["mon mutes"],
    summary: "What is quiet, until when, and how much it kept quiet",
    usage: "mon silences",
    examples: &["mon silences"],
    right: Right::Read,
    how: "Reads the silences that have not ended (dynamodb:Query).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Mon(Mon::Silences)),
};

pub(crate) const UNSILENCE: Spec = Spec {
    name: "mon unsilence",
    aliases: &["mon unmute", "mon loud"],
    summary: "End a silence before its time",
    usage: "mon unsilence <silence>",
    examples: &["mon unsilence s-7k3m9q2x"],
    right: Right::Respond,
    how: "Writes the silence's end (dynamodb:TransactWriteItems); what still fires is taken in again.",
    arguments: |grammar| grammar.arg(positional("silence").required(true)),
    read: |matches| {
        let typed = required(matches, "silence");
        if is_id(&typed, "s-") {
            Ok(Command::Mon(Mon::Unsilence { silence: SilenceId::new(typed.to_lowercase()) }))
        } else {
            Err(Mistake::new(format!("`{typed}` is no silence; it looks like `s-7k3m9q2x`, and `mon silences` lists them")))
        }
    },
};
