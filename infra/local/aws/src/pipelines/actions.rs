//! What an action does when it runs: the ids and links of the service behind it, and how it ends.

use jiff::Timestamp;
use serde_json::json;

use super::commits::{Commit, Commits};
use super::definition::{Action, Definition};
use super::events::Site;
use super::model::{ActionError, Execution, Revision};

/// How the service behind an action names its work.
#[derive(Debug, Default)]
pub struct External {
    /// Its id there.
    pub id: Option<String>,
    /// A link to it.
    pub url: Option<String>,
}

/// How an action ended.
#[derive(Debug)]
pub enum Outcome {
    /// A source action found a commit.
    Found(Box<Revision>),
    /// It did its work.
    Done {
        /// What the service says, if it says anything.
        summary: Option<String>,
    },
    /// It failed.
    Failed {
        /// What the service says.
        summary: String,
        /// The code and the message.
        error: ActionError,
    },
}

/// The id and link an action gets as it starts.
pub fn external(site: &Site, action: &Action, id: &str) -> External {
    let region = &site.region;
    match action.kind.provider.as_str() {
        "CodeBuild" => {
            let project = action.configuration.get("ProjectName").unwrap_or(&action.name);
            let build = format!("{project}:{id}");
            let url = format!("https://console.aws.amazon.com/codebuild/home?region={region}#/builds/{build}/view/new");
            External { id: Some(build), url: Some(url) }
        }
        "CodeDeploy" => {
            let letters: String = id.chars().filter(char::is_ascii_alphanumeric).take(9).collect();
            let deployment = format!("d-{}", letters.to_ascii_uppercase());
            let url = format!("https://console.aws.amazon.com/codedeploy/home?region={region}#/deployments/{deployment}");
            External { id: Some(deployment), url: Some(url) }
        }
        _ => External::default(),
    }
}

/// How an action ends that no person decides.
pub fn outcome(
    site: &Site,
    commits: &Commits,
    definition: &Definition,
    execution: &Execution,
    (stage, action): (usize, &Action),
    now: Timestamp,
) -> Outcome {
    let stage = &definition.stages[stage].name;
    let bad = definition.local.fails.get(stage).map_or(&[][..], Vec::as_slice);
    if execution.asked_for().any(|value| bad.iter().any(|bad| bad == value)) {
        return failure(action);
    }
    if action.is_source() {
        return Outcome::Found(Box::new(found(site, commits, definition, execution, action, now)));
    }
    let deployed = action.kind.provider == "CodeDeploy";
    Outcome::Done { summary: deployed.then(|| "Deployment Succeeded".to_owned()) }
}

/// CodeBuild's words name the phase and the command; other services say less.
fn failure(action: &Action) -> Outcome {
    let summary = if action.kind.provider == "CodeBuild" {
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while \
         executing command: make test. Reason: exit status 2"
            .to_owned()
    } else {
        format!("{} failed", action.name)
    };
    Outcome::Failed { error: ActionError { code: "JobFailed".to_owned(), message: summary.clone() }, summary }
}

fn found(site: &Site, commits: &Commits, definition: &Definition, execution: &Execution, action: &Action, now: Timestamp) -> Revision {
    let repository = repository(definition, action);
    let commit = match execution.overrides.get(&action.name) {
        Some(revision) => Commit {
            sha: revision.clone(),
            message: commits.message_of(repository, revision).unwrap_or_else(|| format!("Commit {revision}")),
        },
        None => commits.head(repository),
    };
    let connection = action.configuration.get("ConnectionArn").map_or("", String::as_str);
    Revision {
        action: action.name.clone(),
        artifact: action.output_artifacts.first().map(|artifact| artifact.name.clone()).unwrap_or_default(),
        summary: json!({ "ProviderType": "GitHub", "CommitMessage": commit.message }).to_string(),
        url: format!(
            "https://{}.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={connection}\
             &referenceType=COMMIT&FullRepositoryId={repository}&Commit={}",
            site.region, commit.sha
        ),
        id: commit.sha,
        created: now,
    }
}

/// The repository a source action reads; a source without one is a repository of its own.
pub fn repository<'a>(definition: &'a Definition, action: &'a Action) -> &'a str {
    action.configuration.get("FullRepositoryId").unwrap_or(&definition.name)
}

/// The repository of a pipeline: that of its first source action.
pub fn pipeline_repository(definition: &Definition) -> &str {
    definition
        .stages
        .iter()
        .flat_map(|stage| &stage.actions)
        .find(|action| action.is_source())
        .map_or(&definition.name, |action| repository(definition, action))
}
