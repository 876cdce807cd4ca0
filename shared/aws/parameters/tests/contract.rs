//! Secrets against a local cloud.
//!
//! Runs only with the feature `contract-tests`, against the endpoint in `OPSROOM_TEST_AWS_ENDPOINT`; each test has a prefix of
//! its own.
#![cfg(feature = "contract-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what prepares a test is part of the test")]

use opsroom_application::ports::PortErrorKind;
use opsroom_aws_parameters::{SecretName, Secrets, SlackSecrets};
use opsroom_aws_session::{SdkConfig, from_variables};

fn config() -> SdkConfig {
    #[allow(clippy::disallowed_methods, reason = "whoever runs the tests says where the local cloud is")]
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let endpoint = set("OPSROOM_TEST_AWS_ENDPOINT")
        .expect("OPSROOM_TEST_AWS_ENDPOINT must be the address of a local cloud, such as http://127.0.0.1:4566");
    from_variables(|name| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        "AWS_REGION" => Some(set("OPSROOM_TEST_AWS_REGION").unwrap_or_else(|| "us-east-1".into())),
        "AWS_ACCESS_KEY_ID" => Some(set("OPSROOM_TEST_AWS_ACCESS_KEY_ID").unwrap_or_else(|| "test".into())),
        "AWS_SECRET_ACCESS_KEY" => Some(set("OPSROOM_TEST_AWS_SECRET_ACCESS_KEY").unwrap_or_else(|| "test".into())),
        _ => None,
    })
    .unwrap()
}

fn prefix() -> String {
    format!("/opsroom-contract/{:016x}", fastrand::u64(..))
}

async fn put(config: &SdkConfig, prefix: &str, name: SecretName, value: &str) {
    Secrets::new(config, prefix).put(name.below("").trim_start_matches('/'), value).await.unwrap();
}

#[tokio::test]
async fn reads_the_secrets_decrypted_with_and_without_a_previous_one() {
    let (config, prefix) = (config(), prefix());
    put(&config, &prefix, SecretName::SlackSigningSecret, "old").await;
    put(&config, &prefix, SecretName::SlackBotToken, "xoxb-1").await;
    let secrets = SlackSecrets::of_slack(&config, &prefix);
    assert_eq!(secrets.slack_signing_secrets().await.unwrap(), ["old"]);
    assert_eq!(secrets.slack_bot_token().await.unwrap(), "xoxb-1");

    put(&config, &prefix, SecretName::SlackPreviousSigningSecret, "old").await;
    put(&config, &prefix, SecretName::SlackSigningSecret, "new").await;
    assert_eq!(secrets.slack_signing_secrets().await.unwrap(), ["old"], "five minutes old at most, but kept that long");
    assert!(!secrets.reread().await, "not so soon");
    let restarted = SlackSecrets::of_slack(&config, &format!("{prefix}/"));
    assert_eq!(restarted.slack_signing_secrets().await.unwrap(), ["new", "old"]);
}

#[tokio::test]
async fn names_the_parameter_that_is_missing() {
    let (config, prefix) = (config(), prefix());
    let error = SlackSecrets::of_slack_bot(&config, &prefix).slack_bot_token().await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::NotFound);
    assert!(error.to_string().contains(&format!("{prefix}/slack/bot-token")), "{error}");
}
