//! The queues on SQS.

mod commands;
mod delivery;
mod redelivery;
mod redrive;
mod waiting;
mod webhooks;

pub use commands::SqsCommandQueue;
pub use delivery::SqsDeliveryQueue;
pub use redelivery::Redelivery;
pub use redrive::redrive;
pub use waiting::waiting;
pub use webhooks::SqsWebhookQueue;
