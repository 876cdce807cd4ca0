//! Every key and index of the tables. All key attributes are strings.
//!
//! State table, `pk` / `sk`:
//!
//! | item                  | `pk`                          | `sk`                    | more                                                        |
//! | --------------------- | ----------------------------- | ----------------------- | ----------------------------------------------------------- |
//! | deployment            | `DEPLOYMENT#<id>`             | `STATE`                 | `gsi1pk` `DEPLOYMENTS#<service>`, `gsi1sk` `<time>#<id>`     |
//! | pipeline execution    | `EXECUTION#<pipeline>#<id>`   | `STATE`                 | kept 90 days; `gsi1pk` `RUNS#<pipeline>`, `gsi1sk` `<time>#<id>` |
//! | run of another system | `EXECUTION#<system>:<pipeline>#<id>` | `STATE`          | likewise                                                    |
//! | health of a branch    | `HEALTH#<system>#<pipeline>#<branch>` | `STATE`         | kept 180 days; `gsi1pk` `HEALTHS`, `gsi1sk` `<broken>#<time>`  |
//! | subscription          | `SUBSCRIBED#<kind>#<subject>` | `<channel>`             | ended ones are kept 30 days; `gsi1pk` `SUBSCRIPTIONS#<channel>`, `gsi1sk` `<kind>#<subject>` |
//! | conversation          | `CONVERSATION#<repository>#<kind>#<number>` | `STATE`   | kept 180 days; an open pull request: `gsi1pk` `HEAD#<repository>#<sha>`, `gsi1sk` `<number>` |
//! | push                  | `PUSHES#<repository>`         | `<time>#<after>`        | kept 120 days                                               |
//! | who a login is        | `LOGIN#<login>`               | `PERSON`                |                                                             |
//! | lock or freeze        | `GATE`                        | `<kind>#<env>#<service or *>` |                                                       |
//! | deployment that waits | `GATE`                        | `wait#<service>#<env>#<id>` |                                                         |
//! | checks of a commit    | `CHECKS#<repository>#<sha>`   | `STATE`                 | kept 120 days                                               |
//! | slot                  | `SLOTS`                       | `<service>#<env>`       |                                                             |
//! | what runs where       | `ENVIRONMENTS`                | `<env>#<service>`       |                                                             |
//! | claim of an event     | `CLAIM#<event>`               | `CLAIM`                 | kept 2 days                                                 |
//! | room message          | `MSG#<key>`                   | `MESSAGE`               | kept 90 days, private answers 1 day; see the index `outbox` |
//! | due item              | `DUE`                         | `<time>#<task>`         |                                                             |
//! | alarm                 | `ALARM#<source>#<id>`         | `STATE`                 | kept 60 days after its last change                          |
//! | incident              | `INCIDENT#<id>`               | `STATE`                 | kept 180 days once it is over; `gsi1pk` `INCIDENTS#OPEN` or `INCIDENTS#CLOSED`, `gsi1sk` `<since>#<id>` |
//! | group of alarms       | `GROUP#<group>`               | `POINTER`               | kept 30 days                                                |
//! | silence               | `SILENCE#<id>`                | `STATE`                 | kept 30 days once it has ended                              |
//! | route made in chat    | `MONIT`                       | `ROUTE#<id>`            |                                                             |
//! | silence, until it has ended | `MONIT`                 | `SILENCE#<id>`          | a copy, see below                                           |
//! | who stands in         | `MONIT`                       | `OVERRIDE#<rotation>#<time>` | kept a day longer than it holds                        |
//! | operation on hosts    | `OPERATION#<id>`              | `STATE`                 | kept 90 days                                                |
//! | whose a command is    | `COMMAND#<id>`                | `OPERATION`             | kept 90 days                                                |
//! | who holds a place     | `HOLD#<service>#<env>`        | `STATE`                 |                                                             |
//! | what a channel uses   | `HABITS#<channel>`            | `COUNTS`                | kept 180 days after the last use; `n_<command>`, `l_<command>` |
//! | link of a room        | `BYTE#<channel>#<link>`       | `STATE`                 | gone ones are kept 30 days; shown ones: `gsi1pk` `BYTES#<channel>#<week>`, `gsi1sk` `<weight>#<time>#<link>` |
//! | day of a link         | `BYTEDAY#<channel>#<link>`    | `STATE`                 | `gsi1pk` `BYTES#<channel>#<day>`, `gsi1sk` likewise         |
//! | tag of a link         | `BYTETAG#<channel>#<link>`    | `<tag>`                 | `gsi1pk` `BYTES#<channel>#<week>#<tag>`, `gsi1sk` likewise  |
//! | word of a link        | `BYTEWORD#<channel>#<word>`   | `<time backwards>#<link>` | `places`: where it stands                                 |
//! | message with links    | `BYTEMSG#<channel>#<ts>`      | `STATE`                 | without a link kept 3 days                                  |
//! | reader                | `READER#<person>`             | `STATE`                 |                                                             |
//! | digest                | `DIGEST#<channel or person>`  | `STATE`                 |                                                             |
//! | DJ room's station     | `STATION#<channel>`           | `STATE`                 |                                                             |
//! | errand to a player    | `ERRAND#<id>`                 | `STATE`                 | kept 2 days                                                 |
//! | whose a command is    | `COMMAND#<id>`                | `ERRAND`                | kept 2 days                                                 |
//! | song of a chart       | `CHART#<channel>#<month>`     | `<song>`                | `plays` is counted; kept 400 days                           |
//! | room made in chat     | `ROOMS`                       | `bytes#<channel>`       | the only partition that a door reads                        |
//! | who looked when       | `LOOKED#<person>`             | `AT`                    | kept 180 days                                               |
//! | notifications of an hour that weren't understood | `UNREADABLE#<hour>` | `COUNT`   | kept a day                                                  |
//!
//! Indexes of the state table: `by_index1` (`gsi1pk`, `gsi1sk`), and `outbox` (`outbox_shard`, `outbox_since` `<time>#<lane>`),
//! which holds only the messages that Slack doesn't show as they should be: both attributes are taken off when it does. An
//! incident's message has `gsi1pk` `SHOWN#<channel>` from the beginning and `gsi1sk` `<ts>` while Slack has it: without the
//! second it isn't in the index.
//!
//! Catalog table: `CATALOG` / `CURRENT` and `CATALOG` / `V#<version>`.
//!
//! Audit table: `AUDIT` / `<sequence>`, with indexes `by_actor` (`actor`, `sk`) and `by_service` (`service`, `sk`).
//!
//! `<time>` is in milliseconds since 1970 with 13 digits, `<sequence>` and `<version>` have 20, so that text sorts like numbers.
//! Items that are kept for some time only carry the end of it in `expires_at` (seconds since 1970; DynamoDB developer guide,
//! "Using time to live (TTL) in DynamoDB").
//!
//! Due items share one partition on purpose. The clock asks for everything up to now in one query, however long it stood
//! still, and reads only what is due; with a partition per stretch of time it would have to know which stretches it still
//! owes, and would miss what is written into one that it has passed. A partition takes 1000 writes a second (DynamoDB
//! developer guide, "Best practices for designing and using partition keys effectively"), far more than deployments are
//! started. The same holds for `outbox`.
//!
//! Every alarm reads everything that was said in chat about alarms, in one strongly consistent query of `MONIT`. So nothing may
//! stay there that is over: a silence is an item of its own, by which it is found and guarded for as long as it is kept, and what
//! stands in `MONIT` is a copy that is written in the same transaction and taken away with the one that ends the silence.
//! Moving the item instead would leave no place at which its version can be guarded.

