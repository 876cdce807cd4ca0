//! Logs as JSON, one line an entry, filtered by `OPSROOM_LOG`.

use tracing_subscriber::EnvFilter;

use crate::configuration;

/// Starts logging. A filter that can't be read is said so, and `info` used: a typo must not keep a function from starting.
pub fn start() {
    let wanted = configuration::optional("OPSROOM_LOG").unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&wanted);
    let unreadable = filter.as_ref().err().map(ToString::to_string);
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_span_list(false);
    // CloudWatch stamps the time itself.
    let started = subscriber.without_time().with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new("info"))).try_init();
    if let Some(why) = unreadable {
        tracing::warn!(filter = wanted, why, "OPSROOM_LOG can't be read; logging at info");
    }
    if let Err(error) = started {
        tracing::warn!(%error, "logging had been started before");
    }
}
