//! The audit log. It can only be queried here; entries are written with the change that they tell of.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;
use opsroom_application::ports::{AuditLog, PortError};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::ids::{PersonId, ServiceName};

use crate::items::{decode, text};
use crate::keys;

/// What was asked, allowed, refused and done.
#[derive(Debug, Clone)]
pub struct AuditTable {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl AuditTable {
    /// The table of this name.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into() }
    }

    /// The last entry, strongly consistent: the next one is chained to it.
    pub(crate) async fn last(&self) -> Result<Option<AuditEntry>, PortError> {
        let query = self.newest_first("pk", keys::AUDIT, 1).consistent_read(true);
        Ok(entries(query).await?.into_iter().next())
    }

    /// The entries behind a place, in order, as many as the table gives at once; none at the end of the log. An entry that can't be read is
    /// an error that names its place.
    pub async fn entries_after(&self, sequence: u64) -> Result<Vec<AuditEntry>, PortError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND #sk > :after")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_names("#sk", "sk")
            .expression_attribute_values(":pk", text(keys::AUDIT))
            .expression_attribute_values(":after", text(keys::audit(sequence).sk));
        entries(query).await
    }

    fn newest_first(&self, attribute: &str, value: &str, limit: usize) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", text(value))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
    }
}

/// The order of the log is the order of writing, which may differ from `at` by a moment; so `since` is looked at in each entry.
async fn newer(query: QueryFluentBuilder, since: Option<Timestamp>) -> Result<Vec<AuditEntry>, PortError> {
    let mut found = entries(query).await?;
    found.retain(|entry| since.is_none_or(|since| entry.record.at >= since));
    Ok(found)
}

async fn entries(query: QueryFluentBuilder) -> Result<Vec<AuditEntry>, PortError> {
    let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
    page.items.unwrap_or_default().into_iter().map(decode).collect()
}

impl AuditLog for AuditTable {
    async fn latest(&self, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        newer(self.newest_first("pk", keys::AUDIT, limit), since).await
    }

    async fn by_actor(&self, actor: &PersonId, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        newer(self.newest_first("actor", actor.as_str(), limit).index_name(keys::BY_ACTOR), since).await
    }

    async fn by_service(&self, service: &ServiceName, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        newer(self.newest_first("service", service.as_str(), limit).index_name(keys::BY_SERVICE), since).await
    }
}
