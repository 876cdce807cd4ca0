//! Who an access key belongs to.
//!
//! The emulator derives a function's keys from the function's ARN and its role's ARN, so listing the functions is enough
//! to know them. Keys that are handed out at run time (`AssumeRole`, `CreateAccessKey`) pass through the gateway, which
//! remembers them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::cloud::{Cloud, CloudError};

/// Somebody who calls.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The ARN that AWS shows in messages: a user's, or a session's.
    pub arn: String,
    /// The ARN whose policies count; `None` for the root, who may do everything.
    pub policy_source: Option<String>,
    /// The role's name.
    pub role: Option<String>,
    /// The function's name.
    pub function: Option<String>,
    /// The whole key; `None` for the root, whose signature the emulator does not check either.
    pub credentials: Option<Credentials>,
}

impl Principal {
    /// The shortest name that tells callers apart.
    pub fn name(&self) -> &str {
        let last = || self.arn.rsplit(['/', ':']).next().unwrap_or(&self.arn);
        self.function.as_deref().or(self.role.as_deref()).unwrap_or_else(last)
    }

    /// Whether a part of the function's, the role's or the session's name was meant, in any case.
    pub fn is_called(&self, part: &str) -> bool {
        let part = part.to_ascii_lowercase();
        [Some(&self.arn), self.function.as_ref(), self.role.as_ref()]
            .into_iter()
            .flatten()
            .any(|name| name.to_ascii_lowercase().contains(&part))
    }
}

/// The keys known so far.
#[derive(Debug)]
pub struct Identities {
    root_key: String,
    account: String,
    known: Mutex<HashMap<String, Arc<Principal>>>,
    refreshing: tokio::sync::Mutex<()>,
}

impl Identities {
    /// Knows only the root key.
    pub fn new(root_key: String, account: String) -> Self {
        Identities { root_key, account, known: Mutex::default(), refreshing: tokio::sync::Mutex::default() }
    }

    /// Who a key belongs to; asks the emulator for its functions if the key is new.
    pub async fn of(&self, access_key: &str, cloud: &Cloud) -> Result<Option<Arc<Principal>>, CloudError> {
        if let Some(principal) = self.find(access_key) {
            return Ok(Some(principal));
        }
        let _turn = self.refreshing.lock().await;
        if let Some(principal) = self.find(access_key) {
            return Ok(Some(principal));
        }
        // Only sessions can be a function's.
        if access_key.starts_with("ASIA") {
            self.learn_functions(cloud).await?;
        }
        Ok(self.find(access_key))
    }

