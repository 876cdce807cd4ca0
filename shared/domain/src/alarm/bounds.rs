//! Bounds for what comes from outside: an alarm's texts may be of any length and hold anything, and what is stored and shown may not.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{AlarmLinks, AlarmReport, Plot, PlottedMetric};
use crate::ids::code;

/// How many bytes of text a graph may be drawn from; a message is of use without one.
const HEAVIEST_PLOT: usize = 20_000;

/// See [`AlarmReport::bounded`].
pub(super) fn bounded(mut report: AlarmReport) -> AlarmReport {
    report.key.id = id(&report.key.id);
    report.name = line(&report.name, 255);
    if report.name.is_empty() {
        report.name = line(&report.key.id, 255);
    }
    report.reason = some(report.reason, 1000);
    report.description = some(report.description, 1000);
    report.account = some(report.account, 64);
    report.region = some(report.region, 64);
    report.labels = report.labels.into_iter().take(50).map(|(label, value)| (line(&label, 100), line(&value, 200))).collect();
    report.children = report.children.iter().take(20).map(|child| line(child, 255)).collect();
    report.links =
        AlarmLinks { console: link(report.links.console), runbook: link(report.links.runbook), dashboard: link(report.links.dashboard) };
    report.measure = report.measure.map(|mut measure| {
        measure.what = line(&measure.what, 200);
        measure.unit = line(&measure.unit, 20);
        measure.value = measure.value.filter(|value| value.is_finite());
        measure.threshold = measure.threshold.filter(|threshold| threshold.value.is_finite());
        measure
    });
    report.plot = report.plot.and_then(plot);
    report
}

/// Two long ids that begin alike stay two.
fn id(text: &str) -> String {
    let cut = line(text, 300);
    if cut == text { cut } else { format!("{}~{}", line(text, 280), code(text, 12)) }
}

fn plot(plot: Plot) -> Option<Plot> {
    match plot {
        Plot::Metrics { mut metrics } => {
            metrics.truncate(10);
            for metric in &mut metrics {
                if let PlottedMetric::Metric { dimensions, .. } = metric {
                    // CloudWatch: a metric has 30 dimensions at most.
                    while dimensions.len() > 30 {
                        dimensions.pop_last();
                    }
                }
            }
            let bytes: usize = metrics.iter().map(weight).sum();
            (!metrics.is_empty() && bytes <= HEAVIEST_PLOT).then_some(Plot::Metrics { metrics })
        }
        Plot::Points { mut points } => {
            // JSON has no word for a number that is none, and a graph no place for it.
            points.retain(|point| point.value.is_finite());
            points.sort_by_key(|point| point.at);
            points.drain(..points.len().saturating_sub(300));
            (!points.is_empty()).then_some(Plot::Points { points })
        }
    }
}

fn weight(metric: &PlottedMetric) -> usize {
    match metric {
        PlottedMetric::Metric { namespace, name, dimensions, statistic, .. } => {
            let dimensions: usize = dimensions.iter().map(|(name, value)| name.len() + value.len()).sum();
            namespace.len() + name.len() + statistic.len() + dimensions
        }
        PlottedMetric::Expression { expression, label, .. } => expression.len() + label.as_ref().map_or(0, String::len),
    }
}

