//! Reads what is kept of links. How many calls that takes depends on what is asked, and never on how many links there are.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::{try_join_all, try_join3};
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use opsroom_application::ports::{BytesStore, Found, MOST_PER_WEEK, MOST_WEEKS, PortError, PortErrorKind, Shelf, Shelved};
use opsroom_aws_session::port_error;
use opsroom_domain::bytes::{Digest, DigestFor, Link, LinkId, PostedMessage, Reader};
use opsroom_domain::ids::{ChannelId, PersonId};

use crate::bytes::{day, week};
use crate::items::{Item, decode, text};
use crate::keys;
use crate::records::Records;
use crate::state::StateTable;

/// As many items as one `BatchGetItem` takes.
const MOST_AT_ONCE: usize = 100;
/// So many rows of a list are read where they only name links: they are small.
const MOST_ROWS: usize = 200;
/// So many links are found at most: a person reads ten.
const MOST_FOUND: usize = 40;
/// What an answer has left out is asked for again so often.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(40);

/// So many lists are read at the same time. A year's weeks for five tags are 265, in each of several rooms: a connection for each would cost a
/// small function seconds of handshakes, and these few are used again.
const LISTS_AT_ONCE: usize = 16;

/// Some of the items of lists, and whether there are more.
#[derive(Default)]
struct Listed {
    items: Vec<Item>,
    is_cut: bool,
}

/// The rows of a word, and whether there are more.
struct OfWord {
    rows: Vec<WordRow>,
    is_cut: bool,
}

/// A link that has a word.
struct WordRow {
    id: LinkId,
    /// The sum of the places in which the word stands.
    places: u32,
    /// The row's sort key: the newer the link, the smaller it is, in every word's list alike.
    age: String,
}

impl StateTable {
    /// Links by their ids; strongly consistent. One call, unless the table is short of breath.
    async fn links(&self, channel: &ChannelId, ids: &[LinkId]) -> Result<Vec<Link>, PortError> {
        let mut ids: Vec<&LinkId> = ids.iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut wanted: Vec<Item> = ids.into_iter().take(MOST_AT_ONCE).map(|id| keys::link(channel, id).attributes()).collect();
        let mut found = Vec::new();
        let mut pause = PAUSE;
        for _ in 0..TRIES {
            if wanted.is_empty() {
                return Ok(found);
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(std::mem::take(&mut wanted))).consistent_read(true).build();
            let keys = keys.map_err(|error| PortError::new(PortErrorKind::Permanent, "dynamodb:BatchGetItem", error))?;
            let got = self.client.batch_get_item().request_items(&self.name, keys).send().await;
            let mut got = got.map_err(|error| port_error("dynamodb:BatchGetItem", &error))?;
            for item in got.responses.as_mut().and_then(|tables| tables.remove(&self.name)).unwrap_or_default() {
                found.push(decode(item)?);
            }
            wanted = got.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name)).map(|rest| rest.keys).unwrap_or_default();
            if !wanted.is_empty() {
                tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
                pause *= 2;
            }
        }
        Err(PortError::new(PortErrorKind::Throttled, "dynamodb:BatchGetItem", "some links were left out again and again"))
    }

    /// The items of one list, those that peers like best first.
    async fn of_list(&self, list: String, most: usize) -> Result<Listed, PortError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(keys::BY_INDEX1)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "gsi1pk")
            .expression_attribute_values(":pk", text(list))
            .scan_index_forward(false)
            // One more tells whether there are more.
            .limit(i32::try_from(most + 1).unwrap_or(i32::MAX));
        let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        let mut items = page.items.unwrap_or_default();
        let is_cut = items.len() > most || page.last_evaluated_key.is_some_and(|key| !key.is_empty());
        items.truncate(most);
        Ok(Listed { items, is_cut })
    }

    /// The items of several lists.
    async fn of_lists(&self, lists: Vec<String>, most: usize) -> Result<Listed, PortError> {
        let mut found = Listed::default();
        for lists in lists.chunks(LISTS_AT_ONCE) {
            for page in try_join_all(lists.iter().map(|list| self.of_list(list.clone(), most))).await? {
                found.items.extend(page.items);
                found.is_cut |= page.is_cut;
            }
        }
        Ok(found)
    }

    /// The links that rows name, the best first; of more than one call takes, those that peers like best.
    async fn named_by(&self, channel: &ChannelId, rows: Listed, wanted: impl Fn(Timestamp) -> bool) -> Result<Shelved, PortError> {
        let mut rows: Vec<(String, LinkId)> = rows
            .items
            .iter()
            .filter_map(|row| Some((row.get("gsi1sk")?.as_s().ok()?.clone(), named(row)?)))
            // What is of another time takes nobody's place.
            .filter(|(order, _)| posted(order).is_none_or(&wanted))
            .collect();
        rows.sort_unstable_by(|a, b| b.cmp(a));
        // A link's rows may be seen with different weights, when peers speak for it just then.
        let mut seen = HashSet::new();
        let mut ids: Vec<LinkId> = rows.into_iter().map(|(_, id)| id).filter(|id| seen.insert(id.clone())).collect();
        let cut = ids.len() > MOST_AT_ONCE;
        ids.truncate(MOST_AT_ONCE);
        Ok(Shelved { links: self.links(channel, &ids).await?, cut })
    }

    /// The links of a word: one page, which is a megabyte, or about eight thousand rows.
    async fn of_word(&self, channel: &ChannelId, word: &str) -> Result<OfWord, PortError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_values(":pk", text(keys::links_with(channel, word)));
        let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        let is_cut = page.last_evaluated_key.is_some_and(|key| !key.is_empty());
        Ok(OfWord { rows: page.items.unwrap_or_default().iter().filter_map(row).collect(), is_cut })
    }
}

