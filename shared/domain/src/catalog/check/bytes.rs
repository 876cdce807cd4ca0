//! What can be wrong with the section on rooms of bytes.

use jiff::tz::TimeZone;

use super::{Catalog, Findings};

/// More would drown every other voice.
const HEAVIEST: i64 = 100;

impl Catalog {
    pub(super) fn check_bytes(&self, found: &mut Findings) {
        let bytes = &self.bytes;
        for (place, room) in bytes.rooms.iter().enumerate() {
            self.expect_room(found, &["bytes", "rooms", &place.to_string()], room);
        }
        for (emoji, weight) in &bytes.weights {
            found.expect(is_emoji(emoji), &["bytes", "weights", emoji], || not_an_emoji(emoji));
            found.expect(weight.abs() <= HEAVIEST, &["bytes", "weights", emoji], || {
                format!("{weight} is too much; a weight is between -{HEAVIEST} and {HEAVIEST}")
            });
        }
        for (field, emoji) in [("save_emoji", &bytes.save_emoji), ("hide_emoji", &bytes.hide_emoji)] {
            found.expect(is_emoji(emoji), &["bytes", field], || not_an_emoji(emoji));
        }
        found.expect(bytes.save_emoji != bytes.hide_emoji, &["bytes", "hide_emoji"], || {
            format!("`{}` can't both save and hide; choose another one for one of them", bytes.hide_emoji)
        });
        found.expect(bytes.hide_after > 0, &["bytes", "hide_after"], || "nobody would have to hide it; 1 or more".to_owned());
        found.expect((1..=365).contains(&bytes.half_life_days), &["bytes", "half_life_days"], || {
            format!("{} days; it is between 1 and 365", bytes.half_life_days)
        });
        found.expect(TimeZone::get(&bytes.zone).is_ok(), &["bytes", "zone"], || {
            format!("`{}` is no time zone; the IANA names look like `Europe/Berlin`", bytes.zone)
        });
    }
}

/// Slack's names of emoji: lower case, digits, `_`, `-`, `+`, `'` ("Custom emoji").
fn is_emoji(name: &str) -> bool {
    let fits = |c: char| c.is_lowercase() || c.is_numeric() || matches!(c, '_' | '-' | '+' | '\'') || (!c.is_ascii() && c.is_alphabetic());
    !name.is_empty() && name.chars().count() <= 100 && name.chars().all(fits)
}

fn not_an_emoji(name: &str) -> String {
    format!("`{name}` is no emoji's name; write it as Slack does without the colons, such as `bookmark`")
}
