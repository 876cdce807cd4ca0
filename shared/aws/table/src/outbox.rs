//! The messages, for those who send them.

use jiff::Timestamp;
use opsroom_application::ports::{Mark, Outbox, PortError, StaleMessage};
use opsroom_aws_session::port_error;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::{RoomMessage, Shown};

use crate::items::{Item, text};
use crate::state::StateTable;
use crate::{clock, keys, message};

impl Outbox for StateTable {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        self.get(&keys::message(key)).await
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        let lane = match &mark {
            // The lane is part of the index key, and only the message knows it.
            Mark::Gone => match Outbox::message(self, key).await? {
                Some(message) => message.destination.lane(),
                None => return Ok(false),
            },
            _ => String::new(),
        };
        let shown = match &mark {
            Mark::Shown { ts, version } => Some(Shown { ts: ts.clone(), version: *version }),
            _ => None,
        };
        if message::mark(&self.name, key, mark, &lane, clock::now())?.alone(&self.client).await? {
            return Ok(true);
        }
        match shown {
            Some(shown) => message::shown_if_newer(&self.name, key, &shown)?.alone(&self.client).await,
            None => Ok(false),
        }
    }

    async fn stale(&self, before: Timestamp, limit: usize) -> Result<Vec<StaleMessage>, PortError> {
        let mut found = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .index_name(keys::OUTBOX)
                .key_condition_expression("#shard = :shard AND #since < :before")
                .expression_attribute_names("#shard", "outbox_shard")
                .expression_attribute_names("#since", "outbox_since")
                .expression_attribute_values(":shard", text(keys::OUTBOX_SHARD))
                .expression_attribute_values(":before", text(keys::time(before)))
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| port_error("dynamodb:Query", &error))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(stale_message));
            start = page.last_evaluated_key;
            if start.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
}

/// The message, unless the row can't be read.
fn stale_message(item: &Item) -> Option<StaleMessage> {
    let attribute = |name| item.get(name).and_then(|value| value.as_s().ok());
    let key = attribute("pk").and_then(|pk| keys::message_of(pk));
    let since = attribute("outbox_since").and_then(|since| keys::read_outbox_since(since));
    if let (Some(key), Some((since, lane))) = (key, since) {
        return Some(StaleMessage { key, lane: lane.to_owned(), since });
    }
    tracing::error!(pk = attribute("pk").map(String::as_str), "left out something in the index `outbox` that is no message");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let row = |pk: &str, since: &str| Item::from([("pk".to_owned(), text(pk)), ("outbox_since".to_owned(), text(since))]);
        let page = [row("SOMETHING#1", "1790000000000#C1"), row("MSG#m-1", "yesterday"), Item::new(), row("MSG#m-2", "1790000000000#C1")];
        let found: Vec<_> = page.iter().filter_map(stale_message).map(|message| message.key.to_string()).collect();
        assert_eq!(found, ["m-2"]);
    }
}
