//! Secrets shared with a sender, and comparing with them in constant time.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How far a signed time may be from ours, either way.
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The secrets that are valid now: one, or two while it is being rotated.
#[derive(Clone)]
pub struct Secrets {
    /// The secret.
    pub current: String,
    /// The one before, for as long as senders may still use it.
    pub previous: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("rotating", &self.previous.is_some()).finish_non_exhaustive()
    }
}

/// Why a request isn't taken for the sender's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// Nothing that proves anything.
    #[error("the header `{0}` is missing")]
    Missing(&'static str),
    /// Not of the form that the sender uses.
    #[error("the signature in `{0}` is malformed")]
    Malformed(&'static str),
    /// More than five minutes away: perhaps a replay.
    #[error("the signed time is more than five minutes away")]
    OutOfTime,
    /// Made with another secret, or for another body.
    #[error("the signature or token doesn't fit")]
    Mismatch,
}

impl Secrets {
    /// Empty ones are left out, because everybody knows them.
    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.current.as_str()).chain(self.previous.as_deref()).filter(|secret| !secret.is_empty())
    }

    /// Whether a hexadecimal HMAC-SHA256 is that of these parts one after the other.
    pub(crate) fn sign(&self, parts: &[&[u8]], digits: &str, header: &'static str) -> Result<(), NotAuthentic> {
        let mut claimed = [0_u8; 32];
        hex::decode_to_slice(digits, &mut claimed).map_err(|_| NotAuthentic::Malformed(header))?;
        let fits = |secret: &str| {
            // HMAC takes keys of any length.
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
            for part in parts {
                mac.update(part);
            }
            // Constant-time.
            mac.verify_slice(&claimed).is_ok()
        };
        if self.all().any(fits) { Ok(()) } else { Err(NotAuthentic::Mismatch) }
    }

    /// Whether a token is one of them. Compared by a MAC of both, so that neither its length nor its beginning can be timed.
    pub(crate) fn is_token(&self, token: &str) -> Result<(), NotAuthentic> {
        let mac_of = |text: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(b"opsroom token").ok()?;
            mac.update(text.as_bytes());
            Some(mac)
        };
        let fits = |secret: &str| {
            let (Some(given), Some(right)) = (mac_of(token), mac_of(secret)) else { return false };
            given.verify(&right.finalize().into_bytes()).is_ok()
        };
        if self.all().any(fits) { Ok(()) } else { Err(NotAuthentic::Mismatch) }
    }
}

/// Reads a time in seconds since 1970 that was signed, if it is near enough to now.
pub(crate) fn recent(seconds: &str, now: Timestamp, header: &'static str) -> Result<(), NotAuthentic> {
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let sent = seconds.parse().ok().filter(|_| digits).and_then(|seconds| Timestamp::from_second(seconds).ok());
    let sent = sent.ok_or(NotAuthentic::Malformed(header))?;
    if now.duration_since(sent).abs() > TOLERANCE { Err(NotAuthentic::OutOfTime) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets { current: "new".into(), previous: Some("old".into()) }
    }

    #[test]
    fn both_are_good_and_an_empty_one_never_is() {
        for good in ["new", "old"] {
            assert_eq!(secrets().is_token(good), Ok(()));
        }
        for bad in ["", "ne", "newer", "NEW"] {
            assert_eq!(secrets().is_token(bad), Err(NotAuthentic::Mismatch));
        }
        let none = Secrets { current: String::new(), previous: Some(String::new()) };
        assert_eq!(none.is_token(""), Err(NotAuthentic::Mismatch));
    }

    #[test]
    fn they_are_never_shown() {
        assert_eq!(format!("{:?}", secrets()), "Secrets { rotating: true, .. }");
    }

    #[test]
    fn a_signed_time_must_be_near() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        assert_eq!(recent("1789999700", now, "t"), Ok(()));
        assert_eq!(recent("1789999699", now, "t"), Err(NotAuthentic::OutOfTime));
        assert_eq!(recent("1790000301", now, "t"), Err(NotAuthentic::OutOfTime));
        for bad in ["", "-1", "yesterday", "1e9", "99999999999999999999"] {
            assert_eq!(recent(bad, now, "t"), Err(NotAuthentic::Malformed("t")), "{bad}");
        }
    }
}
