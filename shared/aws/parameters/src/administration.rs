//! What an administrator does with secrets: write, list, retire. Functions only read, and their roles allow no more.

use std::time::SystemTime;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error, port_error_without_words};

/// A secret, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretEntry {
    /// Its name below the prefix.
    pub name: String,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it last changed.
    pub changed_at: Option<SystemTime>,
}

/// The secrets of one stack: the SSM parameters below a prefix.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
    prefix: String,
}

impl Secrets {
    /// The secrets below a prefix such as `/opsroom`.
    pub fn new(config: &SdkConfig, prefix: &str) -> Self {
        Self { client: Client::new(config), prefix: prefix.trim_end_matches('/').to_owned() }
    }

    /// A secret's value, or `None` if it was never set.
    pub async fn get(&self, name: &str) -> Result<Option<String>, PortError> {
        let answer = self.client.get_parameter().name(self.path(name)).with_decryption(true).send().await;
        match answer.map_err(|error| port_error_without_words("ssm:GetParameter", &error)) {
            Ok(answer) => Ok(answer.parameter.and_then(|parameter| parameter.value)),
            Err(error) if error.kind == PortErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets a secret, in place of what it was.
    pub async fn put(&self, name: &str, value: &str) -> Result<(), PortError> {
        let put = self.client.put_parameter().name(self.path(name)).value(value).r#type(ParameterType::SecureString).overwrite(true);
        put.send().await.map(|_| ()).map_err(|error| port_error_without_words("ssm:PutParameter", &error))
    }

    /// Deletes a secret; `false` if there was none.
    pub async fn delete(&self, name: &str) -> Result<bool, PortError> {
        let answer = self.client.delete_parameter().name(self.path(name)).send().await;
        match answer.map_err(|error| port_error("ssm:DeleteParameter", &error)) {
            Ok(_) => Ok(true),
            Err(error) if error.kind == PortErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All secrets below the prefix, by name. Values stay encrypted and are thrown away.
    pub async fn list(&self) -> Result<Vec<SecretEntry>, PortError> {
        let mut entries = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .client
                .get_parameters_by_path()
                .path(&self.prefix)
                .recursive(true)
                .with_decryption(false)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| port_error("ssm:GetParametersByPath", &error))?;
            entries.extend(page.parameters.unwrap_or_default().into_iter().filter_map(|parameter| {
                let name = parameter.name?.strip_prefix(&self.prefix)?.trim_start_matches('/').to_owned();
                let changed_at = parameter.last_modified_date.and_then(|at| SystemTime::try_from(at).ok());
                Some(SecretEntry { name, version: parameter.version, changed_at })
            }));
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }
}
