//! When a silence holds, and which silences may be made.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Silence};

/// Why there can be no such silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSilence {
    /// Its end is not after its beginning.
    #[error("it would be over before it begins")]
    Over,
    /// What is quiet for too long is forgotten.
    #[error("a silence may last 30 days; after that, make another one or mend the alarm")]
    TooLong,
    /// Nobody would know why.
    #[error("a silence needs a reason, for those who wonder about the quiet")]
    NoReason,
}

impl Silence {
    /// How long a silence may last.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// Whether it holds at a moment.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.ended_at.is_none() && self.from <= at && at < self.until
    }

    /// Whether there may be a silence for that time and that reason.
    pub fn allowed(from: Timestamp, until: Timestamp, reason: &str) -> Result<(), NoSilence> {
        if until <= from {
            Err(NoSilence::Over)
        } else if until.duration_since(from) > Self::LONGEST {
            Err(NoSilence::TooLong)
        } else if reason.trim().is_empty() {
            Err(NoSilence::NoReason)
        } else {
            Ok(())
        }
    }
}

/// The silence that an alarm is under; of several the one that ends last, because it is quiet until then.
pub fn covering<'a>(silences: &'a [Silence], facts: &Facts<'_>, at: Timestamp) -> Option<&'a Silence> {
    silences.iter().filter(|silence| silence.holds(at) && silence.matches.fits(facts)).max_by_key(|silence| silence.until)
}
