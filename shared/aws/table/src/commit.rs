//! Writes a change as a whole or not at all, and reads from a refusal which rule it was.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use jiff::Timestamp;
use opsroom_application::ports::{Change, Commit, PortError, PortErrorKind, SlotChange};
use opsroom_aws_session::port_error;
use opsroom_domain::audit::{AuditEntry, AuditRecord};

use crate::items::{Item, decode};
use crate::records::Records;
use crate::write::{Rule, Write};
use crate::{alarms, bytes, clock, dj, gate, habits, keys, message, opened, operations, rooms, rules};

const TRANSACT: &str = "dynamodb:TransactWriteItems";

/// Actions of one transaction ("`TransactWriteItems`", `DynamoDB` API reference).
const MOST_WRITES: usize = 100;

/// Each try that fails on the audit log means that somebody else's entry was written, so progress is being made; ten at once
/// on one log are more than a team brings up.
const TRIES: u32 = 12;
const FIRST_PAUSE: Duration = Duration::from_millis(8);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// Rules that something is as it was read: whoever breaks one has to read again and decide again.
const DECIDED_ON: [Rule; 8] = [
    Rule::DeploymentIsUnchanged,
    Rule::ExecutionIsUnchanged,
    Rule::RoomIsUnchanged,
    Rule::LockIsUnchanged,
    Rule::MonitIsUnchanged,
    Rule::OperationIsUnchanged,
    Rule::BytesAreUnchanged,
    Rule::StationIsUnchanged,
];

/// Which write was refused, why, and what was in its place.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    rule: Rule,
    code: String,
    item: Option<Item>,
}

/// What to do after a refusal.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Tell the caller.
    Tell(Commit),
    /// Try again, without those parts that were refused because there is nothing to do about them any more.
    TryAgain(Without),
    /// Nobody expects this one.
    Fail(String),
}

/// Parts of a change that are dropped where somebody else was later or faster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Without {
    /// Another deployment is in the slot.
    release: bool,
    /// The login is linked to somebody else.
    login: bool,
    /// The person has looked later than that.
    look: bool,
}

