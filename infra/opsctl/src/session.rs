//! The administrator's way into the account: the usual credential chain, on the same TLS as the functions.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

use crate::failure::Failure;

/// Long enough for a first sign-on, short enough that a wrong address is noticed.
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);

/// Configuration from the environment, the profile and the options, as the AWS CLI reads them (AWS SDKs and Tools
/// Reference Guide, "Configuration and authentication settings precedence"). `AWS_ENDPOINT_URL` is honoured.
pub(crate) async fn open(region: Option<String>, profile: Option<String>) -> Result<SdkConfig, Failure> {
    let https = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(https)
        .retry_config(RetryConfig::standard())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build());
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(Failure::new("no region: pass --region, set AWS_REGION, or give the profile one"));
    }
    Ok(config)
}
