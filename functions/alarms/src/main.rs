//! Wires the function to its account.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use opsroom_alarms::World;
use opsroom_aws_metrics::CloudWatch;
use opsroom_aws_parameters::SlackSecrets;
use opsroom_aws_queue::{SqsAlarmQueue, SqsDeadLetters, SqsDeliveryQueue};
use opsroom_aws_table::{CatalogTable, Records};
use opsroom_lambda_support::clock::{SystemClock, deadline};
use opsroom_lambda_support::configuration::{optional, required};
use opsroom_lambda_support::logging;
use opsroom_plot::Graphs;
use opsroom_slack::client::SlackClient;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment()?;
    let secrets = SlackSecrets::of_slack_bot(&account, &required("SECRETS_PREFIX")?);
    let world = World {
        store: Records::new(&account, required("STATE_TABLE")?, required("AUDIT_TABLE")?),
        catalog: CatalogTable::new(&account, required("CATALOG_TABLE")?),
        metrics: CloudWatch::new(&account),
        plotter: Graphs,
        files: SlackClient::new(&required("SLACK_API_URL")?, optional("RESPONSE_URL_BASE").as_deref(), secrets)?,
        chores: SqsAlarmQueue::new(&account, required("ALARMS_QUEUE_URL")?),
        dead_letters: SqsDeadLetters::new(&account, required("ALARMS_DEAD_LETTERS_URL")?),
        delivery: SqsDeliveryQueue::new(&account, required("DELIVERY_QUEUE_URL")?),
        clock: SystemClock,
        topics: required("ALARM_TOPIC_ARNS")?.split(',').map(|arn| arn.trim().to_owned()).collect(),
    };
    world.warm_up().await;
    let world = &world;
    let handler = |event: LambdaEvent<_>| async move {
        Ok::<_, Error>(world.handle(event.payload, &event.context.request_id, deadline(event.context.deadline)).await?)
    };
    lambda_runtime::run(service_fn(handler)).await
}
