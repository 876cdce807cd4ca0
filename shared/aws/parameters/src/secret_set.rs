//! Secrets that are read and kept together.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use aws_sdk_ssm::Client;
use opsroom_application::ports::{PortError, PortErrorKind};

use crate::cache::{Cache, Values};
use crate::names::SecretName;
use crate::store;

/// Some secrets below one prefix.
#[derive(Debug)]
pub(crate) struct SecretSet {
    client: Client,
    prefix: String,
    names: Vec<SecretName>,
    cache: Mutex<Cache>,
}

impl SecretSet {
    pub(crate) fn new(client: Client, prefix: &str, names: Vec<SecretName>) -> Self {
        Self { client, prefix: prefix.trim_end_matches('/').to_owned(), names, cache: Mutex::default() }
    }

    /// Whether a new reading, which happens once in thirty seconds at most, brought anything new.
    pub(crate) async fn reread(&self) -> bool {
        if !self.lock().may_reread(Instant::now()) {
            return false;
        }
        match self.read().await {
            Ok(changed) => changed,
            Err(error) => {
                tracing::warn!(%error, "the secrets can't be read again; the known ones go on being used");
                false
            }
        }
    }

    pub(crate) async fn values(&self) -> Result<Values, PortError> {
        if let Some(values) = self.lock().usable(Instant::now()) {
            return Ok(values);
        }
        match self.read().await {
            Ok(_) => {}
            Err(error) => match self.lock().known() {
                Some(values) => {
                    tracing::warn!(%error, "the secrets can't be read again; the known ones go on being used");
                    return Ok(values);
                }
                None => return Err(error),
            },
        }
        Ok(self.lock().known().unwrap_or_default())
    }

    async fn read(&self) -> Result<bool, PortError> {
        self.lock().tried(Instant::now());
        let values = store::get_parameters(&self.client, &self.prefix, &self.names).await?;
        Ok(self.lock().keep(values, Instant::now()))
    }

    pub(crate) fn required(&self, values: &Values, name: SecretName) -> Result<String, PortError> {
        values.get(&name).cloned().ok_or_else(|| {
            let missing = format!("the parameter {} doesn't exist", name.below(&self.prefix));
            PortError::new(PortErrorKind::NotFound, "ssm:GetParameters", missing)
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
