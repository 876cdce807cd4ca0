//! An action of a stage: how it stands, and what its provider says about it.

use serde::{Deserialize, Serialize};

use super::Seen;
use super::facts::{ActionKind, LogPointer, fill};

/// An action of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRun {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: Seen,
    /// What its provider says.
    pub result: ActionResult,
    /// The last lines of its log, where it failed and the sender gives them, [`LONGEST_LOG`] characters at most.
    #[serde(default)]
    pub log: Option<String>,
}

/// What an action's provider says about a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    /// The provider's page for it.
    pub url: Option<String>,
    /// What happened, in the provider's words.
    pub summary: Option<String>,
    /// The provider's id for it; for a source action, the revision.
    pub external_id: Option<String>,
    /// The error's code.
    pub error_code: Option<String>,
    /// What the pipeline's author asks of whoever approves it (CodePipeline: `CustomData`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// What it is.
    #[serde(default)]
    pub kind: ActionKind,
    /// Where its log is.
    #[serde(default)]
    pub log: Option<LogPointer>,
}

/// The longest end of a log that is kept of an action.
pub const LONGEST_LOG: usize = 2500;

/// The longest text of a provider that is kept: a pipeline may have hundreds of actions, and a `DynamoDB` item 400 KB.
const LONGEST_WORDS: usize = 1000;

impl ActionResult {
    pub(super) fn bounded(&self) -> Self {
        let cut = |text: &Option<String>| text.as_ref().map(|text| text.chars().take(LONGEST_WORDS).collect());
        Self {
            url: cut(&self.url),
            summary: cut(&self.summary),
            external_id: cut(&self.external_id),
            error_code: cut(&self.error_code),
            asks: cut(&self.asks),
            kind: self.kind,
            log: self.log.clone(),
        }
    }

    /// Adds what wasn't known; what was known stays, so that two senders of the same news don't overwrite each other forever.
    pub(super) fn fill_from(&mut self, other: &Self) -> bool {
        fill(&mut self.url, other.url.as_ref())
            | fill(&mut self.summary, other.summary.as_ref())
            | fill(&mut self.external_id, other.external_id.as_ref())
            | fill(&mut self.error_code, other.error_code.as_ref())
            | fill(&mut self.asks, other.asks.as_ref())
            | fill(&mut self.log, other.log.as_ref())
    }
}
