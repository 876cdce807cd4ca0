//! The catalog in force and its versions.
//!
//! The catalog is kept as one JSON text: its maps have an order, which DynamoDB's own maps don't keep.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use opsroom_application::ports::{CatalogStore, PortError, PortErrorKind, StoredCatalog};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::catalog::Catalog;
use serde::{Deserialize, Serialize};

use crate::items::{decode, encode, text};
use crate::rules::{catalog_if_unchanged, catalog_version_once};
use crate::state::get;
use crate::{commit, keys, look};

/// How old a cached catalog may be.
const FRESH: Duration = Duration::from_mins(1);

type Cached = Option<Arc<StoredCatalog>>;

/// What the team says about itself.
#[derive(Debug)]
pub struct CatalogTable {
    client: Client,
    name: String,
    cache: Mutex<Option<(Instant, Cached)>>,
}

/// One application of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedCatalog {
    /// Counts applications, from 1.
    pub version: u64,
    /// Who applied it.
    pub applied_by: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CatalogItem {
    #[serde(flatten)]
    applied: AppliedCatalog,
    catalog: String,
}

impl CatalogTable {
    /// The table of this name.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into(), cache: Mutex::new(None) }
    }

    /// The catalog in force, read now.
    pub async fn read(&self) -> Result<Option<StoredCatalog>, PortError> {
        self.read_at(&keys::catalog_in_force()).await
    }

    /// The catalog that was applied under this number.
    pub async fn read_version(&self, version: u64) -> Result<Option<StoredCatalog>, PortError> {
        self.read_at(&keys::catalog_version(version)).await
    }

    async fn read_at(&self, key: &keys::Key) -> Result<Option<StoredCatalog>, PortError> {
        let Some(item) = get(&self.client, &self.name, key).await? else { return Ok(None) };
        let item: CatalogItem = decode(item)?;
        let catalog = serde_json::from_str(&item.catalog).map_err(|e| PortError::new(PortErrorKind::Permanent, "read the catalog", e))?;
        Ok(Some(StoredCatalog { version: item.applied.version, catalog }))
    }

    /// Puts a catalog in force and gives its version. Fails with `Conflict` if somebody else did in the same moment.
    pub async fn apply_catalog(&self, catalog: &Catalog, applied_by: &str, at: Timestamp) -> Result<u64, PortError> {
        let read = self.read().await?.map(|stored| stored.version);
        let version = read.unwrap_or(0) + 1;
        let text = serde_json::to_string(catalog).map_err(|e| PortError::new(PortErrorKind::Permanent, "write the catalog", e))?;
        let applied = AppliedCatalog { version, applied_by: applied_by.to_owned(), at };
        let attributes = encode(&CatalogItem { applied, catalog: text })?;
        let writes = [catalog_if_unchanged(&self.name, attributes.clone(), read), catalog_version_once(&self.name, attributes, version)];
        if commit::all_or_nothing(&self.client, &writes).await?.is_some() {
            let why = "somebody else applied a catalog in the same moment; look at theirs, then apply again";
            return Err(PortError::new(PortErrorKind::Conflict, "apply the catalog", why));
        }
        Ok(version)
    }

    /// The latest applications, newest first.
    pub async fn catalog_versions(&self, limit: usize) -> Result<Vec<AppliedCatalog>, PortError> {
        let page = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :versions)")
            .projection_expression("#version, #applied_by, #at")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_names("#sk", "sk")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#applied_by", "applied_by")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":pk", text(keys::CATALOG))
            .expression_attribute_values(":versions", text(keys::VERSIONS))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| port_error("dynamodb:Query", &error))?;
        page.items.unwrap_or_default().into_iter().map(decode).collect()
    }

    fn cached(&self) -> Option<Cached> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.as_ref().filter(|(read_at, _)| read_at.elapsed() < FRESH).map(|(_, catalog)| catalog.clone())
    }
}

impl CatalogStore for CatalogTable {
    async fn catalog(&self) -> Result<Option<Arc<StoredCatalog>>, PortError> {
        if let Some(cached) = self.cached() {
            return Ok(cached);
        }
        let catalog = self.read().await?.map(Arc::new);
        // That there is none isn't remembered: the first catalog is to be in force at once.
        if catalog.is_some() {
            *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), catalog.clone()));
        }
        Ok(catalog)
    }

    fn call(&self) -> ApiCall {
        look::item(&self.name, &keys::catalog_in_force())
    }
}
