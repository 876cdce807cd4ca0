//! The one place that reads the time of day. Everything else is told what time it is.

use jiff::Timestamp;

/// Microseconds since the epoch, the resolution of Slack's message timestamps.
pub type Micros = u64;

/// One second.
pub const SECOND: Micros = 1_000_000;

/// Now.
// This is that clock: the lint keeps everybody else from reading it.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Micros {
    u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default()
}

/// Writes a moment the way Slack writes a `ts`: seconds, a point, six digits.
pub fn to_ts(at: Micros) -> String {
    format!("{}.{:06}", at / SECOND, at % SECOND)
}

/// Reads a `ts`, also in the shorter forms that callers pass as `oldest` and `latest` (`0`, `1700000000`, `1700000000.5`).
pub fn from_ts(ts: &str) -> Option<Micros> {
    let (seconds, fraction) = ts.trim().split_once('.').unwrap_or((ts.trim(), ""));
    let seconds: Micros = seconds.parse().ok()?;
    if fraction.len() > 6 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: Micros = format!("{fraction:0<6}").parse().ok()?;
    seconds.checked_mul(SECOND)?.checked_add(micros)
}

/// A moment as a `jiff` timestamp, for calendars and time zones.
pub fn timestamp(at: Micros) -> Timestamp {
    i64::try_from(at).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ts_survives_the_round_trip() {
        assert_eq!(from_ts("1700000000.000123"), Some(1_700_000_000_000_123));
        assert_eq!(to_ts(1_700_000_000_000_123), "1700000000.000123");
    }

    #[test]
    fn shorter_forms_are_read_and_others_refused() {
        assert_eq!(from_ts("0"), Some(0));
        assert_eq!(from_ts("12.5"), Some(12_500_000));
        assert_eq!(from_ts("soon"), None);
        assert_eq!(from_ts("1.2345678"), None);
        assert_eq!(from_ts("99999999999999999999"), None);
    }
}
