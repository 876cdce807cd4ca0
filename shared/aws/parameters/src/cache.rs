//! When a value that was read is good enough.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

use crate::names::SecretName;

/// How long a value is used before it is read again.
const FRESH: Duration = Duration::from_mins(5);
/// Between two tries, however much somebody wishes for another.
const PAUSE: Duration = Duration::from_secs(30);

/// The secrets by name.
pub(crate) type Values = HashMap<SecretName, String>;

/// What was read, and when.
#[derive(Default)]
pub(crate) struct Cache {
    known: Option<(Instant, Values)>,
    tried: Option<Instant>,
    doubted: bool,
}

impl Cache {
    /// The values, if they need not be read again now. After a failure, old ones are good enough until the next try.
    pub(crate) fn usable(&self, now: Instant) -> Option<Values> {
        let (read_at, values) = self.known.as_ref()?;
        let fresh = !self.doubted && now.duration_since(*read_at) < FRESH;
        (fresh || !self.may_reread(now)).then(|| values.clone())
    }

    /// Whether the last try is long enough ago.
    pub(crate) fn may_reread(&self, now: Instant) -> bool {
        self.tried.is_none_or(|tried| now.duration_since(tried) >= PAUSE)
    }

    /// A value turned out to be wrong: it is read again as soon as that may be.
    pub(crate) fn doubt(&mut self) {
        self.doubted = true;
    }

    /// Whatever was read last.
    pub(crate) fn known(&self) -> Option<Values> {
        self.known.as_ref().map(|(_, values)| values.clone())
    }

    /// A try begins.
    pub(crate) fn tried(&mut self, now: Instant) {
        self.tried = Some(now);
    }

    /// A try has succeeded; tells whether it brought anything new.
    pub(crate) fn keep(&mut self, values: Values, now: Instant) -> bool {
        let new = self.known.as_ref().is_none_or(|(_, known)| *known != values);
        self.known = Some((now, values));
        self.doubted = false;
        new
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(token: &str) -> Values {
        Values::from([(SecretName::SlackBotToken, token.to_owned())])
    }

    #[test]
    fn values_are_used_for_five_minutes() {
        let start = Instant::now();
        let mut cache = Cache::default();
        assert_eq!(cache.usable(start), None);
        cache.tried(start);
        assert!(cache.keep(values("one"), start));
        assert_eq!(cache.usable(start + FRESH / 2), Some(values("one")));
        assert_eq!(cache.usable(start + FRESH), None);
    }

    #[test]
    fn after_a_failed_try_old_values_do_until_the_next() {
        let start = Instant::now();
        let mut cache = Cache::default();
        cache.keep(values("one"), start);
        let late = start + FRESH;
        cache.tried(late);
        assert_eq!(cache.usable(late + PAUSE / 2), Some(values("one")));
        assert_eq!(cache.usable(late + PAUSE), None);
        assert_eq!(cache.known(), Some(values("one")));
    }

    #[test]
    fn doubt_leads_to_one_try_in_thirty_seconds() {
        let start = Instant::now();
        let mut cache = Cache::default();
        assert!(cache.may_reread(start));
        cache.tried(start);
        assert!(!cache.may_reread(start + PAUSE / 2));
        assert!(cache.may_reread(start + PAUSE));
    }

    #[test]
    fn says_whether_a_try_brought_anything_new_and_never_what() {
        let mut cache = Cache::default();
        assert!(cache.keep(values("xoxb-1"), Instant::now()));
        assert!(!cache.keep(values("xoxb-1"), Instant::now()));
        assert!(cache.keep(values("xoxb-2"), Instant::now()));
        assert!(!format!("{cache:?}").contains("xoxb"));
    }
}
