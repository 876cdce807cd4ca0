//! Wires the door to its account. The secrets are read while the function starts, when it has a whole processor.

mod account_secrets;

use std::sync::Arc;
use std::time::Duration;

use account_secrets::AccountSecrets;
use lambda_http::{Error, service_fn};
use opsroom_aws_parameters::SlackSecrets;
use opsroom_aws_queue::SqsCommandQueue;
use opsroom_aws_session::Patience;
use opsroom_aws_table::DoorTables;
use opsroom_lambda_support::clock::SystemClock;
use opsroom_lambda_support::configuration::{optional, required};
use opsroom_lambda_support::logging;
use opsroom_slack::client::SlackClient;
use opsroom_slack_ingress::{Door, serve};

/// Slack itself waits three seconds for the door, which may have to ask the AWS account too.
const SLACK_ANSWERS_WITHIN: Duration = Duration::from_millis(1500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment_with(Patience::DOOR)?;
    let secrets = AccountSecrets(Arc::new(SlackSecrets::of_slack(&account, &required("SECRETS_PREFIX")?)));
    let slack_api = required("SLACK_API_URL")?;
    let door = Door {
        slack: SlackClient::with_timeout(&slack_api, optional("RESPONSE_URL_BASE").as_deref(), secrets.clone(), SLACK_ANSWERS_WITHIN)?,
        secrets,
        catalog: DoorTables::new(&account, required("CATALOG_TABLE")?, required("STATE_TABLE")?),
        queue: SqsCommandQueue::new(&account, required("COMMANDS_QUEUE_URL")?),
        clock: SystemClock,
    };
    door.warm_up().await;
    let door = &door;
    lambda_http::run(service_fn(|request| Box::pin(serve(door, request)))).await
}
