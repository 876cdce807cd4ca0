//! What is in a deployment: the commits between what ran before and what it brings.

use serde::{Deserialize, Serialize};

use crate::repository::news::Commit;

/// The commits between two revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Whether it goes back: the commits are those it takes away.
    pub backwards: bool,
    /// The newest of them, newest first; at most [`Contents::MOST`].
    pub commits: Vec<ContainedCommit>,
    /// How many there are.
    pub total: usize,
    /// The page that compares both.
    pub compare: Option<String>,
}

/// A commit of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainedCommit {
    /// Its id.
    pub sha: String,
    /// The first line of its message.
    pub title: String,
    /// Its page.
    pub url: Option<String>,
    /// Who wrote it, as its host calls them.
    pub author: String,
}

impl Contents {
    /// How many commits are kept.
    pub const MOST: usize = 5;

    /// What lies between two revisions, as far as the pushed commits tell: `pushed` is one branch's history, newest first. `None` if one of
    /// the two isn't in it, or both are the same.
    pub fn between(pushed: &[&Commit], before: &str, after: &str) -> Option<Self> {
        let place = |revision: &str| pushed.iter().position(|commit| commit.is_meant_by(revision));
        let (old, new) = (place(before)?, place(after)?);
        let range = pushed.get(new.min(old)..new.max(old)).filter(|range| !range.is_empty())?;
        let contained = |commit: &&Commit| ContainedCommit {
            sha: commit.sha.clone(),
            title: commit.title.clone(),
            url: commit.url.clone(),
            author: commit.author.shown().to_owned(),
        };
        let (from, to) = (&pushed[old].sha, &pushed[new].sha);
        // GitHub and GitLab: `<repository>/commit/<sha>` and `<repository>/compare/<from>...<to>`, each behind the same beginning.
        let pages = pushed[new].url.as_deref().and_then(|url| url.split_once("/commit/")).map(|(beginning, _)| beginning);
        Some(Self {
            backwards: old < new,
            commits: range.iter().take(Self::MOST).map(contained).collect(),
            total: range.len(),
            compare: pages.map(|beginning| format!("{beginning}/compare/{from}...{to}")),
        })
    }
}

impl Commit {
    /// Whether a revision names this commit, in full or by its beginning of seven digits at least.
    pub fn is_meant_by(&self, revision: &str) -> bool {
        let is_id = revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id && self.sha.starts_with(&revision.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::Author;

    fn commit(letter: &str) -> Commit {
        let sha = letter.repeat(40);
        Commit {
            url: Some(format!("https://git.example/acme/api/commit/{sha}")),
            title: format!("Change {letter}"),
            author: Author::login("dana"),
            paths: Vec::new(),
            sha,
        }
    }

    #[test]
    fn tells_what_comes_and_what_goes() {
        let history: Vec<Commit> = ["7", "6", "5", "4", "3", "2", "1"].map(commit).into();
        let pushed: Vec<&Commit> = history.iter().collect();
        let titles = |before: &str, after: &str| {
            let contents = Contents::between(&pushed, &before.repeat(40), &after.repeat(7))?;
            let titles: Vec<_> = contents.commits.iter().map(|commit| commit.title.replace("Change ", "")).collect();
            Some((contents.backwards, titles.concat(), contents.total))
        };
        assert_eq!(titles("1", "3"), Some((false, "32".to_owned(), 2)));
        assert_eq!(titles("1", "7"), Some((false, "76543".to_owned(), 6)));
        assert_eq!(titles("5", "3"), Some((true, "54".to_owned(), 2)));
        assert_eq!(titles("3", "3"), None);
        assert_eq!(titles("9", "3"), None);
        let compare = Contents::between(&pushed, &"1".repeat(40), &"2".repeat(40)).and_then(|contents| contents.compare);
        let expected = format!("https://git.example/acme/api/compare/{}...{}", "1".repeat(40), "2".repeat(40));
        assert_eq!(compare, Some(expected));
        assert_eq!(Contents::between(&pushed, "v1.2", &"2".repeat(40)), None);
    }
}
