//! Medians and quartiles: a benchmark's times are skewed by the machine's interruptions, so no means and deviations.

/// The middle and the spread of a set of measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// A quarter of the values lie below.
    pub lower_quartile: f64,
    /// Half of the values lie below.
    pub median: f64,
    /// A quarter of the values lie above.
    pub upper_quartile: f64,
}

impl Summary {
    /// Summarises the values; `None` if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Some(Self { lower_quartile: quantile(&sorted, 1, 4)?, median: quantile(&sorted, 1, 2)?, upper_quartile: quantile(&sorted, 3, 4)? })
    }
}

/// The quantile `part / whole` by linear interpolation between the two nearest ranks (R's type 7, the default of R and
/// `NumPy`). The rank is kept as a fraction of whole numbers, so that it is exact.
fn quantile(sorted: &[f64], part: usize, whole: usize) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let below = last * part / whole;
    let remainder = u32::try_from(last * part % whole).ok()?;
    let lower = sorted[below];
    let upper = sorted[(below + 1).min(last)];
    let fraction = f64::from(remainder) / f64::from(u32::try_from(whole).ok()?);
    Some(lower + (upper - lower) * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_on_ranks_where_ranks_exist() {
        assert_eq!(Summary::of([5.0, 1.0, 4.0, 2.0, 3.0]), Some(Summary { lower_quartile: 2.0, median: 3.0, upper_quartile: 4.0 }));
    }

    #[test]
    fn quartiles_are_interpolated_between_ranks() {
        // numpy.percentile([1, 2, 3, 4], [25, 50, 75]) = [1.75, 2.5, 3.25]
        assert_eq!(Summary::of([4.0, 3.0, 2.0, 1.0]), Some(Summary { lower_quartile: 1.75, median: 2.5, upper_quartile: 3.25 }));
    }

    #[test]
    fn one_outlier_does_not_move_the_median() {
        let summary = Summary::of([1.0, 1.0, 1.0, 1.0, 1000.0]);
        assert_eq!(summary.map(|summary| summary.median), Some(1.0));
    }

    #[test]
    fn a_single_value_is_all_its_quantiles() {
        let summary = Summary::of([7.0]);
        assert_eq!(summary.map(|s| (s.lower_quartile, s.median, s.upper_quartile)), Some((7.0, 7.0, 7.0)));
    }

    #[test]
    fn nothing_has_no_summary() {
        assert_eq!(Summary::of([]), None);
    }
}
