//! CodeBuild, as far as its traces go: the logs that builds leave in CloudWatch Logs, and the events of builds that no pipeline started.
//!
//! Fields as the AWS CodeBuild user guide shows them in "Build notifications input format reference"; numbers are floats there.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::{Cloud, CloudError};
use crate::pipelines::Site;

/// A build to be told of as if it had run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Whose build.
    pub project: String,
    /// How it ends.
    pub status: Ending,
    /// Where its source is.
    pub source: Option<String>,
    /// The commit it built.
    pub revision: Option<String>,
    /// Who started it.
    pub initiator: Option<String>,
}

/// How a build ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ending {
    /// Well.
    Succeeded,
    /// Not well.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Stopped => "STOPPED",
        }
    }
}

/// A build that was told of.
#[derive(Debug)]
pub struct Told {
    /// Its id: the project and a UUID.
    pub id: String,
    /// Its events, in their order.
    pub events: [Value; 2],
}

/// The builds so far.
#[derive(Debug, Default)]
pub struct Builds(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    number: u32,
    started: Timestamp,
}

impl Builds {
    /// Writes a build's log, and makes the events of its start and its end. CodeBuild's times have whole seconds, and no build there takes
    /// less than one: a build begins a second after the one before at the earliest.
    pub async fn tell(&self, cloud: &Cloud, site: &Site, order: &Order, ids: [String; 3], now: Timestamp) -> Result<Told, CloudError> {
        let (number, started) = {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let second = SignedDuration::from_secs(1);
            *last = Last { number: last.number + 1, started: now.max(last.started.saturating_add(second).unwrap_or(now)) };
            (last.number, last.started)
        };
        let [build, first, second] = ids;
        let log = Log { project: &order.project, build: &build };
        log.write(cloud, order.status == Ending::Failed, started).await?;
        let change = Change { site, order, build: &build, number, started };
        let events = [change.event(&first, "IN_PROGRESS"), change.event(&second, order.status.word())];
        Ok(Told { id: format!("{}:{build}", order.project), events })
    }
}

struct Change<'a> {
    site: &'a Site,
    order: &'a Order,
    build: &'a str,
    number: u32,
    started: Timestamp,
}

impl Change<'_> {
    fn event(&self, id: &str, status: &str) -> Value {
        let Site { region, account } = self.site;
        let project = &self.order.project;
        let arn = format!("arn:aws:codebuild:{region}:{account}:build/{project}:{}", self.build);
        let over = status != "IN_PROGRESS";
        let log = Log { project, build: self.build };
        json!({
            "version": "0",
            "id": id,
            "detail-type": "CodeBuild Build State Change",
            "source": "aws.codebuild",
            "account": account,
            "time": self.started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": region,
            "resources": [arn],
            "detail": {
                "build-status": status,
                "project-name": project,
                "build-id": arn,
                "current-phase": if over { "COMPLETED" } else { "SUBMITTED" },
                "current-phase-context": "[]",
                "version": "1",
                "additional-information": {
                    "build-complete": over,
                    "build-number": f64::from(self.number),
                    "initiator": self.order.initiator.as_deref().unwrap_or("rule/nightly"),
                    "build-start-time": spoken(self.started),
                    "source": {
                        "type": "GITHUB",
                        "location": self.order.source.clone().unwrap_or_else(|| format!("https://github.com/acme/{project}.git")),
                    },
                    "source-version": self.order.revision,
                    "logs": {
                        "group-name": log.group(),
                        "stream-name": self.build,
                        "deep-link": format!(
                            "https://console.aws.amazon.com/cloudwatch/home?region={region}#logEvent:group={};stream={}",
                            log.group(), self.build
                        ),
                    },
                    "phases": if over { self.phases() } else { Vec::new() },
                },
            },
        })
    }

    fn phases(&self) -> Vec<Value> {
        let mut phases = Vec::new();
        for name in ["SUBMITTED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "FINALIZING"] {
            let ends_badly = name == "BUILD" && self.order.status != Ending::Succeeded;
            let context = if ends_badly && self.order.status == Ending::Failed { FAILED_COMMAND } else { "" };
            phases.push(json!({
                "phase-type": name,
                "phase-status": if ends_badly { self.order.status.word() } else { "SUCCEEDED" },
                "start-time": spoken(self.started),
                "end-time": spoken(self.started),
                "duration-in-seconds": 0.0,
                "phase-context": [context],
            }));
        }
        phases.push(json!({ "phase-type": "COMPLETED", "start-time": spoken(self.started) }));
        phases
    }
}

/// What CodeBuild says of a command that failed.
const FAILED_COMMAND: &str = "COMMAND_EXECUTION_ERROR: Error while executing command: make test. Reason: exit status 2";

/// `Nov 20, 2026 10:00:00 AM`
fn spoken(at: Timestamp) -> String {
    at.strftime("%b %d, %Y %I:%M:%S %p").to_string()
}

