//! What comes due.

use jiff::Timestamp;
use opsroom_application::ports::{DueStore, PortError};
use opsroom_aws_session::port_error;
use opsroom_domain::due::DueItem;

use crate::items::{Item, decode, text};
use crate::keys;
use crate::state::StateTable;

impl DueStore for StateTable {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueItem>, PortError> {
        let mut found = Vec::new();
        let mut start: Option<Item> = None;
        // What can't be read stays, and lies before what can: hence page after page.
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .consistent_read(true)
                .key_condition_expression("#pk = :pk AND #sk < :until")
                .expression_attribute_names("#pk", "pk")
                .expression_attribute_names("#sk", "sk")
                .expression_attribute_values(":pk", text(keys::DUE))
                .expression_attribute_values(":until", text(keys::due_until(now)))
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| port_error("dynamodb:Query", &error))?;
            found.extend(page.items.unwrap_or_default().into_iter().filter_map(readable));
            start = page.last_evaluated_key;
            if start.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    async fn done(&self, item: &DueItem) -> Result<(), PortError> {
        let key = keys::due(item).attributes();
        let sent = self.client.delete_item().table_name(&self.name).set_key(Some(key)).send().await;
        sent.map(|_| ()).map_err(|error| port_error("dynamodb:DeleteItem", &error))
    }
}

/// The item, unless it can't be read: it may have been written by a later version that was rolled back.
fn readable(item: Item) -> Option<DueItem> {
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
    decode(item).inspect_err(|error| tracing::error!(sk, %error, "left out a due item that can't be read")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::encode;
    use opsroom_domain::due::DueTask;

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let item = DueItem { at: Timestamp::UNIX_EPOCH, task: DueTask::ReconcileDeployment { deployment: "d-1".into() } };
        let good = encode(&item).unwrap();
        let mut later = good.clone();
        later.insert("task".to_owned(), text("something_of_a_later_version"));
        let page = [later, good, Item::new()];
        assert_eq!(page.into_iter().filter_map(readable).collect::<Vec<_>>(), [item]);
    }
}
