//! A command that was sent, and what has become of it on each host.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::document::Content;
use super::interpolation::Values;
use super::rollout::{self, Limits, Phase};
use super::script::cut;
use super::times::{elapsed, iso, seconds};

/// How long after a send invocations are not to be seen: the API is eventually consistent.
pub const UNSEEN: SignedDuration = SignedDuration::from_millis(250);
/// How much of a plugin's output a list shows, in characters.
const LISTED_OUTPUT: usize = 2500;

/// A target by tag or id.
#[derive(Debug, Clone)]
pub struct Target {
    /// `tag:<key>`, `tag-key` or `InstanceIds`.
    pub key: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// A command.
#[derive(Debug)]
pub struct Command {
    /// Its id.
    pub id: String,
    /// The document's name.
    pub document: String,
    /// The document's version, as it was asked for.
    pub version: String,
    /// What the document says: it may change, this does not.
    pub content: Arc<Content>,
    /// The parameters as they were given.
    pub given: BTreeMap<String, Vec<String>>,
    /// All parameters' values.
    pub values: Values,
    /// What the sender said of it.
    pub comment: String,
    /// Hosts by id.
    pub instance_ids: Vec<String>,
    /// Hosts by tag.
    pub targets: Vec<Target>,
    /// `MaxConcurrency` as it was given.
    pub max_concurrency: String,
    /// `MaxErrors` as it was given.
    pub max_errors: String,
    /// The same, in hosts.
    pub limits: Limits,
    /// How long a host may take to be reached, in seconds.
    pub timeout: u32,
    /// When it was sent.
    pub requested: Timestamp,
    /// Until when hosts may be reached.
    pub expires: Timestamp,
    /// Whether somebody cancelled it.
    pub cancelled: bool,
    /// The status that the last event told.
    pub told: &'static str,
    /// The hosts.
    pub invocations: Vec<Invocation>,
    /// Wakes whoever sends it on.
    pub progress: Arc<Notify>,
}

/// A command on one host.
#[derive(Debug)]
pub struct Invocation {
    /// The host's id.
    pub host: String,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub phase: Phase,
    /// Tells it to end.
    pub cancel: watch::Sender<bool>,
    /// The document's steps.
    pub steps: Vec<StepRun>,
}

/// How a step went.
#[derive(Debug, Clone)]
pub struct StepRun {
    /// Its name.
    pub name: String,
    /// `Status` and `StatusDetails`.
    pub status: (&'static str, &'static str),
    /// Its exit code; -1 if it has none yet.
    pub code: i32,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What it said.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl StepRun {
    /// A step that has not begun.
    pub fn waiting(name: &str) -> Self {
        StepRun {
            name: name.to_owned(),
            status: ("Pending", "Pending"),
            code: -1,
            started: None,
            ended: None,
            stdout: String::new(),
            stderr: String::new(),
        }
    }
}

impl Command {
    /// How far it is on each host.
    pub fn phases(&self) -> Vec<Phase> {
        self.invocations.iter().map(|invocation| invocation.phase).collect()
    }

    /// `Status` and `StatusDetails`.
    pub fn status(&self) -> (&'static str, &'static str) {
        rollout::overall(&self.phases(), self.limits, self.cancelled)
    }

    /// Whether its invocations can be seen yet.
    pub fn is_seen(&self, now: Timestamp) -> bool {
        now.duration_since(self.requested) >= UNSEEN
    }

