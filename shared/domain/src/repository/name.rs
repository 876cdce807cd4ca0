//! Names of repositories, and patterns of them.

use serde::{Deserialize, Serialize};

/// A repository as its host knows it: `acme/api`. Lower case, because GitHub and GitLab compare names without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepositoryName(String);

impl RepositoryName {
    /// Takes a name as a sender gives it.
    pub fn new(name: &str) -> Self {
        Self(name.to_lowercase())
    }

    /// `acme/api`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `acme`; of GitLab's nested groups, the outermost.
    pub fn owner(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }
}

impl std::fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One repository, or all of an owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum RepositoryPattern {
    /// `acme/api`
    One(RepositoryName),
    /// `acme/*`
    AllOf(String),
}

/// What is wrong with a pattern that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no repository; write `owner/name` for one, or `owner/*` for all of an owner")]
pub struct BadPattern(pub String);

impl RepositoryPattern {
    /// The patterns under which a repository's subscriptions are found: its own name, and all of its owner.
    pub fn matching(name: &RepositoryName) -> [Self; 2] {
        [Self::One(name.clone()), Self::AllOf(name.owner().to_owned())]
    }

    /// Whether a repository is meant.
    pub fn covers(&self, name: &RepositoryName) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::AllOf(owner) => name.owner() == owner,
        }
    }
}

impl std::str::FromStr for RepositoryPattern {
    type Err = BadPattern;

    /// Takes what people paste, too: an address of GitHub, with or without `https://` and `.git`.
    fn from_str(typed: &str) -> Result<Self, BadPattern> {
        let bad = || BadPattern(typed.to_owned());
        let path = typed.trim().trim_end_matches('/').trim_end_matches(".git");
        let path = path.strip_prefix("https://").or_else(|| path.strip_prefix("http://")).unwrap_or(path);
        let path = path.strip_prefix("github.com/").unwrap_or(path).to_lowercase();
        let mut parts = path.split('/');
        let (Some(owner), Some(name)) = (parts.next(), parts.next()) else { return Err(bad()) };
        let is_name = |part: &str| {
            !part.is_empty() && part.len() <= 100 && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        let rest: Vec<&str> = parts.collect();
        if !is_name(owner) || rest.len() > 5 || !rest.iter().all(|part| is_name(part)) {
            return Err(bad());
        }
        match name {
            "*" if rest.is_empty() => Ok(Self::AllOf(owner.to_owned())),
            name if is_name(name) => Ok(Self::One(RepositoryName(path))),
            _ => Err(bad()),
        }
    }
}

impl TryFrom<String> for RepositoryPattern {
    type Error = BadPattern;

    fn try_from(text: String) -> Result<Self, BadPattern> {
        text.parse()
    }
}

impl From<RepositoryPattern> for String {
    fn from(pattern: RepositoryPattern) -> Self {
        pattern.to_string()
    }
}

impl std::fmt::Display for RepositoryPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(name) => write!(f, "{name}"),
            Self::AllOf(owner) => write!(f, "{owner}/*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_type_and_paste() {
        for typed in ["acme/api", "Acme/API", "https://github.com/acme/api", "github.com/acme/api.git", "acme/api/"] {
            assert_eq!(typed.parse(), Ok(RepositoryPattern::One(RepositoryName::new("acme/api"))), "{typed}");
        }
        assert_eq!("acme/*".parse(), Ok(RepositoryPattern::AllOf("acme".into())));
        assert_eq!("group/sub/api".parse::<RepositoryPattern>().unwrap().to_string(), "group/sub/api");
        for typed in ["acme", "*/api", "*", "acme/", "/api", "acme/a*", "a b/c", "acme/api?x", "acme/<!channel>", ""] {
            assert_eq!(typed.parse::<RepositoryPattern>(), Err(BadPattern(typed.to_owned())));
        }
    }

    #[test]
    fn a_repository_is_found_under_its_name_and_its_owner() {
        let name = RepositoryName::new("Acme/api");
        assert!(RepositoryPattern::matching(&name).iter().all(|pattern| pattern.covers(&name)));
        assert!(!RepositoryPattern::AllOf("acme".into()).covers(&RepositoryName::new("acmeother/api")));
    }
}
