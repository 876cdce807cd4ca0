//! What is asked in a channel again and again, to be offered there.

use serde::{Deserialize, Serialize};

use crate::ids::ChannelId;

/// A command was used in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub channel: ChannelId,
    /// The command's name. There are as many as the registry has, so what is counted by it is bounded.
    pub command: String,
    /// The line without what belongs to its occasion: a reason, an option, an id.
    pub line: String,
}

/// How often a command was used in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habit {
    /// The latest line with this command.
    pub line: String,
    /// How often.
    pub count: u64,
}
