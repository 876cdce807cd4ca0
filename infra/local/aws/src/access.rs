//! Whether a caller may do what it asks of the stand-in: the emulator's IAM decides, by `iam:SimulatePrincipalPolicy`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cloud::{Cloud, CloudError};
use crate::identity::{Principal, between};

/// Policies change on deployment only; this keeps a burst of calls from asking again and again.
const REMEMBERED_FOR: Duration = Duration::from_secs(3);

type Question = (String, String, String);

/// Decisions of the last seconds.
#[derive(Debug, Default)]
pub struct Access {
    decisions: Mutex<HashMap<Question, (bool, Instant)>>,
}

impl Access {
    /// Whether a principal may do something to something.
    pub async fn allows(&self, cloud: &Cloud, principal: &Principal, action: &str, resource: &str) -> Result<bool, CloudError> {
        let Some(source) = &principal.policy_source else { return Ok(true) };
        let question = (source.clone(), action.to_owned(), resource.to_owned());
        let asked = Instant::now();
        if let Some((allowed, since)) = self.decisions().get(&question)
            && asked.duration_since(*since) < REMEMBERED_FOR
        {
            return Ok(*allowed);
        }
        let answer = cloud
            .query(
                "iam",
                &[
                    ("Action", "SimulatePrincipalPolicy"),
                    ("Version", "2010-05-08"),
                    ("PolicySourceArn", source),
                    ("ActionNames.member.1", action),
                    ("ResourceArns.member.1", resource),
                ],
            )
            .await?;
        let allowed = between(&answer, "EvalDecision") == Some("allowed");
        let mut decisions = self.decisions();
        decisions.retain(|_, (_, since)| asked.duration_since(*since) < REMEMBERED_FOR);
        decisions.insert(question, (allowed, asked));
        Ok(allowed)
    }

    fn decisions(&self) -> std::sync::MutexGuard<'_, HashMap<Question, (bool, Instant)>> {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
