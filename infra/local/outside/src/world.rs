//! What has been done so far: pull requests that can be reviewed, issues that can be closed, numbers that count up. In memory, like the
//! rest of the local cloud.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::fields::Existing;
use crate::pipelines::Pipeline;

/// Numbers begin here, so that they look like those of a repository that has been around for a while.
const FIRST_NUMBER: u64 = 101;

/// A pull request or an issue by its repository and number.
pub type Place = (String, u64);

/// Everything outside of chat.
#[derive(Debug)]
pub struct World {
    now: Timestamp,
    last: Timestamp,
    seed: String,
    made: u64,
    counters: HashMap<String, u64>,
    heads: HashMap<(String, String), String>,
    /// Pull requests as GitHub's payloads have them.
    pub pulls: BTreeMap<Place, Value>,
    /// Issues, likewise.
    pub issues: BTreeMap<Place, Value>,
    /// Pipelines that can be started.
    pub pipelines: Vec<Pipeline>,
}

impl World {
    /// Nothing has happened yet.
    pub fn new(now: Timestamp, pipelines: Vec<Pipeline>) -> Self {
        Self {
            now,
            last: Timestamp::UNIX_EPOCH,
            seed: now.to_string(),
            made: 0,
            counters: HashMap::new(),
            heads: HashMap::new(),
            pulls: BTreeMap::new(),
            issues: BTreeMap::new(),
            pipelines,
        }
    }

    /// It is later.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// A moment later than any that was told before. Senders tell whole seconds, and what happens twice within one can't be put in order.
    pub fn moment(&mut self) -> Timestamp {
        let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        self.last = whole(self.now).max(self.last + SignedDuration::from_secs(1));
        self.last
    }

    /// Counts up, for each thing by itself.
    pub fn next(&mut self, what: &str) -> u64 {
        let counter = self.counters.entry(what.to_owned()).or_insert(FIRST_NUMBER - 1);
        *counter += 1;
        *counter
    }

    /// Something that is never the same again: 64 hexadecimal digits.
    fn digits(&mut self) -> String {
        self.made += 1;
        hex::encode(Sha256::digest(format!("{} {}", self.seed, self.made)))
    }

    /// A commit's id.
    pub fn sha(&mut self) -> String {
        self.digits().chars().take(40).collect()
    }

    /// An id in the form of a UUID (version 4, RFC 9562).
    pub fn uuid(&mut self) -> String {
        let digits = self.digits();
        format!("{}-{}-4{}-8{}-{}", &digits[..8], &digits[8..12], &digits[12..15], &digits[15..18], &digits[18..30])
    }

    /// The newest commit of a branch, if the branch is known.
    pub fn head(&self, repository: &str, branch: &str) -> Option<String> {
        self.heads.get(&(repository.to_owned(), branch.to_owned())).cloned()
    }

    /// The branch has a new newest commit.
    pub fn set_head(&mut self, repository: &str, branch: &str, sha: &str) {
        self.heads.insert((repository.to_owned(), branch.to_owned()), sha.to_owned());
    }

    /// The newest commit of a branch, which is made up where nothing was pushed yet.
    pub fn built(&mut self, repository: &str, branch: &str) -> String {
        if let Some(head) = self.head(repository, branch) {
            return head;
        }
        let sha = self.sha();
        self.set_head(repository, branch, &sha);
        sha
    }

    /// What can be chosen: value and label, the newest first.
    pub fn existing(&self, what: Existing) -> Vec<(String, String)> {
        match what {
            Existing::OpenPulls => open(&self.pulls),
            Existing::OpenIssues => open(&self.issues),
            Existing::Pipelines => self.pipelines.iter().map(|one| (one.name.clone(), one.name.clone())).collect(),
        }
    }
}

fn open(of: &BTreeMap<Place, Value>) -> Vec<(String, String)> {
    let mut open: Vec<(&Place, &Value)> = of.iter().filter(|(_, it)| it["state"] == "open").collect();
    open.sort_by_key(|(_, it)| std::cmp::Reverse(it["created_at"].as_str().unwrap_or_default().to_owned()));
    let named = |((repository, number), it): (&Place, &Value)| {
        let value = format!("{repository}#{number}");
        let label = format!("{value} {}", it["title"].as_str().unwrap_or_default());
        (value, label)
    };
    open.into_iter().map(named).collect()
}

/// The place that a choice of [`World::existing`] names.
pub fn place(choice: &str) -> Option<Place> {
    let (repository, number) = choice.rsplit_once('#')?;
    Some((repository.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn world() -> World {
        World::new("2026-11-20T09:00:00.7Z".parse().unwrap(), Vec::new())
    }

    #[test]
    fn no_two_moments_are_the_same() {
        let mut world = world();
        let told: Vec<String> = (0..3).map(|_| world.moment().to_string()).collect();
        assert_eq!(told, ["2026-11-20T09:00:00Z", "2026-11-20T09:00:01Z", "2026-11-20T09:00:02Z"]);
        world.advance("2026-11-20T09:10:00.2Z".parse().unwrap());
        assert_eq!(world.moment().to_string(), "2026-11-20T09:10:00Z");
        world.advance("2026-11-20T08:00:00Z".parse().unwrap());
        assert_eq!(world.moment().to_string(), "2026-11-20T09:10:01Z");
    }

    #[test]
    fn ids_have_their_form_and_differ() {
        let mut world = world();
        let (one, two) = (world.uuid(), world.uuid());
        assert_ne!(one, two);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(world.sha().len(), 40);
        assert_eq!((world.next("a"), world.next("a"), world.next("b")), (101, 102, 101));
    }

    #[test]
    fn only_what_is_open_can_be_chosen_and_the_newest_first() {
        let mut world = world();
        for (number, state) in [(1, "open"), (2, "closed"), (3, "open")] {
            let issue = json!({"state": state, "title": format!("No. {number}"), "created_at": format!("2026-11-20T09:00:0{number}Z")});
            world.issues.insert(("acme/api".to_owned(), number), issue);
        }
        let choices = world.existing(Existing::OpenIssues);
        assert_eq!(choices[0], ("acme/api#3".to_owned(), "acme/api#3 No. 3".to_owned()));
        assert_eq!(choices.len(), 2);
        assert_eq!(place(&choices[1].0), Some(("acme/api".to_owned(), 1)));
        assert!(world.existing(Existing::OpenPulls).is_empty());
    }
}
