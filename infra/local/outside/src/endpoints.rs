//! `endpoints.json`: what the orchestrator tells every client of the local cloud.

use std::path::Path;

use serde_json::Value;

/// The addresses and secrets of a cloud that can be used.
#[derive(Debug)]
pub struct Endpoints(Value);

/// Why there is nothing to send to.
#[derive(Debug, thiserror::Error)]
pub enum NoCloud {
    /// Not there: the cloud starts, or has ended.
    #[error("the local cloud isn't ready: {0} can't be read")]
    NotReady(String),
    /// There, but not as expected.
    #[error("endpoints.json has no `{0}`")]
    Missing(String),
}

impl From<Value> for Endpoints {
    fn from(content: Value) -> Self {
        Self(content)
    }
}

impl Endpoints {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, NoCloud> {
        let content: Option<Value> = std::fs::read(path).ok().and_then(|content| serde_json::from_slice(&content).ok());
        content.map(Self::from).ok_or_else(|| NoCloud::NotReady(path.display().to_string()))
    }

    /// A value by its name.
    pub fn get(&self, name: &str) -> Result<&str, NoCloud> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| NoCloud::Missing(name.to_owned()))
    }

    /// The token with which a person's client speaks.
    pub fn user_token(&self, person: &str) -> Result<&str, NoCloud> {
        let token = self.0.get("user_tokens").and_then(|tokens| tokens.get(person)).and_then(Value::as_str);
        token.ok_or_else(|| NoCloud::Missing(format!("user_tokens.{person}")))
    }

    /// The secret shared with a sender.
    pub fn webhook_secret(&self, sender: &str) -> Result<&str, NoCloud> {
        self.get(&format!("{sender}_webhook_secret"))
    }
}
