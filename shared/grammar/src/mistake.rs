//! A line that isn't understood, and what would be right.

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, in one sentence, naming the bad word.
    pub message: String,
    /// What would be valid in its place.
    pub valid: Vec<String>,
    /// The whole line as it was probably meant.
    pub suggestion: Option<Suggestion>,
    /// How the command is used.
    pub usage: Option<String>,
}

/// A line that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The line, without `/ops`.
    pub line: String,
    /// Whether it only reads, so that one press may run it.
    pub reads_only: bool,
}

impl Mistake {
    /// A mistake with nothing to offer yet.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), valid: Vec::new(), suggestion: None, usage: None }
    }

    /// Adds what would be valid.
    #[must_use]
    pub fn valid(mut self, valid: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.valid = valid.into_iter().map(Into::into).collect();
        self
    }

    /// Adds how the command is used.
    #[must_use]
    pub fn usage(mut self, usage: impl Into<String>) -> Self {
        self.usage = Some(usage.into());
        self
    }
}

/// The valid word that is nearest to what was typed, if it is near enough to be meant.
pub(crate) fn nearest<'a>(typed: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    valid
        .into_iter()
        .map(|candidate| (candidate, strsim::damerau_levenshtein(&typed, candidate), strsim::jaro_winkler(&typed, candidate)))
        .filter(|(candidate, distance, likeness)| *distance <= 1 + candidate.len() / 5 || *likeness > 0.87)
        .min_by(|a, b| a.1.cmp(&b.1).then(b.2.total_cmp(&a.2)))
        .map(|(candidate, ..)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_fetched() {
        let names = ["status", "deploy", "deploys", "where", "history"];
        let cases = [
            ("statsu", Some("status")),
            ("depoly", Some("deploy")),
            ("wher", Some("where")),
            ("histroy", Some("history")),
            ("banana", None),
            ("x", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(typed, names), expected, "{typed}");
        }
    }
}
