//! The state table and the reads that all of its ports share.

use aws_sdk_dynamodb::Client;
use opsroom_application::ports::PortError;
use opsroom_aws_session::{SdkConfig, port_error};
use serde::de::DeserializeOwned;

use crate::items::{Item, decode, text};
use crate::keys::Key;

/// What changes: deployments, executions, slots, messages, due items.
#[derive(Debug, Clone)]
pub struct StateTable {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl StateTable {
    /// The table of this name.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into() }
    }

    /// One item, strongly consistent.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, PortError> {
        get(&self.client, &self.name, key).await?.map(decode).transpose()
    }

    /// A whole partition, or the part of it whose sort keys begin with a prefix; strongly consistent. For partitions that
    /// can't grow beyond what a team has (its services times its environments).
    pub(crate) async fn partition<T: DeserializeOwned>(&self, pk: &str, prefix: &str) -> Result<Vec<T>, PortError> {
        self.items(pk, prefix).await?.into_iter().map(decode).collect()
    }

    /// The same, as items.
    pub(crate) async fn items(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, PortError> {
        let mut found = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let query = self.client.query().table_name(&self.name).consistent_read(true);
            let query = query.expression_attribute_names("#pk", "pk").expression_attribute_values(":pk", text(pk));
            let query = if prefix.is_empty() {
                query.key_condition_expression("#pk = :pk")
            } else {
                query
                    .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                    .expression_attribute_names("#sk", "sk")
                    .expression_attribute_values(":prefix", text(prefix))
            };
            let page = query.set_exclusive_start_key(start).send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
            found.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}

/// One item, strongly consistent.
pub(crate) async fn get(client: &Client, table: &str, key: &Key) -> Result<Option<Item>, PortError> {
    let got = client.get_item().table_name(table).set_key(Some(key.attributes())).consistent_read(true).send().await;
    Ok(got.map_err(|error| port_error("dynamodb:GetItem", &error))?.item)
}
