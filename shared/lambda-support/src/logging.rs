//! Logs as JSON, one line an entry, filtered by `OPSROOM_LOG`.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::configuration;

/// Starts logging. A filter that can't be read is said so, and `info` used: a typo must not keep a function from starting.
pub fn start() {
    let wanted = configuration::optional("OPSROOM_LOG").unwrap_or_else(|| "info".to_owned());
    // Targets, not `EnvFilter`: filtering by field needs a regex engine, which a function has no other use for.
    let filter: Result<Targets, _> = wanted.parse();
    let unreadable = filter.as_ref().err().map(ToString::to_string);
    // CloudWatch stamps the time itself.
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false).without_time();
    let filter = filter.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let started = tracing_subscriber::registry().with(lines).with(filter).try_init();
    if let Some(why) = unreadable {
        tracing::warn!(filter = wanted, why, "OPSROOM_LOG can't be read; logging at info");
    }
    if let Err(error) = started {
        tracing::warn!(%error, "logging had been started before");
    }
}
