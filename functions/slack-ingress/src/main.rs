//! Wires the door to its account. The secrets are read while the function starts, when it has a whole processor.

mod account_secrets;

use std::sync::Arc;

use account_secrets::AccountSecrets;
use lambda_http::{Error, service_fn};
use opsroom_aws_parameters::SlackSecrets;
use opsroom_aws_queue::SqsCommandQueue;
use opsroom_aws_table::CatalogTable;
use opsroom_lambda_support::clock::SystemClock;
use opsroom_lambda_support::configuration::{optional, required};
use opsroom_lambda_support::logging;
use opsroom_slack::client::SlackClient;
use opsroom_slack_ingress::{Door, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment()?;
    let secrets = AccountSecrets(Arc::new(SlackSecrets::of_slack(&account, &required("SECRETS_PREFIX")?)));
    let door = Door {
        slack: SlackClient::new(&required("SLACK_API_URL")?, optional("RESPONSE_URL_BASE").as_deref(), secrets.clone())?,
        secrets,
        catalog: CatalogTable::new(&account, required("CATALOG_TABLE")?),
        queue: SqsCommandQueue::new(&account, required("COMMANDS_QUEUE_URL")?),
        clock: SystemClock,
    };
    door.warm_up().await;
    let door = &door;
    lambda_http::run(service_fn(|request| Box::pin(serve(door, request)))).await
}
