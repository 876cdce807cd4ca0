//! Senders of alarms: Prometheus Alertmanager, Grafana, scripts, and Amazon `CloudWatch`, which needs no door. How to set each up:
//! `docs/guide/monit-room.md`.

pub mod cloudwatch;
pub(crate) mod generic;
pub(crate) mod grafana;
pub(crate) mod group;
mod numbers;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::secrets::{NotAuthentic, Secrets};
use crate::webhook::header;

/// How far a sender's clock may go ahead of ours. Beyond, its time would make an alarm deaf to what is reported until then.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// `Authorization: Bearer <secret>`, or `Basic` with the secret as its password and any name: what Alertmanager's `http_config` and
/// Grafana's contact points can send.
pub(crate) fn verify_authorization(headers: &HeaderMap, secrets: &Secrets) -> Result<(), NotAuthentic> {
    const HEADER: &str = "Authorization";
    let value = header(headers, HEADER).ok_or(NotAuthentic::Missing(HEADER))?;
    let (scheme, rest) = value.split_once(' ').ok_or(NotAuthentic::Malformed(HEADER))?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return secrets.is_token(rest.trim());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(NotAuthentic::Malformed(HEADER));
    }
    let decoded = BASE64_STANDARD.decode(rest.trim()).map_err(|_| NotAuthentic::Malformed(HEADER))?;
    let pair = String::from_utf8(decoded).map_err(|_| NotAuthentic::Malformed(HEADER))?;
    let (_, password) = pair.split_once(':').ok_or(NotAuthentic::Malformed(HEADER))?;
    secrets.is_token(password)
}

/// A sender's time, unless it has hardly come yet.
fn not_ahead(at: Timestamp, received_at: Timestamp) -> Timestamp {
    let latest = received_at.checked_add(AHEAD).unwrap_or(received_at);
    if at > latest { received_at } else { at }
}

/// A `null` where a list or an object belongs is an empty one: so Go writes what was never filled.
fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> Result<(), NotAuthentic> {
        let secrets = Secrets { current: "s3cret".to_owned(), previous: Some("before".to_owned()) };
        verify_authorization(&samples::headers(&[("Authorization", value)]), &secrets)
    }

    #[test]
    fn a_bearer_token_and_a_password_are_the_secret() {
        let basic = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        for good in ["Bearer s3cret", "bearer before", &basic("opsroom:s3cret"), &basic(":before")] {
            assert_eq!(with(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("Bearer other", NotAuthentic::Mismatch),
            ("Bearer ", NotAuthentic::Mismatch),
            (&*basic("s3cret:other"), NotAuthentic::Mismatch),
            (&*basic("s3cret"), NotAuthentic::Malformed("Authorization")),
            ("Basic !", NotAuthentic::Malformed("Authorization")),
            ("s3cret", NotAuthentic::Malformed("Authorization")),
            ("Digest s3cret", NotAuthentic::Malformed("Authorization")),
        ] {
            assert_eq!(with(bad), Err(why), "{bad}");
        }
        let secrets = Secrets { current: "s3cret".to_owned(), previous: None };
        assert_eq!(verify_authorization(&HeaderMap::new(), &secrets), Err(NotAuthentic::Missing("Authorization")));
    }

    #[test]
    fn a_clock_may_be_a_little_ahead() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let later = |minutes| now + SignedDuration::from_mins(minutes);
        assert_eq!(not_ahead(later(4), now), later(4));
        assert_eq!(not_ahead(later(6), now), now);
        assert_eq!(not_ahead(later(-600), now), later(-600));
        assert_eq!(not_ahead(Timestamp::MAX, Timestamp::MAX), Timestamp::MAX);
    }
}
