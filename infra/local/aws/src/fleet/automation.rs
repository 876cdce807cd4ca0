//! Automations: `AWS-RestartEC2Instance`, which stops a host and starts it again.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::Fleet;
use super::host::Agent;
use super::times::seconds;
use crate::refusal::Refusal;

/// The only runbook there is.
pub const RESTART: &str = "AWS-RestartEC2Instance";

/// A step of a runbook.
#[derive(Debug)]
pub struct Step {
    /// Its name in the runbook.
    pub name: &'static str,
    /// What it brings the host to.
    pub desired: &'static str,
    /// How far it is.
    pub status: &'static str,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// An automation.
#[derive(Debug)]
pub struct Automation {
    /// Its id.
    pub id: String,
    /// The runbook.
    pub document: &'static str,
    /// The hosts.
    pub hosts: Vec<String>,
    /// How far it is.
    pub status: &'static str,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Who began it.
    pub executed_by: String,
    /// What went wrong.
    pub failure: Option<String>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Tells it to end.
    pub cancel: watch::Sender<bool>,
    /// The caller's own word for it.
    pub token: Option<String>,
}

impl Automation {
    /// One that is about to begin.
    pub fn new(hosts: Vec<String>, executed_by: String, token: Option<String>, now: Timestamp) -> Self {
        let step = |name, desired| Step { name, desired, status: "Pending", started: None, ended: None };
        Automation {
            id: super::new_id(),
            document: RESTART,
            hosts,
            status: "InProgress",
            started: now,
            ended: None,
            executed_by,
            failure: None,
            steps: vec![step("stopInstances", "stopped"), step("startInstances", "running")],
            cancel: watch::Sender::new(false),
            token,
        }
    }

    /// What `GetAutomationExecution` shows.
    pub fn view(&self) -> Value {
        let count = |status: &str| self.steps.iter().filter(|step| step.status == status).count();
        let mut view = json!({
            "AutomationExecutionId": self.id,
            "DocumentName": self.document,
            "DocumentVersion": "1",
            "ExecutionStartTime": seconds(self.started),
            "AutomationExecutionStatus": self.status,
            "StepExecutions": self.steps.iter().map(|step| self.step_view(step)).collect::<Vec<_>>(),
            "StepExecutionsTruncated": false,
            "Parameters": { "InstanceId": self.hosts },
            "Outputs": {},
            "Mode": "Auto",
            "ExecutedBy": self.executed_by,
            "Targets": [],
            "ResolvedTargets": { "ParameterValues": [], "Truncated": false },
            "ProgressCounters": {
                "TotalSteps": self.steps.len(),
                "SuccessSteps": count("Success"),
                "FailedSteps": count("Failed"),
                "CancelledSteps": count("Cancelled"),
                "TimedOutSteps": 0,
            },
        });
        if let Some(ended) = self.ended {
            view["ExecutionEndTime"] = seconds(ended);
        }
        if let Some(failure) = &self.failure {
            view["FailureMessage"] = json!(failure);
        }
        if let Some(step) = self.steps.iter().find(|step| step.status == "InProgress") {
            view["CurrentStepName"] = json!(step.name);
            view["CurrentAction"] = json!("aws:changeInstanceState");
        }
        view
    }

    fn step_view(&self, step: &Step) -> Value {
        let mut view = Map::new();
        view.insert("StepName".to_owned(), json!(step.name));
        view.insert("Action".to_owned(), json!("aws:changeInstanceState"));
        view.insert("StepStatus".to_owned(), json!(step.status));
        view.insert("StepExecutionId".to_owned(), json!(super::new_id()));
        let inputs = json!({ "InstanceIds": json!(self.hosts).to_string(), "DesiredState": format!("\"{}\"", step.desired) });
        view.insert("Inputs".to_owned(), inputs);
        for (field, time) in [("ExecutionStartTime", step.started), ("ExecutionEndTime", step.ended)] {
            if let Some(time) = time {
                view.insert(field.to_owned(), seconds(time));
            }
        }
        if step.status == "Failed" {
            view.insert("FailureMessage".to_owned(), json!(self.failure));
        }
        Value::Object(view)
    }

    fn step(&mut self, index: usize, status: &'static str, now: Timestamp) {
        let step = &mut self.steps[index];
        step.status = status;
        if status == "InProgress" {
            step.started = Some(now);
        } else {
            step.ended = Some(now);
        }
    }
}

/// What the caller may not do with the hosts, in IAM's words; found out before, told by the step that would have done it.
pub type Denied = Option<String>;

/// Carries an automation out.
pub async fn run(fleet: Arc<Fleet>, id: String, denied: Denied) {
    let Some((hosts, mut cancel)) = fleet.with(|state, now| {
        let automation = state.automation(&id).ok()?;
        automation.step(0, "InProgress", now);
        let begun = (automation.hosts.clone(), automation.cancel.subscribe());
        state.tell_automation(&id, now);
        Some(begun)
    }) else {
        return;
    };
    if denied.is_some() {
        return end(&fleet, &id, 0, "Failed", denied);
    }
    let pace = fleet.second();
    fleet.power(&hosts, Agent::Lost).await;
    let mut interrupted = async |index| {
        let stopped = tokio::time::timeout(pace, cancel.wait_for(|cancelled| *cancelled)).await.is_ok();
        if !stopped {
            fleet.with(|state, now| {
                if let Ok(automation) = state.automation(&id) {
                    automation.step(index, "Success", now);
                    if index + 1 < automation.steps.len() {
                        automation.step(index + 1, "InProgress", now);
                    }
                }
            });
        }
        stopped
    };
    if interrupted(0).await {
        return end(&fleet, &id, 0, "Cancelled", None);
    }
    fleet.power(&hosts, Agent::Online).await;
    if interrupted(1).await {
        return end(&fleet, &id, 1, "Cancelled", None);
    }
    end(&fleet, &id, 1, "Success", None);
}

fn end(fleet: &Fleet, id: &str, step: usize, status: &'static str, failure: Denied) {
    fleet.with(|state, now| {
        let Ok(automation) = state.automation(id) else { return };
        automation.step(step, status, now);
        automation.status = status;
        automation.ended = Some(now);
        automation.failure = failure.map(|denied| format!("Step fails when it is Execute/Cancelling action. {denied}"));
        state.tell_automation(id, now);
    });
}

/// No such automation.
pub fn not_found(id: &str) -> Refusal {
    Refusal::new("AutomationExecutionNotFoundException", format!("Automation execution {id} does not exist"))
}