fn row(item: &Item) -> Option<WordRow> {
    let places = item.get("places").and_then(|places| places.as_n().ok()).and_then(|places| places.parse().ok()).unwrap_or(0);
    Some(WordRow { id: named(item)?, places, age: item.get("sk")?.as_s().ok()?.clone() })
}

fn named(item: &Item) -> Option<LinkId> {
    item.get("link").and_then(|id: &AttributeValue| id.as_s().ok()).map(LinkId::new)
}

/// When the link was first posted whose place in a list this is: `<weight>#<time>#<link>`.
fn posted(order: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(order.split('#').nth(1)?.parse().ok()?).ok()
}

/// How well a link fits what was asked for.
struct Fit<'a> {
    words: usize,
    places: u32,
    age: &'a str,
    /// The list that was counted last.
    list: usize,
}

/// The links that fit best: those with most of the words, by the places in which they stand; the newer first.
fn ranked(lists: &[OfWord]) -> Vec<LinkId> {
    let mut found: HashMap<&LinkId, Fit<'_>> = HashMap::new();
    for (list, of_word) in lists.iter().enumerate() {
        for row in &of_word.rows {
            match found.get_mut(&row.id) {
                None => {
                    found.insert(&row.id, Fit { words: 1, places: row.places, age: &row.age, list });
                }
                // A query may see a row at its old place and at its new one, when the link moves just then. It is one word all the same.
                Some(fit) if fit.list == list => {}
                Some(fit) => *fit = Fit { words: fit.words + 1, places: fit.places + row.places, list, ..*fit },
            }
        }
    }
    let most = found.values().map(|fit| fit.words).max().unwrap_or(0);
    let mut best: Vec<(&LinkId, Fit<'_>)> = found.into_iter().filter(|(_, fit)| fit.words == most).collect();
    best.sort_by(|(one, a), (other, b)| b.places.cmp(&a.places).then_with(|| a.age.cmp(b.age)).then_with(|| one.cmp(other)));
    best.into_iter().take(MOST_FOUND).map(|(id, _)| id.clone()).collect()
}

/// Whether older links may be missing: one with all the words isn't found by those lists that are whole if another ends before it.
fn misses_older(lists: &[OfWord]) -> bool {
    lists.iter().any(|list| list.is_cut)
}

/// The weeks of a span, the latest first.
fn weeks(from: Timestamp, to: Timestamp) -> Vec<String> {
    let mut weeks = Vec::new();
    let mut at = to;
    while weeks.len() < MOST_WEEKS {
        let name = week(at);
        if weeks.last() != Some(&name) {
            weeks.push(name);
        }
        if at <= from {
            break;
        }
        at = at.saturating_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(from).max(from);
    }
    weeks
}

/// The days of a span that are in the week in which it begins; none if it begins with that week, which then is wanted as a whole.
fn days_at_the_beginning(from: Timestamp, to: Timestamp) -> Vec<Date> {
    let (first, last) = (day(from), day(to));
    if first.weekday() == Weekday::Monday && from.to_zoned(jiff::tz::TimeZone::UTC).time() == jiff::civil::Time::midnight() {
        return Vec::new();
    }
    let mut days = vec![first];
    let mut at = first;
    while at.weekday() != Weekday::Sunday && at < last {
        let Ok(next) = at.checked_add(1.day()) else { break };
        days.push(next);
        at = next;
    }
    days
}

impl BytesStore for Records {
    async fn posted(&self, channel: &ChannelId, ts: &str) -> Result<Option<PostedMessage>, PortError> {
        self.state.get(&keys::posted(channel, ts)).await
    }

    async fn links(&self, channel: &ChannelId, ids: &[LinkId]) -> Result<Vec<Link>, PortError> {
        self.state.links(channel, ids).await
    }

    async fn shelf(&self, wanted: &Shelf) -> Result<Shelved, PortError> {
        let channel = &wanted.channel;
        let weeks = weeks(wanted.from, wanted.to);
        let is_then = |at: Timestamp| at >= wanted.from && at < wanted.to;
        let is_in = |link: &Link| link.first().is_some_and(|post| is_then(post.at)) && !link.is_hidden();
        if !wanted.tags.is_empty() {
            let lists = weeks.iter().flat_map(|week| wanted.tags.iter().map(move |tag| keys::links_of_week(channel, week, Some(tag))));
            let rows = self.state.of_lists(lists.collect(), MOST_ROWS).await?;
            let is_cut = rows.is_cut;
            let Shelved { mut links, cut } = self.state.named_by(channel, rows, is_then).await?;
            links.retain(is_in);
            return Ok(Shelved { links, cut: cut || is_cut });
        }
        // The best of the week in which the span begins may all be older than the span: there the days' own lists are looked at, too. The week's
        // is needed all the same, because what was kept before there were such lists is in none.
        let days = days_at_the_beginning(wanted.from, wanted.to);
        let of_week = |week: &String| keys::links_of_week(channel, week, None);
        let (whole, begun) = weeks.split_at(weeks.len() - usize::from(!days.is_empty()));
        let (whole, begun, rows) = try_join3(
            self.state.of_lists(whole.iter().map(of_week).collect(), MOST_PER_WEEK),
            self.state.of_lists(begun.iter().map(of_week).collect(), MOST_PER_WEEK),
            self.state.of_lists(days.into_iter().map(|day| keys::links_of_day(channel, day)).collect(), MOST_ROWS),
        )
        .await?;
        let is_cut = whole.is_cut || rows.is_cut;
        let of_days = self.state.named_by(channel, rows, is_then).await?;
        let of_weeks: Result<Vec<Link>, PortError> = whole.items.into_iter().chain(begun.items).map(decode).collect();
        // A link that moves to another week just then may be seen in both. What was read by its id is the newest.
        let mut seen = HashSet::new();
        let links = of_days.links.into_iter().chain(of_weeks?).filter(|link| seen.insert(link.id.clone())).filter(is_in);
        Ok(Shelved { links: links.collect(), cut: is_cut || of_days.cut })
    }

    async fn find(&self, channel: &ChannelId, words: &[String]) -> Result<Found, PortError> {
        let lists = try_join_all(words.iter().map(|word| self.state.of_word(channel, word))).await?;
        let ids = ranked(&lists);
        let mut links = self.state.links(channel, &ids).await?;
        links.retain(|link| !link.is_hidden());
        links.sort_by_key(|link| ids.iter().position(|id| *id == link.id));
        Ok(Found { links, cut: misses_older(&lists) })
    }

    async fn reader(&self, person: &PersonId) -> Result<Option<Reader>, PortError> {
        self.state.get(&keys::reader(person)).await
    }

    async fn digest(&self, to: &DigestFor) -> Result<Option<Digest>, PortError> {
        self.state.get(&keys::digest(to)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> Timestamp {
        moment.parse().unwrap()
    }

    #[test]
    fn a_span_has_every_week_that_it_touches() {
        let cases: [(&str, &str, &[&str]); 4] = [
            ("2026-11-25T00:00:00Z", "2026-11-25T12:00:00Z", &["2026-W48"]),
            ("2026-11-22T23:00:00Z", "2026-11-23T01:00:00Z", &["2026-W48", "2026-W47"]),
            ("2026-11-18T12:00:00Z", "2026-11-25T12:00:00Z", &["2026-W48", "2026-W47"]),
            ("2026-12-30T00:00:00Z", "2027-01-05T00:00:00Z", &["2027-W01", "2026-W53"]),
        ];
        for (from, to, expected) in cases {
            assert_eq!(weeks(at(from), at(to)), expected, "{from} {to}");
        }
        assert_eq!(weeks(Timestamp::UNIX_EPOCH, at("2026-11-25T00:00:00Z")).len(), MOST_WEEKS);
    }

    #[test]
    fn the_week_in_which_a_span_begins_is_looked_at_day_by_day() {
        let cases: [(&str, &str, &[&str]); 5] = [
            ("2026-11-25T12:00:00Z", "2026-11-26T12:00:00Z", &["2026-11-25", "2026-11-26"]),
            ("2026-11-20T12:00:00Z", "2026-11-26T12:00:00Z", &["2026-11-20", "2026-11-21", "2026-11-22"]),
            ("2026-11-22T23:00:00Z", "2026-11-26T12:00:00Z", &["2026-11-22"]),
            ("2026-11-23T00:00:00Z", "2026-11-26T12:00:00Z", &[]),
            ("2026-11-23T00:00:01Z", "2026-11-23T12:00:00Z", &["2026-11-23"]),
        ];
        for (from, to, expected) in cases {
            let days: Vec<String> = days_at_the_beginning(at(from), at(to)).iter().map(Date::to_string).collect();
            assert_eq!(days, expected, "{from} {to}");
        }
        assert_eq!(posted("000010#1790000000000#abc"), Timestamp::from_second(1_790_000_000).ok());
        assert_eq!(posted("abc"), None);
    }

    #[test]
    fn more_words_count_more_than_better_places_and_those_more_than_youth() {
        let row = |(id, places, age): &(&str, u32, &str)| WordRow { id: LinkId::new(*id), places: *places, age: (*age).to_owned() };
        let list = |rows: &[(&str, u32, &str)]| OfWord { rows: rows.iter().map(row).collect(), is_cut: false };
        let ids = |lists: &[OfWord]| ranked(lists).iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        let one = || list(&[("new", 2, "1"), ("both", 1, "2"), ("title", 32, "3")]);
        assert_eq!(ids(&[one(), list(&[("both", 1, "2")])]), ["both"]);
        assert_eq!(ids(&[one()]), ["title", "new", "both"]);
        let apart = [list(&[("oldest", 2, "4")]), list(&[("newest", 2, "1"), ("older", 2, "3")]), list(&[("newer", 2, "2")])];
        assert_eq!(ids(&apart), ["newest", "newer", "older", "oldest"], "across lists");
        assert_eq!(ids(&[list(&[("twice", 2, "1"), ("once", 2, "2"), ("twice", 2, "3")])]), ["twice", "once"], "a row in two places");
        assert_eq!(ids(&[]), [""; 0]);
        let cut = |is_cut| OfWord { is_cut, ..list(&[]) };
        assert!(misses_older(&[cut(false), cut(true)]) && !misses_older(&[cut(false)]) && !misses_older(&[]));
    }
}
