//! The queues on SQS.

mod alarms;
mod alerts;
mod batch;
mod commands;
mod dead_letters;
mod delivery;
mod redelivery;
mod redrive;
mod waiting;
mod webhooks;

pub use alarms::SqsAlarmQueue;
pub use alerts::SqsAlertQueue;
pub use commands::SqsCommandQueue;
pub use dead_letters::SqsDeadLetters;
pub use delivery::SqsDeliveryQueue;
pub use redelivery::Redelivery;
pub use redrive::redrive;
pub use waiting::waiting;
pub use webhooks::SqsWebhookQueue;
