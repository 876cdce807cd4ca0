//! `SendCommand`: what is asked, and whether it may be done.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::sync::{Notify, watch};

use super::command::{Command, Invocation, StepRun, Target};
use super::documents::short;
use super::host::{Agent, Host};
use super::rollout::{Limits, Phase};
use super::state::State;
use crate::input::{Input, Problems, Rule};
use crate::refusal::Refusal;

/// The pattern of an instance's id.
pub const INSTANCE_ID: Rule = Rule::Pattern(r"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)", (0, 64));
/// The pattern of a document's name or ARN.
pub const DOCUMENT: Rule = Rule::Pattern(r"^[a-zA-Z0-9_\-.:/]{3,128}$", (0, 200));
/// The pattern of a document's version.
pub const VERSION: Rule = Rule::Pattern(r"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", (0, 32));

/// Which hosts are asked for.
pub fn chosen<'a>(hosts: &'a [Host], instance_ids: &[String], targets: &[Target]) -> Vec<&'a Host> {
    let fits = |host: &Host| {
        let by_target = |target: &Target| match target.key.strip_prefix("tag:") {
            Some(key) => host.has_tag(key, &target.values),
            None if target.key == "tag-key" => target.values.iter().any(|key| host.tags.contains_key(key)),
            None => target.key == "InstanceIds" && target.values.contains(&host.id),
        };
        instance_ids.contains(&host.id) || (!targets.is_empty() && targets.iter().all(by_target))
    };
    hosts.iter().filter(|host| fits(host)).collect()
}

/// The hosts that a request names, by ids and by targets.
pub fn audience(body: &Map<String, Value>, problems: &mut Problems) -> (Vec<String>, Vec<Target>) {
    let input = Input::new(body);
    let instance_ids = input.strings("InstanceIds", (0, 50), INSTANCE_ID, problems);
    let targets = input.list("Targets", (0, 5), problems, |input, problems| Target {
        key: input.required("Key", Rule::Text(1, 163), problems),
        values: input.strings("Values", (0, 50), Rule::Text(0, usize::MAX), problems),
    });
    (instance_ids, targets)
}

/// Takes a command in; returns its id and what the API says of it.
pub fn send(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Result<(String, Value), Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let (instance_ids, targets) = audience(body, &mut problems);
    let name = input.required("DocumentName", DOCUMENT, &mut problems);
    let version = input.optional("DocumentVersion", VERSION, &mut problems);
    let timeout = input.number("TimeoutSeconds", 30, 2_592_000, &mut problems).and_then(|seconds| u32::try_from(seconds).ok());
    let comment = input.optional("Comment", Rule::Text(0, 100), &mut problems).unwrap_or_default();
    let given = input.lists("Parameters", &mut problems);
    let concurrency = Rule::Pattern("^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$", (1, 7));
    let max_concurrency = input.optional("MaxConcurrency", concurrency, &mut problems).unwrap_or_else(|| "50".to_owned());
    let errors = Rule::Pattern("^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$", (1, 7));
    let max_errors = input.optional("MaxErrors", errors, &mut problems).unwrap_or_else(|| "0".to_owned());
    problems.check()?;

    let document = state.documents.find(&name)?;
    let (_, found) = document.version(version.as_deref())?;
    let content = Arc::clone(&found.content);
    let values = content.resolve(&given)?;
    if instance_ids.is_empty() == targets.is_empty() {
        return Err(Refusal::new("InvalidTarget", "Either InstanceIds or Targets are needed, and not both"));
    }
    if let Some(twice) = instance_ids.iter().enumerate().find(|(index, id)| instance_ids[..*index].contains(id)) {
        return Err(Refusal::new("DuplicateInstanceId", format!("{} is named twice", twice.1)));
    }
    let known = |id: &&String| state.hosts.iter().any(|host| host.id == **id && *host.agent.borrow() != Agent::Gone);
    // By id, a host must be there; by tag, one that is gone shows itself as undeliverable.
    if let Some(stranger) = instance_ids.iter().find(|id| !known(id)) {
        let message = format!("Instances [[{stranger}]] not in a valid state for account {}", state.site.account);
        return Err(Refusal::new("InvalidInstanceId", message));
    }
    let hosts = chosen(&state.hosts, &instance_ids, &targets);
    let limits = Limits::of(&max_concurrency, &max_errors, hosts.len());
    let invocations: Vec<_> = hosts
        .iter()
        .map(|host| Invocation {
            host: host.id.clone(),
            name: host.name.clone(),
            phase: Phase::Waiting,
            cancel: watch::Sender::new(false),
            steps: content.main_steps.iter().map(|step| StepRun::waiting(&step.name)).collect(),
        })
        .collect();
    let timeout = timeout.unwrap_or(3600);
    let mut command = Command {
        id: super::new_id(),
        document: short(&name).to_owned(),
        version: version.unwrap_or_else(|| "$DEFAULT".to_owned()),
        content,
        given,
        values,
        comment,
        instance_ids,
        targets,
        max_concurrency,
        max_errors,
        limits,
        timeout,
        requested: now,
        expires: now.checked_add(SignedDuration::from_secs(timeout.into())).unwrap_or(now),
        cancelled: false,
        told: "Pending",
        invocations,
        progress: Arc::new(Notify::new()),
    };
    // What `SendCommand` answers is how things stand before anybody is counted.
    let (id, mut view) = (command.id.clone(), command.view());
    if command.invocations.is_empty() {
        command.told = "Success";
        let event = super::events::of_command(&state.site, &command, now);
        state.outbox.push(event);
    } else {
        view["TargetCount"] = json!(command.instance_ids.len());
    }
    view["Status"] = json!("Pending");
    view["StatusDetails"] = json!("Pending");
    state.add_command(command);
    Ok((id, view))
}