mod bytes;
mod dj;
mod monit;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use opsroom_application::ports::RememberedPush;
use opsroom_domain::due::DueItem;
use opsroom_domain::ids::{
    ChannelId, CommandId, DeploymentId, EnvironmentName, EventKey, Login, MessageKey, OperationId, PersonId, PipelineName, ServiceName,
};
use opsroom_domain::lock::LockScope;
use opsroom_domain::pipeline_execution::health::HealthKey;
use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::conversation::ConversationKey;
use opsroom_domain::subscription::{BuildTarget, Subject};

pub(crate) use bytes::*;
pub(crate) use dj::*;
pub(crate) use monit::*;

use crate::items::Item;

/// The index of deployments by service.
pub(crate) const BY_INDEX1: &str = "by_index1";
/// The index of messages that have to be sent.
pub(crate) const OUTBOX: &str = "outbox";
/// The index of audit entries by person.
pub(crate) const BY_ACTOR: &str = "by_actor";
/// The index of audit entries by service.
pub(crate) const BY_SERVICE: &str = "by_service";
/// The one partition of the index `outbox`.
pub(crate) const OUTBOX_SHARD: &str = "0";
/// The partition of the index that lists how everything stands.
pub(crate) const HEALTHS: &str = "HEALTHS";
/// The partition of slots.
pub(crate) const SLOTS: &str = "SLOTS";
/// The partition of locks, freezes, and deployments that wait.
pub(crate) const GATE: &str = "GATE";
/// The partition of what runs where.
pub(crate) const ENVIRONMENTS: &str = "ENVIRONMENTS";
/// The partition of due items.
pub(crate) const DUE: &str = "DUE";
/// The partition of the audit log.
pub(crate) const AUDIT: &str = "AUDIT";
/// The partition of catalogs.
pub(crate) const CATALOG: &str = "CATALOG";
/// Begins the sort keys of all versions of the catalog.
pub(crate) const VERSIONS: &str = "V#";

