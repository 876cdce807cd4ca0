//! Identifiers as types of their own, so that a channel can't be passed where a person is meant.

use serde::{Deserialize, Serialize};

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the identifier as it was received.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

identifiers! {
    /// A Slack user id, such as `U012AB3CD`. Ids decide who is who, never display names.
    PersonId,
    /// A Slack conversation id, such as `C012AB3CD`.
    ChannelId,
    /// A Slack workspace id, such as `T012AB3CD`.
    TeamId,
    /// A role of the catalog.
    RoleName,
    /// A service of the catalog.
    ServiceName,
    /// An environment of the catalog.
    EnvironmentName,
    /// The name of a pipeline: CodePipeline's own, or what a CI server calls it.
    PipelineName,
    /// The id that CodePipeline or a CI server gave to a run.
    ExecutionId,
    /// A login at GitHub or a CI server. Compared without regard to case.
    Login,
    /// A deployment's short id, as people type it: `d-7k3m9q`.
    DeploymentId,
    /// An incident's short id, as people type it: `i-7k3m9q`.
    IncidentId,
    /// The short id of an operation on hosts, as people type it: `o-7k3m9q`.
    OperationId,
    /// What Systems Manager calls a host: `i-0123456789abcdef0`, `mi-…`.
    HostId,
    /// The id that Systems Manager gave to a command or an automation.
    CommandId,
    /// A runbook of the catalog.
    RunbookName,
    /// A silence's short id: `s-7k3m9q`.
    SilenceId,
    /// A lock's or a freeze's short id: `l-7k3m9q`.
    LockId,
    /// The short id of a route of alarms: `r-7k3m9q`.
    RouteId,
    /// An on-call rotation of the catalog.
    RotationName,
    /// The key of a room message: what the message is about.
    MessageKey,
    /// What makes one incoming event the same as its redelivery.
    EventKey,
    /// Follows one event from the door to the message.
    CorrelationId,
}

/// Base 32 without the letters that are misread (`i`, `l`, `o`, `u`): Crockford's alphabet in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The code that belongs to a text: the same text always has the same one.
pub(crate) fn code(text: &str, length: usize) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().take(length).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

impl DeploymentId {
    /// Derives the id from the event that asked for the deployment, so that a redelivery asks for the *same* deployment.
    ///
    /// 60 bits: a team that deploys a thousand times a day for a hundred years meets a collision with a chance of 1 in 1700.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("d-{}", code(event.as_str(), 12)))
    }
}

impl IncidentId {
    /// Derives the id from what opens the incident, so that a redelivery opens the *same* one.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("i-{}", code(event.as_str(), 12)))
    }
}

impl OperationId {
    /// Derives the id from the event that asked for the operation, so that a redelivery asks for the *same* one.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("o-{}", code(event.as_str(), 12)))
    }
}

impl LockId {
    /// Derives the id from the event that asked for the lock.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("l-{}", code(event.as_str(), 8)))
    }
}

impl SilenceId {
    /// Derives the id from the event that asked for the silence.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("s-{}", code(event.as_str(), 8)))
    }
}

impl RouteId {
    /// Derives the id from the event that asked for the route.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("r-{}", code(event.as_str(), 8)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_is_the_same_deployment() {
        let once = DeploymentId::derived_from(&EventKey::from("slash/1"));
        assert_eq!(once, DeploymentId::derived_from(&EventKey::from("slash/1")));
        assert_ne!(once, DeploymentId::derived_from(&EventKey::from("slash/2")));
        assert_eq!(once.as_str().len(), 14);
    }
}
