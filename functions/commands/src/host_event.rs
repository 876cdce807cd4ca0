//! Systems Manager's events as EventBridge delivers them ("Amazon EventBridge event examples for Systems Manager", user guide).
//!
//! An event is only a hint that something moved: it names neither what was printed nor, in its comment, whose command it is. So it leads
//! to a look, and what the look finds counts.

use opsroom_application::request::{Ask, Request};
use opsroom_domain::ids::{CommandId, CorrelationId, EventKey};
use serde::Deserialize;

#[derive(Deserialize)]
struct Envelope {
    id: Option<String>,
    source: Option<String>,
    detail: Option<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "command-id")]
    command: Option<String>,
    #[serde(rename = "document-name")]
    document: Option<String>,
    #[serde(rename = "ExecutionId")]
    execution: Option<String>,
    #[serde(rename = "Definition")]
    definition: Option<String>,
}

/// What an event says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A command or an automation moved.
    Moved(Box<Request>),
    /// Something that nothing follows from.
    Other,
}

/// Reads an event's JSON; `None` for what is no event of EventBridge.
pub(crate) fn read(body: &str) -> Result<Option<Read>, serde_json::Error> {
    let Envelope { id: Some(id), source: Some(source), detail } = serde_json::from_str(body)? else { return Ok(None) };
    let Some(detail) = detail.filter(|_| source == "aws.ssm") else { return Ok(Some(Read::Other)) };
    let (command, document) = match (detail.command, detail.document, detail.execution, detail.definition) {
        (Some(command), document, ..) => (command, document),
        (None, _, Some(execution), definition) => (execution, definition),
        (None, _, None, _) => return Ok(Some(Read::Other)),
    };
    Ok(Some(Read::Moved(Box::new(Request {
        event: EventKey::new(format!("aws/{id}")),
        correlation: CorrelationId::new(&id),
        ask: Ask::CommandMoved { command: CommandId::new(command), document: document.unwrap_or_default() },
    }))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(body: &str) -> Option<(String, String)> {
        match read(body).unwrap()? {
            Read::Moved(request) => match request.ask {
                Ask::CommandMoved { command, document } => Some((command.to_string(), document)),
                other => panic!("{other:?}"),
            },
            Read::Other => Some((String::new(), String::new())),
        }
    }

    #[test]
    fn commands_and_automations_are_told_from_requests() {
        let invocation = r#"{"version":"0","id":"51c0891d-0e34-45b1-83d6-95db273d1602","detail-type":"EC2 Command Invocation Status-change Notification",
            "source":"aws.ssm","account":"123456789012","time":"2016-07-10T21:51:32Z","region":"us-east-1",
            "resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
            "detail":{"command-id":"e8d3c0e4-71f7-4491-898f-c9b35bee5f3b","document-name":"opsroom-restart-unit","instance-id":"i-0123456789abcdef0",
            "requested-date-time":"2016-07-10T21:51:30.049Z","status":"Success"}}"#;
        assert_eq!(moved(invocation), Some(("e8d3c0e4-71f7-4491-898f-c9b35bee5f3b".into(), "opsroom-restart-unit".into())));
        let automation = r#"{"id":"d290ece9","source":"aws.ssm","detail-type":"EC2 Automation Execution Status-change Notification",
            "detail":{"ExecutionId":"333ba70b","Definition":"AWS-RestartEC2Instance","DefinitionVersion":1.0,"Status":"Success"}}"#;
        assert_eq!(moved(automation), Some(("333ba70b".into(), "AWS-RestartEC2Instance".into())));
        assert_eq!(moved(r#"{"event":"slash/1","correlation":"c","ask":{"ask":"home"}}"#), None);
        for other in [
            r#"{"id":"1","source":"aws.ec2","detail":{"command-id":"x"}}"#,
            r#"{"id":"1","source":"aws.ssm"}"#,
            r#"{"id":"1","source":"aws.ssm","detail":{}}"#,
        ] {
            assert_eq!(read(other).unwrap(), Some(Read::Other), "{other}");
        }
        assert!(read("no JSON").is_err());
    }
}
