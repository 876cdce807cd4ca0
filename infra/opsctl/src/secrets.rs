//! The secrets that the functions read: set, listed, retired. Values come in by prompt or pipe and never go out.

use std::fmt::Write as _;
use std::io::{IsTerminal, Read};

use clap::ValueEnum;
use jiff::Timestamp;
use opsroom_aws_parameters::Secrets;

use crate::failure::Failure;

/// What Parameter Store takes in its standard tier (Systems Manager User Guide, "Managing parameter tiers").
const LONGEST: usize = 4096;

pub(crate) const SIGNING_SECRET: &str = "slack/signing-secret";
pub(crate) const PREVIOUS_SIGNING_SECRET: &str = "slack/signing-secret-previous";
pub(crate) const BOT_TOKEN: &str = "slack/bot-token";
pub(crate) const SPOTIFY_CLIENT_ID: &str = "spotify/client-id";
pub(crate) const SPOTIFY_CLIENT_SECRET: &str = "spotify/client-secret";
pub(crate) const SPOTIFY_REFRESH_TOKEN: &str = "spotify/refresh-token";

/// A secret that is set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SettableSecret {
    /// Proves that a request comes from Slack (app page: Basic Information, App Credentials)
    #[value(name = SIGNING_SECRET)]
    SigningSecret,
    /// Lets the app speak, starts with xoxb- (app page: OAuth & Permissions)
    #[value(name = BOT_TOKEN)]
    BotToken,
    /// The id of the app by which Spotify is told what to play (developer.spotify.com: the app's settings)
    #[value(name = SPOTIFY_CLIENT_ID)]
    SpotifyClientId,
    /// Its secret (developer.spotify.com: the app's settings)
    #[value(name = SPOTIFY_CLIENT_SECRET)]
    SpotifyClientSecret,
    /// What the account's owner authorized the app with (authorization code flow)
    #[value(name = SPOTIFY_REFRESH_TOKEN)]
    SpotifyRefreshToken,
    /// Proves that a webhook comes from GitHub (the hook's settings: Secret)
    #[value(name = "webhooks/github")]
    Github,
    /// Proves that a webhook comes from GitLab (the webhook's settings: Secret token)
    #[value(name = "webhooks/gitlab")]
    Gitlab,
    /// Proves that a webhook comes from CircleCI (the webhook's settings: Secret token)
    #[value(name = "webhooks/circleci")]
    Circleci,
    /// Proves that a webhook comes from Buildkite (the notification service's settings: Token)
    #[value(name = "webhooks/buildkite")]
    Buildkite,
    /// Proves that a webhook comes from Jenkins (a token of your own; Jenkins sends it along)
    #[value(name = "webhooks/jenkins")]
    Jenkins,
    /// Proves that a webhook comes from your own scripts (a key of your own, to sign with)
    #[value(name = "webhooks/generic")]
    Generic,
    /// Proves that alerts come from Alertmanager (a token of your own: `http_config`, `authorization`)
    #[value(name = "webhooks/alertmanager")]
    Alertmanager,
    /// Proves that alerts come from Grafana (a token of your own: the contact point's authorization, or its HMAC secret)
    #[value(name = "webhooks/grafana")]
    Grafana,
    /// Proves that alarms come from your own scripts (a key of your own, to sign with)
    #[value(name = "webhooks/generic-alerts")]
    GenericAlerts,
}

