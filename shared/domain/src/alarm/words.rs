//! What an alarm measures, in one line.

use super::Measure;

/// See [`Measure::in_words`].
pub(super) fn in_words(measure: &Measure) -> String {
    measure.what.clone()
}
