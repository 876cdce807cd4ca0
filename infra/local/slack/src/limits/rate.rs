//! Slack's pace: posting about once a second into a channel, updating some fifty times a minute (docs.slack.dev/apis/web-api/rate-limits).
//! Token buckets: bursts are allowed, and fill up again at the documented rate.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::clock::Micros;

/// The rates that are kept. Slack publishes the rates but not the bursts: those are our choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    pub enabled: bool,
    /// Messages a second into one channel.
    pub post_per_second: f64,
    pub post_burst: f64,
    /// `chat.update` (tier 3) in the workspace.
    pub update_per_minute: f64,
    pub update_burst: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self { enabled: true, post_per_second: 1.0, post_burst: 3.0, update_per_minute: 50.0, update_burst: 100.0 }
    }
}

/// How full each bucket is.
#[derive(Debug, Default)]
pub struct Buckets(HashMap<String, Bucket>);

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Micros,
}

impl Buckets {
    /// Takes one token, or says after how many seconds there will be one.
    pub fn take(&mut self, name: String, per_second: f64, burst: f64, now: Micros) -> Result<(), u64> {
        let bucket = self.0.entry(name).or_insert(Bucket { tokens: burst, at: now });
        let passed = as_seconds(now.saturating_sub(bucket.at));
        bucket.tokens = (bucket.tokens + passed * per_second).min(burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.tokens) / per_second.max(0.001)).ceil().clamp(1.0, 3600.0);
        // Clamped to 1..=3600 just above.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Err(wait as u64)
    }
}

fn as_seconds(micros: Micros) -> f64 {
    std::time::Duration::from_micros(micros).as_secs_f64()
}

impl Rates {
    /// Whether this call may go through now.
    pub fn admit(&self, buckets: &mut Buckets, method: &str, caller: &str, channel: &str, now: Micros) -> Result<(), u64> {
        if !self.enabled {
            return Ok(());
        }
        match method {
            "chat.postMessage" | "chat.postEphemeral" | "chat.meMessage" => {
                buckets.take(format!("post {caller} {channel}"), self.post_per_second, self.post_burst, now)
            }
            "chat.update" => buckets.take(format!("update {caller}"), self.update_per_minute / 60.0, self.update_burst, now),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SECOND;

    const START: Micros = 1_700_000_000 * SECOND;

    #[test]
    fn a_burst_passes_then_one_a_second() {
        let (rates, mut buckets) = (Rates::default(), Buckets::default());
        let mut post = |channel: &str, at| rates.admit(&mut buckets, "chat.postMessage", "bot", channel, at);
        for _ in 0..3 {
            assert_eq!(post("C1", START), Ok(()));
        }
        assert_eq!(post("C1", START), Err(1));
        assert_eq!(post("C2", START), Ok(()), "another channel is not held back");
        assert_eq!(post("C1", START + SECOND), Ok(()));
        assert_eq!(post("C1", START + SECOND), Err(1));
    }

    #[test]
    fn updates_have_a_larger_burst_and_can_be_set_free() {
        let (mut rates, mut buckets) = (Rates { update_burst: 2.0, ..Rates::default() }, Buckets::default());
        assert_eq!(rates.admit(&mut buckets, "chat.update", "bot", "C1", START), Ok(()));
        assert_eq!(rates.admit(&mut buckets, "chat.update", "bot", "C2", START), Ok(()));
        assert_eq!(rates.admit(&mut buckets, "chat.update", "bot", "C1", START), Err(2));
        rates.enabled = false;
        assert_eq!(rates.admit(&mut buckets, "chat.update", "bot", "C1", START), Ok(()));
    }
}
