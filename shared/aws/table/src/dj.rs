//! What is known of DJ rooms: the station, what is under way to its player, and what was played how often.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Charted, DjChange, DjStore, PortError, PortErrorKind};
use opsroom_aws_session::port_error;
use opsroom_domain::dj::chart::Month;
use opsroom_domain::dj::{Counted, Errand, ErrandId, Station, TrackKey};
use opsroom_domain::ids::{ChannelId, CommandId};

use crate::items::{Item, encode, number, text};
use crate::keys;
use crate::records::Records;
use crate::rules::{expires, put, version_is};
use crate::state::get;
use crate::write::{Action, Rule, Write};

const DAY: i64 = 24;
/// Whoever asks later than that asks anew.
const ERRANDS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(2 * DAY);
/// People look at charts of a year.
const CHARTS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(400 * DAY);

/// Everything that changes.
pub(crate) fn writes(table: &str, change: &DjChange, now: Timestamp) -> Result<Vec<Write>, PortError> {
    let mut writes = Vec::new();
    if let Some(station) = &change.station {
        writes.push(station_if_unchanged(table, station)?);
        writes.extend(change.counted.iter().map(|counted| count(table, &station.channel, counted, now)));
    }
    for errand in &change.errands {
        writes.push(errand_if_unchanged(table, errand, now)?);
        writes.extend(errand.command.as_ref().map(|command| done_by(table, command, &errand.id, now)));
    }
    Ok(writes)
}

/// A station. Closes the race of two people who ask for songs, and of a person with the player.
fn station_if_unchanged(table: &str, station: &Station) -> Result<Write, PortError> {
    let next = Station { version: station.version + 1, ..station.clone() };
    let (condition, values) = version_is(station.version)?;
    Ok(put(table, &keys::station(&next.channel), encode(&next)?, Rule::StationIsUnchanged, Some(condition), values))
}

/// An errand. Closes the race of two who take in what came of it.
fn errand_if_unchanged(table: &str, errand: &Errand, now: Timestamp) -> Result<Write, PortError> {
    let next = Errand { version: errand.version + 1, ..errand.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, ERRANDS_ARE_KEPT));
    let (condition, values) = version_is(errand.version)?;
    Ok(put(table, &keys::errand(&next.id), attributes, Rule::StationIsUnchanged, Some(condition), values))
}

/// Which errand a command does. Needs no condition: a command does one for good.
fn done_by(table: &str, command: &CommandId, errand: &ErrandId, now: Timestamp) -> Write {
    let attributes = Item::from([("errand".to_owned(), text(errand.as_str())), ("expires_at".to_owned(), expires(now, ERRANDS_ARE_KEPT))]);
    put(table, &keys::errand_of(command), attributes, Rule::None, None, Item::new())
}

/// Counts a song. It travels with the station's next state, which is written once, so it is counted once.
fn count(table: &str, channel: &ChannelId, counted: &Counted, now: Timestamp) -> Write {
    let values = Item::from([
        (":one".to_owned(), number(1)),
        (":name".to_owned(), text(counted.name.as_str())),
        (":expires".to_owned(), expires(now, CHARTS_ARE_KEPT)),
    ]);
    Write {
        rule: Rule::None,
        table: table.to_owned(),
        action: Action::Update {
            key: keys::charted(channel, counted.month, &counted.key).attributes(),
            expression: "SET #name = :name, #expires_at = :expires ADD #plays :one".to_owned(),
        },
        condition: None,
        values,
    }
}

impl DjStore for Records {
    async fn station(&self, channel: &ChannelId) -> Result<Option<Station>, PortError> {
        self.state.get(&keys::station(channel)).await
    }

    async fn errand(&self, id: &ErrandId) -> Result<Option<Errand>, PortError> {
        self.state.get(&keys::errand(id)).await
    }

    async fn errand_of(&self, command: &CommandId) -> Result<Option<ErrandId>, PortError> {
        let item = get(&self.state.client, &self.state.name, &keys::errand_of(command)).await?;
        Ok(item.as_ref().and_then(|item| item.get("errand")?.as_s().ok()).map(|id| ErrandId::from(id.as_str())))
    }

    /// A month's songs lie in one partition: a team plays a few thousand, which is a page of a query.
    async fn chart(&self, channel: &ChannelId, month: Month, limit: usize) -> Result<Vec<Charted>, PortError> {
        let query = self
            .state
            .client
            .query()
            .table_name(&self.state.name)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_values(":pk", text(keys::chart(channel, month)));
        let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        let mut songs = page.items.unwrap_or_default().iter().map(charted).collect::<Result<Vec<_>, _>>()?;
        songs.sort_by(|one, other| other.plays.cmp(&one.plays).then_with(|| one.name.cmp(&other.name)));
        songs.truncate(limit);
        Ok(songs)
    }
}

fn charted(item: &Item) -> Result<Charted, PortError> {
    let read = || {
        let plays: u64 = item.get("plays")?.as_n().ok()?.parse().ok()?;
        Some(Charted { key: TrackKey::from(item.get("sk")?.as_s().ok()?.as_str()), name: item.get("name")?.as_s().ok()?.clone(), plays })
    };
    read().ok_or_else(|| PortError::new(PortErrorKind::Permanent, "decode an item", "a chart holds something that is no song"))
}
