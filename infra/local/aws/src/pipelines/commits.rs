//! The commits that source actions find: believable, the same on every start, and advanced on request.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What commit messages are drawn from when nobody wrote one.
const MESSAGES: [&str; 10] = [
    "Retry the health check before calling a host down",
    "Bound the size of uploaded attachments",
    "Answer 409 instead of 500 on a duplicate order",
    "Cache the price list for a minute",
    "Close idle database connections",
    "Show the build number on the status page",
    "Read the queue in batches of ten",
    "Drop the unused invoice columns",
    "Accept ISO week dates in reports",
    "Log the request id with every error",
];

/// A commit of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commit {
    /// Forty hexadecimal digits, or what a test chose.
    pub sha: String,
    /// The message's first line.
    pub message: String,
}

/// The head of every repository.
#[derive(Debug, Default)]
pub struct Commits {
    pushed: BTreeMap<String, Vec<Commit>>,
}

impl Commits {
    /// The commit a host ran before anything was deployed here.
    pub fn first(repository: &str) -> Commit {
        generated(repository, 0)
    }

    /// The newest commit.
    pub fn head(&self, repository: &str) -> Commit {
        self.pushed.get(repository).and_then(|commits| commits.last().cloned()).unwrap_or_else(|| generated(repository, 1))
    }

    /// Adds a commit; what is not given is generated.
    pub fn push(&mut self, repository: &str, sha: Option<String>, message: Option<String>) -> Commit {
        let commits = self.pushed.entry(repository.to_owned()).or_default();
        let next = generated(repository, commits.len() + 2);
        let commit = Commit { sha: sha.unwrap_or(next.sha), message: message.unwrap_or(next.message) };
        commits.push(commit.clone());
        commit
    }

    /// The commit a revision names, if it is known here.
    pub fn message_of(&self, repository: &str, sha: &str) -> Option<String> {
        let head = self.head(repository);
        self.pushed
            .get(repository)
            .into_iter()
            .flatten()
            .chain(std::iter::once(&head))
            .find(|commit| commit.sha == sha)
            .map(|commit| commit.message.clone())
    }
}

fn generated(repository: &str, number: usize) -> Commit {
    let digest = Sha256::digest(format!("{repository}#{number}"));
    let sha = hex::encode(&digest[..20]);
    let message = MESSAGES[usize::from(digest[31]) % MESSAGES.len()].to_owned();
    Commit { sha, message }
}

#[cfg(test)]
mod tests {
    use super::Commits;

    #[test]
    fn heads_are_stable_until_somebody_pushes() {
        let mut commits = Commits::default();
        let before = commits.head("example/api");
        assert_eq!(before, Commits::default().head("example/api"));
        assert_eq!(before.sha.len(), 40);
        assert_ne!(before.sha, Commits::first("example/api").sha);

        let pushed = commits.push("example/api", None, Some("Mend it".to_owned()));
        assert_eq!(commits.head("example/api"), pushed);
        assert_ne!(pushed.sha, before.sha);
        assert_eq!(commits.message_of("example/api", &pushed.sha).as_deref(), Some("Mend it"));
        assert_eq!(commits.head("example/web").sha, Commits::default().head("example/web").sha);
    }
}
