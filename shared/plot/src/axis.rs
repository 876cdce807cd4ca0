//! What stands beside the axes, and how far they go.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The lowest and the highest value with some air, never an empty range. Zero is included where it is near.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let span = high - low;
    if low > 0.0 && low < span {
        low = 0.0;
    }
    if high < 0.0 && -high < span {
        high = 0.0;
    }
    let span = high - low;
    let air = if span > 0.0 { span * 0.1 } else { high.abs().max(1.0) * 0.1 };
    let bottom = if low == 0.0 { 0.0 } else { low - air };
    (bottom, high + air)
}

/// A number as people read it: three digits that count, and `k`, `M`, `G` for the large ones.
pub(crate) fn number(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, "G"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{}{suffix}", if text == "-0" { "0" } else { text })
}

/// A moment on an axis of so many seconds: `14:05`, or with the day where the axis is longer than one. In UTC, because a picture can't know who
/// looks at it.
pub(crate) fn clock(second: i64, span: i64) -> String {
    let Ok(at) = Timestamp::from_second(second) else { return String::new() };
    let at = at.to_zoned(TimeZone::UTC);
    if span > 86_400 { at.strftime("%d %b %H:%M").to_string() } else { at.strftime("%H:%M UTC").to_string() }
}

/// The value at a moment: the latest that was known then.
pub(crate) fn marks(points: &[(i64, f64)], moment: i64) -> Option<f64> {
    points.iter().take_while(|(at, _)| *at <= moment).last().map(|(_, value)| *value)
}

/// At most so many characters of a line, without what can't be drawn.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    if clean.chars().count() <= most {
        return clean;
    }
    clean.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
