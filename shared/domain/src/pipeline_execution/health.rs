//! How a branch of a pipeline stands over its runs: what makes a failure the *first* one, and a success a *fix*.
//!
//! Runs end in any order and are reported in any order. A run that began before the one that was judged last says nothing
//! about how things stand, so it changes nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BuildSystem, ExecutionKey, PipelineExecution, RunStatus};
use crate::author::Author;
use crate::ids::{ChannelId, PipelineName};

/// Whose health.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HealthKey {
    /// The system that runs it.
    pub system: BuildSystem,
    /// The pipeline.
    pub pipeline: PipelineName,
    /// The branch; empty where the sender tells none.
    pub branch: String,
}

impl HealthKey {
    /// Where a run counts.
    pub fn of(run: &PipelineExecution) -> Self {
        Self { system: run.key.system, pipeline: run.key.pipeline.clone(), branch: run.facts.branch.clone().unwrap_or_default() }
    }
}

/// How a branch of a pipeline stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whose.
    #[serde(flatten)]
    pub key: HealthKey,
    /// The run that was judged last.
    pub latest: Option<Judged>,
    /// The failures in a row, from the first to the fix; stays until the next first failure.
    pub streak: Option<Streak>,
    /// Counts writes; guards against writing over a newer one. 0 for one that was never written.
    pub version: u64,
}

/// A run that ended, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The run.
    pub run: ExecutionKey,
    /// Its number as people know it.
    #[serde(default)]
    pub number: Option<String>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether it ended well.
    pub passed: bool,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl Judged {
    /// Whether this end says more about how things stand than another one: it is of a later run, or a later and other end of the
    /// same run. Runs that began in the same moment are put in an order by their ids, so that all agree on which is the later one.
    fn tells_more_than(&self, other: &Self) -> bool {
        if self.run == other.run {
            return self.passed != other.passed && self.ended_at >= other.ended_at;
        }
        (self.began_at, self.run.execution.as_str()) > (other.began_at, other.run.execution.as_str())
    }
}

/// Failures in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// The run that broke it. Its message tells about the whole streak.
    pub first: ExecutionKey,
    /// When it broke.
    pub since: Timestamp,
    /// Who wrote the breaking commit.
    pub by: Option<Author>,
    /// How many runs failed, the first included.
    pub failures: u32,
    /// The run that failed last.
    pub last: ExecutionKey,
    /// The fix, once there is one.
    pub fixed: Option<Fix>,
    /// Where the first run has its message.
    pub shown_in: Vec<ChannelId>,
    /// Where the deployment was asked for that started the first run, if one did: its message tells there.
    #[serde(default)]
    pub deployed_from: Option<ChannelId>,
}

/// The end of a streak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The run that went well.
    pub run: ExecutionKey,
    /// Its number as people know it.
    #[serde(default)]
    pub number: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who wrote the fixing commit.
    pub by: Option<Author>,
}

/// What the end of a run means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It broke.
    FirstFailure,
    /// It was broken before.
    StillFailing,
    /// It is well again.
    Fixed,
    /// It was well before.
    StillPassing,
    /// A later run, or this very end of it, was judged before; or it was stopped, which says nothing.
    Nothing,
}

impl Health {
    /// Nothing is known yet.
    pub fn unknown(key: HealthKey) -> Self {
        Self { key, latest: None, streak: None, version: 0 }
    }

    /// Whether it is broken now.
    pub fn open_streak(&self) -> Option<&Streak> {
        self.streak.as_ref().filter(|streak| streak.fixed.is_none())
    }

    /// Judges a run that has ended. One that is stopped, superseded or still runs changes nothing.
    pub fn judge(&mut self, run: &PipelineExecution) -> Transition {
        let Some(end) = run.status else { return Transition::Nothing };
        let passed = match end.status {
            RunStatus::Succeeded => true,
            RunStatus::Failed => false,
            RunStatus::InProgress | RunStatus::Stopping | RunStatus::Stopped | RunStatus::Superseded => return Transition::Nothing,
        };
        let began_at = run.began_at().unwrap_or(end.at);
        let (number, url) = (run.facts.number.clone(), run.facts.url.clone());
        let judged = Judged { run: run.key.clone(), number: number.clone(), url: url.clone(), passed, began_at, ended_at: end.at };
        if self.latest.as_ref().is_some_and(|latest| !judged.tells_more_than(latest)) {
            return Transition::Nothing;
        }
        self.latest = Some(judged);
        let broken = self.open_streak().is_some();
        match (&mut self.streak, passed, broken) {
            (Some(streak), true, true) => {
                let by = run.facts.author.clone();
                streak.fixed = Some(Fix { run: run.key.clone(), number, url, at: end.at, by });
                Transition::Fixed
            }
            (_, true, _) => Transition::StillPassing,
            (Some(streak), false, true) => {
                streak.failures += 1;
                streak.last = run.key.clone();
                Transition::StillFailing
            }
            (streak, false, _) => {
                *streak = Some(Streak {
                    first: run.key.clone(),
                    since: end.at,
                    by: run.facts.author.clone(),
                    failures: 1,
                    last: run.key.clone(),
                    fixed: None,
                    shown_in: Vec::new(),
                    deployed_from: None,
                });
                Transition::FirstFailure
            }
        }
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