    fn find(&self, access_key: &str) -> Option<Arc<Principal>> {
        if self.is_root(access_key) {
            return Some(Arc::new(Principal {
                arn: format!("arn:aws:iam::{}:root", self.account),
                policy_source: None,
                role: None,
                function: None,
                credentials: None,
            }));
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(access_key).cloned()
    }

    /// The emulator takes these keys for the account's root.
    fn is_root(&self, access_key: &str) -> bool {
        access_key == "test"
            || access_key == self.root_key
            || (access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn remember(&self, principal: Principal) {
        if let Some(credentials) = &principal.credentials {
            let key = credentials.access_key_id().to_owned();
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(principal));
        }
    }

    async fn learn_functions(&self, cloud: &Cloud) -> Result<(), CloudError> {
        let mut marker = None::<String>;
        loop {
            let from = marker.map(|marker| format!("?Marker={marker}")).unwrap_or_default();
            let page = cloud.lambda_get(&format!("/2015-03-31/functions/{from}")).await?;
            for function in page["Functions"].as_array().into_iter().flatten() {
                if let Some(principal) = function_principal(function) {
                    self.remember(principal);
                }
            }
            marker = page["NextMarker"].as_str().filter(|marker| !marker.is_empty()).map(str::to_owned);
            if marker.is_none() {
                return Ok(());
            }
        }
    }

    /// Remembers the key that an answer hands out, if it does.
    pub fn learn(&self, call: &Call, answer: &str) {
        let credentials = || {
            let token = between(answer, "SessionToken").map(str::to_owned);
            Some(Credentials::new(between(answer, "AccessKeyId")?, between(answer, "SecretAccessKey")?, token, None, "gateway"))
        };
        match (call.service.as_str(), call.operation.as_str()) {
            ("sts", operation) if operation.starts_with("AssumeRole") => {
                let assumed = between(answer, "AssumedRoleUser").and_then(|user| between(user, "Arn"));
                if let (Some(arn), Some(credentials)) = (assumed, credentials())
                    && let Some(principal) = role_session(arn, None, credentials)
                {
                    self.remember(principal);
                }
            }
            ("iam", "CreateAccessKey") => {
                if let (Some(user), Some(credentials)) = (between(answer, "UserName"), credentials()) {
                    let arn = format!("arn:aws:iam::{}:user/{user}", self.account);
                    self.remember(Principal {
                        policy_source: Some(arn.clone()),
                        arn,
                        role: None,
                        function: None,
                        credentials: Some(credentials),
                    });
                }
            }
            _ => {}
        }
    }
}

/// A function's session, by the emulator's own derivation of its keys.
fn function_principal(function: &Value) -> Option<Principal> {
    let arn = function["FunctionArn"].as_str()?;
    let role = function["Role"].as_str()?;
    let name = function["FunctionName"].as_str()?;
    let sha = |text: String| hex::encode(Sha256::digest(text));
    let digest = sha(format!("{arn}:{role}"));
    let credentials = Credentials::new(
        format!("ASIA{}", digest[..16].to_ascii_uppercase()),
        sha(format!("secret:{digest}")),
        Some(sha(format!("token:{digest}"))),
        None,
        "function",
    );
    let account = arn.split(':').nth(4)?;
    let role = role.rsplit('/').next()?;
    let session: String = name.chars().take(64).collect();
    role_session(&format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"), Some(name), credentials)
}

fn role_session(arn: &str, function: Option<&str>, credentials: Credentials) -> Option<Principal> {
    let account = arn.split(':').nth(4)?;
    let role = arn.split('/').nth(1)?;
    Some(Principal {
        arn: arn.to_owned(),
        policy_source: Some(format!("arn:aws:iam::{account}:role/{role}")),
        role: Some(role.to_owned()),
        function: function.map(str::to_owned),
        credentials: Some(credentials),
    })
}

/// The text of the first XML element of a name.
pub fn between<'a>(xml: &'a str, element: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    rest.split_once(&format!("</{element}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Identities, function_principal};
    use crate::call::{Call, Protocol};

    #[test]
    fn a_functions_key_is_derived_as_the_emulator_derives_it() {
        let function = json!({
            "FunctionName": "commands",
            "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:commands",
            "Role": "arn:aws:iam::000000000000:role/commands-role",
        });
        let principal = function_principal(&function).unwrap();
        let credentials = principal.credentials.as_ref().unwrap();
        assert_eq!(credentials.access_key_id(), "ASIAEAFB6101F7F6578C");
        assert_eq!(principal.arn, "arn:aws:sts::000000000000:assumed-role/commands-role/commands");
        assert_eq!(principal.policy_source.as_deref(), Some("arn:aws:iam::000000000000:role/commands-role"));
        assert_eq!(principal.name(), "commands");
    }

    #[test]
    fn handed_out_keys_are_remembered() {
        let identities = Identities::new("test".to_owned(), "000000000000".to_owned());
        let call = Call { service: "sts".to_owned(), operation: "AssumeRole".to_owned(), access_key: None, protocol: Protocol::Query };
        let answer = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</AccessKeyId>\
            <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials><AssumedRoleUser>\
            <AssumedRoleId>A:me</AssumedRoleId><Arn>arn:aws:sts::000000000000:assumed-role/reader/me</Arn>\
            </AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>";
        assert!(identities.find("ASIAX").is_none());
        identities.learn(&call, answer);
        let principal = identities.find("ASIAX").unwrap();
        assert_eq!(principal.policy_source.as_deref(), Some("arn:aws:iam::000000000000:role/reader"));
        assert_eq!(principal.name(), "reader");
        assert!(principal.is_called("Read"));
        assert!(identities.find("test").unwrap().policy_source.is_none());
    }
}
