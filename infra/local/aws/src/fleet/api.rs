//! The operations of Systems Manager that the stand-in has, and what each acts on.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answers::{Answer, get_invocation, list_commands, list_invocations, paging};
use super::automation::{Automation, RESTART};
use super::documents::{Document, Text, short, tag_list};
use super::events::instance_arn;
use super::inventory;
use super::sending::{DOCUMENT, INSTANCE_ID, VERSION, audience, chosen, send};
use super::state::State;
use crate::access::{Deed, Tags};
use crate::input::{Input, Problems, Rule};
use crate::refusal::Refusal;

/// A call.
#[derive(Debug)]
pub struct Call<'a> {
    /// The operation's name.
    pub operation: &'a str,
    /// The request's fields.
    pub body: &'a Map<String, Value>,
    /// The caller's ARN.
    pub caller: &'a str,
}

/// What a call set going.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// A command, by its id.
    Command(String),
    /// An automation, by its id.
    Automation(String),
}

const OPERATIONS: [&str; 17] = [
    "SendCommand",
    "ListCommands",
    "ListCommandInvocations",
    "GetCommandInvocation",
    "CancelCommand",
    "DescribeInstanceInformation",
    "StartAutomationExecution",
    "GetAutomationExecution",
    "StopAutomationExecution",
    "CreateDocument",
    "UpdateDocument",
    "UpdateDocumentDefaultVersion",
    "DescribeDocument",
    "GetDocument",
    "DeleteDocument",
    "ListDocuments",
    "ListTagsForResource",
];

/// Tags of documents and hosts are known here, those of parameters to the emulator.
const TAGGING: [&str; 3] = ["ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource"];

/// Whether the stand-in answers a call itself; everything else of Systems Manager is the emulator's.
pub fn has(operation: &str, body: &[u8]) -> bool {
    if TAGGING.contains(&operation) {
        let kind = serde_json::from_slice::<Value>(body).ok().map(|body| body["ResourceType"].clone());
        return kind.is_some_and(|kind| kind == "Document" || kind == "ManagedInstance");
    }
    OPERATIONS.contains(&operation)
}

/// What a call does and to what, for IAM (Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems
/// Manager"): all of it must be allowed.
pub fn deeds(state: &State, operation: &str, body: &Map<String, Value>) -> Vec<Deed> {
    let action = format!("ssm:{operation}");
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or("*");
    let document = |name: &str| {
        let tags = state.documents.find(name).map(|document| document.tags.clone()).unwrap_or_default();
        Deed::tagged(&action, state.documents.arn(name), tags)
    };
    match operation {
        "SendCommand" => {
            let (ids, targets) = audience(body, &mut Problems::default());
            let hosts = chosen(&state.hosts, &ids, &targets);
            let on = |id: &str, tags: Tags| Deed::tagged(&action, instance_arn(&state.site, id), tags);
            let mut deeds = vec![document(text("DocumentName"))];
            deeds.extend(hosts.iter().map(|host| on(&host.id, host.tags.clone())));
            deeds.extend(ids.iter().filter(|id| hosts.iter().all(|host| host.id != **id)).map(|id| on(id, Tags::new())));
            if deeds.len() == 1 {
                // Nobody is there: the tags that were asked for stand for those of the hosts.
                let asked = targets.iter().filter_map(|target| Some((target.key.strip_prefix("tag:")?, target.values.first()?)));
                deeds.push(on("*", asked.map(|(key, value)| (key.to_owned(), value.clone())).collect()));
            }
            deeds
        }
        "StartAutomationExecution" => {
            let name = short(text("DocumentName"));
            let account = if name.starts_with("AWS-") { "" } else { &state.site.account };
            let version = body.get("DocumentVersion").and_then(Value::as_str).unwrap_or("$DEFAULT");
            vec![Deed::new(action, format!("arn:aws:ssm:{}:{account}:automation-definition/{name}:{version}", state.site.region))]
        }
        "GetAutomationExecution" | "StopAutomationExecution" => {
            let id = text("AutomationExecutionId");
            vec![Deed::new(action, format!("arn:aws:ssm:{}:{}:automation-execution/{id}", state.site.region, state.site.account))]
        }
        "CreateDocument" | "UpdateDocument" | "UpdateDocumentDefaultVersion" | "DescribeDocument" | "GetDocument" | "DeleteDocument" => {
            vec![document(text("Name"))]
        }
        _ if TAGGING.contains(&operation) && text("ResourceType") == "Document" => vec![document(text("ResourceId"))],
        _ => vec![Deed::new(action, "*")],
    }
}

/// What an automation does to the hosts in the caller's name.
pub fn automation_deeds(state: &State, operation: &str, body: &Map<String, Value>) -> Vec<Deed> {
    if operation != "StartAutomationExecution" {
        return Vec::new();
    }
    let ids = Input::new(body).lists("Parameters", &mut Problems::default()).remove("InstanceId").unwrap_or_default();
    let tags = |id: &String| state.hosts.iter().find(|host| host.id == *id).map(|host| host.tags.clone()).unwrap_or_default();
    let deeds = |id: &String| {
        ["ec2:StopInstances", "ec2:StartInstances"].map(|action| Deed::tagged(action, instance_arn(&state.site, id), tags(id)))
    };
    ids.iter().flat_map(deeds).collect()
}

