//! What becomes of a message in a room of bytes: its links are kept, and what peers say of it is counted.
//!
//! Each event is worked off on what is known by then, links before the message that they are in: a crash in between leaves a message that doesn't
//! know of its links yet, and the redelivery does it all again.

use jiff::Timestamp;
use opsroom_domain::bytes::message::emoji_name;
use opsroom_domain::bytes::tags::tags;
use opsroom_domain::bytes::words::of_link;
use opsroom_domain::bytes::{CanonicalUrl, Link, LinkId, LinksOf, Post, PostedMessage, Reader, Rules, Saved};
use opsroom_domain::ids::{MessageKey, PersonId};
use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};
use opsroom_domain::room_message::Destination;

use crate::cards;
use crate::commands::{Catalog, Commander, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{BytesChange, BytesStore, Change, Commit, LinkChange, MessageChange, Permalinks, Store};
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// A link of a message, as it was posted and as it is kept.
struct Kept<'a> {
    url: CanonicalUrl,
    id: LinkId,
    posted: &'a PostedLink,
}

impl<W: Ports> Commander<'_, W> {
    /// Something happened to a message of a room whose links are kept. It takes no right: people talk, and what they share is only kept.
    pub(in crate::commands) async fn keep(&self, request: &Request, catalog: &Catalog, posting: &Posting) -> Result<Worked, Failure> {
        for _ in 0..ATTEMPTS {
            let done = match &posting.what {
                PostingChange::Written(written) => self.keep_written(request, catalog, posting, written).await?,
                PostingChange::Deleted { thread } => self.keep_deleted(request, catalog, posting, thread.as_deref()).await?,
                PostingChange::Reacted { by, emoji, added } => self.keep_reaction(request, catalog, posting, (by, emoji, *added)).await?,
            };
            if let Some(worked) = done {
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("message {} in {}", posting.ts, posting.channel)))
    }

    /// `None` if somebody else was faster, so that it has to be decided again.
    async fn keep_written(
        &self,
        request: &Request,
        catalog: &Catalog,
        posting: &Posting,
        written: &Written,
    ) -> Result<Option<Worked>, Failure> {
        let parent = written.thread.as_deref().filter(|thread| *thread != posting.ts);
        if let Some(parent) = parent
            && self.keep_reply(request, catalog, posting, parent, Some(&written.asker.person)).await?.is_none()
        {
            return Ok(None);
        }
        let kept = kept(posting, &written.links);
        let known = self.store.posted(&posting.channel, &posting.ts).await?;
        // An edit is remembered in any case: it may have taken out the links of a post that is still on its way.
        if kept.is_empty() && known.is_none() && written.edited_at.is_none() {
            return Ok(Some(Worked::Before));
        }
        let mut message = known.unwrap_or_else(|| PostedMessage::unknown(posting.channel.clone(), &posting.ts));
        let author = &written.asker.person;
        let links: Vec<LinkId> = kept.iter().map(|link| link.id.clone()).collect();
        let said = LinksOf { by: author.clone(), links, edited_at: written.edited_at };
        let already = message.links.clone();
        let rules = catalog.catalog.bytes.rules();
        let Some(gone) = message.written(said) else {
            // This event may have been half done when the later one was faster, which knew nothing of the links that were written by then.
            let ids: Vec<LinkId> = kept.into_iter().map(|link| link.id).filter(|id| !message.links.contains(id)).collect();
            let found = if ids.is_empty() { Vec::new() } else { self.store.links(&posting.channel, &ids).await? };
            let orphans = found.iter().filter(|link| link.post(&posting.ts).is_some());
            let changes = orphans.map(|link| without(catalog, link, &posting.ts, &rules)).collect();
            return self.write_settled(message, changes).await;
        };
        let ids: Vec<LinkId> = message.links.iter().chain(&gone).cloned().collect();
        let found = if ids.is_empty() { Vec::new() } else { self.store.links(&posting.channel, &ids).await? };
        let before = |id: &LinkId| found.iter().find(|link| link.id == *id);

        let mut changes = Vec::new();
        let mut earlier = Vec::new();
        for id in &gone {
            changes.extend(before(id).map(|link| without(catalog, link, &posting.ts, &rules)));
        }
        let post = Post {
            ts: posting.ts.clone(),
            by: author.clone(),
            at: message.at(),
            kept_at: Some(self.now),
            text: written.text.clone(),
            tags: tags(&written.text),
            voices: message.voices(&rules),
        };
        let mut links = Vec::new();
        for one in kept.iter().filter(|one| message.links.contains(&one.id)) {
            let known = before(&one.id);
            let mut link = known.cloned().unwrap_or_else(|| Link::new(posting.channel.clone(), one.url.clone()));
            link.unfurled(one.posted.title.as_deref(), one.posted.description.as_deref());
            link.posted(post.clone());
            links.push((known, link));
        }
        // Who put them on their list before it was known what is in the message. Once: they may take them off again.
        let mut new: Vec<&mut Link> = links.iter_mut().map(|(_, link)| link).filter(|link| !already.contains(&link.id)).collect();
        if !self.keep_early(&message, &mut new, &rules).await? {
            return Ok(None);
        }
        for (known, link) in links {
            if link.first().is_some_and(|first| first.ts != posting.ts) && !link.is_hidden() {
                earlier.push(link.clone());
            }
            changes.push(indexed(catalog, known, link, &rules));
        }
        let reader = self.seen(author, posting).await?;
        let messages = self.posted_before(catalog, posting, parent, &earlier).await;
        self.write_kept(request, changes, BytesChange { message: Some(message), reader, ..BytesChange::default() }, messages).await
    }

    /// Somebody replied in the thread of another message; without `by`, that reply was deleted.
    async fn keep_reply(
        &self,
        request: &Request,
        catalog: &Catalog,
        posting: &Posting,
        parent: &str,
        by: Option<&PersonId>,
    ) -> Result<Option<Worked>, Failure> {
        let known = self.store.posted(&posting.channel, parent).await?;
        let mut message = known.unwrap_or_else(|| PostedMessage::unknown(posting.channel.clone(), parent));
        if !message.replied(&posting.ts, by) {
            return self.settle(catalog, message, &mut |_| {}).await;
        }
        let changes = self.links_heard(catalog, &message, &mut |_| {}).await?;
        self.write_kept(request, changes, BytesChange { message: Some(message), ..BytesChange::default() }, Vec::new()).await
    }

    async fn keep_deleted(
        &self,
        request: &Request,
        catalog: &Catalog,
        posting: &Posting,
        parent: Option<&str>,
    ) -> Result<Option<Worked>, Failure> {
        if let Some(parent) = parent
            && self.keep_reply(request, catalog, posting, parent, None).await?.is_none()
        {
            return Ok(None);
        }
        let known = self.store.posted(&posting.channel, &posting.ts).await?;
        let mut message = known.unwrap_or_else(|| PostedMessage::unknown(posting.channel.clone(), &posting.ts));
        if message.deleted {
            return Ok(Some(Worked::Before));
        }
        let gone = message.deleted();
        let rules = catalog.catalog.bytes.rules();
        let found = if gone.is_empty() { Vec::new() } else { self.store.links(&posting.channel, &gone).await? };
        let changes = found.iter().map(|link| without(catalog, link, &posting.ts, &rules)).collect();
        self.write_kept(request, changes, BytesChange { message: Some(message), ..BytesChange::default() }, Vec::new()).await
    }

    async fn keep_reaction(
        &self,
        request: &Request,
        catalog: &Catalog,
        posting: &Posting,
        (by, emoji, added): (&PersonId, &str, bool),
    ) -> Result<Option<Worked>, Failure> {
        let known = self.store.posted(&posting.channel, &posting.ts).await?;
        let mut message = known.unwrap_or_else(|| PostedMessage::unknown(posting.channel.clone(), &posting.ts));
        let saves = emoji_name(emoji) == emoji_name(&catalog.catalog.bytes.save_emoji);
        if !message.reacted(by, emoji, added, posting.at) {
            let reader = if saves && !message.links.is_empty() { self.store.reader(by).await? } else { None };
            let is_on_list = |link: &Link| reader.iter().flat_map(|reader| &reader.saved).any(|saved| saved.url == link.url);
            // Whose list a link isn't on doesn't keep it.
            let mut keep = |link: &mut Link| {
                if saves && !is_on_list(link) {
                    link.unsaved(by);
                }
            };
            return self.settle(catalog, message, &mut keep).await;
        }
        // Who reacts has been in the room, and may keep what they react to. That is worth a look only where there is something to keep.
        let mut reader =
            if message.links.is_empty() { None } else { Some(self.store.reader(by).await?.unwrap_or_else(|| Reader::new(by.clone()))) };
        let mut is_new = reader.as_mut().is_some_and(|reader| reader.seen_in(&posting.channel));
        let at = posting.at;
        let changes = {
            let (reader, is_new) = (&mut reader, &mut is_new);
            let mut keep = |link: &mut Link| {
                let Some(reader) = reader.as_mut().filter(|_| saves) else { return };
                if added {
                    *is_new |= reader.save(saved(link, at));
                    link.saved(by);
                } else {
                    *is_new |= reader.unsave(&link.url).is_some();
                    link.unsaved(by);
                }
            };
            self.links_heard(catalog, &message, &mut keep).await?
        };
        let reader = reader.filter(|_| is_new);
        self.write_kept(request, changes, BytesChange { message: Some(message), reader, ..BytesChange::default() }, Vec::new()).await
    }

    /// Puts links on the lists of those who reacted so before they were known, all with one write a person. `false` if somebody else was faster.
    async fn keep_early(&self, message: &PostedMessage, links: &mut [&mut Link], rules: &Rules) -> Result<bool, Failure> {
        if links.is_empty() {
            return Ok(true);
        }
        for (person, at) in message.savers(rules) {
            let mut reader = self.store.reader(person).await?.unwrap_or_else(|| Reader::new(person.clone()));
            reader.seen_in(&message.channel);
            let mut is_new = false;
            for link in links.iter_mut() {
                is_new |= reader.save(saved(link, at));
                link.saved(person);
            }
            if is_new {
                let change = BytesChange { reader: Some(reader), ..BytesChange::default() };
                if self.store.commit(Change { bytes: Some(Box::new(change)), ..Change::default() }).await? != Commit::Done {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    async fn links_heard(
        &self,
        catalog: &Catalog,
        message: &PostedMessage,
        also: &mut (dyn FnMut(&mut Link) + Send),
    ) -> Result<Vec<LinkChange>, Failure> {
        if message.links.is_empty() {
            return Ok(Vec::new());
        }
        let rules = catalog.catalog.bytes.rules();
        let voices = message.voices(&rules);
        let found = self.store.links(&message.channel, &message.links).await?;
        let change = |before: &Link| {
            let mut link = before.clone();
            link.heard(&message.ts, voices);
            also(&mut link);
            indexed(catalog, Some(before), link, &rules)
        };
        Ok(found.iter().map(change).collect())
    }

    /// The person was seen in the room: only where people were are they shown what was shared there.
    async fn seen(&self, person: &PersonId, posting: &Posting) -> Result<Option<Reader>, Failure> {
        let mut reader = self.store.reader(person).await?.unwrap_or_else(|| Reader::new(person.clone()));
        Ok(reader.seen_in(&posting.channel).then_some(reader))
    }

    /// The quiet word under a message that somebody was faster. It is kept as it is true: it counts reactions.
    async fn posted_before(&self, catalog: &Catalog, posting: &Posting, parent: Option<&str>, earlier: &[Link]) -> Vec<MessageChange> {
        let Some(link) = earlier.first() else { return Vec::new() };
        let Some(first) = link.first() else { return Vec::new() };
        // What is said is of use without the way to it.
        let page = self.slack.permalink(&posting.channel, &first.ts).await.ok().flatten();
        let thread = parent.unwrap_or(&posting.ts).to_owned();
        vec![MessageChange {
            key: MessageKey::posted_before(&posting.channel, &posting.ts),
            destination: Destination::Channel { channel: posting.channel.clone(), thread: Some(thread) },
            card: cards::posted_before(&catalog.catalog, earlier, page.as_deref()),
        }]
    }

    /// Writes the links of a message, and the message with the last of them. Each brings many rows, and a transaction takes a hundred.
    async fn write_kept(
        &self,
        request: &Request,
        mut changes: Vec<LinkChange>,
        mut with_message: BytesChange,
        messages: Vec<MessageChange>,
    ) -> Result<Option<Worked>, Failure> {
        with_message.links.extend(changes.pop());
        for link in changes {
            let alone = BytesChange { links: vec![link], ..BytesChange::default() };
            if self.store.commit(Change { bytes: Some(Box::new(alone)), ..Change::default() }).await? != Commit::Done {
                return Ok(None);
            }
        }
        let change = Change { bytes: Some(Box::new(with_message)), messages, ..Change::default() };
        let keys = lanes(&change);
        match self.store.commit(change).await? {
            Commit::Done => {}
            _ => return Ok(None),
        }
        self.nudge(&request.correlation, &keys).await;
        Ok(Some(Worked::Done))
    }

    /// An event has nothing new to say, but it may have been half done when a later one was faster: then a link may say what its message no longer
    /// does.
    async fn settle(
        &self,
        catalog: &Catalog,
        message: PostedMessage,
        also: &mut (dyn FnMut(&mut Link) + Send),
    ) -> Result<Option<Worked>, Failure> {
        let mut changes = self.links_heard(catalog, &message, also).await?;
        changes.retain(|change| change.before.as_deref() != Some(&change.after));
        self.write_settled(message, changes).await
    }

    /// Brings links in line with what is known of their message, which stays as it is. The message is written with each of them, so that nothing
    /// that is learnt of it just then is undone.
    async fn write_settled(&self, mut message: PostedMessage, changes: Vec<LinkChange>) -> Result<Option<Worked>, Failure> {
        if changes.is_empty() {
            return Ok(Some(Worked::Before));
        }
        for link in changes {
            let change = BytesChange { message: Some(message.clone()), links: vec![link], ..BytesChange::default() };
            if self.store.commit(Change { bytes: Some(Box::new(change)), ..Change::default() }).await? != Commit::Done {
                return Ok(None);
            }
            message.version += 1;
        }
        Ok(Some(Worked::Done))
    }
}

/// The links of a message that are kept, each once. What is no page of the web is left out without a word: people post all sorts of things.
fn kept<'a>(posting: &Posting, links: &'a [PostedLink]) -> Vec<Kept<'a>> {
    let mut kept: Vec<Kept<'a>> = Vec::new();
    for posted in links {
        let Ok(url) = CanonicalUrl::parse(&posted.url) else { continue };
        let id = LinkId::of(&posting.channel, &url);
        match kept.iter_mut().find(|known| known.id == id) {
            // Of two that are the same the one tells more that Slack has looked at.
            Some(known) if known.posted.title.is_none() => known.posted = posted,
            Some(_) => {}
            None => kept.push(Kept { url, id, posted }),
        }
    }
    kept
}

fn saved(link: &Link, at: Timestamp) -> Saved {
    Saved { url: link.url.clone(), title: link.title.clone(), link: Some((link.channel.clone(), link.id.clone())), at }
}

/// A link with the words by which it is found from now on.
fn indexed(catalog: &Catalog, before: Option<&Link>, mut link: Link, rules: &Rules) -> LinkChange {
    let names: Vec<&str> =
        link.posts.iter().filter_map(|post| catalog.catalog.people.get(&post.by)).map(|person| person.name.as_str()).collect();
    link.words = if link.is_hidden() { Vec::new() } else { of_link(&link, &names) };
    LinkChange::of(before, link, rules)
}

/// A link without one of its messages.
fn without(catalog: &Catalog, link: &Link, ts: &str, rules: &Rules) -> LinkChange {
    let mut after = link.clone();
    after.withdrawn(ts);
    indexed(catalog, Some(link), after, rules)
}

/// A link with another state of its lists, after something about it has changed.
pub(super) fn reindexed(catalog: &Catalog, before: &Link, after: Link) -> LinkChange {
    indexed(catalog, Some(before), after, &catalog.catalog.bytes.rules())
}
