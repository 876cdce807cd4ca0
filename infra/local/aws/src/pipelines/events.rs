//! The EventBridge events of a pipeline's, a stage's and an action's state changes.
//!
//! Fields as the CodePipeline user guide shows them in "Monitoring CodePipeline events"; numbers are floats there
//! (`"version": 3.0`), and an action type's version is a string.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::definition::{Action, Definition};
use super::model::{ActionRun, Execution, StageRun};

/// Where the account is.
#[derive(Debug, Clone)]
pub struct Site {
    /// The region's code.
    pub region: String,
    /// The account's number.
    pub account: String,
}

impl Site {
    /// A pipeline's ARN.
    pub fn pipeline_arn(&self, name: &str) -> String {
        format!("arn:aws:codepipeline:{}:{}:{name}", self.region, self.account)
    }

    /// The bucket that holds artifacts.
    pub fn artifact_bucket(&self) -> String {
        format!("codepipeline-{}-{}", self.region, self.account)
    }
}

/// What happened, to what, when.
pub struct Change<'a> {
    /// Where.
    pub site: &'a Site,
    /// The event's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// In which pipeline.
    pub definition: &'a Definition,
    /// In which execution.
    pub execution: &'a Execution,
    /// The new state, in the events' words.
    pub state: &'a str,
}

impl Change<'_> {
    /// The execution changed.
    pub fn of_pipeline(&self) -> Value {
        let execution = self.execution;
        let mut detail = self.detail(execution.started);
        if self.state == "STARTED" {
            detail["execution-trigger"] = json!({
                "trigger-type": execution.trigger.kind,
                "trigger-detail": execution.trigger.detail,
            });
        }
        if let Some(reason) = execution.stop.as_ref().and_then(|stop| stop.reason.as_ref()) {
            detail["stop-execution-comments"] = json!(reason);
        }
        if let Some(retried) = execution.retried {
            detail["last-retry-attempt-time"] = json!(millis(retried));
        }
        self.event("CodePipeline Pipeline Execution State Change", &detail)
    }

    /// A stage changed.
    pub fn of_stage(&self, stage: usize, run: &StageRun) -> Value {
        let mut detail = self.detail(run.started);
        detail["stage"] = json!(self.definition.stages[stage].name);
        if let Some(retried) = run.retried {
            detail["stage-last-retry-attempt-time"] = json!(millis(retried));
        }
        self.event("CodePipeline Stage Execution State Change", &detail)
    }

    /// An action changed.
    pub fn of_action(&self, action: &Action, run: &ActionRun) -> Value {
        let mut detail = self.detail(run.started);
        detail["stage"] = json!(self.definition.stages[run.stage].name);
        detail["action"] = json!(action.name);
        detail["action-execution-id"] = json!(run.id);
        detail["region"] = json!(self.site.region);
        detail["type"] = json!({
            "owner": action.kind.owner,
            "provider": action.kind.provider,
            "category": action.kind.category,
            "version": action.kind.version,
        });
        if self.state == "STARTED" {
            self.artifacts(&mut detail, "input-artifacts", &action.input_artifacts);
        } else {
            if self.state == "SUCCEEDED" {
                self.artifacts(&mut detail, "output-artifacts", &action.output_artifacts);
            }
            if let Some(result) = result(run) {
                detail["execution-result"] = result;
            }
        }
        self.event("CodePipeline Action Execution State Change", &detail)
    }

    fn artifacts(&self, detail: &mut Value, field: &str, artifacts: &[super::definition::Artifact]) {
        if !artifacts.is_empty() {
            detail[field] =
                artifacts.iter().map(|artifact| artifact_detail(self.site, self.definition, self.execution, &artifact.name)).collect();
        }
    }

    fn detail(&self, started: Timestamp) -> Value {
        json!({
            "pipeline": self.definition.name,
            "execution-id": self.execution.id,
            "start-time": millis(started),
            "state": self.state,
            "version": f64::from(self.definition.version),
            "pipeline-execution-attempt": f64::from(self.execution.attempt),
        })
    }

    fn event(&self, detail_type: &str, detail: &Value) -> Value {
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": detail_type,
            "source": "aws.codepipeline",
            "account": self.site.account,
            "time": self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": self.site.region,
            "resources": [self.site.pipeline_arn(&self.definition.name)],
            "detail": detail,
        })
    }
}

/// Where an execution's artifact lies; CodePipeline shortens both names in the key.
pub fn artifact_detail(site: &Site, definition: &Definition, execution: &Execution, artifact: &str) -> Value {
    let short = |name: &str, length: usize| name.chars().take(length).collect::<String>();
    json!({
        "name": artifact,
        "s3location": {
            "bucket": site.artifact_bucket(),
            "key": format!("{}/{}/{}", short(&definition.name, 20), short(artifact, 10), short(&execution.id, 7)),
        },
    })
}

fn result(run: &ActionRun) -> Option<Value> {
    let fields = [
        ("external-execution-id", run.external_id.as_ref()),
        ("external-execution-url", run.external_url.as_ref()),
        ("external-execution-summary", run.summary.as_ref()),
        ("error-code", run.error.as_ref().map(|error| &error.code)),
    ];
    let present: serde_json::Map<_, _> = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))).collect();
    (!present.is_empty()).then_some(Value::Object(present))
}

fn millis(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
