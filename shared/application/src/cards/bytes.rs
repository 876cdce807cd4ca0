//! Links that peers shared.

use jiff::Timestamp;
use opsroom_domain::bytes::{Digest, Link, Saved};
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{ChannelId, PersonId};

use super::words::{first_line, span};

/// So much of a description is shown.
const DESCRIPTION: usize = 140;

/// Who shared it, by the catalog's name. Whoever isn't in the catalog is somebody: a mention would call them for nothing.
fn by(catalog: &Catalog, person: &PersonId) -> Text {
    Text::plain(catalog.people.get(person).map_or("someone", |known| known.name.as_str()))
}

/// The word under a message with a link that was posted before. A name and no mention: nobody is called for it.
pub fn posted_before(catalog: &Catalog, earlier: &[Link], page: Option<&str>) -> Card {
    let mut lines = earlier.iter().filter_map(|link| {
        let first = link.first()?;
        let mut text = Text::plain(if earlier.len() > 1 { format!("{}: shared by ", link.name()) } else { "Shared by ".to_owned() });
        text = text.and(by(catalog, &first.by)).then(" ").moment(first.at);
        Some(text.then(heard(link)))
    });
    let first = lines.next().unwrap_or_default();
    let first = match page {
        Some(page) => first.then(" · ").link(page, "the first post"),
        None => first,
    };
    let mut card = Card { tone: Tone::Plain, summary: first.clone(), parts: vec![Part::Context(first)] };
    for line in lines {
        card = card.with(Part::Context(line));
    }
    card
}

/// What peers said: `, 12 reactions, 3 replies`; nothing where nobody has said anything.
fn heard(link: &Link) -> String {
    let many = |count: u32, one: &str, several: &str| match count {
        0 => String::new(),
        1 => format!(", 1 {one}"),
        _ => format!(", {count} {several}"),
    };
    let repliers = link.repliers();
    let kept = u32::try_from(link.savers.len()).unwrap_or(u32::MAX);
    let kept = if kept == 0 { String::new() } else { format!(", kept by {kept}") };
    format!("{}{}{kept}", many(link.reactions(), "reaction", "reactions"), many(repliers, "person replied", "people replied"))
}

/// A link in a list: what it is called, what it is about, who shared it when, and what peers said.
fn entry(catalog: &Catalog, link: &Link, place: usize, now: Timestamp, in_room: bool) -> Vec<Part> {
    let mut title = Text::empty().bold(format!("{place}. ")).link(link.url.as_str(), link.name());
    for tag in link.tags() {
        title = title.then(" ").code(format!("#{tag}"));
    }
    let mut small = Text::plain(link.url.host());
    if let Some(first) = link.first() {
        small = small.then(" · ").and(by(catalog, &first.by)).then(format!(", {} ago", age(now, first.at)));
    }
    small = small.then(heard(link));
    if !in_room {
        small = small.then(" · ").channel(&link.channel);
    }
    match link.about() {
        Some(about) => vec![Part::Text(title.then("\n").then(first_line(&about, DESCRIPTION))), Part::Context(small)],
        None => vec![Part::Text(title), Part::Context(small)],
    }
}

/// An age in its largest unit: `3 weeks`.
fn age(now: Timestamp, at: Timestamp) -> String {
    let days = now.duration_since(at).as_hours() / 24;
    match days {
        ..2 => span(now.duration_since(at)).split(' ').take(2).collect::<Vec<_>>().join(" "),
        2..14 => format!("{days} days"),
        14..60 => format!("{} weeks", days / 7),
        60..730 => format!("{} months", days / 30),
        _ => format!("{} years", days / 365),
    }
}

/// A list of links below a title.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// What stands below the title, in small print.
    pub about: &'a str,
    /// The links, the best first.
    pub links: &'a [Link],
    /// Whether all are of the room in which it is read.
    pub in_room: bool,
    /// What there is to say if there are none; backticks enclose code.
    pub none: &'a str,
    /// What stands at the end, in small print, in which backticks enclose code; may be empty.
    pub end: &'a str,
}