const MESSAGE: &str = "MSG#";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// As the API takes it.
    pub(crate) fn attributes(&self) -> Item {
        Item::from([("pk".to_owned(), AttributeValue::S(self.pk.clone())), ("sk".to_owned(), AttributeValue::S(self.sk.clone()))])
    }
}

pub(crate) fn habits(channel: &ChannelId) -> Key {
    Key::new(format!("HABITS#{channel}"), "COUNTS")
}

pub(crate) fn deployment(id: &DeploymentId) -> Key {
    Key::new(format!("DEPLOYMENT#{id}"), "STATE")
}

pub(crate) fn deployments_of(service: &ServiceName) -> String {
    format!("DEPLOYMENTS#{service}")
}

pub(crate) fn deployment_order(requested_at: Timestamp, id: &DeploymentId) -> String {
    format!("{}#{id}", time(requested_at))
}

pub(crate) fn execution(key: &ExecutionKey) -> Key {
    let pk = match key.system {
        BuildSystem::CodePipeline => format!("EXECUTION#{}#{}", key.pipeline, key.execution),
        system => format!("EXECUTION#{}:{}#{}", system.as_str(), key.pipeline, key.execution),
    };
    Key::new(pk, "STATE")
}

/// Pipelines are asked for as people type them.
pub(crate) fn runs_of(pipeline: &PipelineName) -> String {
    format!("RUNS#{}", pipeline.as_str().to_lowercase())
}

pub(crate) fn run_order(began_at: Timestamp, key: &ExecutionKey) -> String {
    format!("{}#{}", time(began_at), key.execution)
}

pub(crate) fn health(key: &HealthKey) -> Key {
    Key::new(format!("HEALTH#{}#{}#{}", key.system.as_str(), key.pipeline, key.branch), "STATE")
}

/// Sorts what is broken behind what is not, and the newer behind the older: it is read from the end.
pub(crate) fn health_order(broken: bool, at: Timestamp) -> String {
    format!("{}#{}", u8::from(broken), time(at))
}

fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::Repositories(_) => "repositories",
        Subject::Builds(BuildTarget::Pipeline(_)) => "pipeline",
        Subject::Builds(BuildTarget::Repository(_)) => "builds-of",
        Subject::Builds(BuildTarget::All) => "builds",
    }
}

pub(crate) fn subscribed_to(subject: &Subject) -> String {
    format!("SUBSCRIBED#{}#{subject}", kind(subject))
}

pub(crate) fn subscription(subject: &Subject, channel: &ChannelId) -> Key {
    Key::new(subscribed_to(subject), channel.as_str())
}

pub(crate) fn subscriptions_of(channel: &ChannelId) -> String {
    format!("SUBSCRIPTIONS#{channel}")
}

pub(crate) fn subscription_order(subject: &Subject) -> String {
    format!("{}#{subject}", kind(subject))
}

pub(crate) fn conversation(key: &ConversationKey) -> Key {
    Key::new(format!("CONVERSATION#{}#{}#{}", key.repository, key.kind.as_str(), key.number), "STATE")
}

pub(crate) fn pulls_at(repository: &RepositoryName, sha: &str) -> String {
    format!("HEAD#{repository}#{sha}")
}

pub(crate) fn pushes_to(repository: &RepositoryName) -> String {
    format!("PUSHES#{repository}")
}

pub(crate) fn push(push: &RememberedPush) -> Key {
    Key::new(pushes_to(&push.repository), format!("{}#{}", time(push.at), push.after))
}

pub(crate) fn login(login: &Login) -> Key {
    Key::new(format!("LOGIN#{}", login.as_str().to_lowercase()), "PERSON")
}

pub(crate) fn slot(service: &ServiceName, environment: &EnvironmentName) -> Key {
    Key::new(SLOTS, format!("{service}#{environment}"))
}

