//! When the daily summary comes due.
//!
//! Each summary plans the next one. Somebody has to plan the first, and again after the catalog moved it: whoever puts a catalog in force
//! does, and whoever opens an incident or answers a question about alarms writes the due item of the next one along, at no call of its own.
//! It is the same item however often it is written.

use jiff::Timestamp;
use opsroom_domain::catalog::{Catalog, Summary};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::monit::next_time_of_day;

use crate::ports::{Change, PortError, Store};

/// The next summary, if the catalog wants one.
pub(crate) fn next(catalog: Option<&Catalog>, now: Timestamp) -> Option<DueItem> {
    let summary = catalog?.monit.summary.as_ref()?;
    let at = next_time_of_day(&summary.at, &summary.zone, now).ok()?;
    Some(DueItem { at, task: DueTask::Summarise { channel: summary.channel.clone() } })
}

/// Plans the next summary of a catalog that was put in force; tells when it is, if the catalog wants one. Doing it twice does no harm.
pub async fn plan(store: &impl Store, catalog: &Catalog, now: Timestamp) -> Result<Option<Timestamp>, PortError> {
    let Some(item) = next(Some(catalog), now) else { return Ok(None) };
    let at = item.at;
    store.commit(Change { due: vec![item], ..Change::default() }).await?;
    Ok(Some(at))
}

/// Whether a summary is wanted at that moment: the catalog may have moved it since it was planned.
pub(crate) fn is_wanted_at(summary: &Summary, at: Timestamp) -> bool {
    let before = at.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(at);
    next_time_of_day(&summary.at, &summary.zone, before) == Ok(at)
}
