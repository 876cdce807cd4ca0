//! How functions reach AWS: one configuration for all clients, and one reading of what went wrong.
//!
//! Built by hand instead of by `aws-config`: a Lambda function has its region and credentials in the environment, and
//! everything else that `aws-config` looks into (profiles, SSO, instance metadata) would only make the start slower.

mod failure;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
pub use aws_types::SdkConfig;
use aws_types::region::Region;

pub use failure::{is_throttling, port_error, port_error_without_words};

/// The first try and the SDK's retries of it.
const ATTEMPTS: u32 = 3;
const CONNECT: Duration = Duration::from_secs(1);

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// One try.
    pub attempt: Duration,
    /// The call with all its tries.
    pub operation: Duration,
}

impl Patience {
    /// For functions behind a queue: well below their own time-out, so that a failure can still be told and counted.
    pub const WORKER: Self = Self { attempt: Duration::from_secs(3), operation: Duration::from_secs(8) };
    /// For the function that a person waits for, and Slack no longer than three seconds. What is answered later than that looks
    /// like a failure to the person, and is done all the same.
    pub const DOOR: Self = Self { attempt: Duration::from_secs(1), operation: Duration::from_secs(2) };
}
/// A frozen function can't notice that the other side closed a connection. Older ones are not tried at all.
const IDLE: Duration = Duration::from_secs(50);

/// A variable that every Lambda function has is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable {0} is missing; the Lambda runtime sets it (Lambda developer guide, \"Defined runtime environment variables\")"
)]
pub struct MissingVariable(pub &'static str);

/// The configuration of a worker's clients, from its environment.
pub fn from_environment() -> Result<SdkConfig, MissingVariable> {
    from_environment_with(Patience::WORKER)
}

/// The configuration of a Lambda function's clients, from its environment.
#[allow(clippy::disallowed_methods, reason = "these are the variables of the Lambda runtime and the SDKs, not Opsroom's")]
pub fn from_environment_with(patience: Patience) -> Result<SdkConfig, MissingVariable> {
    configuration(|name| std::env::var(name).ok().filter(|value| !value.is_empty()), patience)
}

/// A worker's configuration from variables that are looked up by the caller.
///
/// `AWS_ENDPOINT_URL` is the SDKs' own variable for another endpoint of all services (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
pub fn from_variables(variable: impl Fn(&'static str) -> Option<String>) -> Result<SdkConfig, MissingVariable> {
    configuration(variable, Patience::WORKER)
}

fn configuration(variable: impl Fn(&'static str) -> Option<String>, patience: Patience) -> Result<SdkConfig, MissingVariable> {
    let required = |name| variable(name).ok_or(MissingVariable(name));
    let credentials = Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).pool_idle_timeout(IDLE).build_https())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(patience.attempt)
                .operation_timeout(patience.operation)
                .build(),
        )
        // Watches over long transfers; the calls here are small and have time-outs of their own.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    Ok(config.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lambda(name: &'static str) -> Option<String> {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "AKIA",
            "AWS_SECRET_ACCESS_KEY" => "secret",
            "AWS_SESSION_TOKEN" => "token",
            "AWS_REGION" => "eu-central-1",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn takes_region_and_endpoint_from_the_environment() {
        let config = from_variables(lambda).unwrap();
        assert_eq!(config.region().map(ToString::to_string), Some("eu-central-1".into()));
        assert_eq!(config.endpoint_url(), None);
        let local = from_variables(|name| if name == "AWS_ENDPOINT_URL" { Some("http://127.0.0.1:1".into()) } else { lambda(name) });
        assert_eq!(local.unwrap().endpoint_url(), Some("http://127.0.0.1:1"));
    }

    #[test]
    fn the_door_gives_up_before_slack_does() {
        let waits = |patience| {
            let config = configuration(lambda, patience).unwrap();
            let timeouts = config.timeout_config().unwrap();
            (timeouts.operation_attempt_timeout().unwrap(), timeouts.operation_timeout().unwrap())
        };
        let (attempt, operation) = waits(Patience::DOOR);
        assert!(attempt < operation && operation < Duration::from_secs(3), "{operation:?}");
        assert_eq!(waits(Patience::WORKER), (Duration::from_secs(3), Duration::from_secs(8)));
    }

    #[test]
    fn names_what_is_missing() {
        let without = |missing| from_variables(move |name| if name == missing { None } else { lambda(name) }).err();
        assert_eq!(without("AWS_REGION"), Some(MissingVariable("AWS_REGION")));
        assert_eq!(without("AWS_ACCESS_KEY_ID"), Some(MissingVariable("AWS_ACCESS_KEY_ID")));
        assert_eq!(without("AWS_SESSION_TOKEN"), None);
    }
}
