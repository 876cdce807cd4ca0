//! What people ask of the links that were shared, and what becomes of those that are.

mod digest;
mod keep;
mod look;
mod mine;
mod news;

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::bytes::reader::LOOKED_AT;
use opsroom_domain::bytes::{OpenedRoom, Reader};
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_grammar::{Bytes, Reader as For};

use super::answer::destination;
use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{BytesChange, BytesStore, Change, Commit, Directory, MessageChange, OpenedRooms, RoomChange, RoomKinds, Store};
use crate::posted::keeps_links;
use crate::progress::ATTEMPTS;

/// The rooms that are meant, and who asks.
struct Rooms {
    /// The rooms, at least one.
    channels: Vec<ChannelId>,
    /// Whether it was asked in the very room.
    here: bool,
    /// Who asks.
    reader: Reader,
}

impl<W: Ports> Commander<'_, W> {
    /// Does what is asked of rooms of bytes.
    pub(super) async fn bytes(&self, context: Context<'_>, catalog: &Catalog, bytes: &Bytes) -> Result<Worked, Failure> {
        match bytes {
            Bytes::On => self.open_room(context, catalog, true).await,
            Bytes::Off => self.open_room(context, catalog, false).await,
            Bytes::CatchUp => self.catch_up(context, catalog).await,
            Bytes::Top { most, span, tags } => self.top(context, catalog, *most, *span, tags).await,
            Bytes::Search { words } => self.search(context, catalog, words).await,
            Bytes::Digest { to: For::Channel, change } => self.room_digest(context, catalog, change).await,
            Bytes::Digest { to: For::Me, change } => self.own_digest(context, catalog, change).await,
            Bytes::Save { url } => self.save(context, catalog, url).await,
            Bytes::Unsave { url } => self.unsave(context, catalog, url).await,
            Bytes::Mine => self.mine(context).await,
            Bytes::Hide { url } => self.hide(context, catalog, url, true).await,
            Bytes::Unhide { url } => self.hide(context, catalog, url, false).await,
        }
    }

    /// Answers where it was asked, if that is the room of which the answer is. Anywhere else it is for the asker's eyes only: who reads along there
    /// may be in none of their rooms.
    async fn answer_in(&self, context: Context<'_>, here: bool, card: opsroom_domain::card::Card) -> Result<Worked, Failure> {
        self.answer_to(context, card, !here).await
    }

    async fn open_room(&self, context: Context<'_>, catalog: &Catalog, open: bool) -> Result<Worked, Failure> {
        let channel = &context.asker.channel;
        if catalog.catalog.bytes.rooms.contains(channel) {
            let word = if open {
                "The links of this room are kept already: the catalog says so."
            } else {
                "The catalog says that the links of this room are kept; whoever keeps the catalog takes it off there (`bytes.rooms`)."
            };
            return self.answer_privately(context, cards::bytes_word(word)).await;
        }
        let change = if open {
            RoomChange::OpenBytes(OpenedRoom { channel: channel.clone(), by: context.asker.person.clone(), at: context.at })
        } else {
            RoomChange::CloseBytes(channel.clone())
        };
        let message = MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: destination(context, false),
            card: context.explained(cards::room_opened(channel, open)),
        };
        let change = Change {
            claim: Some(context.request.event.clone()),
            opened: Some(Box::new(change)),
            habit: context.habit.cloned(),
            messages: vec![message],
            audit: vec![self.bytes_record(context)],
            ..Change::default()
        };
        self.write_once(context, change).await
    }

    /// The rooms that somebody asks about: the one where they are, else those in which they were seen.
    async fn rooms(&self, context: Context<'_>, catalog: &Catalog) -> Result<Option<Rooms>, Failure> {
        let opened = self.store.opened().await?;
        let person = &context.asker.person;
        let reader = self.store.reader(person).await?.unwrap_or_else(|| Reader::new(person.clone()));
        let here = keeps_links(&catalog.catalog, &opened, &context.asker.channel);
        let channels = if here { vec![context.asker.channel.clone()] } else { self.rooms_of(&reader, catalog, &opened).await? };
        Ok((!channels.is_empty()).then_some(Rooms { channels, here, reader }))
    }

    /// The rooms in which a reader was seen, whose links are still kept, and in which they are now, the latest first. Slack is asked, and not what
    /// it told: one event that is lost would show somebody for good what is said in a private room that they left. If it can't be asked, nothing
    /// is shown.
    async fn rooms_of(&self, reader: &Reader, catalog: &Catalog, opened: &OpenedRooms) -> Result<Vec<ChannelId>, Failure> {
        let rooms = reader.rooms.iter().map(|room| &room.channel);
        let rooms: Vec<ChannelId> = rooms.filter(|channel| keeps_links(&catalog.catalog, opened, channel)).cloned().collect();
        if rooms.is_empty() {
            return Ok(rooms);
        }
        let mut present = self.slack.present(&reader.person, &rooms).await?;
        present.truncate(LOOKED_AT);
        Ok(present)
    }

    async fn no_room(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let opened = self.store.opened().await?;
        let rooms: Vec<&ChannelId> = catalog.catalog.bytes.rooms.iter().chain(opened.bytes.iter().map(|room| &room.channel)).collect();
        let card = if rooms.is_empty() { cards::no_bytes_room() } else { cards::not_seen_in_a_room(&rooms) };
        self.answer_privately(context, card).await
    }

    /// What goes into the audit log about a room or a link.
    fn bytes_record(&self, context: Context<'_>) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: None,
            environment: None,
            outcome: Outcome::Allowed { role: "subscribe".to_owned(), started: context.asker.channel.to_string() },
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: None,
        }
    }

    /// Changes something about the asker's own list and answers for their eyes only, as one write. `decide` gives what changes and the answer;
    /// it is asked again if somebody was faster.
    async fn write_own<F>(&self, context: Context<'_>, mut decide: F) -> Result<Worked, Failure>
    where
        F: AsyncFnMut() -> Result<(BytesChange, opsroom_domain::card::Card), Failure>,
    {
        for _ in 0..ATTEMPTS {
            let (change, card) = decide().await?;
            let message = MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: destination(context, true),
                card: context.explained(card),
            };
            let change = Change {
                claim: Some(context.request.event.clone()),
                bytes: Some(Box::new(change)),
                habit: context.habit.cloned(),
                messages: vec![message],
                ..Change::default()
            };
            let keys = lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                _ => continue,
            };
            self.nudge(&context.request.correlation, &keys).await;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("the list of {}", context.asker.person)))
    }

    async fn write_once(&self, context: Context<'_>, change: Change) -> Result<Worked, Failure> {
        let keys = lanes(&change);
        let worked = match self.store.commit(change).await? {
            Commit::Done => Worked::Done,
            Commit::AlreadyDone => Worked::Before,
            _ => return Err(Failure::Contended(context.line.to_owned())),
        };
        self.nudge(&context.request.correlation, &keys).await;
        Ok(worked)
    }
}