/// Only addresses that a browser opens as a page. One that is too long is left out, for half an address leads nowhere.
fn link(link: Option<String>) -> Option<String> {
    link.filter(|link| {
        let page =
            ["https://", "http://"].iter().any(|scheme| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        page && link.len() <= 1500 && !link.chars().any(|letter| letter.is_control() || letter.is_whitespace())
    })
}

fn some(text: Option<String>, most: usize) -> Option<String> {
    text.map(|text| cut(&text, most, true)).filter(|text| !text.is_empty())
}

/// A text in one line.
fn line(text: &str, most: usize) -> String {
    cut(text, most, false)
}

/// At most so many characters as people see them, without those that nobody sees: control characters, and those that turn the direction of
/// what follows, so that no text passes for another one. Cut texts end in `…`.
pub(crate) fn cut(text: &str, most: usize, lines: bool) -> String {
    let shown = |letter: char| {
        let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        !turns && (!letter.is_control() || (lines && letter == '\n'))
    };
    let spaced = text.chars().map(|letter| if letter == '\t' || (!lines && letter == '\n') { ' ' } else { letter });
    let clean: String = spaced.filter(|&letter| shown(letter)).collect();
    let clean = clean.trim();
    // One visible character may be built of any number of marks: those are bounded, too, because what is stored has so many bytes at most.
    let mut room = most.saturating_mul(4).saturating_add(32);
    let fitting = clean.graphemes(true).take_while(|seen| {
        let fits = seen.len() <= room;
        room = room.saturating_sub(seen.len());
        fits
    });
    let seen: Vec<&str> = fitting.take(most + 1).collect();
    let whole = seen.iter().map(|part| part.len()).sum::<usize>() == clean.len();
    if whole && seen.len() <= most {
        return clean.to_owned();
    }
    let mut text = seen[..seen.len().min(most.saturating_sub(1))].concat();
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::{AlarmState, Measure, Point, Threshold};
    use crate::test_data::{at, report};

    #[test]
    fn texts_are_cut_where_people_would_cut_them_and_hide_nothing() {
        for (text, most, lines, expected) in [
            ("short", 5, false, "short"),
            ("longer", 5, false, "long…"),
            ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2, false, "👨‍👩‍👧…"),
            ("a\u{0}b\u{1b}[31mc", 20, false, "ab[31mc"),
            ("one\r\ntwo\tthree", 20, false, "one two three"),
            ("one\r\ntwo", 20, true, "one\ntwo"),
            ("\u{202e}gnp.exe", 20, false, "gnp.exe"),
            ("  \n ", 5, true, ""),
        ] {
            assert_eq!(cut(text, most, lines), expected, "{text:?}");
        }
        let marks = format!("e{}", "\u{301}".repeat(10_000));
        assert!(cut(&marks, 10, false).chars().count() < 41);
    }

    #[test]
    fn a_report_of_any_size_fits() {
        let mut wild = report(&"x".repeat(1000), AlarmState::Firing, 0);
        wild.name = String::new();
        wild.reason = Some("r".repeat(5000));
        wild.labels = (0..100).map(|number| (format!("label{number}"), "v".repeat(1000))).collect();
        wild.children = vec!["c".repeat(1000); 100];
        wild.links.console = Some("javascript:alert(1)".to_owned());
        wild.links.runbook = Some("HTTPS://runbooks.example/a?b=c".to_owned());
        wild.links.dashboard = Some(format!("https://{}", "d".repeat(5000)));
        wild.measure = Some(Measure {
            what: "w".repeat(1000),
            value: Some(f64::NAN),
            threshold: Some(Threshold { wrong_if: crate::alarm::Comparison::Above, value: f64::INFINITY }),
            unit: String::new(),
        });
        let point = |second: i64, value| Point { at: at(second), value };
        wild.plot = Some(Plot::Points { points: (0..1000).rev().map(|n| point(n, if n == 999 { f64::NAN } else { 1.0 })).collect() });
        let tame = wild.clone().bounded();
        assert!(tame.key.id.chars().count() <= 300 && !tame.name.is_empty());
        assert_eq!((tame.labels.len(), tame.children.len()), (50, 20));
        assert!(tame.labels.values().chain(tame.reason.iter()).all(|text| text.chars().count() <= 1000 && text.ends_with('…')));
        assert_eq!((tame.links.console.clone(), tame.links.dashboard.clone()), (None, None));
        assert_eq!(tame.links.runbook, wild.links.runbook);
        assert!(tame.measure.as_ref().is_some_and(|measure| measure.value.is_none() && measure.threshold.is_none()));
        let Some(Plot::Points { points }) = &tame.plot else { panic!("{tame:?}") };
        assert_eq!((points.len(), points[0].at, points[299].at), (300, at(699), at(998)));
        assert!(tame.clone().bounded() == tame, "bounding twice changes nothing");
        // What is stored can be read again.
        let stored = serde_json::to_string(&tame).unwrap();
        assert_eq!(serde_json::from_str::<AlarmReport>(&stored).unwrap(), tame);
        let mut other = report(&format!("{}y", "x".repeat(999)), AlarmState::Firing, 0);
        other = other.bounded();
        assert_ne!(other.key, tame.key, "two long keys stay two");
    }

    #[test]
    fn an_ordinary_report_is_left_alone() {
        let plain = report("api-production-5xx", AlarmState::Firing, 0);
        assert_eq!(plain.clone().bounded(), plain);
    }
}
