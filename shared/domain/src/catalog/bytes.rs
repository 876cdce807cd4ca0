//! The catalog's section on rooms of bytes.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::bytes::Rules;
use crate::ids::ChannelId;

/// Rooms whose links are kept, and how peers rank them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BytesRules {
    /// The rooms; more are made in chat by `bytes on`.
    pub rooms: Vec<ChannelId>,
    /// How much an emoji counts, by its name without colons; 1 for one that isn't listed, less than 0 for one that speaks against.
    pub weights: IndexMap<String, i64>,
    /// The emoji that puts a link on one's own list.
    pub save_emoji: String,
    /// The emoji that hides a link.
    pub hide_emoji: String,
    /// So many peers hide a link; who posted it does it alone.
    pub hide_after: u32,
    /// After so many days a voice counts half.
    pub half_life_days: u32,
    /// The IANA time zone of digests that don't name one, such as `Europe/Berlin`.
    pub zone: String,
}

impl Default for BytesRules {
    fn default() -> Self {
        let rules = Rules::default();
        Self {
            rooms: Vec::new(),
            weights: rules.weights.into_iter().collect(),
            save_emoji: rules.save_emoji,
            hide_emoji: rules.hide_emoji,
            hide_after: rules.hide_after,
            half_life_days: rules.half_life_days,
            zone: "UTC".to_owned(),
        }
    }
}

impl BytesRules {
    /// As ranking takes them.
    pub fn rules(&self) -> Rules {
        Rules {
            weights: self.weights.iter().map(|(emoji, weight)| (emoji.clone(), *weight)).collect(),
            save_emoji: self.save_emoji.clone(),
            hide_emoji: self.hide_emoji.clone(),
            hide_after: self.hide_after,
            half_life_days: self.half_life_days,
            ..Rules::default()
        }
    }
}