/// Writes the log of a pipeline's CodeBuild action that has just ended, so that it is there before anybody hears of the end.
pub async fn log_of_action(cloud: &Cloud, event: &Value, now: Timestamp) {
    let detail = &event["detail"];
    let failed = match detail["state"].as_str() {
        Some("FAILED") => true,
        Some("SUCCEEDED") => false,
        _ => return,
    };
    if detail["type"]["provider"] != "CodeBuild" {
        return;
    }
    let id = detail["execution-result"]["external-execution-id"].as_str();
    let Some((project, build)) = id.and_then(|id| id.split_once(':')) else { return };
    if let Err(error) = (Log { project, build }).write(cloud, failed, now).await {
        tracing::warn!(%error, project, "a build left no log");
    }
}

/// A build's log.
struct Log<'a> {
    project: &'a str,
    build: &'a str,
}

impl Log<'_> {
    fn group(&self) -> String {
        format!("/aws/codebuild/{}", self.project)
    }

    async fn write(&self, cloud: &Cloud, failed: bool, at: Timestamp) -> Result<(), CloudError> {
        let (group, stream) = (self.group(), self.build);
        existing(cloud.json("logs", "Logs_20140328.CreateLogGroup", &json!({ "logGroupName": group })).await)?;
        let names = json!({ "logGroupName": group, "logStreamName": stream });
        existing(cloud.json("logs", "Logs_20140328.CreateLogStream", &names).await)?;
        let events: Vec<Value> =
            self.lines(failed, at).into_iter().map(|line| json!({ "timestamp": at.as_millisecond(), "message": line })).collect();
        let put = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
        cloud.json("logs", "Logs_20140328.PutLogEvents", &put).await.map(|_| ())
    }

    /// What a small build says. It prints a key, as builds do by mistake: AWS's own example of one ("IAM identifiers").
    fn lines(&self, failed: bool, at: Timestamp) -> Vec<String> {
        let moment = at.strftime("%Y/%m/%d %H:%M:%S").to_string();
        let said = |text: &str| format!("[Container] {moment} {text}");
        let mut lines = vec![
            said("Running on CodeBuild On-demand"),
            said("Waiting for agent ping"),
            said("Waiting for DOWNLOAD_SOURCE"),
            said("Phase is DOWNLOAD_SOURCE"),
            said("CODEBUILD_SRC_DIR=/codebuild/output/src"),
            said("YAML location is /codebuild/output/src/buildspec.yml"),
            said("Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED"),
            said("Entering phase INSTALL"),
            said("Running command env | sort"),
            "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE".to_owned(),
            format!("PROJECT={}", self.project),
            said("Phase complete: INSTALL State: SUCCEEDED"),
            said("Entering phase BUILD"),
            said("Running command make test"),
            "cargo test --locked".to_owned(),
            "running 48 tests".to_owned(),
        ];
        if failed {
            let told = [
                "test basket::is_empty_at_first ... ok",
                "test basket::counts_each_item_once ... \u{1b}[31mFAILED\u{1b}[0m",
                "",
                "---- basket::counts_each_item_once stdout ----",
                "thread 'basket::counts_each_item_once' failed at tests/basket.rs:31:5:",
                "assertion `left == right` failed: two of the same item",
                "  left: 1",
                " right: 2",
                "",
                "test result: FAILED. 47 passed; 1 failed; 0 ignored",
                "make: *** [Makefile:12: test] Error 101",
            ];
            lines.extend(told.map(str::to_owned));
            lines.push(said("Command did not exit successfully make test exit status 2"));
            lines.push(said("Phase complete: BUILD State: FAILED"));
        } else {
            lines.push("test result: ok. 48 passed; 0 failed; 0 ignored".to_owned());
            lines.push(said("Phase complete: BUILD State: SUCCEEDED"));
        }
        lines
    }
}

/// What is there already is as good as made.
fn existing(made: Result<Value, CloudError>) -> Result<(), CloudError> {
    match made {
        Err(CloudError::Refused { body, .. }) if body.contains("ResourceAlreadyExistsException") => Ok(()),
        // These calls answer with nothing at all.
        Ok(_) | Err(CloudError::Answer(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_codebuild_tells_them() {
        let at: Timestamp = "2026-11-20T14:05:09Z".parse().unwrap();
        assert_eq!(spoken(at), "Nov 20, 2026 02:05:09 PM");
    }

    #[test]
    fn a_build_that_failed_says_in_which_phase() {
        let site = Site { region: "us-east-1".to_owned(), account: "000000000000".to_owned() };
        let order = Order { project: "nightly".to_owned(), status: Ending::Failed, source: None, revision: None, initiator: None };
        let started = "2026-11-20T14:05:09Z".parse().unwrap();
        let change = Change { site: &site, order: &order, build: "1-2-3", number: 7, started };
        let event = change.event("e-1", "FAILED");
        let failed: Vec<_> = event["detail"]["additional-information"]["phases"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|phase| phase["phase-status"] == "FAILED")
            .map(|phase| phase["phase-type"].as_str().unwrap())
            .collect();
        assert_eq!(failed, ["BUILD"]);
        assert_eq!(event["detail"]["additional-information"]["build-number"].to_string(), "7.0");
    }
}
