//! The answers about commands and documents, and how long ones are cut into pages.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::command::{Command, Invocation};
use super::sending::INSTANCE_ID;
use super::state::State;
use crate::input::{Input, Problems, Rule};
use crate::refusal::Refusal;

/// An answer's body.
pub type Answer = Result<Value, Refusal>;

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    from: usize,
    size: usize,
}

/// Which part a request asks for; the token is the place where it begins.
pub fn paging(body: &Map<String, Value>, (least, most): (u64, u64), mut problems: Problems) -> Result<Page, Refusal> {
    let input = Input::new(body);
    let size = input.number("MaxResults", least, most, &mut problems);
    let token = input.optional("NextToken", Rule::Text(0, usize::MAX), &mut problems);
    problems.check()?;
    let from = match token {
        None => 0,
        Some(token) => token.parse().map_err(|_| Refusal::new("InvalidNextToken", "The specified token isn't valid."))?,
    };
    Ok(Page { from, size: size.or_else(|| usize::try_from(most).ok()).unwrap_or(50) })
}

impl Page {
    /// The part, under its name, with the next one's token.
    pub fn of(self, name: &str, items: Vec<Value>) -> Value {
        let end = self.from.saturating_add(self.size);
        let more = end < items.len();
        let part: Vec<_> = items.into_iter().skip(self.from).take(self.size).collect();
        let mut answer = json!({ name: part });
        if more {
            answer["NextToken"] = json!(end.to_string());
        }
        answer
    }
}

struct Wanted {
    command: Option<String>,
    instance: Option<String>,
    filters: Vec<(String, String)>,
}

fn wanted(body: &Map<String, Value>, problems: &mut Problems) -> Wanted {
    let input = Input::new(body);
    let keys = &["InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName"];
    Wanted {
        command: input.optional("CommandId", Rule::Text(36, 36), problems),
        instance: input.optional("InstanceId", INSTANCE_ID, problems),
        filters: input.list("Filters", (1, 5), problems, |input, problems| {
            let key = input.required("key", Rule::OneOf(keys), problems);
            (key, input.required("value", Rule::Text(1, 128), problems))
        }),
    }
}

impl Wanted {
    fn takes(&self, command: &Command, status: &str, details: &str, over: bool) -> Result<bool, Refusal> {
        let mut takes = self.command.as_ref().is_none_or(|id| *id == command.id);
        for (key, value) in &self.filters {
            let time =
                || value.parse::<Timestamp>().map_err(|_| Refusal::new("InvalidFilterKey", format!("{value} is not a time in ISO 8601")));
            takes &= match key.as_str() {
                "InvokedAfter" => command.requested > time()?,
                "InvokedBefore" => command.requested < time()?,
                "ExecutionStage" => over == (value == "Complete"),
                "DocumentName" => command.document == *value,
                _ => status == value || details == value,
            };
        }
        Ok(takes)
    }
}

/// `ListCommands`, newest first.
pub fn list_commands(state: &mut State, body: &Map<String, Value>) -> Answer {
    let mut problems = Problems::default();
    let wanted = wanted(body, &mut problems);
    let page = paging(body, (1, 50), problems)?;
    if let Some(id) = &wanted.command {
        state.command(id)?;
    }
    let mut found = Vec::new();
    for command in state.commands.iter().rev() {
        let (status, details) = command.status();
        let over = command.phases().iter().all(|phase| phase.is_over());
        let there = wanted.instance.as_ref().is_none_or(|host| command.invocations.iter().any(|invocation| invocation.host == *host));
        if there && wanted.takes(command, status, details, over)? {
            found.push(command.view());
        }
    }
    Ok(page.of("Commands", found))
}

/// `ListCommandInvocations`, newest command first.
pub fn list_invocations(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let mut problems = Problems::default();
    let wanted = wanted(body, &mut problems);
    let details = Input::new(body).flag("Details", &mut problems);
    let page = paging(body, (1, 50), problems)?;
    if let Some(id) = &wanted.command {
        state.command(id)?;
    }
    let mut found = Vec::new();
    for command in state.commands.iter().rev().filter(|command| command.is_seen(now)) {
        for invocation in &command.invocations {
            let (status, status_details) = invocation.phase.names();
            let there = wanted.instance.as_ref().is_none_or(|host| invocation.host == *host);
            if there && wanted.takes(command, status, status_details, invocation.phase.is_over())? {
                found.push(command.invocation_view(invocation, details));
            }
        }
    }
    Ok(page.of("CommandInvocations", found))
}

/// `GetCommandInvocation`.
pub fn get_invocation(state: &mut State, body: &Map<String, Value>, now: Timestamp) -> Answer {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let id = input.required("CommandId", Rule::Text(36, 36), &mut problems);
    let instance = input.required("InstanceId", INSTANCE_ID, &mut problems);
    let plugin = input.optional("PluginName", Rule::Text(4, usize::MAX), &mut problems);
    problems.check()?;
    let missing = || Refusal::new("InvocationDoesNotExist", "");
    // The real API does not tell an unknown command from one whose invocations are not there yet.
    let command = state.command(&id).map_err(|_| missing())?;
    let invocation: &Invocation = command.invocations.iter().find(|invocation| invocation.host == instance).ok_or_else(missing)?;
    if !command.is_seen(now) {
        return Err(missing());
    }
    let unclear = || Refusal::new("InvalidPluginName", "The plugin name isn't valid.");
    let step = match (plugin, invocation.steps.as_slice()) {
        (None, [only]) => only,
        (None, _) => return Err(unclear()),
        (Some(name), steps) => steps.iter().find(|step| step.name == name).ok_or_else(unclear)?,
    };
    Ok(command.step_view(invocation, step))
}
