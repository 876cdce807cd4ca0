//! Whether a caller may do what it asks of a stand-in: the emulator's IAM decides.
//!
//! `iam:SimulatePrincipalPolicy` is asked, and, where conditions on the tags of what is acted on may matter,
//! `iam:SimulateCustomPolicy` with the principal's policies: the emulator takes no `ContextEntries`, so the conditions on tags are
//! decided here ([`crate::tag_conditions`]) and the rest there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cloud::{Cloud, CloudError};
use crate::identity::{Principal, between};
use crate::policies;
use crate::tag_conditions;

/// Policies change on deployment only; this keeps a burst of calls from asking again and again.
const REMEMBERED_FOR: Duration = Duration::from_secs(3);

/// The tags of what is acted on.
pub type Tags = BTreeMap<String, String>;

/// What somebody wants to do, and to what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deed {
    /// The action's name, as policies have it.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The resource's tags, if its kind has any that policies can name.
    pub tags: Option<Tags>,
}

impl Deed {
    /// Something done to a thing without tags.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Deed { action: action.into(), resource: resource.into(), tags: None }
    }

    /// Something done to a thing with tags.
    pub fn tagged(action: impl Into<String>, resource: impl Into<String>, tags: Tags) -> Self {
        Deed { action: action.into(), resource: resource.into(), tags: Some(tags) }
    }
}

/// Decisions of the last seconds.
#[derive(Debug, Default)]
pub struct Access {
    decisions: Mutex<HashMap<(String, Deed), (bool, Instant)>>,
    documents: Mutex<HashMap<String, (Vec<String>, Instant)>>,
}

impl Access {
    /// Whether a principal may do something.
    pub async fn allows(&self, cloud: &Cloud, principal: &Principal, deed: &Deed) -> Result<bool, CloudError> {
        let Some(source) = &principal.policy_source else { return Ok(true) };
        let asked = Instant::now();
        let question = (source.clone(), deed.clone());
        if let Some((allowed, since)) = lock(&self.decisions).get(&question)
            && asked.duration_since(*since) < REMEMBERED_FOR
        {
            return Ok(*allowed);
        }
        let action = [("ActionNames.member.1", deed.action.as_str()), ("ResourceArns.member.1", deed.resource.as_str())];
        let answer = match &deed.tags {
            None => {
                let fields = [("Action", "SimulatePrincipalPolicy"), ("Version", "2010-05-08"), ("PolicySourceArn", source)];
                cloud.query("iam", &[&fields[..], &action[..]].concat()).await?
            }
            Some(tags) => {
                let documents = self.documents_of(cloud, source).await?;
                let decided: Vec<_> = documents
                    .iter()
                    .enumerate()
                    .map(|(index, document)| {
                        (format!("PolicyInputList.member.{}", index + 1), tag_conditions::decide(document, tags, &deed.resource))
                    })
                    .collect();
                let fields = [("Action", "SimulateCustomPolicy"), ("Version", "2010-05-08")];
                let policies: Vec<_> = decided.iter().map(|(name, document)| (name.as_str(), document.as_str())).collect();
                cloud.query("iam", &[&fields[..], &action[..], &policies[..]].concat()).await?
            }
        };
        let allowed = between(&answer, "EvalDecision") == Some("allowed");
        let mut decisions = lock(&self.decisions);
        decisions.retain(|_, (_, since)| asked.duration_since(*since) < REMEMBERED_FOR);
        decisions.insert(question, (allowed, asked));
        Ok(allowed)
    }

    async fn documents_of(&self, cloud: &Cloud, source: &str) -> Result<Vec<String>, CloudError> {
        if let Some((documents, since)) = lock(&self.documents).get(source)
            && since.elapsed() < REMEMBERED_FOR
        {
            return Ok(documents.clone());
        }
        let documents = policies::of(cloud, source).await?;
        lock(&self.documents).insert(source.to_owned(), (documents.clone(), Instant::now()));
        Ok(documents)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
