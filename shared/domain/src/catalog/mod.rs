//! The catalog: what the team runs, who its people are and what each may do where. One YAML file in the team's repository.

mod bytes;
mod check;
mod dj;
mod hosts;
mod lookup;
mod monit;
mod protection;
mod tools;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use bytes::BytesRules;
pub use check::Problem;
pub use dj::{DjRules, PlayerRule, QuietRule};
pub use hosts::{CheckParameter, HostRules, RUN_ANYTHING, Runbook, RunbookParameter, TargetHosts, Unrunnable};
pub use lookup::{Resolved, UnknownName};
pub use monit::{Callee, FlappingRule, Level, Monit, Pattern, Rotation, RouteRule, Summary};
pub use protection::{ApprovalRule, FreezeWindow};
pub use tools::Tool;

use crate::ids::{ChannelId, EnvironmentName, PersonId, PipelineName, RoleName, ServiceName, TeamId};
use crate::rights::Permission;

/// The whole catalog. Maps keep the order of the file, because that is the order in which people are shown things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The Slack workspace whose people these are.
    pub workspace: Workspace,
    /// Where services run, in the order in which a change travels.
    pub environments: IndexMap<EnvironmentName, Environment>,
    /// What is deployed.
    pub services: IndexMap<ServiceName, Service>,
    /// Sets of rights.
    pub roles: IndexMap<RoleName, Role>,
    /// Who has which.
    pub people: IndexMap<PersonId, Person>,
    /// What every full member of the workspace may do who is not in `people`. Guests get nothing from it.
    #[serde(default)]
    pub members: Members,
    /// What may be asked in which channel. In a channel that isn't listed, people can only read.
    #[serde(default)]
    pub rooms: IndexMap<ChannelId, Room>,
    /// Who looks after Opsroom itself; told when a channel can't be reached any more.
    #[serde(default)]
    pub operators: Vec<PersonId>,
    /// How builds are told about.
    #[serde(default)]
    pub builds: Builds,
    /// How alarms are told about, and who is called.
    #[serde(default)]
    pub monit: Monit,
    /// What may be run on hosts, and what is masked in their logs.
    #[serde(default)]
    pub hosts: HostRules,
    /// Rooms whose links are kept.
    #[serde(default)]
    pub bytes: BytesRules,
    /// The room in which songs are played; without it there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dj: Option<DjRules>,
}

/// How builds are told about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Builds {
    /// How many minutes a pipeline may be broken until the owners of its service are called; 0 for never.
    pub call_owners_after_minutes: u32,
}

impl Default for Builds {
    fn default() -> Self {
        Self { call_owners_after_minutes: 60 }
    }
}

/// The Slack workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Its id; people of other workspaces (Slack Connect) get nothing.
    pub team: TeamId,
}

/// A place where services run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Other names that people type.
    pub aliases: Vec<String>,
    /// Channels in which this environment may be changed; empty for every room that allows it.
    pub rooms: Vec<ChannelId>,
    /// Who has to approve what is deployed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalRule>,
    /// What is deployed here must have succeeded there before, in the very same revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<EnvironmentName>,
    /// When nothing is deployed here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<FreezeWindow>,
}

/// Something that is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Other names that people type.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The GitHub repository, `owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owners: Vec<PersonId>,
    /// What to do when it is in trouble; an `https:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Whether its alarms are quiet while it is deployed, in the environment where it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub quiet_while_deploying: bool,
    /// Where it runs.
    pub environments: IndexMap<EnvironmentName, Target>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A service in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The pipeline that deploys it.
    pub pipeline: PipelineName,
    /// How `@ref` reaches the pipeline; without it, a deployment can't name a ref.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionInput>,
    /// The hosts that it runs on; without them, nothing can be asked of them here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<TargetHosts>,
    /// Its CloudWatch log group; without it, logs are read from its hosts' journals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// Who has to approve it, if that is another matter than for the environment's other services; `count: 0` for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalRule>,
    /// Where it must have succeeded before, if that is another matter than for the environment's other services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<EnvironmentName>,
    /// The stage that CodePipeline can take back by itself (`RollbackStage`, pipelines of type V2). Without it, going back deploys the
    /// earlier revision again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_stage: Option<String>,
}

/// How a revision reaches `StartPipelineExecution`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case", deny_unknown_fields)]
pub enum RevisionInput {
    /// As an entry of `sourceRevisions`.
    Source {
        /// The name of the source action.
        action: String,
        /// `COMMIT_ID`, `IMAGE_DIGEST`, `S3_OBJECT_VERSION_ID` or `S3_OBJECT_KEY` (API model of CodePipeline, `SourceRevisionType`).
        #[serde(rename = "type", default = "commit_id")]
        revision_type: String,
    },
    /// As a pipeline variable.
    Variable {
        /// The variable's name.
        name: String,
    },
}

fn commit_id() -> String {
    "COMMIT_ID".to_owned()
}

/// A set of rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Any grant that fits is enough.
    pub grants: Vec<Grant>,
}

/// Some permissions in some environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What is allowed.
    pub allow: Vec<Permission>,
    /// Where; empty for everywhere. Reading isn't tied to an environment.
    #[serde(default)]
    pub environments: Vec<EnvironmentName>,
    /// For which services; empty for all.
    #[serde(default)]
    pub services: Vec<ServiceName>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// How the catalog's readers know them. Never decides anything.
    pub name: String,
    /// Their GitHub login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<RoleName>,
}

/// Rights of members who aren't listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Members {
    /// Their roles.
    pub roles: Vec<RoleName>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// How the catalog's readers know it.
    pub name: String,
    /// What may be asked here beyond reading.
    #[serde(default)]
    pub allow: Vec<Permission>,
    /// Environments that may be changed from here; empty for all.
    #[serde(default)]
    pub environments: Vec<EnvironmentName>,
    /// Who looks after this channel; told besides `operators` when it can't be reached any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<PersonId>,
}
