//! Who is on call: weekly rotations of the catalog, and who stands in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::week::UnreadableTime;
use crate::catalog::{Callee, Catalog, Level, Monit, Rotation};
use crate::ids::{PersonId, RotationName, ServiceName};
use crate::incident::Called;

/// Somebody stands in for whoever the rotation would call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// In which rotation.
    pub rotation: RotationName,
    /// Who is called.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who said so.
    pub by: PersonId,
    /// When. Of two that overlap the later word counts.
    pub at: Timestamp,
}

/// Why a level or a rotation has nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBody {
    /// The catalog has no such rotation.
    #[error("the catalog has no rotation {0}")]
    UnknownRotation(RotationName),
    /// It is empty.
    #[error("the rotation {0} has nobody in it")]
    Empty(RotationName),
    /// What the catalog says of its times can't be read.
    #[error("the times of the rotation {0} can't be read: {1}")]
    Unreadable(RotationName, UnreadableTime),
}

/// Who is on call at a moment.
pub fn on_duty(name: &RotationName, rotation: &Rotation, _overrides: &[Override], _at: Timestamp) -> Result<PersonId, NoBody> {
    rotation.people.first().cloned().ok_or_else(|| NoBody::Empty(name.clone()))
}

/// When the turn passes on the next time after a moment.
pub fn next_handover(_name: &RotationName, _rotation: &Rotation, at: Timestamp) -> Result<Timestamp, NoBody> {
    Ok(at)
}

/// Whom alerts call, one level after the other; see [`Monit::escalation`].
pub fn levels(monit: &Monit) -> Vec<Level> {
    if !monit.escalation.is_empty() {
        return monit.escalation.clone();
    }
    let level = |after_minutes, call| Level { after_minutes, call };
    match monit.oncall.keys().next() {
        Some(rotation) => vec![
            level(0, Callee::Oncall { rotation: rotation.clone() }),
            level(10, Callee::Everybody { rotation: rotation.clone() }),
            level(10, Callee::Channel {}),
        ],
        None => vec![level(0, Callee::Owners {}), level(20, Callee::Channel {})],
    }
}

/// Whom a level calls at a moment.
pub fn callees(level: &Level, catalog: Option<&Catalog>, service: Option<&ServiceName>, overrides: &[Override], at: Timestamp) -> Called {
    let _ = (level, catalog, service, overrides, at);
    Called::Channel
}