/// Answers a call, and says what it set going.
pub fn answer(state: &mut State, call: &Call<'_>, now: Timestamp) -> Result<(Value, Option<Begun>), Refusal> {
    let body = call.body;
    let answer = match call.operation {
        "SendCommand" => {
            let (id, view) = send(state, body, now)?;
            return Ok((json!({ "Command": view }), Some(Begun::Command(id))));
        }
        "StartAutomationExecution" => return start_automation(state, call, now),
        "ListCommands" => list_commands(state, body),
        "ListCommandInvocations" => list_invocations(state, body, now),
        "GetCommandInvocation" => get_invocation(state, body, now),
        "CancelCommand" => cancel_command(state, body, now),
        "DescribeInstanceInformation" => inventory::describe(state, body, now),
        "GetAutomationExecution" => {
            let id = required(body, "AutomationExecutionId", Rule::Text(36, 36))?;
            Ok(json!({ "AutomationExecution": state.automation(&id)?.view() }))
        }
        "StopAutomationExecution" => stop_automation(state, body),
        "CreateDocument" => create_document(state, body, now),
        "UpdateDocument" => update_document(state, body, now),
        "UpdateDocumentDefaultVersion" => {
            let name = required(body, "Name", DOCUMENT)?;
            let number = required(body, "DocumentVersion", Rule::Pattern("^[1-9][0-9]*$", (0, 10)))?;
            Ok(json!({ "Description": state.documents.set_default(&name, &number)? }))
        }
        "DescribeDocument" => {
            let (document, number) = named_document(state, body)?;
            Ok(json!({ "Document": document.view(number, &document.versions[number - 1]) }))
        }
        "GetDocument" => get_document(state, body),
        "DeleteDocument" => {
            state.documents.delete(&required(body, "Name", DOCUMENT)?)?;
            Ok(json!({}))
        }
        "ListDocuments" => list_documents(state, body),
        _ => tagging(state, call.operation, body),
    };
    answer.map(|answer| (answer, None))
}

fn required(body: &Map<String, Value>, field: &str, rule: Rule) -> Result<String, Refusal> {
    let mut problems = Problems::default();
    let found = Input::new(body).required(field, rule, &mut problems);
    problems.check().map(|()| found)
}

fn cancel_command(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let id = required(body, "CommandId", Rule::Text(36, 36))?;
    let mut problems = Problems::default();
    let hosts = Input::new(body).strings("InstanceIds", (0, 50), INSTANCE_ID, &mut problems);
    problems.check()?;
    state.cancel(&id, &hosts, now)?;
    Ok(json!({}))
}

fn start_automation(state: &mut State, call: &Call<'_>, now: Timestamp) -> Result<(Value, Option<Begun>), Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let name = input.required("DocumentName", DOCUMENT, &mut problems);
    let version = input.optional("DocumentVersion", VERSION, &mut problems);
    let token = input.optional("ClientToken", Rule::Text(36, 36), &mut problems);
    let mut given = input.lists("Parameters", &mut problems);
    problems.check()?;
    if short(&name) != RESTART {
        let message = format!("Automation definition {name} could not be found");
        return Err(Refusal::new("AutomationDefinitionNotFoundException", message));
    }
    if !matches!(version.as_deref(), None | Some("$DEFAULT" | "$LATEST" | "1")) {
        return Err(Refusal::new("AutomationDefinitionVersionNotFoundException", "The runbook has no such version"));
    }
    let invalid = |message: String| Refusal::new("InvalidAutomationExecutionParametersException", message);
    let hosts = given.remove("InstanceId").filter(|hosts| !hosts.is_empty()).ok_or_else(|| invalid("InstanceId is required".to_owned()))?;
    given.remove("AutomationAssumeRole");
    if let Some(unknown) = given.keys().next() {
        return Err(invalid(format!("The runbook has no parameter {unknown}")));
    }
    if let Some(stranger) = hosts.iter().find(|id| state.hosts.iter().all(|host| host.id != **id)) {
        return Err(invalid(format!("There is no instance {stranger}")));
    }
    if let Some(token) = &token
        && let Some(earlier) = state.automations.iter().find(|automation| automation.token.as_ref() == Some(token))
    {
        if earlier.hosts != hosts {
            return Err(Refusal::new("IdempotentParameterMismatch", "The token was used with other parameters"));
        }
        return Ok((json!({ "AutomationExecutionId": earlier.id }), None));
    }
    let automation = Automation::new(hosts, call.caller.to_owned(), token, now);
    let id = automation.id.clone();
    state.automations.push(automation);
    Ok((json!({ "AutomationExecutionId": id }), Some(Begun::Automation(id))))
}

