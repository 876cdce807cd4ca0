//! What the checks found, and how it is told.

use std::fmt::{Display, Write as _};

use crate::Report;

enum Finding {
    Good(String),
    Wrong { what: String, mend: String },
    Unchecked { what: String, why: String },
}

/// What was found, in the order of the checks.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Something is as it should be.
    pub(super) fn good(&mut self, what: impl Into<String>) {
        self.0.push(Finding::Good(what.into()));
    }

    /// Something isn't, and how to mend it.
    pub(super) fn wrong(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding::Wrong { what: what.into(), mend: mend.into() });
    }

    /// Something couldn't be looked at.
    pub(super) fn unchecked(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.0.push(Finding::Unchecked { what: what.into(), why: why.into() });
    }

    /// The answer, or a note that it couldn't be had.
    pub(super) fn unless_failed<T, E: Into<crate::failure::Failure>>(&mut self, what: &str, answer: Result<T, E>) -> Option<T> {
        answer.map_err(|error| self.unchecked(what, error.into().to_string())).ok()
    }

    /// All of it as text. What couldn't be checked is no good news either.
    pub(super) fn report(&self) -> Report {
        let mut text = String::new();
        let mut line = |mark: &str, what: &str, next: Option<(&str, &dyn Display)>| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{mark:<9} {what}");
            if let Some((label, value)) = next {
                let _ = writeln!(text, "{:<9}   {label}: {value}", "");
            }
        };
        for finding in &self.0 {
            match finding {
                Finding::Good(what) => line("ok", what, None),
                Finding::Wrong { what, mend } => line("wrong", what, Some(("mend", mend))),
                Finding::Unchecked { what, why } => line("unchecked", what, Some(("because", why))),
            }
        }
        let wrong = self.0.iter().filter(|finding| !matches!(finding, Finding::Good(_))).count();
        let _ = match wrong {
            0 => writeln!(text, "\nAll is well."),
            1 => writeln!(text, "\n1 thing to mend."),
            many => writeln!(text, "\n{many} things to mend."),
        };
        Report { text, healthy: wrong == 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn tells_what_to_mend_and_is_unhealthy_if_anything_is_wrong_or_unknown() {
        let mut found = Findings::default();
        found.good("stack opsroom: all outputs are there");
        assert!(found.report().healthy);
        assert_eq!(found.unless_failed("x", Ok::<_, Failure>(1)), Some(1));
        assert_eq!(found.unless_failed::<u8, _>("dead letters of commands", Err(Failure::new("no answer"))), None);
        found.wrong("secret slack/bot-token: not set", "opsctl secrets set slack/bot-token");
        let report = found.report();
        assert!(!report.healthy);
        insta::assert_snapshot!(report.text, @r"
        ok        stack opsroom: all outputs are there
        unchecked dead letters of commands
                    because: no answer
        wrong     secret slack/bot-token: not set
                    mend: opsctl secrets set slack/bot-token

        2 things to mend.
        ");
    }
}
