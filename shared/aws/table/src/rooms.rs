//! The writes on what is known of repositories, builds and subscriptions.
//!
//! Each is changed only by somebody who has seen its latest state: two events about one pull request, two people who subscribe one channel.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{LoginChange, PortError, RememberedPush};
use opsroom_domain::pipeline_execution::health::Health;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{Conversation, ConversationKind};
use opsroom_domain::subscription::Subscription;

use crate::items::{Item, encode, encode_attribute, text};
use crate::keys;
use crate::rules::{expires, put, version_is};
use crate::write::{Action, Rule, Write};

const DAY: i64 = 24;
/// Whoever asks again after that long starts anew.
const STATES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(180 * DAY);
/// What is deployed is rarely older.
const PUSHES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(120 * DAY);
/// Undo has to find what it undoes.
const ENDED_SUBSCRIPTIONS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(30 * DAY);

/// How a branch of a pipeline stands. Closes the race of two runs that end at the same moment: both would be the first failure.
pub(crate) fn health_if_unchanged(table: &str, health: &Health, now: Timestamp) -> Result<Write, PortError> {
    let next = Health { version: health.version + 1, ..health.clone() };
    let at = next.latest.as_ref().map_or(now, |latest| latest.ended_at);
    let mut attributes = encode(&next)?;
    attributes.insert("gsi1pk".to_owned(), text(keys::HEALTHS));
    attributes.insert("gsi1sk".to_owned(), text(keys::health_order(next.open_streak().is_some(), at)));
    attributes.insert("expires_at".to_owned(), expires(now, STATES_ARE_KEPT));
    let (condition, values) = version_is(health.version)?;
    Ok(put(table, &keys::health(&next.key), attributes, Rule::RoomIsUnchanged, Some(condition), values))
}

/// A conversation. Closes the race of two events about it: each would write over what the other has learnt.
pub(crate) fn conversation_if_unchanged(table: &str, conversation: &Conversation, now: Timestamp) -> Result<Write, PortError> {
    let next = Conversation { version: conversation.version + 1, ..conversation.clone() };
    let snapshot = &next.snapshot;
    let mut attributes = encode(&next)?;
    let head = snapshot.change.as_ref().map(|change| change.head_sha.as_str()).filter(|sha| !sha.is_empty());
    if let Some(sha) = head.filter(|_| snapshot.key.kind == ConversationKind::Pull && !snapshot.state.is_over()) {
        attributes.insert("gsi1pk".to_owned(), text(keys::pulls_at(&snapshot.key.repository, sha)));
        attributes.insert("gsi1sk".to_owned(), text(format!("{:012}", snapshot.key.number)));
    }
    attributes.insert("expires_at".to_owned(), expires(now, STATES_ARE_KEPT));
    let (condition, values) = version_is(conversation.version)?;
    Ok(put(table, &keys::conversation(&snapshot.key), attributes, Rule::RoomIsUnchanged, Some(condition), values))
}

/// A subscription. Closes the race of two people who change the same one: the second has to see what the first has done.
pub(crate) fn subscription_if_unchanged(table: &str, subscription: &Subscription, now: Timestamp) -> Result<Write, PortError> {
    let next = Subscription { version: subscription.version + 1, ..subscription.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("gsi1pk".to_owned(), text(keys::subscriptions_of(&next.channel)));
    attributes.insert("gsi1sk".to_owned(), text(keys::subscription_order(&next.subject)));
    if next.terms.is_none() {
        attributes.insert("expires_at".to_owned(), expires(now, ENDED_SUBSCRIPTIONS_ARE_KEPT));
    }
    let (condition, values) = version_is(subscription.version)?;
    let key = keys::subscription(&next.subject, &next.channel);
    Ok(put(table, &key, attributes, Rule::RoomIsUnchanged, Some(condition), values))
}

/// How a commit's checks stand. Closes the race of two results at the same moment: each would write over the other.
pub(crate) fn checks_if_unchanged(table: &str, checks: &CommitChecks, now: Timestamp) -> Result<Write, PortError> {
    let next = CommitChecks { version: checks.version + 1, ..checks.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, PUSHES_ARE_KEPT));
    let (condition, values) = version_is(checks.version)?;
    Ok(put(table, &keys::checks(&next.repository, &next.sha), attributes, Rule::RoomIsUnchanged, Some(condition), values))
}

/// Commits to remember. Needs no condition: the same push has the same key.
pub(crate) fn pushed(table: &str, push: &RememberedPush, now: Timestamp) -> Result<Write, PortError> {
    let mut attributes = encode(push)?;
    attributes.insert("expires_at".to_owned(), expires(now, PUSHES_ARE_KEPT));
    Ok(put(table, &keys::push(push), attributes, Rule::None, None, Item::new()))
}

/// Who a login is. Closes the race of two people who claim the same one.
pub(crate) fn login(table: &str, change: &LoginChange) -> Result<Write, PortError> {
    match change {
        LoginChange::Link(link) => {
            let values = Item::from([(":person".to_owned(), encode_attribute(&link.person)?)]);
            let condition = "attribute_not_exists(#pk) OR #person = :person";
            Ok(put(table, &keys::login(&link.login), encode(link)?, Rule::LoginIsFree, Some(condition), values))
        }
        LoginChange::Unlink { login, person } => Ok(Write {
            rule: Rule::LoginIsOurs,
            table: table.to_owned(),
            action: Action::Delete { key: keys::login(login).attributes() },
            condition: Some("attribute_not_exists(#pk) OR #person = :person".to_owned()),
            values: Item::from([(":person".to_owned(), text(person.as_str()))]),
        }),
    }
}
