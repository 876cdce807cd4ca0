//! How the checks of a commit stand, whether or not it belongs to a pull request.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::RepositoryName;
use super::conversation::{CheckResult, CheckState};

/// How many checks of a commit are kept: an item of the table holds 400 KB.
const MOST_KEPT: usize = 100;

/// The checks of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitChecks {
    /// Where.
    pub repository: RepositoryName,
    /// The commit.
    pub sha: String,
    /// The newest result of each, by name.
    pub results: IndexMap<String, CheckResult>,
    /// Counts writes; guards against writing over a newer one.
    pub version: u64,
}

impl CommitChecks {
    /// A commit of which nothing was heard yet.
    pub fn none_yet(repository: RepositoryName, sha: &str) -> Self {
        Self { repository, sha: sha.to_owned(), results: IndexMap::new(), version: 0 }
    }

    /// Takes results in, each if it is newer than what is known; tells whether anything changed.
    pub fn take_in(&mut self, results: &[CheckResult]) -> bool {
        let mut changed = false;
        for result in results {
            let is_newer = |known: &CheckResult| result.at > known.at || (result.at == known.at && result.state > known.state);
            let has_room = self.results.len() < MOST_KEPT || self.results.contains_key(&result.name);
            if has_room && self.results.get(&result.name).is_none_or(is_newer) {
                self.results.insert(result.name.clone(), result.clone());
                changed = true;
            }
        }
        changed
    }

    /// The names of those that failed.
    pub fn failed(&self) -> Vec<&str> {
        self.results.values().filter(|result| result.state == CheckState::Failed).map(|result| result.name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn the_newest_result_of_each_check_counts() {
        let result =
            |name: &str, state, second| CheckResult { name: name.into(), state, url: None, at: Timestamp::from_second(second).unwrap() };
        let mut checks = CommitChecks::none_yet(RepositoryName::new("acme/api"), "4f9c2d1");
        assert!(checks.take_in(&[result("CI", CheckState::Failed, 2), result("Lint", CheckState::Passed, 2)]));
        assert!(!checks.take_in(&[result("CI", CheckState::Pending, 1)]));
        assert_eq!(checks.failed(), ["CI"]);
        assert!(checks.take_in(&[result("CI", CheckState::Passed, 3)]));
        assert_eq!(checks.failed(), [""; 0]);
    }
}
