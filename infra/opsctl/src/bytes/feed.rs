//! The Atom document (RFC 4287) of a room's best links.
//!
//! The same links give the same document, byte by byte: votes move entries, and change nothing in them. So a reader shows an entry as new once, and
//! whoever publishes the file can see whether it has changed.

use atom_syndication::{Category, Entry, Feed, FixedDateTime, Generator, Link as AtomLink, Person, Text};
use jiff::Timestamp;
use opsroom_domain::bytes::Link;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;

use crate::failure::Failure;

/// Who shared it, if the catalog has no name for them: an id of Slack says nothing to a reader outside.
const UNNAMED: &str = "a peer";

/// What stands in a feed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    /// Names the people and the room.
    pub(crate) catalog: &'a Catalog,
    /// Which room.
    pub(crate) channel: &'a ChannelId,
    /// Its links, the best first.
    pub(crate) links: &'a [Link],
    /// How many days it looks back.
    pub(crate) days: u16,
}

/// The document. `now` is when an empty feed was last true; one with entries is as old as the newest of them.
pub(crate) fn document(content: &Content<'_>, now: Timestamp) -> Result<String, Failure> {
    let Content { catalog, channel, links, days } = content;
    let room = address(catalog, channel);
    let entries = links.iter().map(|link| entry(catalog, &room, link)).collect::<Result<Vec<_>, _>>()?;
    let updated = match entries.iter().map(|entry| entry.updated).max() {
        Some(newest) => newest,
        None => moment(now)?,
    };
    let name = catalog.rooms.get(*channel).map_or(channel.as_str(), |room| room.name.as_str());
    let over = if *days == 1 { "the last day".to_owned() } else { format!("the last {days} days") };
    let feed = Feed {
        title: text(&format!("The best of {name}")),
        subtitle: Some(text(&format!("Links that peers shared in {over}, the best first"))),
        id: room.clone(),
        updated,
        links: vec![to(&room)],
        // No link `self` (a SHOULD): where the file is published is not known here.
        // No version: a newer one that says the same would change the file.
        generator: Some(Generator { value: "Opsroom".to_owned(), ..Generator::default() }),
        entries,
        ..Feed::default()
    };
    let bytes = feed.write_to(Vec::new()).map_err(|error| Failure::new(format!("the feed can't be written as XML: {error}")))?;
    let mut document = String::from_utf8(bytes).map_err(|error| Failure::new(format!("the feed is no UTF-8: {error}")))?;
    document.push('\n');
    Ok(document)
}

/// Slack's address of a channel ("Deep linking into Slack"), which is the same for as long as there is the channel: what an id has to be.
fn address(catalog: &Catalog, channel: &ChannelId) -> String {
    format!("https://slack.com/app_redirect?team={}&channel={channel}", catalog.workspace.team)
}

fn entry(catalog: &Catalog, room: &str, link: &Link) -> Result<Entry, Failure> {
    let first = link.first().ok_or_else(|| Failure::new(format!("the link {} is in no message", link.id)))?;
    let latest = link.posts.iter().map(|post| post.at).max().unwrap_or(first.at);
    let name = catalog.people.get(&first.by).map_or(UNNAMED, |person| person.name.as_str());
    let category = |tag: &str| Category { term: readable(tag), scheme: None, label: None };
    Ok(Entry {
        title: text(link.name()),
        // Not the page's own address: two rooms have different entries of one page, and an id belongs to one entry (section 4.2.6).
        id: format!("{room}#{}", link.id),
        updated: moment(latest)?,
        published: Some(moment(first.at)?),
        authors: vec![Person { name: readable(name), ..Person::default() }],
        categories: link.tags().into_iter().map(category).collect(),
        links: vec![to(link.url.as_str())],
        summary: link.about().map(|about| text(&about)),
        ..Entry::default()
    })
}

fn to(address: &str) -> AtomLink {
    AtomLink { href: address.to_owned(), rel: "alternate".to_owned(), ..AtomLink::default() }
}

/// Text, never markup: without a type it is plain (section 3.1.1.1), whatever stands in it.
fn text(said: &str) -> Text {
    Text::plain(readable(said))
}

/// What XML 1.0 can't hold in any form ("Characters", section 2.2) is left out; everything else the writer escapes.
fn readable(said: &str) -> String {
    said.chars().filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')).collect()
}

fn moment(at: Timestamp) -> Result<FixedDateTime, Failure> {
    at.to_string().parse().map_err(|error| Failure::new(format!("{at} can't be written into a feed: {error}")))
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
