//! Brings dead letters back into their queues.

use std::fmt::Write as _;

use aws_config::SdkConfig;
use clap::ValueEnum;

use crate::failure::Failure;
use crate::stack::{Stack, output};

/// A run ends, even if what it brings back dies again at once.
const MOST: usize = 10_000;

/// A queue with dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Queue {
    /// What people asked for
    Commands,
    /// What pipelines report
    Activity,
    /// What senders told
    Webhooks,
    /// What tells of alarms
    Alarms,
    /// Room messages on their way to Slack
    Delivery,
}

impl Queue {
    pub(crate) const ALL: [Self; 5] = [Self::Commands, Self::Activity, Self::Webhooks, Self::Alarms, Self::Delivery];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Commands => "commands",
            Self::Activity => "activity",
            Self::Webhooks => "webhooks",
            Self::Alarms => "alarms",
            Self::Delivery => "delivery",
        }
    }

    fn url(self, stack: &Stack) -> Result<&str, Failure> {
        stack.output(match self {
            Self::Commands => output::COMMANDS_QUEUE,
            Self::Activity => output::ACTIVITY_QUEUE,
            Self::Webhooks => output::WEBHOOKS_QUEUE,
            Self::Alarms => output::ALARMS_QUEUE,
            Self::Delivery => output::DELIVERY_QUEUE,
        })
    }

    pub(crate) fn dead_letters_url(self, stack: &Stack) -> Result<&str, Failure> {
        stack.output(match self {
            Self::Commands => output::COMMANDS_DEAD_LETTERS,
            Self::Activity => output::ACTIVITY_DEAD_LETTERS,
            Self::Webhooks => output::WEBHOOKS_DEAD_LETTERS,
            Self::Alarms => output::ALARMS_DEAD_LETTERS,
            Self::Delivery => output::DELIVERY_DEAD_LETTERS,
        })
    }
}

/// Brings back the dead letters of one queue, or of all.
pub(crate) async fn run(config: &SdkConfig, stack: &Stack, queue: Option<Queue>) -> Result<String, Failure> {
    let queues = queue.map_or(Queue::ALL.to_vec(), |queue| vec![queue]);
    let mut text = String::new();
    for queue in queues {
        let moved = opsroom_aws_queue::redrive(config, queue.dead_letters_url(stack)?, queue.url(stack)?, MOST).await?;
        let letters = if moved == 1 { "message" } else { "messages" };
        // Writing to a String can't fail.
        let _ = writeln!(text, "{}: {moved} {letters} brought back", queue.name());
    }
    Ok(text)
}
