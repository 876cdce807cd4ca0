//! What an alarm measures, in one line.

use super::{Comparison, Measure};

impl Comparison {
    /// Whether a value is on the wrong side of a bound.
    pub fn is_wrong(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Above => value > bound,
            Self::AtOrAbove => value >= bound,
            Self::Below => value < bound,
            Self::AtOrBelow => value <= bound,
        }
    }

    /// `above`
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::AtOrAbove => "at or above",
            Self::Below => "below",
            Self::AtOrBelow => "at or below",
        }
    }
}

/// See [`Measure::in_words`].
pub(super) fn in_words(measure: &Measure) -> String {
    let Measure { what, value, threshold, unit } = measure;
    match (value.filter(|value| value.is_finite()), threshold.filter(|threshold| threshold.value.is_finite())) {
        (Some(value), Some(threshold)) => {
            let wrong = threshold.wrong_if.is_wrong(value, threshold.value);
            let not = if wrong { "" } else { "not " };
            let (value, bound) = told_apart(value, threshold.value);
            format!("{what} is {}, {not}{} {}", with_unit(&value, unit), threshold.wrong_if.in_words(), with_unit(&bound, unit))
        }
        (Some(value), None) => format!("{what} is {}", with_unit(&number(value), unit)),
        (None, Some(threshold)) => {
            format!("{what} must not be {} {}", threshold.wrong_if.in_words(), with_unit(&number(threshold.value), unit))
        }
        (None, None) => what.clone(),
    }
}

/// Both numbers, with as many digits as it takes to see which is the greater.
fn told_apart(value: f64, bound: f64) -> (String, String) {
    let (short, other) = (number(value), number(bound));
    if short != other {
        return (short, other);
    }
    (3..10).map(|digits| (fixed(value, digits), fixed(bound, digits))).find(|(value, bound)| value != bound).unwrap_or((short, other))
}

fn with_unit(number: &str, unit: &str) -> String {
    match unit {
        "" => number.to_owned(),
        "%" => format!("{number}%"),
        unit => format!("{number} {unit}"),
    }
}

/// A number as people read it: `37`, `1,234,567`, `0.0312`, `99.95`; very large and very small ones as powers of ten.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-6..1e15).contains(&size) {
        format!("{value:.2e}")
    } else if size >= 1.0 {
        fixed(value, 2)
    } else {
        // Three digits after the leading zeros.
        let zeros = (1_u8..7).find(|&zeros| size >= 10_f64.powi(-i32::from(zeros))).unwrap_or(6);
        fixed(value, usize::from(zeros) + 2)
    }
}

/// With at most so many digits after the point, and commas between thousands.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::Comparison::{Above, AtOrAbove, AtOrBelow, Below};
    use super::*;
    use crate::alarm::Threshold;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (value, expected) in [
            (0.0, "0"),
            (37.0, "37"),
            (-1.5, "-1.5"),
            (1_234_567.0, "1,234,567"),
            (-1234.0, "-1,234"),
            (99.953, "99.95"),
            (3.0e14, "300,000,000,000,000"),
            (2.5e18, "2.50e18"),
            (0.5, "0.5"),
            (0.031_24, "0.0312"),
            (0.000_004_2, "0.0000042"),
            (0.000_000_042, "4.20e-8"),
            (f64::MIN_POSITIVE, "2.23e-308"),
        ] {
            assert_eq!(number(value), expected, "{value}");
        }
    }

    #[test]
    fn one_line_says_the_value_and_the_bound() {
        let line = |value: Option<f64>, bound: Option<(Comparison, f64)>, unit: &str| {
            let threshold = bound.map(|(wrong_if, value)| Threshold { wrong_if, value });
            Measure { what: "5XXError (Sum)".into(), value, threshold, unit: unit.into() }.in_words()
        };
        for (value, bound, unit, expected) in [
            (Some(37.0), Some((Above, 10.0)), "", "5XXError (Sum) is 37, above 10"),
            (Some(10.0), Some((AtOrAbove, 10.0)), "", "5XXError (Sum) is 10, at or above 10"),
            (Some(1.25), Some((Below, 2.0)), "ms", "5XXError (Sum) is 1.25 ms, below 2 ms"),
            (Some(3.0), Some((AtOrBelow, 5.0)), "%", "5XXError (Sum) is 3%, at or below 5%"),
            (Some(3.0), Some((Above, 10.0)), "", "5XXError (Sum) is 3, not above 10"),
            (Some(10.0004), Some((Above, 10.0)), "", "5XXError (Sum) is 10.0004, above 10"),
            (Some(3.0), None, "s", "5XXError (Sum) is 3 s"),
            (None, Some((Above, 10.0)), "", "5XXError (Sum) must not be above 10"),
            (Some(f64::NAN), None, "", "5XXError (Sum)"),
            (None, None, "", "5XXError (Sum)"),
        ] {
            assert_eq!(line(value, bound, unit), expected);
        }
    }
}
