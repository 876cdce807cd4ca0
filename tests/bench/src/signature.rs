//! Signing a request as Slack does ("Verifying requests from Slack") and as GitHub does ("Validating webhook deliveries"), written apart
//! from the functions' own verification.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `X-Slack-Signature` for a body sent at `timestamp`.
pub fn sign(secret: &str, timestamp: i64, body: &str) -> String {
    format!("v0={}", hmac(secret, format!("v0:{timestamp}:{body}").as_bytes()))
}

/// The value of `X-Hub-Signature-256` for a body.
pub fn sign_as_github(secret: &str, body: &str) -> String {
    format!("sha256={}", hmac(secret, body.as_bytes()))
}

fn hmac(secret: &str, bytes: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        unreachable!("HMAC takes keys of any length");
    };
    mac.update(bytes);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn githubs_own_example_is_reproduced() {
        assert_eq!(
            sign_as_github("It's a Secret to Everybody", "Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }

    #[test]
    fn slacks_own_example_is_reproduced() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                    channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                    response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                    trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            sign("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
