//! The deployed stack: its outputs are where everything is, its parameters how it was set up.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

use crate::failure::{Failure, root_cause};

/// Outputs of `template.yaml`. Each is used by some subcommand, and `doctor` expects all of them.
pub(crate) mod output {
    pub(crate) const SLACK_INGRESS_URL: &str = "SlackIngressUrl";
    pub(crate) const SECRETS_PREFIX: &str = "SecretsPrefix";
    pub(crate) const STATE_TABLE: &str = "StateTableName";
    pub(crate) const CATALOG_TABLE: &str = "CatalogTableName";
    pub(crate) const AUDIT_TABLE: &str = "AuditTableName";
    pub(crate) const COMMANDS_QUEUE: &str = "CommandsQueueUrl";
    pub(crate) const COMMANDS_DEAD_LETTERS: &str = "CommandsDeadLettersUrl";
    pub(crate) const ACTIVITY_QUEUE: &str = "ActivityQueueUrl";
    pub(crate) const ACTIVITY_DEAD_LETTERS: &str = "ActivityDeadLettersUrl";
    pub(crate) const WEBHOOK_INGRESS_URL: &str = "WebhookIngressUrl";
    pub(crate) const WEBHOOKS_QUEUE: &str = "WebhooksQueueUrl";
    pub(crate) const WEBHOOKS_DEAD_LETTERS: &str = "WebhooksDeadLettersUrl";
    pub(crate) const DELIVERY_QUEUE: &str = "DeliveryQueueUrl";
    pub(crate) const DELIVERY_DEAD_LETTERS: &str = "DeliveryDeadLettersUrl";
    pub(crate) const ALARM_TOPIC: &str = "AlarmTopicArn";
    pub(crate) const ALARMS_QUEUE: &str = "AlarmsQueueUrl";
    pub(crate) const ALARMS_DEAD_LETTERS: &str = "AlarmsDeadLettersUrl";
    pub(crate) const ALL: [&str; 17] = [
        SLACK_INGRESS_URL,
        SECRETS_PREFIX,
        STATE_TABLE,
        CATALOG_TABLE,
        AUDIT_TABLE,
        COMMANDS_QUEUE,
        COMMANDS_DEAD_LETTERS,
        ACTIVITY_QUEUE,
        ACTIVITY_DEAD_LETTERS,
        WEBHOOK_INGRESS_URL,
        WEBHOOKS_QUEUE,
        WEBHOOKS_DEAD_LETTERS,
        DELIVERY_QUEUE,
        DELIVERY_DEAD_LETTERS,
        ALARM_TOPIC,
        ALARMS_QUEUE,
        ALARMS_DEAD_LETTERS,
    ];
}

/// The template's own default, for a stack that was deployed before the template had the parameter.
const SLACK_API_URL: &str = "https://slack.com/api/";

/// A deployed stack.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    name: String,
    outputs: HashMap<String, String>,
    parameters: HashMap<String, String>,
}

impl Stack {
    /// Looks a stack up by its name.
    pub(crate) async fn find(config: &SdkConfig, name: &str) -> Result<Self, Failure> {
        let answer = Client::new(config).describe_stacks().stack_name(name).send().await.map_err(|error| explain(name, &error))?;
        let stack = answer.stacks.unwrap_or_default().into_iter().next().ok_or_else(|| missing(name))?;
        let outputs = stack.outputs().iter().filter_map(|o| Some((o.output_key()?.to_owned(), o.output_value()?.to_owned()))).collect();
        let parameters =
            stack.parameters().iter().filter_map(|p| Some((p.parameter_key()?.to_owned(), p.parameter_value()?.to_owned()))).collect();
        Ok(Self { name: name.to_owned(), outputs, parameters })
    }

    /// An output of the stack.
    pub(crate) fn output(&self, key: &str) -> Result<&str, Failure> {
        self.outputs.get(key).map(String::as_str).ok_or_else(|| {
            Failure::new(format!(
                "the stack `{}` has no output {key}; is it a stack of Opsroom's template.yaml, and of this version? Deploy again with sam deploy",
                self.name
            ))
        })
    }

    /// Outputs that this program needs and the stack lacks.
    pub(crate) fn missing_outputs(&self) -> Vec<&'static str> {
        output::ALL.into_iter().filter(|key| !self.outputs.contains_key(*key)).collect()
    }

    /// Where Slack's Web API is for this stack, with a slash at its end.
    pub(crate) fn slack_api_url(&self) -> &str {
        self.parameters.get("SlackApiUrl").map_or(SLACK_API_URL, String::as_str)
    }
}

fn missing(name: &str) -> Failure {
    Failure::new(format!(
        "there is no stack `{name}` in this account and region; pass --stack, --region or --profile, or deploy it: sam build && sam deploy --guided"
    ))
}

fn explain<E, R>(name: &str, error: &SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error.as_service_error().map(|service| (service.code(), service.message())) {
        // DescribeStacks has no code of its own for this (CloudFormation API Reference, "DescribeStacks").
        Some((Some("ValidationError"), Some(message))) if message.contains("does not exist") => missing(name),
        Some((code, message)) => {
            Failure::new(format!("cloudformation:DescribeStacks failed: {}: {}", code.unwrap_or("error"), message.unwrap_or("no message")))
        }
        None => Failure::new(format!("can't reach AWS: {}", root_cause(error))),
    }
}
