//! What comes due.

use jiff::Timestamp;
use opsroom_application::ports::{DueStore, PortError};
use opsroom_aws_session::port_error;
use opsroom_domain::due::DueItem;

use crate::items::{decode, text};
use crate::keys;
use crate::state::StateTable;

impl DueStore for StateTable {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueItem>, PortError> {
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
            .send()
            .await
            .map_err(|error| port_error("dynamodb:Query", &error))?;
        page.items.unwrap_or_default().into_iter().map(decode).collect()
    }

    async fn done(&self, item: &DueItem) -> Result<(), PortError> {
        let key = keys::due(item).attributes();
        let sent = self.client.delete_item().table_name(&self.name).set_key(Some(key)).send().await;
        sent.map(|_| ()).map_err(|error| port_error("dynamodb:DeleteItem", &error))
    }
}