/// A secret that a rotation leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RetirableSecret {
    /// The signing secret before the last rotation
    #[value(name = PREVIOUS_SIGNING_SECRET)]
    PreviousSigningSecret,
    /// The secret of GitHub before the last rotation
    #[value(name = "webhooks/github-previous")]
    Github,
    /// The secret of GitLab before the last rotation
    #[value(name = "webhooks/gitlab-previous")]
    Gitlab,
    /// The secret of CircleCI before the last rotation
    #[value(name = "webhooks/circleci-previous")]
    Circleci,
    /// The secret of Buildkite before the last rotation
    #[value(name = "webhooks/buildkite-previous")]
    Buildkite,
    /// The secret of Jenkins before the last rotation
    #[value(name = "webhooks/jenkins-previous")]
    Jenkins,
    /// The secret of your own scripts before the last rotation
    #[value(name = "webhooks/generic-previous")]
    Generic,
    /// The secret of Alertmanager before the last rotation
    #[value(name = "webhooks/alertmanager-previous")]
    Alertmanager,
    /// The secret of Grafana before the last rotation
    #[value(name = "webhooks/grafana-previous")]
    Grafana,
    /// The secret of your own scripts' alarms before the last rotation
    #[value(name = "webhooks/generic-alerts-previous")]
    GenericAlerts,
}

impl RetirableSecret {
    fn name(self) -> &'static str {
        match self {
            Self::PreviousSigningSecret => PREVIOUS_SIGNING_SECRET,
            Self::Github => "webhooks/github-previous",
            Self::Gitlab => "webhooks/gitlab-previous",
            Self::Circleci => "webhooks/circleci-previous",
            Self::Buildkite => "webhooks/buildkite-previous",
            Self::Jenkins => "webhooks/jenkins-previous",
            Self::Generic => "webhooks/generic-previous",
            Self::Alertmanager => "webhooks/alertmanager-previous",
            Self::Grafana => "webhooks/grafana-previous",
            Self::GenericAlerts => "webhooks/generic-alerts-previous",
        }
    }
}

impl SettableSecret {
    fn name(self) -> &'static str {
        match self {
            Self::SigningSecret => SIGNING_SECRET,
            Self::BotToken => BOT_TOKEN,
            Self::SpotifyClientId => SPOTIFY_CLIENT_ID,
            Self::SpotifyClientSecret => SPOTIFY_CLIENT_SECRET,
            Self::SpotifyRefreshToken => SPOTIFY_REFRESH_TOKEN,
            Self::Github => "webhooks/github",
            Self::Gitlab => "webhooks/gitlab",
            Self::Circleci => "webhooks/circleci",
            Self::Buildkite => "webhooks/buildkite",
            Self::Jenkins => "webhooks/jenkins",
            Self::Generic => "webhooks/generic",
            Self::Alertmanager => "webhooks/alertmanager",
            Self::Grafana => "webhooks/grafana",
            Self::GenericAlerts => "webhooks/generic-alerts",
        }
    }

    /// The name under which the one before stays valid; those by which we prove something to others have none.
    fn previous(self) -> Option<String> {
        let is_ours = matches!(self, Self::BotToken | Self::SpotifyClientId | Self::SpotifyClientSecret | Self::SpotifyRefreshToken);
        (!is_ours).then(|| format!("{}-previous", self.name()))
    }

    /// The value without the line end that a pipe leaves, if it can be one.
    fn checked(self, value: &str) -> Result<&str, Failure> {
        let value = value.trim();
        let wrong = |what: &str| Err(Failure::new(format!("that is no {}: {what}; nothing was changed", self.name())));
        if value.is_empty() {
            return wrong("it is empty");
        }
        if value.len() > LONGEST {
            return wrong("it is longer than 4096 bytes");
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong("it has spaces, line ends or other characters that no secret has");
        }
        match self {
            Self::BotToken if !value.starts_with("xoxb-") => wrong("a bot token starts with xoxb-"),
            Self::SigningSecret if value.starts_with("xox") => {
                wrong("it looks like a token; the signing secret is under Basic Information")
            }
            _ => Ok(value),
        }
    }
}

