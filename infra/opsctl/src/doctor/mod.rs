//! `opsctl doctor`: holds everything that has to fit together against one another and says what to mend.

mod audit;
mod catalog;
mod dj;
mod findings;
mod guards;
mod hosts;
mod people_and_rooms;
mod pipelines;
mod secrets;
mod slack_app;

use aws_config::SdkConfig;
use opsroom_aws_parameters::Secrets;

use crate::Report;
use crate::failure::Failure;
use crate::redrive::Queue;
use crate::secrets::BOT_TOKEN;
use crate::stack::{Stack, output};

use findings::Findings;

/// Calls that are under way at the same time: quick enough for hundreds of people, and within Slack's and AWS's rates.
const AT_ONCE: usize = 4;

/// Checks everything about a stack.
pub(crate) async fn run(config: &SdkConfig, name: &str) -> Result<Report, Failure> {
    let mut found = Findings::default();
    let stack = Stack::find(config, name).await?;
    match stack.missing_outputs() {
        missing if missing.is_empty() => found.good(format!("stack {name}: all outputs are there")),
        missing => found.wrong(
            format!("stack {name}: lacks the outputs {}", missing.join(", ")),
            "deploy this version's template: sam build && sam deploy",
        ),
    }
    let (token, set) = secrets_of(config, &stack, &mut found).await;
    let set: Option<Vec<&str>> = set.as_ref().map(|names| names.iter().map(String::as_str).collect());
    let catalog = catalog::check(config, &stack, &mut found).await;
    let workspace = if let Some(token) = &token {
        slack_app::check(stack.slack_api_url(), token, catalog.as_ref(), &mut found).await?
    } else {
        found.unchecked("Slack app", "there is no bot token");
        None
    };
    if let Some(catalog) = &catalog {
        match &workspace {
            Some(workspace) => people_and_rooms::check(workspace, catalog, &mut found).await,
            None => found.unchecked("people and rooms of the catalog", "Slack can't be asked"),
        }
        pipelines::check(config, catalog, &mut found).await;
        hosts::check(config, name, catalog, &mut found).await;
        if let Some(rules) = &catalog.dj {
            dj::check(config, name, rules, set.as_deref(), &mut found).await;
        }
    }
    audit::check(config, &stack, &mut found).await;
    if let Some(topic) = found.unless_failed("alarms", stack.output(output::ALARM_TOPIC)) {
        found.good(format!("alarms: those that have {topic} as an action are watched"));
    }
    dead_letters(config, &stack, &mut found).await;
    Ok(found.report())
}

/// Looks at the secrets, and gives the bot token and the names of all that are set.
async fn secrets_of(config: &SdkConfig, stack: &Stack, found: &mut Findings) -> (Option<String>, Option<Vec<String>>) {
    let Some(prefix) = found.unless_failed("secrets", stack.output(output::SECRETS_PREFIX)) else { return (None, None) };
    let store = Secrets::new(config, prefix);
    let Some(set) = found.unless_failed("secrets", store.list().await) else { return (None, None) };
    let names: Vec<String> = set.into_iter().map(|entry| entry.name).collect();
    secrets::check(&names.iter().map(String::as_str).collect::<Vec<_>>(), found);
    let token = found.unless_failed("secret slack/bot-token", store.get(BOT_TOKEN).await).flatten();
    (token, Some(names))
}

async fn dead_letters(config: &SdkConfig, stack: &Stack, found: &mut Findings) {
    for queue in Queue::ALL {
        let what = format!("dead letters of {}", queue.name());
        let Some(url) = found.unless_failed(&what, queue.dead_letters_url(stack)) else { continue };
        match found.unless_failed(&what, opsroom_aws_queue::waiting(config, url).await) {
            Some(0) => found.good(format!("{what}: none")),
            Some(count) => found.wrong(
                format!("{what}: {count}"),
                format!("look into the log of the function, mend the cause, then: opsctl redrive --queue {}", queue.name()),
            ),
            None => {}
        }
    }
}
