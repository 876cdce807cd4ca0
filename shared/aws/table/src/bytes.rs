//! The writes of what is kept of links: the link, and the rows by which it is found.
//!
//! Lists are rows of their own, so that each is one query of one partition: the links of a week by what peers think of them, the same for the day
//! and for each tag, and the links of each word, the newest first. A link's rows change in the transaction that changes the link.

use jiff::civil::Date;
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
    let of_day = || {
        let mut attributes = Item::from([
            ("gsi1pk".to_owned(), text(keys::links_of_day(&link.channel, day(first)))),
            ("gsi1sk".to_owned(), text(order.as_str())),
        ]);
        named(&mut attributes);
        Row { key: keys::link_day(&link.channel, &link.id), attributes, is_word: false }
    };
    std::iter::once(of_day()).chain(link.tags().into_iter().map(tag)).chain(link.words.iter().map(word)).collect()
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

/// The day of a moment; days are those of UTC everywhere.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(tz::TimeZone::UTC).date()
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

#[cfg(test)]
mod tests {
    use opsroom_domain::bytes::{LinksOf, Rules};
    use opsroom_memory::contract::{bytes, samples};

    use super::*;

    fn words(names: &str, count: u32) -> Vec<IndexedWord> {
        (0..count).map(|number| IndexedWord { word: format!("{names}{number}"), places: 32 }).collect()
    }

    fn change(before: Option<&Link>, after: &Link) -> Vec<Write> {
        let links = vec![LinkChange::of(before, after.clone(), &Rules::default())];
        writes("t", &BytesChange { links, ..BytesChange::default() }, samples::at(0)).unwrap()
    }

    /// What is put and what is deleted, by the beginning of the key and the sort key.
    fn summary(writes: &[Write]) -> Vec<String> {
        let of = |kind: &str, item: &Item| {
            let attribute = |name: &str| item[name].as_s().unwrap();
            let (pk, sk) = (attribute("pk"), attribute("sk"));
            let what = pk.split('#').next().unwrap();
            let name = if what == "BYTEWORD" { pk.rsplit('#').next().unwrap() } else { sk };
            format!("{kind} {what} {name}")
        };
        let one = |write: &Write| match &write.action {
            Action::Put(item) => of("put", item),
            Action::Delete { key } => of("delete", key),
            Action::Update { .. } => panic!("nothing is updated"),
        };
        writes.iter().map(one).collect()
    }

    fn put_item(write: &Write) -> &Item {
        match &write.action {
            Action::Put(item) => item,
            other => panic!("nothing is put: {other:?}"),
        }
    }

    fn expires_after_days(write: &Write) -> Option<i64> {
        let at: i64 = put_item(write).get("expires_at")?.as_n().unwrap().parse().unwrap();
        Some((at - samples::at(0).as_second()) / 86_400)
    }

    fn small() -> Link {
        let mut link = bytes::link("a", 10, "A", &["rust", "go"], 3);
        link.words = words("w", 2);
        link
    }

    #[test]
    fn a_link_of_which_everything_changes_leaves_room_in_a_transaction() {
        let mut before = bytes::link("a", 10, "A", &["a", "b", "c", "d", "e"], 3);
        before.words = words("before", 36);
        let mut after = bytes::link("a", -90_000_000, "A", &["v", "w", "x", "y", "z"], 4);
        after.words = words("after", 36);
        assert_eq!(change(None, &before).len(), 1 + 1 + 5 + 36);
        assert_eq!(change(Some(&before), &after).len(), 1 + 1 + 2 * (5 + 36), "the port's documentation names this number");
    }

    #[test]
    fn a_voice_moves_a_link_in_its_lists_and_writes_no_word() {
        let before = small();
        let mut after = before.clone();
        after.posts[0].voices.weight += 1;
        assert_eq!(summary(&change(Some(&before), &after)), ["put BYTE STATE", "put BYTEDAY STATE", "put BYTETAG rust", "put BYTETAG go"]);
    }

    #[test]
    fn only_words_that_changed_are_written_and_those_that_are_gone_are_deleted() {
        let before = small();
        let mut after = before.clone();
        after.words = vec![before.words[1].clone(), IndexedWord { word: "new".into(), places: 1 }];
        after.posts[0].tags = vec!["go".into()];
        assert_eq!(
            summary(&change(Some(&before), &after)),
            ["put BYTE STATE", "put BYTEDAY STATE", "put BYTETAG go", "put BYTEWORD new", "delete BYTETAG rust", "delete BYTEWORD w0"]
        );
        after.words = vec![before.words[0].clone(), IndexedWord { places: 48, ..before.words[1].clone() }];
        let all = summary(&change(Some(&before), &after));
        assert_eq!(
            all,
            ["put BYTE STATE", "put BYTEDAY STATE", "put BYTETAG go", "put BYTEWORD w1", "delete BYTETAG rust"],
            "the word stands elsewhere, too"
        );
    }

    #[test]
    fn what_is_shown_nowhere_is_in_no_list_and_what_is_gone_is_forgotten_in_time() {
        let shown = small();
        let off_all_lists = [
            "put BYTE STATE",
            "delete BYTEDAY STATE",
            "delete BYTETAG rust",
            "delete BYTETAG go",
            "delete BYTEWORD w0",
            "delete BYTEWORD w1",
        ];
        let mut hidden = shown.clone();
        hidden.hidden_by = Some("U1".into());
        let mut gone = shown.clone();
        gone.posts.clear();
        for (after, days) in [(&hidden, None), (&gone, Some(30))] {
            let writes = change(Some(&shown), after);
            assert_eq!(summary(&writes), off_all_lists);
            assert_eq!(expires_after_days(&writes[0]), days);
            assert!(!put_item(&writes[0]).contains_key("gsi1pk") && !put_item(&writes[0]).contains_key("gsi1sk"));
            assert_eq!(summary(&change(Some(after), after)), ["put BYTE STATE"], "it is in no list to be taken off");
            assert_eq!(change(Some(after), &shown).len(), 1 + 1 + 2 + 2, "and comes back into all of them");
        }
        assert_eq!(expires_after_days(&change(None, &shown)[0]), None);
    }

    #[test]
    fn a_message_without_a_link_is_forgotten_soon_and_one_with_a_link_never() {
        let of = |message| writes("t", &BytesChange { message: Some(message), ..BytesChange::default() }, samples::at(0)).unwrap();
        let mut message = PostedMessage::unknown("C0BYTES".into(), "10.000100");
        assert_eq!(expires_after_days(&of(message.clone())[0]), Some(3));
        message.written(LinksOf { by: "U1".into(), links: vec![small().id], edited_at: None });
        assert_eq!(expires_after_days(&of(message.clone())[0]), None);
        message.deleted();
        assert_eq!(expires_after_days(&of(message)[0]), Some(3));
    }

    #[test]
    fn links_of_a_week_sort_by_what_peers_think_and_then_by_time() {
        let mut orders = Vec::new();
        for (weight, second) in [(i64::MIN, 10), (0, 20), (9, 10), (10, 5), (10, 10), (HEAVIEST, 1), (i64::MAX, 2)] {
            let link = bytes::link("a", second, "A", &[], 0);
            let (week, order) = place(&link, weight).unwrap();
            assert_eq!(week, self::week(samples::at(second)));
            orders.push(order);
        }
        assert!(orders.is_sorted(), "{orders:?}");
    }
}
