//! The writes on a room message. Workers change what is wanted, senders mark what happened; each touches its own attributes,
//! so that none writes over the other.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Mark, MessageChange, PortError};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::{Destination, SENDING_LEASE, Sending, Shown};

use crate::items::{Item, encode_attribute, number, text};
use crate::keys;
use crate::rules::expires;
use crate::write::{Action, Rule, Write};

const MESSAGES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Nobody changes an answer after its `response_url` has run out.
const ANSWERS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(24);

fn update(table: &str, key: &MessageKey, rule: Rule, expression: &str, condition: Option<&str>, values: Item) -> Write {
    Write {
        rule,
        table: table.to_owned(),
        action: Action::Update { key: keys::message(key).attributes(), expression: expression.to_owned() },
        condition: condition.map(str::to_owned),
        values,
    }
}

/// What a message should show from now on. Needs no condition: the last one wins, and senders compare versions. What could
/// not be delivered is tried again, because it is something else now.
pub(crate) fn want(table: &str, change: &MessageChange, now: Timestamp) -> Result<Write, PortError> {
    let kept = match change.destination {
        Destination::Channel { .. } | Destination::Under { .. } => MESSAGES_ARE_KEPT,
        // A Home tab is made anew whenever it is opened.
        Destination::Private { .. } | Destination::Response { .. } | Destination::View { .. } | Destination::Home { .. } => {
            ANSWERS_ARE_KEPT
        }
    };
    let mut values = Item::from([
        (":key".to_owned(), text(change.key.as_str())),
        (":destination".to_owned(), encode_attribute(&change.destination)?),
        (":wanted".to_owned(), encode_attribute(&change.card)?),
        (":one".to_owned(), number(1)),
        (":shard".to_owned(), text(keys::OUTBOX_SHARD)),
        (":since".to_owned(), text(keys::outbox_since(now, &change.destination.lane()))),
        (":lane".to_owned(), text(change.destination.lane())),
        (":expires".to_owned(), expires(now, kept)),
    ]);
    let place = if change.key.as_incident().is_some()
        && let Destination::Channel { channel, .. } = &change.destination
    {
        values.insert(":shown_in".to_owned(), text(keys::shown_in(channel)));
        ", #gsi1pk = if_not_exists(#gsi1pk, :shown_in)"
    } else {
        ""
    };
    let expression = format!(
        "SET #key = :key, #destination = if_not_exists(#destination, :destination), #lane = if_not_exists(#lane, :lane), \
         #wanted = :wanted, #outbox_shard = :shard, #outbox_since = if_not_exists(#outbox_since, :since), \
         #expires_at = :expires{place} ADD #version :one REMOVE #undeliverable"
    );
    Ok(update(table, &change.key, Rule::None, &expression, None, values))
}

/// One sender at a time, and none once it was sent. Closes the race of two senders that both found the message unsent: the
/// slower one finds the mark of the faster one or, if that is done already, what it has shown. A sender that died is relieved
/// after its lease. What has no `ts` (a dialog's content) can't be updated and is sent anew for a newer version.
pub(crate) fn sending_if_nobody_is(table: &str, key: &MessageKey, version: u64, since: Timestamp) -> Result<Write, PortError> {
    let relieved = since.saturating_sub(SENDING_LEASE).unwrap_or(Timestamp::MIN);
    let values = Item::from([
        (":sending".to_owned(), encode_attribute(&Sending { version, since })?),
        (":since".to_owned(), number(since.as_millisecond())),
        (":relieved".to_owned(), number(relieved.as_millisecond())),
        (":version".to_owned(), number(version)),
        (":null".to_owned(), text("NULL")),
    ]);
    let condition = "attribute_exists(#pk) AND (attribute_not_exists(#sending_since) OR #sending_since <= :relieved) \
                     AND (attribute_not_exists(#shown) OR (attribute_type(#shown.#ts, :null) AND #shown.#version < :version))";
    Ok(update(table, key, Rule::MarkFits, "SET #sending = :sending, #sending_since = :since", Some(condition), values))
}

/// The message is as it should be, if nobody has changed it in the meantime.
pub(crate) fn shown_if_still_wanted(table: &str, key: &MessageKey, shown: &Shown) -> Result<Write, PortError> {
    let (set, values) = set_shown(key, shown)?;
    let expression = format!("{set} REMOVE #sending, #sending_since, #outbox_shard, #outbox_since");
    Ok(update(table, key, Rule::MarkFits, &expression, Some("#version = :version"), values))
}

/// The message shows something, but something else is wanted by now: it stays in the outbox. Closes the race of a slow sender
/// with a fast one: what was shown later is not taken for undone.
pub(crate) fn shown_if_newer(table: &str, key: &MessageKey, shown: &Shown) -> Result<Write, PortError> {
    let (set, values) = set_shown(key, shown)?;
    let condition = "attribute_exists(#pk) AND (attribute_not_exists(#shown) OR #shown.#version <= :version)";
    Ok(update(table, key, Rule::MarkFits, &format!("{set} REMOVE #sending, #sending_since"), Some(condition), values))
}

/// An incident's message gets its place in the index of those, so that what is said in its thread finds it.
fn set_shown(key: &MessageKey, shown: &Shown) -> Result<(&'static str, Item), PortError> {
    let mut values = Item::from([(":shown".to_owned(), encode_attribute(shown)?), (":version".to_owned(), number(shown.version))]);
    let place = shown.ts.as_ref().filter(|_| key.as_incident().is_some());
    let Some(ts) = place else { return Ok(("SET #shown = :shown", values)) };
    values.insert(":ts".to_owned(), text(ts));
    Ok(("SET #shown = :shown, #gsi1sk = :ts", values))
}

/// The other marks. They need at least that the message is there, so that none creates half a message.
pub(crate) fn mark(table: &str, key: &MessageKey, mark: Mark, lane: &str, now: Timestamp) -> Result<Write, PortError> {
    let there = Some("attribute_exists(#pk)");
    match mark {
        Mark::Sending { version, since } => sending_if_nobody_is(table, key, version, since),
        Mark::Shown { ts, version } => shown_if_still_wanted(table, key, &Shown { ts, version }),
        Mark::NotSent => Ok(update(table, key, Rule::MarkFits, "REMOVE #sending, #sending_since", there, Item::new())),
        Mark::Gone => {
            let values =
                Item::from([(":shard".to_owned(), text(keys::OUTBOX_SHARD)), (":since".to_owned(), text(keys::outbox_since(now, lane)))]);
            let mut expression = "SET #outbox_shard = :shard, #outbox_since = if_not_exists(#outbox_since, :since) \
                                  REMOVE #shown, #sending, #sending_since"
                .to_owned();
            if key.as_incident().is_some() {
                expression.push_str(", #gsi1sk");
            }
            Ok(update(table, key, Rule::MarkFits, &expression, there, values))
        }
        // Closes the race of a slow sender with a change: what was refused isn't what is wanted any more.
        Mark::Undeliverable { version, error } => {
            let values = Item::from([(":error".to_owned(), text(error)), (":version".to_owned(), number(version))]);
            let expression = "SET #undeliverable = :error REMOVE #sending, #sending_since, #outbox_shard, #outbox_since";
            Ok(update(table, key, Rule::MarkFits, expression, Some("#version = :version"), values))
        }
    }
}