/// A list of links.
pub fn links(catalog: &Catalog, list: &List<'_>, now: Timestamp) -> Card {
    let mut card = Card::line(Tone::Plain, Text::empty().bold(list.title));
    if !list.about.is_empty() {
        card = card.with(Part::Context(Text::plain(list.about)));
    }
    if list.links.is_empty() {
        return card.with(Part::Text(Text::sentence(list.none)));
    }
    for (place, link) in list.links.iter().enumerate() {
        for part in entry(catalog, link, place + 1, now, list.in_room) {
            card = card.with(part);
        }
    }
    if !list.end.is_empty() {
        card = card.with(Part::Context(Text::sentence(list.end)));
    }
    card
}

/// What a person's Home tab says of links.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    /// The best that are new to them, best first.
    pub links: Vec<Link>,
    /// How many are new besides.
    pub more: usize,
    /// How many are on their own list.
    pub saved: usize,
}

/// The Home tab's part on links; nothing where there is nothing to say.
pub(super) fn news(catalog: &Catalog, news: &News, now: Timestamp) -> Vec<Part> {
    let mut parts = Vec::new();
    if !news.links.is_empty() {
        parts.push(Part::Text(Text::empty().bold("New in your rooms")));
        for (place, link) in news.links.iter().enumerate() {
            parts.extend(entry(catalog, link, place + 1, now, false));
        }
        let more = if news.more == 0 { String::new() } else { format!("and {} more · ", news.more) };
        parts.push(Part::Context(Text::plain(more).code("/ops bytes catchup")));
    }
    if news.saved > 0 {
        let links = if news.saved == 1 { "1 link is".to_owned() } else { format!("{} links are", news.saved) };
        parts.push(Part::Context(Text::plain(format!("{links} on your reading list · ")).code("/ops bytes mine")));
    }
    parts
}

/// A person's own list.
pub fn saved(all: &[Saved], shown: usize, now: Timestamp) -> Card {
    let title = match all.len() {
        0 => "Your reading list is empty".to_owned(),
        1 => "Your reading list: 1 link".to_owned(),
        count => format!("Your reading list: {count} links"),
    };
    let mut card = Card::line(Tone::Plain, Text::empty().bold(title));
    let entries: Vec<Text> = all.iter().take(shown).map(|one| saved_entry(one, now)).collect();
    if entries.is_empty() {
        return card.with(Part::Text(Text::sentence("`bytes save <address>` puts a link on it, and so does a :bookmark: under its post.")));
    }
    card = card.with(Part::List(entries));
    if all.len() > shown {
        card = card.with(Part::Context(Text::plain(format!("and {} older ones", all.len() - shown))));
    }
    card.with(Part::Context(Text::sentence("`bytes unsave <address>` takes one off.")))
}

fn saved_entry(saved: &Saved, now: Timestamp) -> Text {
    let name = saved.title.as_deref().unwrap_or_else(|| saved.url.readable());
    Text::empty().link(saved.url.as_str(), name).then(format!(" · {} · kept {} ago", saved.url.host(), age(now, saved.at)))
}

/// One plain sentence about a room or a list, in which backticks enclose code.
pub fn bytes_word(sentence: &str) -> Card {
    Card::line(Tone::Plain, Text::sentence(sentence))
}

/// When a digest comes.
pub fn digest_time(digest: Option<&Digest>, next: Option<Timestamp>, to_room: bool) -> Card {
    let who = if to_room { "This room's digest" } else { "Your digest" };
    let Some((time, next)) = digest.and_then(|digest| digest.time.as_ref()).zip(next) else {
        let how = if to_room { "`bytes digest monday 09:00`" } else { "`bytes digest me weekdays 09:00`" };
        return Card::line(Tone::Plain, Text::sentence(&format!("{who} doesn't come: nobody asked for it. {how} does.")));
    };
    Card::line(Tone::Plain, Text::empty().bold(who).then(format!(" comes {time}. The next one: ")).moment(next).then("."))
}

/// A room's links are kept from now on, or no longer.
pub fn room_opened(channel: &ChannelId, open: bool) -> Card {
    let text = Text::plain("Links that are posted in ").channel(channel);
    if !open {
        return Card::line(
            Tone::Plain,
            text.then(" are kept no longer. What was kept stays, and is found again by ").code("bytes on").then("."),
        );
    }
    Card::line(
        Tone::Good,
        text.then(" are kept from now on. Nothing is asked of anybody: post links, react, and look at ").code("bytes top").then("."),
    )
    .with(Part::Context(Text::plain("What was posted before isn't looked for, and it takes a quarter of a minute until every door knows.")))
}
