//! What is used in a channel: one item a channel, with two attributes a command. It is counted by an update that reads nothing, in the
//! transaction of what comes of the use, so that it costs no call; there are as many commands as the registry has, so the item is bounded.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::PortError;
use opsroom_domain::habit::{Habit, Use};
use opsroom_domain::ids::ChannelId;

use crate::items::{Item, number, text};
use crate::keys;
use crate::rules::expires;
use crate::state::{StateTable, get};
use crate::write::{Action, Rule, Write};

/// A channel in which nothing was asked for so long has no habits.
const HABITS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

const COUNT: &str = "n_";
const LINE: &str = "l_";

/// Counts one use.
pub(crate) fn count(table: &str, used: &Use, now: Timestamp) -> Write {
    let name: String = used.command.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let values = Item::from([
        (":line".to_owned(), text(used.line.as_str())),
        (":expires".to_owned(), expires(now, HABITS_ARE_KEPT)),
        (":one".to_owned(), number(1)),
    ]);
    let expression = format!("SET #{LINE}{name} = :line, #expires_at = :expires ADD #{COUNT}{name} :one");
    let action = Action::Update { key: keys::habits(&used.channel).attributes(), expression };
    Write { rule: Rule::None, table: table.to_owned(), action, condition: None, values }
}

impl StateTable {
    /// What is used in a channel.
    pub(crate) async fn habits(&self, channel: &ChannelId) -> Result<Vec<Habit>, PortError> {
        let item = get(&self.client, &self.name, &keys::habits(channel)).await?.unwrap_or_default();
        let habit = |(attribute, value): (&String, &AttributeValue)| {
            let line = item.get(&format!("{LINE}{}", attribute.strip_prefix(COUNT)?))?.as_s().ok()?.clone();
            Some(Habit { line, count: value.as_n().ok()?.parse().ok()? })
        };
        Ok(item.iter().filter_map(habit).collect())
    }
}
