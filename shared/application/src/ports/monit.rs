//! What is known of alarms and incidents, and what drawing their graphs needs. Written by [`Store::commit`](super::Store::commit).

use jiff::Timestamp;
use opsroom_domain::alarm::{AlarmKey, AlarmRecord, PlottedMetric, Point, Threshold};
use opsroom_domain::ids::{ChannelId, IncidentId, MessageKey, PersonId, SilenceId};
use opsroom_domain::incident::{GroupPointer, Incident};
use opsroom_domain::monit::{MonitSettings, SettingChange, Silence, Unreadables};
use serde::{Deserialize, Serialize};

use super::PortError;

/// What changes about alarms and incidents. Each entity's `version` is the one that was read (0 for a new one); it is written as one more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MonitChange {
    /// Incidents' next states.
    pub incidents: Vec<Incident>,
    /// Alarms' next states.
    pub alarms: Vec<AlarmRecord>,
    /// Which incident groups lead to from now on.
    pub groups: Vec<GroupPointer>,
    /// Routes, silences, overrides.
    pub settings: Vec<SettingChange>,
    /// Who has looked at what was missed, and when. Not guarded: the later look counts.
    pub looked: Option<(PersonId, Timestamp)>,
    /// One more that couldn't be understood.
    pub unreadables: Option<Unreadables>,
}

impl MonitChange {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Reads what is known of alarms and incidents. Each is one call, whatever else is stored.
pub trait MonitStore: Send + Sync {
    /// An alarm (strongly consistent).
    fn alarm(&self, key: &AlarmKey) -> impl Future<Output = Result<Option<AlarmRecord>, PortError>> + Send;

    /// An incident (strongly consistent).
    fn incident(&self, id: &IncidentId) -> impl Future<Output = Result<Option<Incident>, PortError>> + Send;

    /// The incident that a group's alarms join (strongly consistent).
    fn group(&self, group: &str) -> impl Future<Output = Result<Option<GroupPointer>, PortError>> + Send;

    /// Routes, silences that have not ended and overrides that are not over at `now` (strongly consistent).
    fn monit_settings(&self, now: Timestamp) -> impl Future<Output = Result<MonitSettings, PortError>> + Send;

    /// A silence, also one that has ended (strongly consistent).
    fn silence(&self, id: &SilenceId) -> impl Future<Output = Result<Option<Silence>, PortError>> + Send;

    /// Incidents that are not over, newest first, at most `limit`.
    fn open_incidents(&self, limit: usize) -> impl Future<Output = Result<Vec<Incident>, PortError>> + Send;

    /// Incidents that began after `since` and are over, newest first, at most `limit`.
    fn closed_incidents(&self, since: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<Incident>, PortError>> + Send;

    /// When somebody looked at what was missed.
    fn looked(&self, person: &PersonId) -> impl Future<Output = Result<Option<Timestamp>, PortError>> + Send;

    /// How many notifications of an hour couldn't be understood (strongly consistent); see [`Unreadables::hour`].
    fn unreadables(&self, hour: i64) -> impl Future<Output = Result<Option<Unreadables>, PortError>> + Send;

    /// The incident's message that is at a place in a channel, so that a reply in its thread finds it. `None` for any other message.
    fn incident_message_at(&self, channel: &ChannelId, ts: &str) -> impl Future<Output = Result<Option<MessageKey>, PortError>> + Send;
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// What stands above it.
    pub title: String,
    /// The bound, if there is one.
    pub threshold: Option<Threshold>,
    /// The moment that is marked: the alarm's change.
    pub moment: Timestamp,
    /// `%`, `ms` …; may be empty.
    pub unit: String,
}

/// `CloudWatch`, as drawing and routing need it.
pub trait Metrics: Send + Sync {
    /// A graph of metrics as PNG (`GetMetricWidgetImage`), the three hours up to a little after the moment.
    fn image(&self, metrics: &[PlottedMetric], picture: &Picture) -> impl Future<Output = Result<Vec<u8>, PortError>> + Send;

    /// An alarm's tags (`ListTagsForResource`), by its ARN.
    fn tags(&self, alarm_arn: &str) -> impl Future<Output = Result<Vec<(String, String)>, PortError>> + Send;
}

/// Draws a graph from numbers. Pure; a port because a plotting library is no business of the use cases.
pub trait Plotter: Send + Sync {
    /// A graph of points as PNG; `None` if there is nothing to see (fewer than two finite points).
    fn draw(&self, points: &[Point], picture: &Picture) -> Option<Vec<u8>>;
}

/// Slack's files.
pub trait Files: Send + Sync {
    /// Uploads a picture that messages can show (`files.getUploadURLExternal`, `files.completeUploadExternal`); gives its id.
    fn upload(&self, name: &str, alt: &str, bytes: Vec<u8>) -> impl Future<Output = Result<String, PortError>> + Send;
}

/// What `alarms` asks itself to do later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "chore", rename_all = "snake_case")]
pub enum AlarmChore {
    /// Draw the graph of an incident.
    Draw {
        /// Which.
        incident: IncidentId,
    },
    /// Look at an alarm again that a silence kept quiet, now that it has ended.
    LookAgain {
        /// Which.
        alarm: AlarmKey,
    },
}

/// To `alarms`.
pub trait AlarmQueue: Send + Sync {
    /// Returns once the chore is durably queued.
    fn send(&self, chore: &AlarmChore) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Keeps what can't be understood.
pub trait DeadLetters: Send + Sync {
    /// Puts a notification among the dead letters, with the reason as its attribute `reason`.
    fn keep(&self, body: &str, reason: &str) -> impl Future<Output = Result<(), PortError>> + Send;
}
