//! `mon …`: alarms, incidents, who is called, what is quiet.

pub(super) mod incidents;
pub(super) mod oncall;
pub(super) mod routes;
pub(super) mod silences;
mod terms;
#[cfg(test)]
mod tests;

use opsroom_domain::ids::IncidentId;

use crate::duration::parse_duration;
use crate::mistake::Mistake;
use jiff::SignedDuration;

/// What somebody says about an incident, as much as is kept.
const LONGEST_WORDS: usize = 1000;

/// Whether a word looks like a short id with this beginning: `i-7k3m9q2xw1`.
fn is_id(word: &str, beginning: &str) -> bool {
    word.to_lowercase()
        .strip_prefix(beginning)
        .is_some_and(|code| !code.is_empty() && code.len() <= 32 && code.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn is_incident(word: &str) -> bool {
    is_id(word, "i-")
}

fn incident(word: &str) -> Result<IncidentId, Mistake> {
    if is_incident(word) {
        return Ok(IncidentId::new(word.to_lowercase()));
    }
    Err(no_incident(word))
}

fn no_incident(word: &str) -> Mistake {
    Mistake::new(format!(
        "`{word}` is no incident; its id stands in its message and looks like `i-7k3m9q2xw1`, and `mon open` lists what is open"
    ))
}

/// Takes the incident off the front of words, where one is named.
fn incident_first(words: &[String]) -> (Option<IncidentId>, &[String]) {
    match words.split_first() {
        Some((first, rest)) if is_incident(first) => (Some(IncidentId::new(first.to_lowercase())), rest),
        _ => (None, words),
    }
}

/// A span of time for which something may be quiet.
fn span(word: &str, most: SignedDuration) -> Result<SignedDuration, Mistake> {
    let span = parse_duration(word).map_err(Mistake::new)?;
    let days = most.as_hours() / 24;
    if span > most {
        return Err(Mistake::new(format!("`{word}` is too long; {days}d is the most")));
    }
    Ok(span)
}

/// Free text, as much of it as is kept.
fn said(words: &[String]) -> String {
    words.join(" ").chars().take(LONGEST_WORDS).collect()
}

/// Free text that may be introduced: `reason …`, `because …`, `--reason …`.
fn reason(words: &[String]) -> String {
    match words.split_first() {
        Some((first, rest)) if introduces_reason(first) && !rest.is_empty() => said(rest),
        _ => said(words),
    }
}

fn introduces_reason(word: &str) -> bool {
    matches!(word.trim_start_matches('-').trim_end_matches(':').to_lowercase().as_str(), "reason" | "because")
}
