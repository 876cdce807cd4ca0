//! An incident: what is wrong, since when, who has it, and whom to call next. One incident is one message that is always true.
//!
//! `triggered -> acknowledged -> resolved`; a resolved one opens again if its alarms fire again soon, or if somebody says so.

mod alarms;
mod apply;
mod bounds;
mod calling;
mod event;
mod open;
mod people;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use event::{Effect, Event, NotNow, Opening, Rules, Word};
pub use timeline::{Happened, What};

use crate::alarm::{AlarmKey, AlarmLinks, AlarmState, Measure, Plot, Verdict};
use crate::ids::{ChannelId, DeploymentId, EnvironmentName, IncidentId, PersonId, RouteId, ServiceName, SilenceId};
use crate::monit::Severity;

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What its alarms have in common: the correlation pattern's name and values, such as `service=api environment=production`.
    pub group: String,
    /// What is wrong in one line: the name of the first alarm, or of the worst.
    pub title: String,
    /// The service that it is about, if that is known.
    pub service: Option<ServiceName>,
    /// The environment, likewise.
    pub environment: Option<EnvironmentName>,
    /// How bad it is: as its worst alarm.
    pub severity: Severity,
    /// Where its message is.
    pub channel: ChannelId,
    /// Why it is there.
    pub routed: Routed,
    /// Its alarms, [`Incident::MOST_ALARMS`] at most.
    pub alarms: BTreeMap<String, IncidentAlarm>,
    /// How many alarms fire besides, for which there is no place in `alarms`: those of `unlisted` and of `crowd`.
    pub more_alarms: u32,
    /// Which those are, by a short code of each key, [`Incident::MOST_UNLISTED`] at most: the incident is over when the last of them is well.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unlisted: BTreeSet<String>,
    /// How many fire beyond those. The incident doesn't know which they are: each one's [record](crate::alarm::AlarmRecord::counted_by) does,
    /// and is written with it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub crowd: u32,
    /// When it began: the first alarm's own time.
    pub since: Timestamp,
    /// When the latest alarm joined it or fired again: correlation counts its window from here.
    pub last_fired: Timestamp,
    /// How it stands.
    pub phase: Phase,
    /// Who it is assigned to. Whoever acknowledges it has it, unless somebody else was named.
    pub assignee: Option<PersonId>,
    /// Calls nobody until then.
    pub snoozed_until: Option<Timestamp>,
    /// The silence that all of its firing alarms are under, if so.
    pub silenced: Option<SilencedBy>,
    /// Whom it has called, and whom it calls next.
    pub escalation: Escalation,
    /// Set while its alarms change so often that their changes are no longer shown one by one.
    pub flapping: Option<Flapping>,
    /// Deployments and pushes shortly before it began, newest first, [`Incident::MOST_SUSPECTS`] at most.
    pub suspects: Vec<Suspect>,
    /// The graph, once it is drawn.
    pub graph: Option<Graph>,
    /// What people said in its thread, oldest first, [`Incident::MOST_NOTES`] of the newest.
    pub notes: Vec<Note>,
    /// What happened, oldest first, [`Incident::MOST_TIMELINE`] of the newest.
    pub timeline: Vec<Happened>,
    /// Counts writes; guards against writing over a newer one. 0 for one that was never written.
    pub version: u64,
}

impl Incident {
    /// How many alarms it holds.
    pub const MOST_ALARMS: usize = 40;
    /// How many more it knows apart.
    pub const MOST_UNLISTED: usize = 500;
    /// How many suspects it holds.
    pub const MOST_SUSPECTS: usize = 5;
    /// How many notes it holds.
    pub const MOST_NOTES: usize = 50;
    /// How many entries its timeline holds.
    pub const MOST_TIMELINE: usize = 60;
}

