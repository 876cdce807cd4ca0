//! Wires the function to its account.

mod music_account;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use music_account::SpotifyAccount;
use opsroom_aws_hosts::SystemsManager;
use opsroom_aws_logs::CloudWatchLogs;
use opsroom_aws_parameters::{MusicSecrets, SlackSecrets};
use opsroom_aws_pipelines::CodePipeline;
use opsroom_aws_queue::{SqsAlarmQueue, SqsCommandQueue, SqsDeliveryQueue};
use opsroom_aws_table::{CatalogTable, Records};
use opsroom_commands::World;
use opsroom_domain::console::Console;
use opsroom_lambda_support::clock::{SystemClock, deadline};
use opsroom_lambda_support::configuration::{optional, required};
use opsroom_lambda_support::logging;
use opsroom_slack::client::SlackClient;
use opsroom_spotify::{ACCOUNTS, API, Addresses, SpotifyService, http_client};

/// Longer than a song's listeners wait.
const MUSIC_ANSWERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(8);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment()?;
    let secrets = SlackSecrets::of_slack_bot(&account, &required("SECRETS_PREFIX")?);
    if let Err(error) = secrets.slack_bot_token().await {
        tracing::warn!(%error, "no bot token yet");
    }
    let music = MusicSecrets::of_spotify(&account, &required("SECRETS_PREFIX")?);
    let world = World {
        store: Records::new(&account, required("STATE_TABLE")?, required("AUDIT_TABLE")?),
        catalog: CatalogTable::new(&account, required("CATALOG_TABLE")?),
        pipelines: CodePipeline::new(&account),
        logs: CloudWatchLogs::new(&account),
        hosts: SystemsManager::new(&account, required("DOCUMENTS_PREFIX")?),
        slack: SlackClient::new(&required("SLACK_API_URL")?, optional("RESPONSE_URL_BASE").as_deref(), secrets)?,
        delivery: SqsDeliveryQueue::new(&account, required("DELIVERY_QUEUE_URL")?),
        alarms: SqsAlarmQueue::new(&account, required("ALARMS_QUEUE_URL")?),
        later: SqsCommandQueue::new(&account, required("COMMANDS_QUEUE_URL")?),
        music: SpotifyService::new(http_client(MUSIC_ANSWERS_WITHIN)?, Addresses::new(ACCOUNTS, API)?, SpotifyAccount(music), SystemClock),
        console: Console { region: required("AWS_REGION")? },
        clock: SystemClock,
    };
    world.warm_up().await;
    let world = &world;
    let handler = |event: LambdaEvent<_>| async move {
        let deadline = deadline(event.context.deadline);
        Ok::<_, Error>(world.handle(event.payload, deadline).await)
    };
    lambda_runtime::run(service_fn(handler)).await
}
