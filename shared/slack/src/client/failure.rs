//! What went wrong in a call, and what that means to whoever called.

use jiff::SignedDuration;
use opsroom_application::ports::{PortError, PortErrorKind, SlackError};

/// How a call failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// HTTP 429, or the error `ratelimited`.
    RateLimited { retry_after: SignedDuration },
    /// Slack understood, and says no.
    Refused { error: String },
    /// No token, or Slack didn't take it.
    Token { source: PortError },
    /// Nobody answers at the address: the request never arrived.
    NotReached { source: reqwest::Error },
    /// Slack answered that something broke on its side.
    Fault { error: String },
    /// No answer, or one that can't be read: the request may have been done.
    NoAnswer { source: Box<dyn std::error::Error + Send + Sync> },
}

/// Slack's words for a token that it doesn't take.
const TOKEN: [&str; 5] = ["invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"];
/// Slack's words for a fault of its own: "some aspect of the operation succeeded before the error was raised" is possible.
const FAULT: [&str; 4] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];
/// Slack's words for a message that can't be changed because it isn't there, or isn't ours (any more).
const GONE: [&str; 2] = ["message_not_found", "cant_update_message"];

impl Failure {
    /// Sorts an answer with `ok: false`.
    pub(super) fn from_error(error: &str, retry_after: SignedDuration) -> Self {
        if error == "ratelimited" || error == "rate_limited" {
            Self::RateLimited { retry_after }
        } else if TOKEN.contains(&error) {
            Self::Token { source: PortError::new(PortErrorKind::Denied, "slack", error) }
        } else if FAULT.contains(&error) {
            Self::Fault { error: error.to_owned() }
        } else {
            Self::Refused { error: code(error) }
        }
    }

    /// As the messenger's callers need it. The kind of an unknown outcome says what is known of it: `Throttled`: Slack
    /// answered with a fault, so whatever it did shows by now. `Transient`: no answer, so it may still do it. All other
    /// kinds: it certainly wasn't done.
    pub(super) fn into_slack(self, operation: &'static str) -> SlackError {
        let unknown = |kind, source| SlackError::Unknown(PortError::new(kind, operation, source));
        match self {
            Self::RateLimited { retry_after } => SlackError::RateLimited { retry_after },
            Self::Refused { error } if GONE.contains(&error.as_str()) => SlackError::MessageGone,
            Self::Refused { error } => SlackError::Refused { error },
            Self::Token { source } => unknown(PortErrorKind::Denied, source.into()),
            Self::NotReached { source } => unknown(PortErrorKind::NotFound, source.into()),
            Self::Fault { error } => unknown(PortErrorKind::Throttled, error.into()),
            Self::NoAnswer { source } => unknown(PortErrorKind::Transient, source),
        }
    }

    /// As the callers of anything that only reads need it.
    pub(super) fn into_port(self, operation: &'static str) -> PortError {
        match self {
            Self::RateLimited { .. } => PortError::new(PortErrorKind::Throttled, operation, "rate limited"),
            Self::Refused { error } => PortError::new(PortErrorKind::Permanent, operation, error),
            Self::Token { source } => PortError::new(source.kind, operation, source),
            Self::NotReached { source } => PortError::new(PortErrorKind::Transient, operation, source),
            Self::Fault { error } => PortError::new(PortErrorKind::Transient, operation, error),
            Self::NoAnswer { source } => PortError::new(PortErrorKind::Transient, operation, source),
        }
    }
}

/// An error code as Slack makes them; anything else could be a page of HTML, and is not to be shown or kept.
pub(super) fn code(error: &str) -> String {
    let fits = !error.is_empty() && error.len() <= 64 && error.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { error.to_owned() } else { "unreadable_error".to_owned() }
}