/// Writes a change.
pub(crate) async fn commit(records: &Records, mut change: Change) -> Result<Commit, PortError> {
    only_the_last_of_each(&mut change);
    let now = clock::now();
    let mut pause = FIRST_PAUSE;
    for _ in 0..TRIES {
        let writes = writes(records, &change, now).await?;
        if writes.len() > MOST_WRITES {
            return Err(PortError::new(
                PortErrorKind::Permanent,
                TRANSACT,
                format!("{} writes are too many for a transaction", writes.len()),
            ));
        }
        let refusals = match writes.as_slice() {
            [] => return Ok(Commit::Done),
            [write] if may_go_alone(write) => {
                let done = write.alone(&records.state.client).await?;
                return Ok(if done { Commit::Done } else { Commit::Stale });
            }
            writes => match all_or_nothing(&records.state.client, writes).await? {
                None => return Ok(Commit::Done),
                Some(refusals) => refusals,
            },
        };
        match next(refusals)? {
            Next::Tell(commit) => return Ok(commit),
            Next::Fail(code) => return Err(PortError::new(PortErrorKind::Permanent, TRANSACT, code)),
            Next::TryAgain(without) => {
                if without.release {
                    change.slot = None;
                }
                if without.login {
                    change.login = None;
                }
                if without.look {
                    change.monit.looked = None;
                }
            }
        }
        tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Err(PortError::new(PortErrorKind::Conflict, TRANSACT, "others kept writing in the same moment"))
}

/// A lone write is cheaper than a transaction, but isn't told apart from its own repetition when the answer was lost: then it
/// looks as if somebody else had been faster. A state that is read and decided on again takes no harm from that; a claim
/// or a slot would.
fn may_go_alone(write: &Write) -> bool {
    write.rule == Rule::None || DECIDED_ON.contains(&write.rule)
}

/// A transaction can't touch an item twice.
fn only_the_last_of_each(change: &mut Change) {
    last_of_each(&mut change.messages, |message| message.key.clone());
    last_of_each(&mut change.due, keys::due);
    last_of_each(&mut change.monit.alarms, |alarm| alarm.latest.key.clone());
    last_of_each(&mut change.monit.incidents, |incident| incident.id.clone());
    last_of_each(&mut change.monit.groups, |group| group.group.clone());
    last_of_each(&mut change.monit.settings, alarms::setting_key);
}

fn last_of_each<T, K: PartialEq>(all: &mut Vec<T>, key: impl Fn(&T) -> K) {
    for one in std::mem::take(all) {
        all.retain(|earlier| key(earlier) != key(&one));
        all.push(one);
    }
}

async fn writes(records: &Records, change: &Change, now: Timestamp) -> Result<Vec<Write>, PortError> {
    let table = records.state.name.as_str();
    let mut writes = Vec::new();
    writes.extend(change.claim.as_ref().map(|event| rules::claim_once(table, event, now)));
    if let Some(deployment) = &change.deployment {
        writes.push(rules::deployment_if_unchanged(table, deployment)?);
    }
    if let Some(execution) = &change.execution {
        writes.push(rules::execution_if_unchanged(table, execution, now)?);
    }
    match &change.slot {
        Some(SlotChange::Take(slot)) => writes.push(rules::slot_if_free(table, slot)?),
        Some(SlotChange::Release { service, environment, deployment }) => {
            writes.push(rules::slot_release_if_ours(table, service, environment, deployment));
        }
        None => {}
    }
    for change in &change.gate {
        writes.push(gate::write(table, change)?);
    }
    if let Some(current) = &change.current {
        writes.push(rules::environment(table, current)?);
    }
    if let Some(health) = &change.health {
        writes.push(rooms::health_if_unchanged(table, health, now)?);
    }
    for conversation in &change.conversations {
        writes.push(rooms::conversation_if_unchanged(table, conversation, now)?);
    }
    for subscription in &change.subscriptions {
        writes.push(rooms::subscription_if_unchanged(table, subscription, now)?);
    }
    if let Some(checks) = &change.checks {
        writes.push(rooms::checks_if_unchanged(table, checks, now)?);
    }
    if let Some(push) = &change.pushed {
        writes.push(rooms::pushed(table, push, now)?);
    }
    if let Some(login) = &change.login {
        writes.push(rooms::login(table, login)?);
    }
    writes.extend(alarms::writes(table, &change.monit, now)?);
    writes.extend(operations::writes(table, &change.operations, now)?);
    if let Some(change) = &change.bytes {
        writes.extend(bytes::writes(table, change, now)?);
    }
    if let Some(change) = &change.dj {
        writes.extend(dj::writes(table, change, now)?);
    }
    writes.extend(change.opened.as_ref().map(|room| opened::write(table, room)).transpose()?);
    for message in &change.messages {
        writes.push(message::want(table, message, now)?);
    }
    writes.extend(change.habit.as_ref().map(|used| habits::count(table, used, now)));
    for item in &change.due {
        writes.push(rules::due(table, item)?);
    }
    if !change.audit.is_empty() {
        let last = records.audit.last().await?;
        for entry in chain(last, &change.audit)? {
            writes.push(rules::audit_if_next(&records.audit.name, &entry)?);
        }
    }
    Ok(writes)
}

fn chain(mut last: Option<AuditEntry>, audit: &[AuditRecord]) -> Result<Vec<AuditEntry>, PortError> {
    let mut entries = Vec::with_capacity(audit.len());
    for record in audit {
        let entry = AuditEntry::after(last.as_ref(), record.clone())
            .map_err(|error| PortError::new(PortErrorKind::Permanent, "chain an audit entry", error))?;
        last = Some(entry.clone());
        entries.push(entry);
    }
    Ok(entries)
}

/// Writes all or nothing; gives the refusals if it was nothing.
pub(crate) async fn all_or_nothing(client: &Client, writes: &[Write]) -> Result<Option<Vec<Refusal>>, PortError> {
    let items = writes.iter().map(Write::in_transaction).collect::<Result<Vec<_>, _>>()?;
    match client.transact_write_items().set_transact_items(Some(items)).send().await {
        Ok(_) => Ok(None),
        Err(error) => {
            if let SdkError::ServiceError(context) = &error
                && let TransactWriteItemsError::TransactionCanceledException(cancelled) = context.err()
            {
                return Ok(Some(refusals(writes, cancelled.cancellation_reasons())));
            }
            Err(port_error(TRANSACT, &error))
        }
    }
}

/// The reasons come in the order of the writes; `None` is the code of those that were not refused.
fn refusals(writes: &[Write], reasons: &[CancellationReason]) -> Vec<Refusal> {
    let refused = writes.iter().zip(reasons).filter_map(|(write, reason)| {
        let code = reason.code().filter(|code| *code != "None")?;
        Some(Refusal { rule: write.rule, code: code.to_owned(), item: reason.item().cloned() })
    });
    refused.collect()
}

/// Several rules can be broken at once. What was done before counts first; then what was decided on something old; then
/// who is in the slot.
fn next(refusals: Vec<Refusal>) -> Result<Next, PortError> {
    let broken = |rule: Rule| refusals.iter().any(|refusal| refusal.rule == rule && refusal.code == "ConditionalCheckFailed");
    if broken(Rule::EventIsNew) {
        return Ok(Next::Tell(Commit::AlreadyDone));
    }
    if DECIDED_ON.into_iter().any(broken) {
        return Ok(Next::Tell(Commit::Stale));
    }
    let without = Without { release: broken(Rule::SlotIsOurs), login: broken(Rule::LoginIsOurs), look: broken(Rule::LookIsLater) };
    for refusal in refusals {
        match (refusal.code.as_str(), refusal.rule) {
            ("ConditionalCheckFailed", Rule::SlotIsFree) => {
                let item = refusal
                    .item
                    .ok_or_else(|| PortError::new(PortErrorKind::Transient, TRANSACT, "the slot is taken, but by whom was not said"))?;
                return Ok(Next::Tell(Commit::SlotTaken(decode(item)?)));
            }
            ("ConditionalCheckFailed", Rule::LoginIsFree) => {
                let item = refusal
                    .item
                    .ok_or_else(|| PortError::new(PortErrorKind::Transient, TRANSACT, "the login is taken, but by whom was not said"))?;
                return Ok(Next::Tell(Commit::LoginTaken(decode(item)?)));
            }
            ("ConditionalCheckFailed", Rule::AuditEntryIsNext | Rule::SlotIsOurs | Rule::LoginIsOurs | Rule::LookIsLater)
            | ("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded", _) => {}
            (code, rule) => return Ok(Next::Fail(format!("{code} for the rule {rule:?}"))),
        }
    }
    Ok(Next::TryAgain(without))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::encode;
    use opsroom_memory::contract::samples;

    fn refused(rule: Rule, code: &str) -> Refusal {
        Refusal { rule, code: code.into(), item: Some(encode(&samples::slot("d-9")).unwrap()) }
    }

    #[test]
    fn a_refusal_says_which_rule_it_was() {
        const FAILED: &str = "ConditionalCheckFailed";
        let again = |release| Next::TryAgain(Without { release, ..Without::default() });
        let cases = [
            (vec![(Rule::EventIsNew, FAILED), (Rule::DeploymentIsUnchanged, FAILED)], Next::Tell(Commit::AlreadyDone)),
            (vec![(Rule::DeploymentIsUnchanged, FAILED), (Rule::SlotIsFree, FAILED)], Next::Tell(Commit::Stale)),
            (vec![(Rule::ExecutionIsUnchanged, FAILED), (Rule::AuditEntryIsNext, FAILED)], Next::Tell(Commit::Stale)),
            (vec![(Rule::LookIsLater, FAILED), (Rule::MonitIsUnchanged, FAILED)], Next::Tell(Commit::Stale)),
            (vec![(Rule::LookIsLater, FAILED)], Next::TryAgain(Without { look: true, ..Without::default() })),
            (vec![(Rule::LockIsUnchanged, FAILED), (Rule::AuditEntryIsNext, FAILED)], Next::Tell(Commit::Stale)),
            (vec![(Rule::SlotIsFree, FAILED)], Next::Tell(Commit::SlotTaken(samples::slot("d-9")))),
            (vec![(Rule::AuditEntryIsNext, FAILED)], again(false)),
            (vec![(Rule::SlotIsOurs, FAILED), (Rule::AuditEntryIsNext, FAILED)], again(true)),
            (vec![(Rule::EventIsNew, "TransactionConflict")], again(false)),
            (vec![(Rule::None, "ThrottlingError")], again(false)),
            (vec![(Rule::None, "ValidationError")], Next::Fail("ValidationError for the rule None".into())),
        ];
        for (refusals, expected) in cases {
            let refusals = refusals.into_iter().map(|(rule, code)| refused(rule, code)).collect();
            assert_eq!(next(refusals).unwrap(), expected);
        }
    }

    #[test]
    fn a_change_that_touches_a_message_twice_keeps_the_later_word() {
        let mut change = Change {
            messages: vec![samples::message("a", "one"), samples::message("b", "two"), samples::message("a", "three")],
            due: vec![samples::due(1, "d-1"), samples::due(1, "d-1"), samples::due(2, "d-1")],
            ..Change::default()
        };
        only_the_last_of_each(&mut change);
        assert_eq!(change.messages, [samples::message("b", "two"), samples::message("a", "three")]);
        assert_eq!(change.due, [samples::due(1, "d-1"), samples::due(2, "d-1")]);
    }
}
