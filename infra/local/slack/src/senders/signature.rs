//! Slack's request signature: HMAC-SHA256 over `v0:<timestamp>:<raw body>` (docs.slack.dev: Verifying requests from Slack).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `X-Slack-Signature`.
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // An HMAC takes keys of any length, so there is no error to pass on.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of Slack's documentation.
    #[test]
    fn the_documented_example() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&\
                    user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F\
                    commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body.as_bytes()),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }

    #[test]
    fn each_part_counts() {
        let reference = sign("secret", "1", b"body");
        assert_ne!(sign("other", "1", b"body"), reference);
        assert_ne!(sign("secret", "2", b"body"), reference);
        assert_ne!(sign("secret", "1", b"bodY"), reference);
    }
}