/// Sets a secret. One that somebody signs with stays valid under its second name when it is replaced.
pub(crate) async fn set(store: &Secrets, secret: SettableSecret, value_stdin: bool) -> Result<String, Failure> {
    let typed = read(secret, value_stdin)?;
    let value = secret.checked(&typed)?;
    let name = secret.name();
    if let Some(previous) = secret.previous()
        && let Some(replaced) = store.get(name).await?
        && replaced != value
    {
        // In this order: whatever fails in between, the secret in use stays valid.
        store.put(&previous, &replaced).await?;
        store.put(name, value).await?;
        return Ok(format!(
            "{name} set; the functions read it within five minutes, or as soon as the old one is refused\n\
             the one before stays valid as {previous}; when nobody uses it any more: opsctl secrets retire {previous}\n"
        ));
    }
    store.put(name, value).await?;
    Ok(format!("{name} set\n"))
}

fn read(secret: SettableSecret, value_stdin: bool) -> Result<String, Failure> {
    if !value_stdin && std::io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{} (not shown): ", secret.name()))
            .map_err(|error| Failure::new(format!("can't read from the terminal: {error}; pipe the value in instead")));
    }
    let mut text = String::new();
    // One byte more than fits, so that too much is noticed and endless input ends.
    std::io::stdin()
        .lock()
        .take(LONGEST as u64 + 3)
        .read_to_string(&mut text)
        .map_err(|error| Failure::new(format!("can't read the value from standard input: {error}")))?;
    Ok(text)
}

/// Lists secrets by name and last change.
pub(crate) async fn list(store: &Secrets) -> Result<String, Failure> {
    let entries = store.list().await?;
    if entries.is_empty() {
        return Ok(format!("no secret is set; start with: opsctl secrets set {SIGNING_SECRET}\n"));
    }
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for entry in entries {
        let changed = entry.changed_at.and_then(|at| Timestamp::try_from(at).ok());
        let changed = changed.map_or_else(|| "at an unknown time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        // Writing to a String can't fail.
        let _ = writeln!(text, "{:width$}  changed {changed}, version {}", entry.name, entry.version);
    }
    Ok(text)
}

/// Deletes what a rotation left valid.
pub(crate) async fn retire(store: &Secrets, secret: RetirableSecret) -> Result<String, Failure> {
    let name = secret.name();
    let current = name.trim_end_matches("-previous");
    Ok(if store.delete(name).await? {
        format!("{name} is gone; only {current} is valid now\n")
    } else {
        format!("there is no {name}; nothing to do\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_can_be_a_secret_and_says_what_else_is_wrong() {
        use SettableSecret::{BotToken, SigningSecret};
        let long = "a".repeat(LONGEST + 1);
        let cases = [
            (SigningSecret, "8f742231b10e8888abcd99yyyzzz85a5\n", Ok("8f742231b10e8888abcd99yyyzzz85a5")),
            (BotToken, " xoxb-1-2-abc \r\n", Ok("xoxb-1-2-abc")),
            (SigningSecret, "\n", Err("it is empty")),
            (SigningSecret, "xoxb-1-2-abc", Err("looks like a token")),
            (BotToken, "xoxp-1-2-abc", Err("starts with xoxb-")),
            (BotToken, "xoxb-1 2", Err("spaces")),
            (SigningSecret, &long, Err("longer than")),
        ];
        for (secret, value, expected) in cases {
            match (secret.checked(value), expected) {
                (Ok(value), Ok(expected)) => assert_eq!(value, expected),
                (Err(failure), Err(expected)) => assert!(failure.to_string().contains(expected), "{failure}"),
                (found, _) => panic!("{value:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn names_secrets_as_the_functions_read_them() {
        let mut read: Vec<String> = opsroom_aws_parameters::SecretName::ALL.iter().map(|name| name.name()).collect();
        let settable = SettableSecret::value_variants().iter().map(|secret| secret.name().to_owned());
        let mut written: Vec<String> =
            settable.chain(RetirableSecret::value_variants().iter().map(|secret| secret.name().to_owned())).collect();
        read.sort();
        written.sort();
        assert_eq!(read, written);
    }

    #[test]
    fn never_repeats_a_value() {
        let failure = SettableSecret::BotToken.checked("hunter2-hunter2").unwrap_err();
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
    }
}
