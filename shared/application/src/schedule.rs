//! What happens each minute: what came due is handed to `commands`, and what was never delivered is nudged again.
//!
//! Running twice for the same minute does no harm: a due item is the same request however often it is sent (its event key is
//! made of the item), and a nudge only makes `delivery` compare Slack with the table.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::due::DueItem;
use opsroom_domain::ids::{CorrelationId, EventKey};

use crate::ports::{CommandQueue, DeliveryQueue, DueStore, Nudge, Outbox, PortError, StaleMessage};
use crate::request::{Ask, Request};

/// How long a message may differ from what Slack shows before its nudge counts as lost. A nudge takes about a second; one
/// that waits for Slack's pace is nudged once more, which does no harm.
pub const LOST_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// How much one tick does at most, so that it ends within its time-out after any outage. The next one goes on.
pub const MOST_PER_TICK: usize = 200;

/// How many waiting messages a tick looks at: many more than it nudges, because most of what has waited for long isn't due for
/// a nudge this minute, and younger ones lie behind it.
const LOOKED_AT_PER_TICK: usize = 5000;

/// As many as the queue takes in one call.
const NUDGES_PER_CALL: usize = 10;

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick {
    /// Due items that were handed on.
    pub handed_on: usize,
    /// Messages that were nudged.
    pub nudged: usize,
    /// Whether something was left for the next tick.
    pub more: bool,
}

/// Does what is to be done at `now`. Trouble in one half doesn't keep the other from its work.
pub async fn tick<S, C, D>(store: &S, commands: &C, delivery: &D, now: Timestamp) -> Result<Tick, PortError>
where
    S: DueStore + Outbox,
    C: CommandQueue,
    D: DeliveryQueue,
{
    let due = hand_on(store, commands, now).await;
    let swept = sweep(store, delivery, now).await;
    let ((handed_on, more_due), (nudged, more_stale)) = (due?, swept?);
    Ok(Tick { handed_on, nudged, more: more_due || more_stale })
}

async fn hand_on(store: &impl DueStore, commands: &impl CommandQueue, now: Timestamp) -> Result<(usize, bool), PortError> {
    let mut due = store.due(now, MOST_PER_TICK + 1).await?;
    let more = due.len() > MOST_PER_TICK;
    due.truncate(MOST_PER_TICK);
    for item in &due {
        commands.send(&request(item)).await?;
        // In this order: dying in between sends the same request again, the other way round would lose it.
        store.done(item).await?;
    }
    Ok((due.len(), more))
}

/// Hands on what came due just now, without waiting for the clock. A hint: what is lost here is still among the due items, and what is handed
/// on twice is the same request.
pub async fn hand_on_now(commands: &impl CommandQueue, due: &[DueItem]) {
    for item in due {
        if let Err(error) = commands.send(&request(item)).await {
            tracing::warn!(%error, task = item.task.key(), "left to the clock");
        }
    }
}

/// The request that an item becomes. The same item is the same request.
pub(crate) fn request(item: &DueItem) -> Request {
    let name = format!("due/{}/{}", item.at.as_millisecond(), item.task.key());
    Request {
        event: EventKey::new(name.clone()),
        correlation: CorrelationId::new(name),
        ask: Ask::Due { task: item.task.clone(), at: item.at },
    }
}

async fn sweep(store: &impl Outbox, delivery: &impl DeliveryQueue, now: Timestamp) -> Result<(usize, bool), PortError> {
    let before = now.saturating_sub(LOST_AFTER).unwrap_or(now);
    let mut stale = store.stale(before, LOOKED_AT_PER_TICK).await?;
    stale.retain(|message| is_due(now.duration_since(message.since).as_mins()));
    // If they are too many, the oldest wait: they have had their turns, and get more.
    let too_many = stale.len().saturating_sub(MOST_PER_TICK);
    let minute = format!("sweep/{}", now.as_second().div_euclid(60));
    let correlation = CorrelationId::new(minute.clone());
    let nudge =
        |StaleMessage { key, lane, .. }| Nudge { key, lane, urgent: false, occasion: minute.clone(), correlation: correlation.clone() };
    let nudges: Vec<Nudge> = stale.into_iter().skip(too_many).map(nudge).collect();
    for call in nudges.chunks(NUDGES_PER_CALL) {
        delivery.nudge(call).await?;
    }
    Ok((nudges.len(), too_many > 0))
}

/// Whether a message that has waited for so many minutes is nudged now. What was only lost is found within the minute; what
/// fails each time must not hold its lane up again each minute, so its turns come at growing distances.
fn is_due(minutes: i64) -> bool {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let distance = match minutes {
        ..=10 => 1,
        11..=HOUR => 5,
        61..=DAY => HOUR,
        _ => DAY / 4,
    };
    minutes % distance == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_always_fails_has_its_turn_more_and_more_seldom_and_never_none() {
        let turns = |from: i64, to: i64| (from..to).filter(|minutes| is_due(*minutes)).collect::<Vec<_>>();
        assert_eq!(turns(1, 31), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30]);
        assert_eq!(turns(61, 300), [120, 180, 240]);
        assert_eq!(turns(1441, 3 * 1440), [1800, 2160, 2520, 2880, 3240, 3600, 3960]);
    }
}
