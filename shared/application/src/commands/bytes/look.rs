//! Looking at what was shared: the best of a time, what one has missed, what words are in.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use opsroom_domain::bytes::rank::{MOST_SHOWN, best, readable};
use opsroom_domain::bytes::{Link, words};
use opsroom_domain::ids::ChannelId;

use super::news::New;
use crate::cards::{self, List};
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{BytesChange, BytesStore, Shelf, Shelved};

/// How many are shown where nobody says how many.
const USUAL: usize = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// `top` looks no further back.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);
/// What one catches up with is read in so many seconds.
const READING: u32 = 120;

impl<W: Ports> Commander<'_, W> {
    /// The best of a time.
    pub(super) async fn top(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        most: Option<usize>,
        span: Option<SignedDuration>,
        tags: &[String],
    ) -> Result<Worked, Failure> {
        let Some(rooms) = self.rooms(context, catalog).await? else { return self.no_room(context, catalog).await };
        let span = span.unwrap_or(WEEK).min(LONGEST_SPAN);
        let most = most.unwrap_or(USUAL).clamp(1, MOST_SHOWN);
        let from = self.now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let Shelved { links: found, .. } = self.on_shelves(&rooms.channels, from, tags).await?;
        let links = best(found, &catalog.catalog.bytes.rules(), self.now, most);
        let title = format!("The best of the last {}{}", in_days(span), with_tags(tags));
        let list = List {
            title: &title,
            about: if links.is_empty() { "" } else { "By reactions, replies and who kept it; what is new counts more" },
            links: &links,
            in_room: rooms.here,
            none: "Nothing was shared in that time.",
            end: "",
        };
        self.answer_in(context, rooms.here, cards::links(&catalog.catalog, &list, self.now)).await
    }

    /// What one has missed, for their eyes only: the best since they last looked, as much as is read in two minutes.
    pub(super) async fn catch_up(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let Some(rooms) = self.rooms(context, catalog).await? else { return self.no_room(context, catalog).await };
        let now = self.now;
        self.write_own(context, async || {
            let person = &context.asker.person;
            let mut reader = self.store.reader(person).await?.unwrap_or_else(|| rooms.reader.clone());
            let New { links: found, since, cut, next } = self.new_to(&reader, &rooms.channels).await?;
            // Where nothing was found among those that were looked at they haven't seen the rest.
            if !(cut && found.is_empty()) {
                for (channel, until, known) in next {
                    reader.catch_up(&channel, until, known);
                }
            }
            let all = found.len();
            let mut links = best(found, &catalog.catalog.bytes.rules(), now, MOST_SHOWN);
            links.truncate(readable(&links, READING));
            let left = all - links.len();
            let end = match left {
                0 if cut => "There are more, which fewer peers spoke for.".to_owned(),
                0 => "That is all there was.".to_owned(),
                _ => format!(
                    "{}{left} more, which fewer peers spoke for: `bytes top {MOST_SHOWN} {}`",
                    if cut { "At least " } else { "" },
                    in_days_short(now.duration_since(since))
                ),
            };
            let about = format!("The best that peers shared in the last {}", cards_age(now.duration_since(since)));
            let list = List {
                title: "What you missed",
                about: &about,
                links: &links,
                in_room: rooms.here,
                none: if cut {
                    "Nothing among the links that peers like best; there are more: `bytes search` finds them."
                } else {
                    "Nothing: you have seen it all."
                },
                end: &end,
            };
            let change = BytesChange { reader: Some(reader), ..BytesChange::default() };
            Ok((change, cards::links(&catalog.catalog, &list, now)))
        })
        .await
    }

    /// The links in which words stand.
    pub(super) async fn search(&self, context: Context<'_>, catalog: &Catalog, typed: &str) -> Result<Worked, Failure> {
        let Some(rooms) = self.rooms(context, catalog).await? else { return self.no_room(context, catalog).await };
        let asked = words::asked(typed);
        if asked.is_empty() {
            let word =
                "There is no word to look for in that; words such as `the` and `of` are in everything. Try `bytes search tokio tracing`.";
            return self.answer_privately(context, cards::bytes_word(word)).await;
        }
        let found = try_join_all(rooms.channels.iter().map(|channel| self.store.find(channel, &asked))).await?;
        let cut = found.iter().any(|found| found.cut);
        let mut links: Vec<Link> = Vec::new();
        // Each room's are in their order; several rooms take turns.
        let mut lists: Vec<_> = found.into_iter().map(|found| found.links.into_iter().filter(|link| !link.is_hidden())).collect();
        while links.len() < USUAL {
            let before = links.len();
            links.extend(lists.iter_mut().filter_map(Iterator::next));
            if links.len() == before {
                break;
            }
        }
        links.truncate(USUAL);
        // As they were typed: what is looked for are stems.
        let about = format!("Links with {}", typed.split_whitespace().collect::<Vec<_>>().join(" "));
        let list = List {
            title: "What was shared",
            about: &about,
            links: &links,
            in_room: rooms.here,
            none: "Nothing that was shared has such a word in its title, tags, description, address, or in what was said with it.",
            end: if cut {
                "One of these words is in very many links: only the newest of those were looked at. Rarer words alone find older ones."
            } else {
                ""
            },
        };
        self.answer_in(context, rooms.here, cards::links(&catalog.catalog, &list, self.now)).await
    }

    /// The links of rooms since a moment.
    pub(super) async fn on_shelves(&self, channels: &[ChannelId], from: Timestamp, tags: &[String]) -> Result<Shelved, Failure> {
        let to = self.now.saturating_add(DAY).unwrap_or(self.now);
        let shelves: Vec<Shelf> =
            channels.iter().map(|channel| Shelf { channel: channel.clone(), from, to, tags: tags.to_vec() }).collect();
        let found = try_join_all(shelves.iter().map(|shelf| self.store.shelf(shelf))).await?;
        let cut = found.iter().any(|shelf| shelf.cut);
        Ok(Shelved { links: found.into_iter().flat_map(|shelf| shelf.links).collect(), cut })
    }
}

fn with_tags(tags: &[String]) -> String {
    match tags {
        [] => String::new(),
        tags => format!(" with {}", tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" or ")),
    }
}

fn in_days(span: SignedDuration) -> String {
    match span.as_hours() {
        0 => format!("{} minutes", span.as_mins()),
        1 => "hour".to_owned(),
        hours if hours < 48 || hours % 24 != 0 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

fn cards_age(span: SignedDuration) -> String {
    match span.as_hours() {
        0 => "hour".to_owned(),
        hours @ 48.. => in_days(SignedDuration::from_hours(hours / 24 * 24)),
        _ => in_days(span),
    }
}

fn in_days_short(span: SignedDuration) -> String {
    format!("{}d", span.as_hours() / 24 + 1)
}
