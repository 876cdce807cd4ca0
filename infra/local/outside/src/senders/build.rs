//! What the builds of every CI server have in common: what is asked, how long things take, and what a log says.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fields::{Field, Values};
use crate::people::{self, Person};
use crate::world::World;

/// How long a run takes until it ends.
pub const BEGAN: SignedDuration = SignedDuration::from_secs(95);
/// How long its last job takes.
pub const JOB: SignedDuration = SignedDuration::from_secs(60);
/// What commits say where nobody was asked.
pub const TITLE: &str = "Count every request once";

/// The branch that is built.
pub const BRANCH: Field = Field::text("branch", "Branch", "main");
/// What fails, or would.
pub const STAGE: Field = Field::text("job", "Job that decides", "integration tests");
/// Who wrote the commit.
pub const BY: Field = people::by("Commit by", "dana");

/// How a build ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it should.
    Passed,
    /// Not.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// What the field `outcome` offers.
pub const OUTCOMES: &[(&str, &str)] = &[("failed", "failed"), ("passed", "passed"), ("cancelled", "was cancelled")];
/// How the build ends.
pub const OUTCOME: Field = Field::choice("outcome", "Outcome", "failed", OUTCOMES);

/// A build that has ended.
#[derive(Debug)]
pub struct Build {
    /// `acme/api`
    pub repository: String,
    /// What was built.
    pub branch: String,
    /// What was built.
    pub sha: String,
    /// What decided.
    pub job: String,
    /// How.
    pub end: End,
    /// Who wrote the commit.
    pub by: Person,
    /// When it began.
    pub began: Timestamp,
    /// When the deciding job began.
    pub job_began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
}

impl Build {
    /// The one that was asked for.
    pub fn read(values: &Values, world: &mut World) -> Self {
        let (repository, branch) = (values.text("repository").to_owned(), values.text("branch").to_owned());
        let end = match values.text("outcome") {
            "passed" => End::Passed,
            "cancelled" => End::Cancelled,
            _ => End::Failed,
        };
        let ended = world.moment();
        Self {
            sha: world.built(&repository, &branch),
            repository,
            branch,
            job: values.text("job").to_owned(),
            end,
            by: people::person(values.text("by")),
            began: before(ended, BEGAN),
            job_began: before(ended, JOB),
            ended,
        }
    }

    /// `api` of `acme/api`.
    pub fn project(&self) -> &str {
        self.repository.split_once('/').map_or(self.repository.as_str(), |(_, name)| name)
    }

    /// Where its code is.
    pub fn git(&self) -> String {
        format!("https://github.com/{}", self.repository)
    }

    /// The commit's page.
    pub fn commit_page(&self) -> String {
        format!("{}/commit/{}", self.git(), self.sha)
    }

    /// For people.
    pub fn summary(&self, server: &str, number: &str) -> String {
        let end = match self.end {
            End::Passed => "passed",
            End::Failed => "failed",
            End::Cancelled => "was cancelled",
        };
        format!("{server} build {number} of {} {end}", self.repository)
    }

    /// The end of the log.
    pub fn log(&self) -> Vec<String> {
        let last = match self.end {
            End::Passed => "test result: ok. 212 passed; 0 failed",
            End::Failed => "assertion failed: expected 200, got 500 (tests/checkout.rs:41)",
            End::Cancelled => "Stopped.",
        };
        vec![format!("Running {}", self.job), "test checkout::pays_once ... ".to_owned(), last.to_owned()]
    }
}

/// That much earlier.
pub fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(at)
}

/// Seconds between two moments.
pub fn seconds(from: Timestamp, to: Timestamp) -> Value {
    to.duration_since(from).as_secs().into()
}
