//! What an address of GitHub is about.

use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::conversation::{ConversationKey, ConversationKind};

/// Something that an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// A pull request, an issue or a discussion.
    Conversation(ConversationKey),
    /// A commit.
    Commit {
        /// Where.
        repository: RepositoryName,
        /// Its id, or the beginning of it.
        sha: String,
    },
    /// A run of a workflow.
    Run {
        /// Where.
        repository: RepositoryName,
        /// Its id.
        run: String,
    },
}

/// The address isn't understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a pull request, issue, discussion, commit or run; it looks like `https://github.com/owner/name/pull/17`")]
pub struct NotALink(pub String);

impl std::str::FromStr for Linked {
    type Err = NotALink;

    fn from_str(address: &str) -> Result<Self, NotALink> {
        let wrong = || NotALink(address.chars().take(200).collect());
        let path = address.split(['#', '?']).next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        parts.next().filter(|host| host.contains('.')).ok_or_else(wrong)?;
        let (Some(owner), Some(name), Some(kind)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        let repository = RepositoryName::new(&format!("{owner}/{name}"));
        let rest: Vec<&str> = parts.collect();
        let number = || rest.first().and_then(|number| number.parse().ok()).ok_or_else(wrong);
        let conversation = |kind, number| Self::Conversation(ConversationKey { repository: repository.clone(), kind, number });
        match (kind, rest.as_slice()) {
            ("pull", _) => Ok(conversation(ConversationKind::Pull, number()?)),
            ("issues", _) => Ok(conversation(ConversationKind::Issue, number()?)),
            ("discussions", _) => Ok(conversation(ConversationKind::Discussion, number()?)),
            ("commit", [sha, ..]) if sha.len() >= 7 && sha.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(Self::Commit { repository, sha: sha.to_lowercase() })
            }
            ("actions", ["runs", run, ..]) if run.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::Run { repository, run: (*run).to_owned() })
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_copy() {
        let pull = ConversationKey { repository: RepositoryName::new("acme/api"), kind: ConversationKind::Pull, number: 17 };
        for address in
            ["https://github.com/Acme/api/pull/17", "github.com/acme/api/pull/17/files#diff-1", "https://ghe.example/acme/api/pull/17?w=1"]
        {
            assert_eq!(address.parse(), Ok(Linked::Conversation(pull.clone())), "{address}");
        }
        assert!(matches!("https://github.com/acme/api/commit/ABCDEF1".parse(), Ok(Linked::Commit { sha, .. }) if sha == "abcdef1"));
        assert!(matches!("https://github.com/acme/api/actions/runs/9/job/1".parse(), Ok(Linked::Run { run, .. }) if run == "9"));
        for wrong in
            ["", "17", "https://github.com/acme/api", "https://github.com/acme/api/pull/x", "https://github.com/acme/api/commit/zz"]
        {
            assert_eq!(wrong.parse::<Linked>(), Err(NotALink(wrong.to_owned())));
        }
    }
}
