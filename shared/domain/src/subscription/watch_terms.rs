//! Which moments of builds a channel wants to see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The terms of a watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchTerms {
    /// When something is shown.
    pub on: BTreeSet<Occasion>,
    /// Globs of branches; empty for all.
    pub branches: Vec<String>,
}

/// When a build is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// It failed where the one before had not. Further failures are counted on the same message.
    Fail,
    /// It is well again.
    Fixed,
    /// It waits for somebody's approval.
    Approval,
    /// It began: every run is shown, from its start.
    Start,
    /// It ended well: every run is shown, from its end.
    Success,
}

impl Occasion {
    /// Every occasion, in the order in which people are shown them.
    pub const ALL: [Self; 5] = [Self::Fail, Self::Fixed, Self::Approval, Self::Start, Self::Success];

    /// What counts when none are named: transitions, and what waits for a person.
    pub const DEFAULT: [Self; 3] = [Self::Fail, Self::Fixed, Self::Approval];

    /// As people type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Fixed => "fixed",
            Self::Approval => "approval",
            Self::Start => "start",
            Self::Success => "success",
        }
    }

    /// The occasion of a name.
    pub fn named(typed: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name().eq_ignore_ascii_case(typed))
    }
}

impl Default for WatchTerms {
    fn default() -> Self {
        Self { on: Occasion::DEFAULT.into(), branches: Vec::new() }
    }
}