/// `*` can't be the name of a service.
pub(crate) fn lock(scope: &LockScope) -> Key {
    let service = scope.service.as_ref().map_or("*", ServiceName::as_str);
    Key::new(GATE, format!("{}#{}#{service}", scope.kind.as_str(), scope.environment))
}

pub(crate) fn waiting(service: &ServiceName, environment: &EnvironmentName, deployment: &DeploymentId) -> Key {
    Key::new(GATE, format!("wait#{service}#{environment}#{deployment}"))
}

pub(crate) fn checks(repository: &RepositoryName, sha: &str) -> Key {
    Key::new(format!("CHECKS#{repository}#{sha}"), "STATE")
}

pub(crate) fn environment(environment: &EnvironmentName, service: &ServiceName) -> Key {
    Key::new(ENVIRONMENTS, format!("{}{service}", services_in(environment)))
}

/// Begins the sort keys of all services in an environment.
pub(crate) fn services_in(environment: &EnvironmentName) -> String {
    format!("{environment}#")
}

pub(crate) fn claim(event: &EventKey) -> Key {
    Key::new(format!("CLAIM#{event}"), "CLAIM")
}

pub(crate) fn message(key: &MessageKey) -> Key {
    Key::new(format!("{MESSAGE}{key}"), "MESSAGE")
}

/// The message that an item of the index `outbox` stands for.
pub(crate) fn message_of(pk: &str) -> Option<MessageKey> {
    pk.strip_prefix(MESSAGE).map(MessageKey::from)
}

pub(crate) fn outbox_since(since: Timestamp, lane: &str) -> String {
    format!("{}#{lane}", time(since))
}

/// Since when, and the lane.
pub(crate) fn read_outbox_since(text: &str) -> Option<(Timestamp, &str)> {
    let (since, lane) = text.split_once('#')?;
    Some((Timestamp::from_millisecond(since.parse().ok()?).ok()?, lane))
}

pub(crate) fn due(item: &DueItem) -> Key {
    Key::new(DUE, format!("{}#{}", time(item.at), item.task.key()))
}

/// Sorts behind everything that is due at a moment and before everything later: `$` follows `#`.
pub(crate) fn due_until(now: Timestamp) -> String {
    format!("{}$", time(now))
}

pub(crate) fn operation(id: &OperationId) -> Key {
    Key::new(format!("OPERATION#{id}"), "STATE")
}

pub(crate) fn command(id: &CommandId) -> Key {
    Key::new(format!("COMMAND#{id}"), "OPERATION")
}

pub(crate) fn hold(service: &ServiceName, environment: &EnvironmentName) -> Key {
    Key::new(format!("HOLD#{service}#{environment}"), "STATE")
}

pub(crate) fn looked(person: &PersonId) -> Key {
    Key::new(format!("LOOKED#{person}"), "AT")
}

pub(crate) fn unreadables(hour: i64) -> Key {
    Key::new(format!("UNREADABLE#{hour}"), "COUNT")
}

pub(crate) fn audit(sequence: u64) -> Key {
    Key::new(AUDIT, format!("{sequence:020}"))
}

pub(crate) fn catalog_in_force() -> Key {
    Key::new(CATALOG, "CURRENT")
}

pub(crate) fn catalog_version(version: u64) -> Key {
    Key::new(CATALOG, format!("{VERSIONS}{version:020}"))
}

/// A moment as text that sorts. A moment before 1970 is taken for 1970: nothing here happened before.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::due::DueTask;

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).unwrap()
    }

    #[test]
    fn text_sorts_like_time() {
        assert!(time(at(999_999_999_999)) < time(at(1_790_000_000_000)));
        assert_eq!(time(at(1_790_000_000_000)).len(), 13);
        assert!(audit(9).sk < audit(10).sk);
    }

    #[test]
    fn what_is_due_now_sorts_before_the_bound_and_what_is_due_later_behind_it() {
        let item = |millisecond| DueItem { at: at(millisecond), task: DueTask::ReconcileDeployment { deployment: "d-1".into() } };
        let bound = due_until(at(1_790_000_000_000));
        assert!(due(&item(1_790_000_000_000)).sk < bound);
        assert!(due(&item(1_790_000_000_001)).sk > bound);
    }

    #[test]
    fn the_outbox_index_gives_back_what_was_put_in() {
        let text = outbox_since(at(1_790_000_000_123), "C1#2");
        assert_eq!(read_outbox_since(&text), Some((at(1_790_000_000_123), "C1#2")));
        assert_eq!(message_of(&message(&"deployment/d-1".into()).pk), Some("deployment/d-1".into()));
    }
}
