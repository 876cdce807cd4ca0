//! Keys of alarms and incidents, and of what was said in chat about them.

use jiff::Timestamp;
use opsroom_domain::alarm::AlarmKey;
use opsroom_domain::ids::{ChannelId, IncidentId, RouteId, SilenceId};
use opsroom_domain::monit::Override;

use super::{Key, time};

/// The partition of what was said in chat about alarms.
pub(crate) const MONIT: &str = "MONIT";
/// Begins the sort keys of routes.
pub(crate) const ROUTES: &str = "ROUTE#";
/// Begins the sort keys of silences that have not ended.
pub(crate) const SILENCES: &str = "SILENCE#";
/// Begins the sort keys of who stands in.
pub(crate) const OVERRIDES: &str = "OVERRIDE#";
/// The partition of the index that lists incidents that are not over.
pub(crate) const OPEN_INCIDENTS: &str = "INCIDENTS#OPEN";
/// The partition of the index that lists those that are.
pub(crate) const CLOSED_INCIDENTS: &str = "INCIDENTS#CLOSED";

pub(crate) fn alarm(key: &AlarmKey) -> Key {
    Key::new(format!("ALARM#{}#{}", key.source.as_str(), key.id), "STATE")
}

pub(crate) fn incident(id: &IncidentId) -> Key {
    Key::new(format!("INCIDENT#{id}"), "STATE")
}

pub(crate) fn incident_order(since: Timestamp, id: &IncidentId) -> String {
    format!("{}#{id}", time(since))
}

pub(crate) fn group(group: &str) -> Key {
    Key::new(format!("GROUP#{group}"), "POINTER")
}

pub(crate) fn silence(id: &SilenceId) -> Key {
    Key::new(format!("{SILENCES}{id}"), "STATE")
}

/// Where a silence is listed until it has ended.
pub(crate) fn listed_silence(id: &SilenceId) -> Key {
    Key::new(MONIT, format!("{SILENCES}{id}"))
}

pub(crate) fn route(id: &RouteId) -> Key {
    Key::new(MONIT, format!("{ROUTES}{id}"))
}

pub(crate) fn stand_in(stand_in: &Override) -> Key {
    Key::new(MONIT, format!("{OVERRIDES}{}#{}", stand_in.rotation, time(stand_in.at)))
}

/// The partition of the index that holds a channel's incidents by their messages' places.
pub(crate) fn shown_in(channel: &ChannelId) -> String {
    format!("SHOWN#{channel}")
}