/// An alarm as a part of an incident. The map's key is the alarm's [`AlarmKey`] as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentAlarm {
    /// Which alarm.
    pub key: AlarmKey,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: AlarmState,
    /// Since when. Never in the future, even where the sender's clock is ahead.
    pub at: Timestamp,
    /// When its newest report was made, by the sender's clock: the order of reports.
    pub told_at: Timestamp,
    /// What is wrong in the sender's words.
    pub reason: Option<String>,
    /// What is measured.
    pub measure: Option<Measure>,
    /// Its severity.
    pub severity: Severity,
    /// The AWS account.
    pub account: Option<String>,
    /// The AWS region.
    pub region: Option<String>,
    /// Pages.
    pub links: AlarmLinks,
    /// What made a composite alarm fire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
    /// What its graph is drawn from; kept of the first alarm only.
    pub plot: Option<Plot>,
    /// The silence that it is under, if any.
    pub silence: Option<SilenceId>,
    /// What the newest report said that said anything about trouble: an alarm without data is still the trouble that it was.
    pub verdict: Option<Verdict>,
    /// When it began or ceased to fire, within the time in which flapping is counted, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Timestamp>,
}

impl IncidentAlarm {
    /// Whether it is trouble still.
    pub fn fires(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.firing)
    }
}

/// Why an incident is where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Routed {
    /// A route of the catalog, by its place there from 1.
    Catalog {
        /// Which.
        number: usize,
    },
    /// A route made in chat.
    Chat {
        /// Which.
        route: RouteId,
    },
    /// No route took it: it is in the default room, and says so.
    Nobody,
}

/// How an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has it yet.
    Triggered,
    /// Somebody has it.
    Acknowledged {
        /// Who.
        by: PersonId,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    Resolved {
        /// Who said so; `None` where the last alarm was well again.
        by: Option<PersonId>,
        /// When.
        at: Timestamp,
    },
}

impl Phase {
    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Resolved { .. })
    }
}

/// Whom an incident has called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Counts how often calling began: at the beginning, and again each time nobody has it any more. Tells old due items from new ones.
    pub round: u32,
    /// Who was called in this and earlier rounds, oldest first, 30 of the newest.
    pub calls: Vec<Call>,
    /// When the next level is called, if nobody acts until then: level and moment. Levels count from 0.
    pub next: Option<(usize, Timestamp)>,
}

/// One call of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// In which round.
    pub round: u32,
    /// Which level, from 0.
    pub level: usize,
    /// Who was called.
    pub called: Called,
    /// When.
    pub at: Timestamp,
}

/// Who was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "called", rename_all = "snake_case")]
pub enum Called {
    /// People, by mention.
    People {
        /// Who.
        people: Vec<PersonId>,
    },
    /// Everybody in the channel.
    Channel,
    /// The level had nobody at that moment.
    Nobody {
        /// Why: `the rotation primary has nobody in it`.
        why: String,
    },
}

/// A silence over a whole incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilencedBy {
    /// Which.
    pub silence: SilenceId,
    /// Until when.
    pub until: Timestamp,
}

/// Alarms that come and go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flapping {
    /// Since when.
    pub since: Timestamp,
    /// How many changes there were in the window that ends with the latest.
    pub changes: u32,
    /// The latest change.
    pub latest: Timestamp,
}

/// What may have caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "suspect", rename_all = "snake_case")]
pub enum Suspect {
    /// A deployment of the service to the environment.
    Deployment {
        /// Which.
        deployment: DeploymentId,
        /// What was deployed, as people read it.
        revision: Option<String>,
        /// What ran before; what a rollback would bring back.
        replaced: Option<String>,
        /// How it ended, or `running`.
        outcome: String,
        /// Who asked for it.
        by: PersonId,
        /// When it was asked for.
        at: Timestamp,
    },
    /// A push to the service's repository.
    Push {
        /// `acme/api`
        repository: String,
        /// The branch.
        branch: String,
        /// The newest commit.
        sha: String,
        /// The first line of its message.
        title: String,
        /// Its page.
        url: Option<String>,
        /// Who wrote it, as the host calls them.
        author: String,
        /// How many commits there were.
        commits: usize,
        /// When.
        at: Timestamp,
    },
}

/// A picture of what is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// Slack's id of the uploaded file.
    pub file: String,
    /// What it shows, for those who can't see it.
    pub alt: String,
    /// When it was drawn.
    pub at: Timestamp,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The message's `ts`: a redelivery is the same note.
    pub ts: String,
    /// What, 1,000 characters at most.
    pub text: String,
}

/// Which incident alarms of a group join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPointer {
    /// The group.
    pub group: String,
    /// The incident that was opened last for it.
    pub incident: IncidentId,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// The form that serde asks for.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