    /// What `SendCommand` and `ListCommands` show.
    pub fn view(&self) -> Value {
        let (status, details) = self.status();
        let phases = self.phases();
        let count = |wanted: &dyn Fn(&Phase) -> bool| phases.iter().filter(|phase| wanted(phase)).count();
        json!({
            "CommandId": self.id,
            "DocumentName": self.document,
            "DocumentVersion": self.version,
            "Comment": self.comment,
            "ExpiresAfter": seconds(self.expires),
            "Parameters": self.given,
            "InstanceIds": self.instance_ids,
            "Targets": self.targets.iter().map(|target| json!({ "Key": target.key, "Values": target.values })).collect::<Vec<_>>(),
            "RequestedDateTime": seconds(self.requested),
            "Status": status,
            "StatusDetails": details,
            "OutputS3BucketName": "",
            "OutputS3KeyPrefix": "",
            "MaxConcurrency": self.max_concurrency,
            "MaxErrors": self.max_errors,
            "TargetCount": phases.len(),
            "CompletedCount": count(&|phase| phase.is_over()),
            "ErrorCount": count(&|phase| phase.is_error()),
            "DeliveryTimedOutCount": count(&|phase| *phase == Phase::Ended(rollout::End::DeliveryTimedOut)),
            "ServiceRole": "",
            "NotificationConfig": { "NotificationArn": "", "NotificationEvents": [], "NotificationType": "" },
            "CloudWatchOutputConfig": { "CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": false },
            "TimeoutSeconds": self.timeout,
        })
    }

    /// What `ListCommandInvocations` shows of a host.
    pub fn invocation_view(&self, invocation: &Invocation, details: bool) -> Value {
        let (status, status_details) = invocation.phase.names();
        let plugins = if details { invocation.steps.iter().map(plugin_view).collect() } else { Vec::new() };
        json!({
            "CommandId": self.id,
            "InstanceId": invocation.host,
            "InstanceName": invocation.name,
            "Comment": self.comment,
            "DocumentName": self.document,
            "DocumentVersion": self.version,
            "RequestedDateTime": seconds(self.requested),
            "Status": status,
            "StatusDetails": status_details,
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
            "CommandPlugins": plugins,
            "ServiceRole": "",
            "NotificationConfig": { "NotificationArn": "", "NotificationEvents": [], "NotificationType": "" },
            "CloudWatchOutputConfig": { "CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": false },
        })
    }

    /// What `GetCommandInvocation` shows of a step on a host. A document of one step is shown with the invocation's own status.
    pub fn step_view(&self, invocation: &Invocation, step: &StepRun) -> Value {
        let (status, details) = if invocation.steps.len() == 1 { invocation.phase.names() } else { step.status };
        let time = |time: Option<Timestamp>| time.map(iso).unwrap_or_default();
        let took = step.started.zip(step.ended).map(|(started, ended)| elapsed(ended.duration_since(started)));
        json!({
            "CommandId": self.id,
            "InstanceId": invocation.host,
            "Comment": self.comment,
            "DocumentName": self.document,
            "DocumentVersion": self.version,
            "PluginName": step.name,
            "ResponseCode": step.code,
            "ExecutionStartDateTime": time(step.started),
            "ExecutionElapsedTime": took.unwrap_or_default(),
            "ExecutionEndDateTime": time(step.ended),
            "Status": status,
            "StatusDetails": details,
            "StandardOutputContent": step.stdout,
            "StandardOutputUrl": "",
            "StandardErrorContent": step.stderr,
            "StandardErrorUrl": "",
            "CloudWatchOutputConfig": { "CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": false },
        })
    }
}

fn plugin_view(step: &StepRun) -> Value {
    let output =
        if step.stderr.is_empty() { step.stdout.clone() } else { format!("{}\n----------ERROR-------\n{}", step.stdout, step.stderr) };
    let mut view = json!({
        "Name": step.name,
        "Status": step.status.0,
        "StatusDetails": step.status.1,
        "ResponseCode": step.code,
        "Output": cut(&output, LISTED_OUTPUT),
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "OutputS3Region": "",
        "OutputS3BucketName": "",
        "OutputS3KeyPrefix": "",
    });
    if let Some(started) = step.started {
        view["ResponseStartDateTime"] = seconds(started);
    }
    if let Some(ended) = step.ended {
        view["ResponseFinishDateTime"] = seconds(ended);
    }
    view
}
