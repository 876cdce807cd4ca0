//! The catalog's section on alarms. Everything has a default that makes sense: with no section at all an alarm still arrives, readable.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PersonId, RotationName};
use crate::monit::{AlarmMatch, Severity};

/// How alarms are told about, and who is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monit {
    /// Where alarms go that no route takes; without it, the first room whose name is `monit` or begins with `alert` or `alarm`, else the first room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<ChannelId>,
    /// Where notifications go that can't be understood; without it, `room`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operators_room: Option<ChannelId>,
    /// How bad an alarm is that nobody says anything about.
    pub default_severity: Severity,
    /// Which alarms go where; the first that fits counts. Routes made in chat come after these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteRule>,
    /// Which alarms are one incident; the first that fits counts. Without any: same service and environment within ten minutes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub correlate: Vec<Pattern>,
    /// Who is on call, by the name of the rotation.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub oncall: IndexMap<RotationName, Rotation>,
    /// Whom an alert calls, one level after the other. Without any: the first rotation at once (else the service's owners), its
    /// whole rotation after 10 minutes, the channel after 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<Level>,
    /// After so many minutes an acknowledged incident that is not over calls again; 0 for never.
    pub unacknowledge_after_minutes: u32,
    /// An incident that was resolved opens again if its alarms fire within so many minutes; later they are a new one.
    pub reopen_within_minutes: u32,
    /// When coming and going is flapping.
    pub flapping: FlappingRule,
    /// The daily summary, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

impl Default for Monit {
    fn default() -> Self {
        Self {
            room: None,
            operators_room: None,
            default_severity: Severity::Alert,
            routes: Vec::new(),
            correlate: Vec::new(),
            oncall: IndexMap::new(),
            escalation: Vec::new(),
            unacknowledge_after_minutes: 120,
            reopen_within_minutes: 10,
            flapping: FlappingRule::default(),
            summary: None,
        }
    }
}

/// A route of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// Which alarms.
    #[serde(rename = "match", default)]
    pub matches: AlarmMatch,
    /// Where they go.
    pub channel: ChannelId,
    /// How bad they are, whatever their sender says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What to do about them; an `https:` address. The sender's own word goes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
}

/// Which alarms are one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Only alarms of these sources; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<crate::alarm::AlarmSource>,
    /// What must be alike: `service`, `environment`, or the name of a label. An alarm that lacks one of them doesn't fit.
    pub tags: Vec<String>,
    /// For so many minutes after the latest alarm of the incident.
    #[serde(default = "ten")]
    pub window_minutes: u32,
}

fn ten() -> u32 {
    10
}

/// People who take turns, a week each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// In the order of their turns.
    pub people: Vec<PersonId>,
    /// The IANA time zone in which `handover` is meant, such as `Europe/Berlin`.
    pub zone: String,
    /// When the turn passes on: `monday 09:00`.
    #[serde(default = "monday_morning")]
    pub handover: String,
    /// The date of the first person's first week, `2026-01-05`: fixes whose turn it is.
    pub starts: String,
}

fn monday_morning() -> String {
    "monday 09:00".to_owned()
}

/// One level of calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Minutes after the level before (after the beginning, for the first).
    pub after_minutes: u32,
    /// Who.
    pub call: Callee,
}

/// Whom a level calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Callee {
    /// Whoever is on call.
    Oncall {
        /// In which rotation.
        rotation: RotationName,
    },
    /// Everybody of a rotation.
    Everybody {
        /// Of which rotation.
        rotation: RotationName,
    },
    /// The owners of the service that it is about.
    Owners {},
    /// These people.
    People {
        /// Who.
        people: Vec<PersonId>,
    },
    /// Everybody in the channel.
    Channel {},
}

/// When coming and going is flapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlappingRule {
    /// So many changes …
    pub changes: u32,
    /// … within so many minutes.
    pub minutes: u32,
}

impl Default for FlappingRule {
    fn default() -> Self {
        Self { changes: 6, minutes: 10 }
    }
}

/// The daily summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Where.
    pub channel: ChannelId,
    /// At what time of the day: `09:00`.
    pub at: String,
    /// In which IANA time zone.
    pub zone: String,
}
