//! Spans of time as people type them: `15m`, `2h`, `7d`.

use jiff::SignedDuration;

/// Reads a span of time; the error says what would be right.
pub fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no span of time; write it as `15m`, `2h`, `7d` or `4w`");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (count, unit) = text.split_at(split);
    let count: i64 = count.parse().map_err(|_| wrong())?;
    let seconds = match unit.to_lowercase().as_str() {
        "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return Err(wrong()),
    };
    count
        .checked_mul(seconds)
        .filter(|s| (1..=315_360_000).contains(s))
        .map(SignedDuration::from_secs)
        .ok_or_else(|| format!("`{text}` is out of range; between 1 s and 10 years"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        assert_eq!(parse_duration("15m"), Ok(SignedDuration::from_mins(15)));
        assert_eq!(parse_duration("7d"), Ok(SignedDuration::from_hours(168)));
        for wrong in ["", "7", "d", "-7d", "7 d", "0m", "99999999999999999999d", "900000w"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
