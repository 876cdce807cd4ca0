//! How each sender proves to the door who it is.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// Where a sender's webhooks go, and how they are signed.
#[derive(Debug)]
pub struct Door {
    /// Below the address of the door.
    pub path: &'static str,
    /// The sender's name in that of its secret.
    pub secret: &'static str,
    /// Headers that say what it is and prove who sent it.
    pub prove: fn(&Letter<'_>) -> Vec<Header>,
    /// Whether the secret stands in the address, as `token`, because the sender can set no header.
    pub in_address: bool,
}

/// What is to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The shared secret.
    pub secret: &'a str,
    /// The raw body.
    pub body: &'a [u8],
    /// The sender's word for what it is.
    pub event: &'a str,
    /// This delivery's id.
    pub id: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// A header of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether the value is the secret itself, and so nothing to show.
    pub is_secret: bool,
}

impl Header {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_secret: false }
    }

    fn secret(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_secret: true }
    }
}

/// Hexadecimal HMAC-SHA256 of parts one after the other.
fn hmac(secret: &str, parts: &[&[u8]]) -> String {
    // An HMAC takes keys of any length, so there is no error to pass on.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

/// GitHub: "Validating webhook deliveries" and "Webhook events and payloads", delivery headers (`docs.github.com`).
pub static GITHUB: Door = Door { path: "/github", secret: "github", prove: github, in_address: false };

fn github(letter: &Letter<'_>) -> Vec<Header> {
    vec![
        Header::new("User-Agent", "GitHub-Hookshot/044aadd"),
        Header::new("X-GitHub-Event", letter.event),
        Header::new("X-GitHub-Delivery", letter.id),
        Header::new("X-Hub-Signature-256", format!("sha256={}", hmac(letter.secret, &[letter.body]))),
    ]
}

/// GitLab: "Webhooks", secret token and delivery headers (`docs.gitlab.com`). It signs nothing: the token goes along.
pub static GITLAB: Door = Door { path: "/ci/gitlab", secret: "gitlab", prove: gitlab, in_address: false };

fn gitlab(letter: &Letter<'_>) -> Vec<Header> {
    vec![
        Header::new("User-Agent", "GitLab/18.6.0"),
        Header::new("X-Gitlab-Event", letter.event),
        Header::new("X-Gitlab-Event-UUID", letter.id),
        Header::new("Idempotency-Key", letter.id),
        Header::secret("X-Gitlab-Token", letter.secret),
    ]
}

/// CircleCI: "Outbound webhooks", "Validate webhooks" (`circleci.com/docs`).
pub static CIRCLECI: Door = Door { path: "/ci/circleci", secret: "circleci", prove: circleci, in_address: false };

fn circleci(letter: &Letter<'_>) -> Vec<Header> {
    vec![
        Header::new("User-Agent", "CircleCI-Webhook/1.0"),
        Header::new("circleci-event-type", letter.event),
        Header::new("circleci-signature", format!("v1={}", hmac(letter.secret, &[letter.body]))),
    ]
}

/// Buildkite: "Webhooks", "Webhook signature" (`buildkite.com/docs/apis/webhooks`).
pub static BUILDKITE: Door = Door { path: "/ci/buildkite", secret: "buildkite", prove: buildkite, in_address: false };

fn buildkite(letter: &Letter<'_>) -> Vec<Header> {
    let seconds = letter.at.as_second().to_string();
    let signature = hmac(letter.secret, &[seconds.as_bytes(), b".", letter.body]);
    vec![
        Header::new("User-Agent", "Buildkite-Request"),
        Header::new("X-Buildkite-Event", letter.event),
        Header::new("X-Buildkite-Request", letter.id),
        Header::new("X-Buildkite-Signature", format!("timestamp={seconds},signature={signature}")),
    ]
}

/// Jenkins with the Notification plugin, which can neither sign nor set a header: its token is part of the address.
pub static JENKINS: Door = Door { path: "/ci/jenkins", secret: "jenkins", prove: jenkins, in_address: true };

fn jenkins(_: &Letter<'_>) -> Vec<Header> {
    Vec::new()
}

/// Anything that speaks Opsroom's own format: the time and the body, signed together.
pub static GENERIC: Door = Door { path: "/ci/generic", secret: "generic", prove: timed, in_address: false };

fn timed(letter: &Letter<'_>) -> Vec<Header> {
    let seconds = letter.at.as_second().to_string();
    let signature = hmac(letter.secret, &[seconds.as_bytes(), b".", letter.body]);
    vec![Header::new("X-Opsroom-Timestamp", seconds), Header::new("X-Opsroom-Signature", format!("v1={signature}"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of "Validating webhook deliveries".
    #[test]
    fn github_signs_as_documented() {
        let at = Timestamp::UNIX_EPOCH;
        let letter = Letter { secret: "It's a Secret to Everybody", body: b"Hello, World!", event: "push", id: "1", at };
        let headers = github(&letter);
        let signature = headers.iter().find(|header| header.name == "X-Hub-Signature-256").unwrap();
        assert_eq!(signature.value, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    #[test]
    fn the_secret_itself_is_never_shown() {
        let letter = Letter { secret: "swordfish", body: b"{}", event: "e", id: "1", at: Timestamp::UNIX_EPOCH };
        for door in [&GITHUB, &GITLAB, &CIRCLECI, &BUILDKITE, &JENKINS, &GENERIC] {
            for header in (door.prove)(&letter) {
                assert_eq!(header.value.contains("swordfish"), header.is_secret, "{}", header.name);
            }
        }
    }
}
