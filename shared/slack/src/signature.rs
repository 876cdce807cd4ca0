//! Decides whether bytes really come from Slack, before anything looks into them.
//!
//! Slack: "Verifying requests from Slack" (`docs.slack.dev/authentication/verifying-requests-from-slack`).

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How far a request's clock may be from ours, either way.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Why a request isn't taken for Slack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// `X-Slack-Request-Timestamp` is missing or no number.
    #[error("the timestamp is no number")]
    BadTimestamp,
    /// More than five minutes away: perhaps a replay.
    #[error("the timestamp is more than five minutes away")]
    OutOfTime,
    /// `X-Slack-Signature` is missing, or not `v0=` and 64 hexadecimal digits.
    #[error("the signature is malformed")]
    Malformed,
    /// Made with another secret, or for another body.
    #[error("the signature doesn't fit")]
    Mismatch,
}

/// Checks signatures with the secrets that are valid now: one, or two while it is being rotated.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Hmac<Sha256>>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("secrets", &self.keys.len()).finish()
    }
}

impl Verifier {
    /// Takes the secrets. Empty ones are left out, because everybody knows them.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let keys = secrets.into_iter().filter(|secret| !secret.as_ref().is_empty());
        // HMAC takes keys of any length, so none is left out here.
        Self { keys: keys.filter_map(|secret| Hmac::new_from_slice(secret.as_ref().as_bytes()).ok()).collect() }
    }

    /// Checks a request as of `now`. A missing header is an empty one.
    pub fn verify_at(&self, now: Timestamp, timestamp_header: &str, signature_header: &str, raw_body: &[u8]) -> Result<(), SignatureError> {
        if timestamp_header.is_empty() || !timestamp_header.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SignatureError::BadTimestamp);
        }
        let seconds: i64 = timestamp_header.parse().map_err(|_| SignatureError::BadTimestamp)?;
        let sent = Timestamp::from_second(seconds).map_err(|_| SignatureError::BadTimestamp)?;
        if now.duration_since(sent).abs() > TOLERANCE {
            return Err(SignatureError::OutOfTime);
        }
        let digits = signature_header.strip_prefix("v0=").ok_or(SignatureError::Malformed)?;
        let mut claimed = [0_u8; 32];
        hex::decode_to_slice(digits, &mut claimed).map_err(|_| SignatureError::Malformed)?;
        let fits = |key: &Hmac<Sha256>| {
            let mut mac = key.clone();
            mac.update(b"v0:");
            mac.update(timestamp_header.as_bytes());
            mac.update(b":");
            mac.update(raw_body);
            // Constant-time.
            mac.verify_slice(&claimed).is_ok()
        };
        if self.keys.iter().any(fits) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's own page on verifying requests.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SENT: i64 = 1_531_420_618;
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn at(offset: i64) -> Timestamp {
        Timestamp::from_second(SENT + offset).unwrap()
    }

    #[test]
    fn takes_what_slack_signed_and_nothing_else() {
        use SignatureError::{BadTimestamp, Malformed, Mismatch, OutOfTime};
        let sent = SENT.to_string();
        let upper = SIGNATURE.replace('a', "A");
        let wrong = SIGNATURE.replace('a', "b");
        let cases = [
            (0, sent.as_str(), SIGNATURE, BODY, Ok(())),
            (0, &sent, &upper, BODY, Ok(())),
            (300, &sent, SIGNATURE, BODY, Ok(())),
            (-300, &sent, SIGNATURE, BODY, Ok(())),
            (301, &sent, SIGNATURE, BODY, Err(OutOfTime)),
            (-301, &sent, SIGNATURE, BODY, Err(OutOfTime)),
            (0, "", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "yesterday", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "+1531420618", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "1531420618.0", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "99999999999999999999", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "9223372036854775807", SIGNATURE, BODY, Err(BadTimestamp)),
            (0, "01531420618", SIGNATURE, BODY, Err(Mismatch)),
            (0, "1531420619", SIGNATURE, BODY, Err(Mismatch)),
            (0, &sent, "", BODY, Err(Malformed)),
            (0, &sent, "v0=", BODY, Err(Malformed)),
            (0, &sent, "v0=zz", BODY, Err(Malformed)),
            (0, &sent, &SIGNATURE[3..], BODY, Err(Malformed)),
            (0, &sent, &SIGNATURE[..66], BODY, Err(Malformed)),
            (0, &sent, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", BODY, Err(Malformed)),
            (0, &sent, &wrong, BODY, Err(Mismatch)),
            (0, &sent, SIGNATURE, b"", Err(Mismatch)),
            (0, &sent, SIGNATURE, &BODY[1..], Err(Mismatch)),
        ];
        let verifier = Verifier::new([SECRET]);
        for (offset, timestamp, signature, body, expected) in cases {
            assert_eq!(verifier.verify_at(at(offset), timestamp, signature, body), expected, "{timestamp} {signature}");
        }
    }

    #[test]
    fn two_secrets_are_valid_during_a_rotation_and_none_without_any() {
        let verify = |secrets: &[&str]| Verifier::new(secrets).verify_at(at(0), &SENT.to_string(), SIGNATURE, BODY);
        assert_eq!(verify(&["new", SECRET]), Ok(()));
        assert_eq!(verify(&[SECRET, "old"]), Ok(()));
        assert_eq!(verify(&["new"]), Err(SignatureError::Mismatch));
        assert_eq!(verify(&[]), Err(SignatureError::Mismatch));
        assert_eq!(verify(&[""]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn shows_no_secret() {
        assert_eq!(format!("{:?}", Verifier::new([SECRET])), "Verifier { secrets: 1 }");
    }
}
