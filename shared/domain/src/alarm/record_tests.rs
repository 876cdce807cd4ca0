//! Late, doubled and overtaken reports lead to one end.

use proptest::prelude::*;

use super::*;
use crate::test_data::{at, report};

use AlarmState::{Firing, NoData, Ok as Well};

#[test]
fn tells_what_is_new_about_each_report() {
    use Taken::{Changed, Nothing, OnlyWords};
    for (told, expected, fires) in [
        (&[(Firing, 1), (Well, 2)][..], &[Changed][..], false),
        // Reversed and doubled.
        (&[(Well, 2), (Firing, 1)], &[Nothing], false),
        (&[(Firing, 1), (Firing, 1), (Well, 2), (Well, 2), (Firing, 1)], &[Nothing, Changed, Nothing, Nothing], false),
        (&[(Firing, 1), (Firing, 3), (Well, 2)], &[OnlyWords, Nothing], true),
        // No data neither ends nor begins …
        (&[(Firing, 1), (NoData, 2)], &[Changed], true),
        (&[(Well, 1), (NoData, 2)], &[Changed], false),
        // … and what was overtaken by it still counts.
        (&[(Firing, 1), (NoData, 3), (Well, 2)], &[Changed, Changed], false),
        (&[(Firing, 1), (NoData, 4), (Firing, 3), (Well, 2)], &[Changed, OnlyWords, Nothing], true),
        // At the same time the worse counts, in both orders.
        (&[(Firing, 1), (Well, 1)], &[Nothing], true),
        (&[(Well, 1), (Firing, 1)], &[Changed], true),
        (&[(NoData, 1), (Well, 1), (NoData, 1)], &[Changed, Nothing], false),
    ] {
        let mut reports = told.iter().map(|&(state, second)| report("a", state, second));
        let mut record = AlarmRecord::new(reports.next().unwrap());
        let taken: Vec<Taken> = reports.map(|report| record.take(&report)).collect();
        assert_eq!((taken.as_slice(), record.fires()), (expected, fires), "{told:?}");
    }
}

#[test]
fn remembers_the_newest_changes_only() {
    let mut record = AlarmRecord::new(report("a", Firing, 0));
    for second in 1..200 {
        record.take(&report("a", if second % 2 == 0 { Firing } else { Well }, second));
    }
    assert_eq!(record.changes.len(), AlarmRecord::MOST_CHANGES);
    assert_eq!(record.changes.last(), Some(&at(199)));
}

fn told() -> impl Strategy<Value = Vec<AlarmReport>> {
    let state = prop_oneof![Just(Firing), Just(Well), Just(NoData)];
    // Some at the same time.
    prop::collection::vec((0..8_i64, state), 1..12)
        .prop_map(|told| told.into_iter().map(|(second, state)| report("a", state, second)).collect())
}

proptest! {
    #[test]
    fn any_order_and_any_doubling_leads_to_the_same_end(
        (told, shuffled) in told().prop_flat_map(|told| {
            let doubled: Vec<_> = told.iter().chain(&told).cloned().collect();
            (Just(told), Just(doubled).prop_shuffle())
        })
    ) {
        let end = |reports: &[AlarmReport]| {
            let mut record = AlarmRecord::new(reports[0].clone());
            for report in &reports[1..] {
                let before = record.clone();
                // Whoever is told that there is nothing new has nothing to write.
                if record.take(report) == Taken::Nothing {
                    assert_eq!(record, before);
                }
            }
            (record.latest, record.verdict)
        };
        prop_assert_eq!(end(&told), end(&shuffled));
    }
}