fn stop_automation(state: &mut State, body: &Map<String, Value>) -> Answer {
    let id = required(body, "AutomationExecutionId", Rule::Text(36, 36))?;
    let automation = state.automation(&id)?;
    if automation.ended.is_some() {
        let message = format!("Automation execution {id} has ended already");
        return Err(Refusal::new("InvalidAutomationStatusUpdateException", message));
    }
    automation.cancel.send_replace(true);
    Ok(json!({}))
}

fn text(body: &Map<String, Value>, problems: &mut Problems) -> (Text, Option<String>) {
    let input = Input::new(body);
    let formats = &["YAML", "JSON", "TEXT"];
    let text = Text {
        content: input.required("Content", Rule::Text(1, usize::MAX), problems),
        format: input.optional("DocumentFormat", Rule::OneOf(formats), problems).unwrap_or_else(|| "JSON".to_owned()),
        kind: input.optional("DocumentType", Rule::Text(1, 64), problems).unwrap_or_else(|| "Command".to_owned()),
    };
    (text, input.optional("TargetType", Rule::Pattern(r"^/[\w.\-:/]*$", (0, 200)), problems))
}

fn create_document(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let name = input.required("Name", Rule::Pattern(r"^[a-zA-Z0-9_\-.]{3,128}$", (0, 200)), &mut problems);
    let (text, target) = text(body, &mut problems);
    let tags = tags(body, &mut problems);
    problems.check()?;
    Ok(json!({ "DocumentDescription": state.documents.create(&name, text, target, tags, now)? }))
}

fn update_document(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let mut problems = Problems::default();
    let name = Input::new(body).required("Name", DOCUMENT, &mut problems);
    let (text, target) = text(body, &mut problems);
    problems.check()?;
    Ok(json!({ "DocumentDescription": state.documents.update(&name, text, target, now)? }))
}

fn named_document<'a>(state: &'a State, body: &Map<String, Value>) -> Result<(&'a Document, usize), Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let name = input.required("Name", DOCUMENT, &mut problems);
    let version = input.optional("DocumentVersion", VERSION, &mut problems);
    problems.check()?;
    let document = state.documents.find(&name)?;
    Ok((document, document.version(version.as_deref())?.0))
}

fn get_document(state: &State, body: &Map<String, Value>) -> Answer {
    let (document, number) = named_document(state, body)?;
    let version = &document.versions[number - 1];
    Ok(json!({
        "Name": document.name,
        "CreatedDate": super::times::seconds(version.created),
        "DocumentVersion": number.to_string(),
        "Status": "Active",
        "Content": version.text,
        "DocumentType": "Command",
        "DocumentFormat": version.format,
    }))
}

fn list_documents(state: &State, body: &Map<String, Value>) -> Answer {
    let mut problems = Problems::default();
    let filters = Input::new(body).list("Filters", (0, 6), &mut problems, |input, problems| {
        let key = input.required("Key", Rule::Text(1, 128), problems);
        (key, input.strings("Values", (0, 100), Rule::Text(1, 256), problems))
    });
    let page = paging(body, (1, 50), problems)?;
    let mut found = Vec::new();
    for document in state.documents.all() {
        let mut fits = true;
        for (key, values) in &filters {
            fits &= match key.as_str() {
                "Name" => values.iter().any(|prefix| document.name.starts_with(prefix.as_str())),
                "Owner" => values.iter().any(|owner| (owner == "Self") != (document.owner == "Amazon") || owner == "All"),
                "PlatformTypes" => values.iter().any(|platform| platform == "Linux"),
                "DocumentType" => values.iter().any(|kind| kind == "Command"),
                key => match key.strip_prefix("tag:") {
                    Some(tag) => document.tags.get(tag).is_some_and(|value| values.contains(value)),
                    None => return Err(Refusal::new("InvalidFilterKey", "The specified key isn't valid.")),
                },
            };
        }
        if fits {
            found.push(document.summary(document.default, &document.versions[document.default - 1]));
        }
    }
    Ok(page.of("DocumentIdentifiers", found))
}

fn tags(body: &Map<String, Value>, problems: &mut Problems) -> Tags {
    let pairs = Input::new(body).list("Tags", (0, 1000), problems, |input, problems| {
        (input.required("Key", Rule::Text(1, 128), problems), input.required("Value", Rule::Text(0, 256), problems))
    });
    pairs.into_iter().collect()
}

fn tagging(state: &mut State, operation: &str, body: &Map<String, Value>) -> Answer {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let kind = input.required("ResourceType", Rule::Text(1, 64), &mut problems);
    let id = input.required("ResourceId", Rule::Text(1, usize::MAX), &mut problems);
    let (added, removed) = (tags(body, &mut problems), input.strings("TagKeys", (0, 1000), Rule::Text(1, 128), &mut problems));
    problems.check()?;
    let unknown =
        || Refusal::new("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.");
    let tags = if kind == "Document" { state.documents.tags(&id)? } else { &mut state.host(&id).ok_or_else(unknown)?.tags };
    match operation {
        "ListTagsForResource" => return Ok(json!({ "TagList": tag_list(tags) })),
        "AddTagsToResource" => tags.extend(added),
        _ => tags.retain(|key, _| !removed.contains(key)),
    }
    Ok(json!({}))
}
