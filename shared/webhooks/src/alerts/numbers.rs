//! Numbers in words: what people write into annotations, and what senders write into reasons.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use opsroom_domain::alarm::{Comparison, Threshold};

/// `37`, `0.5`, `37.5%` with its unit; `None` for anything else, `1h 5m` or `1.2k` among it: half understood is misunderstood.
pub(super) fn value(text: &str) -> Option<(f64, &'static str)> {
    let text = text.trim();
    let (digits, unit) = match text.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), "%"),
        None => (text, ""),
    };
    digits.parse().ok().filter(|number: &f64| number.is_finite()).map(|number| (number, unit))
}

/// `10`, `> 10`, `<= 0.5`, `above 10`. A bare number is what must not be passed upwards, as nearly all are.
pub(super) fn threshold(text: &str) -> Option<Threshold> {
    let text = text.trim();
    let signs = [
        (">=", Comparison::AtOrAbove),
        ("<=", Comparison::AtOrBelow),
        (">", Comparison::Above),
        ("<", Comparison::Below),
        ("above", Comparison::Above),
        ("below", Comparison::Below),
    ];
    let (wrong_if, rest) =
        signs.into_iter().find_map(|(sign, comparison)| Some((comparison, text.strip_prefix(sign)?))).unwrap_or((Comparison::Above, text));
    value(rest).map(|(value, _)| Threshold { wrong_if, value })
}

/// The newest data point of a reason as `CloudWatch` writes it: `[12.5 (02/10/19 16:59:00), 9.0 (02/10/19 16:58:00)]`, or of older
/// alarms `1 datapoint (12.5)`.
pub(super) fn newest_datapoint(reason: &str) -> Option<f64> {
    let listed = reason.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(list, _)| list);
    let newest = listed.and_then(|list| {
        let points = list.split("),").filter_map(|point| {
            let (number, moment) = point.trim().split_once('(')?;
            let (number, _) = value(number)?;
            Some((moment_of(moment.trim_end_matches(')'))?, number))
        });
        // The first of those of one moment: they are written newest first.
        points.reduce(|newest, point| if point.0 > newest.0 { point } else { newest })
    });
    if let Some((_, number)) = newest {
        return Some(number);
    }
    let (_, rest) = reason.split_once("datapoint (").or_else(|| reason.split_once("datapoints ("))?;
    value(rest.split_once(')')?.0).map(|(number, _)| number)
}

/// `was not greater than or equal to the threshold (10.0)`: which side is wrong, and the bound.
pub(super) fn threshold_in(reason: &str) -> Option<Threshold> {
    let (before, rest) = reason.split_once("the threshold (")?;
    let (number, _) = value(rest.split_once(')')?.0)?;
    let wrong_if = [
        ("greater than or equal to ", Comparison::AtOrAbove),
        ("less than or equal to ", Comparison::AtOrBelow),
        ("greater than ", Comparison::Above),
        ("less than ", Comparison::Below),
    ]
    .into_iter()
    .find_map(|(words, comparison)| before.ends_with(words).then_some(comparison))?;
    Some(Threshold { wrong_if, value: number })
}

/// `02/10/19 16:59:00`: day, month, year, in UTC.
fn moment_of(text: &str) -> Option<Timestamp> {
    let civil = jiff::fmt::strtime::parse("%d/%m/%y %H:%M:%S", text.trim()).ok()?.to_datetime().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_number_and_nothing_else_is() {
        assert_eq!(value(" 37.5 "), Some((37.5, "")));
        assert_eq!(value("37.5 %"), Some((37.5, "%")));
        assert_eq!(value("-1e3"), Some((-1000.0, "")));
        for other in ["", "%", "1.2k", "1h 5m", "NaN", "inf", "high"] {
            assert_eq!(value(other), None, "{other}");
        }
    }

    #[test]
    fn a_threshold_says_which_side_is_wrong() {
        let of = |wrong_if, value| Some(Threshold { wrong_if, value });
        assert_eq!(threshold("10"), of(Comparison::Above, 10.0));
        assert_eq!(threshold(">= 10"), of(Comparison::AtOrAbove, 10.0));
        assert_eq!(threshold("<5%"), of(Comparison::Below, 5.0));
        assert_eq!(threshold("below 5"), of(Comparison::Below, 5.0));
        assert_eq!(threshold("ten"), None);
    }

    #[test]
    fn the_newest_data_point_is_found_in_whatever_order_they_are_told() {
        let cases = [
            (
                "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0)",
                Some(99.5),
            ),
            ("Threshold Crossed: 2 out of the last 3 datapoints [1.5 (02/10/19 16:59:00), 2.5 (02/10/19 16:58:00)] were", Some(1.5)),
            ("Threshold Crossed: 2 out of the last 3 datapoints [2.5 (02/10/19 16:58:00), 1.5 (02/10/19 16:59:00)] were", Some(1.5)),
            ("Threshold Crossed: 1 datapoint (10.0) was greater than or equal to the threshold (1.0).", Some(10.0)),
            ("Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].", None),
            ("Unchecked: Initial alarm creation", None),
            ("tested [by hand", None),
        ];
        for (reason, expected) in cases {
            assert_eq!(newest_datapoint(reason), expected, "{reason}");
        }
    }

    #[test]
    fn a_reason_tells_the_threshold() {
        let cases = [
            ("[99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0) (minimum 1", Some((Comparison::Above, 50.0))),
            ("was not greater than or equal to the threshold (50.0)", Some((Comparison::AtOrAbove, 50.0))),
            ("were less than the threshold (1.0E-4)", Some((Comparison::Below, 0.0001))),
            ("was less than or equal to the threshold (-3.0)", Some((Comparison::AtOrBelow, -3.0))),
            ("was not greater than the upper thresholds [44.4]", None),
            ("the threshold (50.0)", None),
        ];
        for (reason, expected) in cases {
            let expected = expected.map(|(wrong_if, value)| Threshold { wrong_if, value });
            assert_eq!(threshold_in(reason), expected, "{reason}");
        }
    }
}
