//! The writes of what is kept of links: the link, and the rows by which it is found.
//!
//! Lists are rows of their own, so that each is one query of one partition: the links of a week by what peers think of them, the same for each
//! tag, and the links of each word, the newest first. A link's rows change in the transaction that changes the link.

use jiff::{SignedDuration, Timestamp, tz};
use opsroom_application::ports::{BytesChange, LinkChange, PortError};
use opsroom_domain::bytes::words::IndexedWord;
use opsroom_domain::bytes::{Digest, Link, PostedMessage, Reader};

use crate::items::{Item, encode, number, text};
use crate::keys::{self, Key};
use crate::rules::{expires, put, version_is};
use crate::write::{Action, Rule, Write};

const DAY: i64 = 24;
/// A reaction or a deletion that comes before its message does so within minutes; what was said without a link is of no use later.
const MESSAGES_WITHOUT_LINKS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(3 * DAY);
/// So long a late event finds out that a link is gone.
const GONE_LINKS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(30 * DAY);
/// What peers think is sorted as text of six digits.
const HEAVIEST: i64 = 999_999;

/// Everything that changes.
pub(crate) fn writes(table: &str, change: &BytesChange, now: Timestamp) -> Result<Vec<Write>, PortError> {
    let mut writes = Vec::new();
    if let Some(message) = &change.message {
        writes.push(message_if_unchanged(table, message, now)?);
    }
    for link in &change.links {
        writes.push(link_if_unchanged(table, link, now)?);
        writes.extend(rows(table, link));
    }
    if let Some(reader) = &change.reader {
        writes.push(reader_if_unchanged(table, reader)?);
    }
    if let Some(digest) = &change.digest {
        writes.push(digest_if_unchanged(table, digest)?);
    }
    Ok(writes)
}

/// A message. Closes the race of its text with the first reaction to it: each would write over what the other has learnt.
fn message_if_unchanged(table: &str, message: &PostedMessage, now: Timestamp) -> Result<Write, PortError> {
    let next = PostedMessage { version: message.version + 1, ..message.clone() };
    let mut attributes = encode(&next)?;
    if next.links.is_empty() {
        attributes.insert("expires_at".to_owned(), expires(now, MESSAGES_WITHOUT_LINKS_ARE_KEPT));
    }
    let (condition, values) = version_is(message.version)?;
    Ok(put(table, &keys::posted(&next.channel, &next.ts), attributes, Rule::BytesAreUnchanged, Some(condition), values))
}

/// A link. Closes the race of two messages with it, and of two reactions.
fn link_if_unchanged(table: &str, change: &LinkChange, now: Timestamp) -> Result<Write, PortError> {
    let next = Link { version: change.after.version + 1, ..(*change.after).clone() };
    let mut attributes = encode(&next)?;
    if let Some((week, order)) = place(&next, change.weight) {
        attributes.insert("gsi1pk".to_owned(), text(keys::links_of_week(&next.channel, &week, None)));
        attributes.insert("gsi1sk".to_owned(), text(order));
    }
    if next.is_gone() {
        attributes.insert("expires_at".to_owned(), expires(now, GONE_LINKS_ARE_KEPT));
    }
    let (condition, values) = version_is(change.after.version)?;
    Ok(put(table, &keys::link(&next.channel, &next.id), attributes, Rule::BytesAreUnchanged, Some(condition), values))
}

/// The rows by which a link is found: those that are as they were are left alone, because each costs a write.
fn rows(table: &str, change: &LinkChange) -> Vec<Write> {
    let after = listed(&change.after, change.weight);
    let before = change.before.as_deref().map(|link| listed(link, i64::MIN)).unwrap_or_default();
    let mut writes = Vec::new();
    for row in &after {
        let is_there = row.is_word && before.iter().any(|known| known.key == row.key && known.attributes == row.attributes);
        if !is_there {
            writes.push(put(table, &row.key, row.attributes.clone(), Rule::None, None, Item::new()));
        }
    }
    for row in before.into_iter().filter(|row| !after.iter().any(|wanted| wanted.key == row.key)) {
        let action = Action::Delete { key: row.key.attributes() };
        writes.push(Write { rule: Rule::None, table: table.to_owned(), action, condition: None, values: Item::new() });
    }
    writes
}

struct Row {
    key: Key,
    attributes: Item,
    /// Whether it says nothing of what peers think, so that it needs no write when that changes.
    is_word: bool,
}

/// The rows that a link has besides its own item; none if it is shown nowhere.
fn listed(link: &Link, weight: i64) -> Vec<Row> {
    let Some((week, order)) = place(link, weight) else { return Vec::new() };
    let first = link.first().map_or(Timestamp::UNIX_EPOCH, |post| post.at);
    let named = |attributes: &mut Item| attributes.insert("link".to_owned(), text(link.id.as_str()));
    let tag = |tag: &str| {
        let mut attributes = Item::from([
            ("gsi1pk".to_owned(), text(keys::links_of_week(&link.channel, &week, Some(tag)))),
            ("gsi1sk".to_owned(), text(order.as_str())),
        ]);
        named(&mut attributes);
        Row { key: keys::link_tag(&link.channel, &link.id, tag), attributes, is_word: false }
    };
    let word = |word: &IndexedWord| {
        let mut attributes = Item::from([("places".to_owned(), number(word.places))]);
        named(&mut attributes);
        Row { key: keys::link_word(&link.channel, &word.word, first, &link.id), attributes, is_word: true }
    };
    link.tags().into_iter().map(tag).chain(link.words.iter().map(word)).collect()
}

/// The week in which a link was first posted, and its place among that week's links; `None` for one that is shown nowhere.
fn place(link: &Link, weight: i64) -> Option<(String, String)> {
    let first = link.first().filter(|_| !link.is_hidden())?;
    Some((week(first.at), format!("{:06}#{}#{}", weight.clamp(0, HEAVIEST), keys::time(first.at), link.id)))
}

/// The week of a moment, by ISO 8601: `2026-W48`.
pub(crate) fn week(at: Timestamp) -> String {
    let week = at.to_zoned(tz::TimeZone::UTC).date().iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// A reader. Closes the race of two commands of one person.
fn reader_if_unchanged(table: &str, reader: &Reader) -> Result<Write, PortError> {
    let next = Reader { version: reader.version + 1, ..reader.clone() };
    let (condition, values) = version_is(reader.version)?;
    Ok(put(table, &keys::reader(&next.person), encode(&next)?, Rule::BytesAreUnchanged, Some(condition), values))
}

/// When a digest is sent. Closes the race of its sending with somebody who changes it.
fn digest_if_unchanged(table: &str, digest: &Digest) -> Result<Write, PortError> {
    let next = Digest { version: digest.version + 1, ..digest.clone() };
    let (condition, values) = version_is(digest.version)?;
    Ok(put(table, &keys::digest(&next.to), encode(&next)?, Rule::BytesAreUnchanged, Some(condition), values))
}
