//! Who is on call: weekly rotations of the catalog, and who stands in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, RotationName};

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
