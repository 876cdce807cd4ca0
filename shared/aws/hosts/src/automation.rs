//! Reboots, by Amazon's automation `AWS-RestartEC2Instance` ("Systems Manager Automation runbook reference").

use std::collections::HashMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::stop_automation_execution::StopAutomationExecutionError;
use aws_sdk_ssm::types::{AutomationExecutionStatus as Status, StopType};
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::port_error;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::{CommandId, HostId};
use opsroom_domain::operation::{HostSighting, HostStatus, Sight};
use serde_json::json;

const RESTART: &str = "AWS-RestartEC2Instance";
const START: &str = "ssm:StartAutomationExecution";
const GET: &str = "ssm:GetAutomationExecution";
const STOP: &str = "ssm:StopAutomationExecution";

pub(crate) fn call(host: &HostId, token: &str) -> ApiCall {
    ApiCall::new("ssm", "start-automation-execution")
        .with("document-name", RESTART)
        .with("parameters", json!({"InstanceId": [host.as_str()]}))
        .with("client-token", token)
}

pub(crate) async fn start(client: &Client, host: &HostId, token: &str) -> Result<CommandId, PortError> {
    let parameters = HashMap::from([("InstanceId".to_owned(), vec![host.to_string()])]);
    let started = client.start_automation_execution().document_name(RESTART).set_parameters(Some(parameters)).client_token(token);
    let started = started.send().await.map_err(|error| port_error(START, &error))?;
    let id = started.automation_execution_id.map(CommandId::new);
    id.ok_or_else(|| PortError::new(PortErrorKind::Transient, START, "the answer names no execution"))
}

pub(crate) async fn sight(client: &Client, automation: &CommandId, host: &HostId) -> Result<Sight, PortError> {
    let got = client.get_automation_execution().automation_execution_id(automation.as_str()).send().await;
    let got = got.map_err(|error| port_error(GET, &error))?;
    let execution = got.automation_execution().ok_or_else(|| PortError::new(PortErrorKind::NotFound, GET, "no such execution"))?;
    let status = match execution.automation_execution_status() {
        Some(Status::Pending) => HostStatus::Waiting,
        Some(Status::Success | Status::CompletedWithSuccess) => HostStatus::Succeeded,
        Some(Status::Failed | Status::CompletedWithFailure | Status::Rejected | Status::Exited) => HostStatus::Failed,
        Some(Status::Timedout) => HostStatus::TimedOut,
        Some(Status::Cancelled) => HostStatus::Cancelled,
        Some(Status::Cancelling) => HostStatus::Cancelling,
        _ => HostStatus::Running,
    };
    let note = execution.failure_message().filter(|_| status.is_bad()).map(str::to_owned);
    let seen = HostSighting { id: host.clone(), name: None, status, report: None, note };
    Ok(Sight { over: status.is_final(), hosts: vec![seen] })
}

pub(crate) async fn stop(client: &Client, automation: &CommandId) -> Result<(), PortError> {
    let stopped = client.stop_automation_execution().automation_execution_id(automation.as_str()).r#type(StopType::Cancel).send().await;
    match stopped {
        Ok(_) => Ok(()),
        // It has ended.
        Err(error) if error.as_service_error().is_some_and(StopAutomationExecutionError::is_invalid_automation_status_update_exception) => {
            Ok(())
        }
        Err(error) => Err(port_error(STOP, &error)),
    }
}
