//! How bad an alarm is: what a person has to do about it, not how it feels.

use serde::{Deserialize, Serialize};

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know: shown, calls nobody.
    Notification,
    /// Somebody has to act: calls people until one does.
    Alert,
}

impl Severity {
    /// What senders and people write: `critical`, `page`, `P1`, `sev-2`, `warning`, `info` …, in any case. `None` for words that say nothing
    /// about what has to be done.
    pub fn named(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
            "critical" | "crit" | "page" | "alert" | "fatal" | "emergency" | "disaster" | "high" | "error" | "p1" | "p2" | "p0"
            | "sev0" | "sev1" | "sev2" => Some(Self::Alert),
            "notification" | "notify" | "warning" | "warn" | "info" | "information" | "informational" | "notice" | "low" | "medium"
            | "minor" | "none" | "ok" | "debug" | "ticket" | "p3" | "p4" | "p5" | "sev3" | "sev4" | "sev5" => Some(Self::Notification),
            _ => None,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "notification",
            Self::Alert => "alert",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_senders_are_understood() {
        for (text, expected) in [
            ("critical", Some(Severity::Alert)),
            ("P1", Some(Severity::Alert)),
            ("SEV-2", Some(Severity::Alert)),
            ("Warning", Some(Severity::Notification)),
            ("info", Some(Severity::Notification)),
            ("blue", None),
            ("", None),
        ] {
            assert_eq!(Severity::named(text), expected, "{text}");
        }
    }
}
