//! Wires the function to its account.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use opsroom_activity::World;
use opsroom_aws_logs::CloudWatchLogs;
use opsroom_aws_queue::{SqsCommandQueue, SqsDeliveryQueue};
use opsroom_aws_table::{CatalogTable, Records};
use opsroom_domain::console::Console;
use opsroom_lambda_support::clock::{SystemClock, deadline};
use opsroom_lambda_support::configuration::required;
use opsroom_lambda_support::logging;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment()?;
    let world = World {
        store: Records::new(&account, required("STATE_TABLE")?, required("AUDIT_TABLE")?),
        catalog: CatalogTable::new(&account, required("CATALOG_TABLE")?),
        logs: CloudWatchLogs::new(&account),
        delivery: SqsDeliveryQueue::new(&account, required("DELIVERY_QUEUE_URL")?),
        commands: SqsCommandQueue::new(&account, required("COMMANDS_QUEUE_URL")?),
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
