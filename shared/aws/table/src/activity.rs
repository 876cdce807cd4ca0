//! Reads what is known of repositories, builds and subscriptions. Each question is a fixed number of calls, whatever else is stored.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;
use opsroom_application::ports::{BuildStore, LinkedLogin, PortError, PortErrorKind, RememberedPush, RepositoryStore, SubscriptionStore};
use opsroom_aws_session::port_error;
use opsroom_domain::ids::{ChannelId, Login, PipelineName};
use opsroom_domain::pipeline_execution::PipelineExecution;
use opsroom_domain::pipeline_execution::health::{Health, HealthKey};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{Conversation, ConversationKey};
use opsroom_domain::subscription::{Subject, Subscription};
use serde::de::DeserializeOwned;

use crate::items::{Item, decode, text};
use crate::keys;
use crate::records::Records;
use crate::state::StateTable;

const BATCH: &str = "dynamodb:BatchGetItem";
/// Pull requests that have the same newest commit.
const MOST_PULLS: usize = 10;
/// How often what a batch left out for lack of capacity is asked for again.
const TRIES: usize = 5;

impl StateTable {
    /// The end of a partition of the index, from its last entry backwards.
    async fn latest<T: DeserializeOwned>(&self, gsi1pk: String, limit: usize) -> Result<Vec<T>, PortError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(keys::BY_INDEX1)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "gsi1pk")
            .expression_attribute_values(":pk", text(gsi1pk))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        page.items.unwrap_or_default().into_iter().map(decode).collect()
    }
}

impl SubscriptionStore for Records {
    async fn subscriptions_to(&self, subjects: &[Subject]) -> Result<Vec<Subscription>, PortError> {
        let queries = subjects.iter().map(|subject| async move { self.state.partition(&keys::subscribed_to(subject), "").await });
        Ok(try_join_all(queries).await?.into_iter().flatten().collect())
    }

    async fn subscriptions_of(&self, channel: &ChannelId) -> Result<Vec<Subscription>, PortError> {
        let mut found = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let page = self
                .state
                .client
                .query()
                .table_name(&self.state.name)
                .index_name(keys::BY_INDEX1)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", "gsi1pk")
                .expression_attribute_values(":pk", text(keys::subscriptions_of(channel)))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| port_error("dynamodb:Query", &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(decode(item)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    async fn subscription(&self, channel: &ChannelId, subject: &Subject) -> Result<Option<Subscription>, PortError> {
        self.state.get(&keys::subscription(subject, channel)).await
    }
}

impl RepositoryStore for Records {
    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, PortError> {
        self.state.get(&keys::conversation(key)).await
    }

    async fn pulls_at(&self, repository: &RepositoryName, sha: &str) -> Result<Vec<Conversation>, PortError> {
        let mut found: Vec<Conversation> = self.state.latest(keys::pulls_at(repository, sha), MOST_PULLS).await?;
        found.reverse();
        Ok(found)
    }

    async fn checks(&self, repository: &RepositoryName, sha: &str) -> Result<Option<CommitChecks>, PortError> {
        self.state.get(&keys::checks(repository, sha)).await
    }

    async fn pushes(&self, repository: &RepositoryName, limit: usize) -> Result<Vec<RememberedPush>, PortError> {
        let query = self
            .state
            .client
            .query()
            .table_name(&self.state.name)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_values(":pk", text(keys::pushes_to(repository)))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        page.items.unwrap_or_default().into_iter().map(decode).collect()
    }

    async fn linked(&self, logins: &[Login]) -> Result<Vec<LinkedLogin>, PortError> {
        // A batch that names a key twice is refused as a whole.
        let wanted: BTreeSet<String> = logins.iter().map(|login| keys::login(login).pk).collect();
        let mut keys: Vec<Item> = logins
            .iter()
            .map(keys::login)
            .filter({
                let mut left = wanted;
                move |key| left.remove(&key.pk)
            })
            .map(|key| key.attributes())
            .collect();
        let mut found = Vec::new();
        for _ in 0..TRIES {
            if keys.is_empty() {
                return Ok(found);
            }
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .build()
                .map_err(|error| PortError::new(PortErrorKind::Permanent, BATCH, error))?;
            let got = self.state.client.batch_get_item().request_items(&self.state.name, asked).send().await;
            let got = got.map_err(|error| port_error(BATCH, &error))?;
            let items: HashMap<String, Vec<Item>> = got.responses.unwrap_or_default();
            for item in items.into_values().flatten() {
                found.push(decode(item)?);
            }
            keys = got.unprocessed_keys.unwrap_or_default().into_values().flat_map(|left| left.keys).collect();
        }
        Err(PortError::new(PortErrorKind::Throttled, BATCH, "keys are left out again and again"))
    }
}

impl BuildStore for Records {
    async fn health(&self, key: &HealthKey) -> Result<Option<Health>, PortError> {
        self.state.get(&keys::health(key)).await
    }

    async fn healths(&self, limit: usize) -> Result<Vec<Health>, PortError> {
        self.state.latest(keys::HEALTHS.to_owned(), limit).await
    }

    async fn runs(&self, pipeline: &PipelineName, limit: usize) -> Result<Vec<PipelineExecution>, PortError> {
        self.state.latest(keys::runs_of(pipeline), limit).await
    }
}
