//! Wires the function to its account.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use opsroom_aws_queue::{SqsCommandQueue, SqsDeliveryQueue};
use opsroom_aws_table::StateTable;
use opsroom_lambda_support::clock::SystemClock;
use opsroom_lambda_support::configuration::required;
use opsroom_lambda_support::logging;
use opsroom_schedule::World;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment()?;
    let world = World {
        store: StateTable::new(&account, required("STATE_TABLE")?),
        commands: SqsCommandQueue::new(&account, required("COMMANDS_QUEUE_URL")?),
        delivery: SqsDeliveryQueue::new(&account, required("DELIVERY_QUEUE_URL")?),
        clock: SystemClock,
    };
    let world = &world;
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| async move { world.handle(event.payload).await.map_err(Error::from) })).await
}
