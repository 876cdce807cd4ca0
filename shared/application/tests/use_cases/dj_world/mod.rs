//! A small team with a DJ room, on the ports in memory; its player is [`player::Player`].

mod player;

use crate::ports::{MemoryPorts, lends_ports};
use jiff::Timestamp;
use opsroom_application::commands::Worked;
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_application::schedule::tick;
use opsroom_domain::card::{Button, ButtonAction, Card, DjPress, Part};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::dj::{EntryId, Station};
use opsroom_domain::ids::{ChannelId, CommandId, EventKey, MessageKey};
use opsroom_domain::operation::HostStatus;
use opsroom_domain::posting::{Posting, PostingChange, Written};
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Destination;
use opsroom_memory::MemoryCommandQueue;
pub use player::Player;

pub use crate::words::all_words;

pub const ROOM: &str = "CDJ";
pub const HOST: &str = "i-0123456789abcdef0";
pub const DOCUMENT: &str = "opsroom-dj";

/// 2026-11-25 12:00:00 UTC is second 0, a Wednesday.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_608_000 + second).unwrap()
}

/// Dana runs the room, the others take part, and Kit has no role.
pub fn catalog(rules: &str) -> Catalog {
    serde_json::from_str(&format!(
        r#"{{
        "workspace": {{"team": "T1"}}, "environments": {{}}, "services": {{}},
        "roles": {{"dj": {{"grants": [{{"allow": ["read", "dj"]}}]}}, "reader": {{"grants": [{{"allow": ["read"]}}]}}}},
        "people": {{
            "UDANA": {{"name": "Dana", "roles": ["dj"]}}, "UAVERY": {{"name": "Avery", "roles": ["reader"]}},
            "ULEE": {{"name": "Lee", "roles": ["reader"]}}, "UROBIN": {{"name": "Robin", "roles": ["reader"]}},
            "UKIT": {{"name": "Kit", "roles": []}}}},
        "rooms": {{"CDJ": {{"name": "dj"}}, "COPS": {{"name": "ops"}}}},
        "dj": {{"room": "CDJ", "player": {{"kind": "mpd", "hosts": {{"tags": {{"Role": "music"}}}}}}{rules}}}
    }}"#
    ))
    .unwrap()
}

pub struct World {
    ports: MemoryPorts,
    pub queue: MemoryCommandQueue,
    pub player: Player,
    /// What `commands` wants to do after a while. Nothing is lost if that is: it is a hint.
    planned: Vec<(Timestamp, Request)>,
    /// Whether those are lost.
    pub loses_hints: bool,
    /// Whether what the clock hands on may fail, for good: it is among the dead letters then.
    pub may_fail: bool,
    /// So many of the commands that were sent have been done by the player.
    done: usize,
    /// So many messages were posted; tells those of one second apart.
    posted: u32,
}

lends_ports!(World);

impl World {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With more rules of the room, as in `, "cap": 2`.
    pub fn with(rules: &str) -> Self {
        Self::of(catalog(rules))
    }

    pub fn of(catalog: Catalog) -> Self {
        Self {
            ports: MemoryPorts::new(catalog, at(0)),
            queue: MemoryCommandQueue::default(),
            player: Player::new(),
            planned: Vec::new(),
            loses_hints: false,
            may_fail: false,
            done: 0,
            posted: 0,
        }
    }

    /// What `commands` wanted to do at once, and what the player was sent, until nobody wants anything more.
    pub async fn settle(&mut self) {
        for _ in 0..200 {
            let (soon, later): (Vec<_>, Vec<_>) = self.later_on.take().into_iter().partition(|(_, delay)| delay.is_zero());
            let now = self.now;
            self.planned.extend(later.into_iter().map(|(request, delay)| (now + delay, request)));
            for (request, _) in &soon {
                let worked = self.work(request).await;
                assert!(worked.is_ok() || self.may_fail, "{request:?}: {worked:?}");
            }
            let answered = self.player_answers().await;
            if soon.is_empty() && answered.is_none() {
                return;
            }
        }
        panic!("it never ends: {:?}", self.player.asked);
    }

    /// The player does the next command that was sent to it, and Systems Manager tells so. Returns which.
    pub async fn player_answers(&mut self) -> Option<CommandId> {
        let (command, order) = self.hosts.sent.lock().unwrap().get(self.done).cloned()?;
        self.done += 1;
        if self.player.is_lost || self.player.loses == Some(order.parameters["Action"][0].as_str()) {
            return Some(command);
        }
        let printed = self.player.does(&order.parameters);
        self.hosts.print(&command, HOST, &printed, "");
        let status =
            if printed.contains("\"refused\"") || printed.contains("\"off\"") { HostStatus::Failed } else { HostStatus::Succeeded };
        self.hosts.show(&command, true, &[(HOST, status)]);
        self.told_of(&command).await;
        Some(command)
    }

    /// Systems Manager tells that a command of the player's moved.
    pub async fn told_of(&self, command: &CommandId) -> Worked {
        let ask = Ask::CommandMoved { command: command.clone(), document: DOCUMENT.into() };
        self.work(&Request { event: "ssm".into(), correlation: "c".into(), ask }).await.unwrap()
    }

    /// The clock goes on and the player plays; what comes due until then is worked off, each at its time.
    pub async fn until(&mut self, second: i64) {
        for _ in 0..2000 {
            if self.loses_hints {
                self.planned.clear();
            }
            let due = self.store.look(|state| state.due.keys().next().map(|(at, _)| *at));
            let next = self.planned.iter().map(|(at, _)| *at).chain(due).min();
            let now = next.filter(|next| *next <= at(second)).unwrap_or_else(|| at(second)).max(self.now);
            self.player.passes(u32::try_from(now.duration_since(self.now).as_secs()).unwrap());
            self.now = now;
            self.store.set_now(now);
            tick(&self.store, &self.queue, &self.delivery, now).await.unwrap();
            let (soon, later) = std::mem::take(&mut self.planned).into_iter().partition(|(at, _)| *at <= now);
            self.planned = later;
            let soon: Vec<(Timestamp, Request)> = soon;
            let requests: Vec<Request> = soon.into_iter().map(|(_, request)| request).chain(self.queue.take()).collect();
            for request in &requests {
                let worked = self.work(request).await;
                assert!(worked.is_ok() || self.may_fail, "{request:?}: {worked:?}");
            }
            self.settle().await;
            if requests.is_empty() && now >= at(second) {
                return;
            }
        }
        panic!("the clock has something to do without an end");
    }

    /// Somebody posts words, which aren't worked off yet. Returns what tells of it.
    pub fn posting(&mut self, person: &str, text: &str) -> Request {
        self.posted += 1;
        let ts = format!("{}.{:06}", self.now.as_second(), self.posted);
        let written =
            Written { asker: asker(person, ROOM), thread: None, text: text.into(), links: vec![], edited_at: None, has_files: false };
        happens(&ts, self.now, PostingChange::Written(written))
    }

    /// Somebody posts words, and all that follows at once is done. Returns the message's `ts`.
    pub async fn posts(&mut self, person: &str, text: &str) -> String {
        let posting = self.posting(person, text);
        self.work(&posting).await.unwrap();
        self.settle().await;
        ts_of(&posting)
    }

    /// Somebody reacts to a message, at a second.
    pub async fn reacts(&mut self, ts: &str, person: &str, emoji: &str, second: i64) {
        self.reaction(ts, person, emoji, true, second).await;
    }

    pub async fn reaction(&mut self, ts: &str, person: &str, emoji: &str, added: bool, second: i64) {
        let what = PostingChange::Reacted { by: person.into(), emoji: emoji.into(), added };
        self.work(&happens(ts, at(second), what)).await.unwrap();
        self.settle().await;
    }

    /// Somebody deletes a message.
    pub async fn deletes(&mut self, ts: &str) {
        self.work(&happens(ts, self.now, PostingChange::Deleted { thread: None })).await.unwrap();
        self.settle().await;
    }

    pub async fn types(&mut self, event: &str, person: &str, line: &str) -> Worked {
        self.types_in(ROOM, event, person, line).await
    }

    pub async fn types_in(&mut self, room: &str, event: &str, person: &str, line: &str) -> Worked {
        self.typed_at(self.now, room, event, person, line).await
    }

    /// A line that was typed at a moment is worked off now.
    pub async fn typed_at(&mut self, when: Timestamp, room: &str, event: &str, person: &str, line: &str) -> Worked {
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
        let ask = Ask::Line { asker: asker(person, room), line: line.into(), at: when, reply };
        let worked = self.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap();
        self.settle().await;
        worked
    }

    pub async fn presses(&mut self, event: &str, person: &str, press: &DjPress) -> Worked {
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
        let ask = Ask::Dj { asker: asker(person, ROOM), press: press.clone(), at: self.now, reply };
        let worked = self.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap();
        self.settle().await;
        worked
    }

    pub fn station(&self) -> Station {
        self.store.look(|state| state.dj.stations.get(&ChannelId::from(ROOM)).cloned()).unwrap()
    }

    /// The titles that wait, in the order in which they are played.
    pub fn waiting(&self) -> Vec<String> {
        self.station().in_turn().iter().map(|entry| entry.track.title.clone()).collect()
    }

    /// Commands that were sent to the player's host, by what they ask.
    pub fn sent(&self, action: &str) -> usize {
        self.hosts.sent.lock().unwrap().iter().filter(|(_, order)| order.parameters["Action"] == [action]).count()
    }

    pub fn answer(&self, event: &str) -> String {
        all_words(&self.message(&MessageKey::answer(&event.into())).1)
    }

    /// Whether what somebody asked has an answer of its own.
    pub fn is_answered(&self, event: &str) -> bool {
        self.has_message(&MessageKey::answer(&event.into()))
    }

    /// What stands under a message that asked for a song.
    pub fn told(&self, ts: &str) -> String {
        let (destination, card) = self.message(&MessageKey::song(&ROOM.into(), &entry_of(ts)));
        assert_eq!(destination, Destination::Channel { channel: ROOM.into(), thread: Some(ts.to_owned()) });
        all_words(&card)
    }

    /// The buttons of what stands under a message that asked for a song.
    pub fn offered(&self, ts: &str) -> Vec<DjPress> {
        presses(&self.message(&MessageKey::song(&ROOM.into(), &entry_of(ts))).1)
    }

    /// The message that tells what plays.
    pub fn shown(&self) -> String {
        all_words(&self.now_playing().1)
    }

    /// The button of the message that tells what plays whose label begins with this, as it is shown now.
    pub fn button(&self, label: &str) -> DjPress {
        let (_, card) = self.now_playing();
        let meant = buttons(&card).find(|button| button.label.starts_with(label)).map(|button| button.action.clone());
        let Some(ButtonAction::Dj { press }) = meant else { panic!("no {label} in {}", all_words(&card)) };
        press
    }

    /// The messages that tell what plays, one of each session.
    pub fn sessions(&self) -> Vec<String> {
        self.keys("dj/CDJ/playing/").iter().map(|key| all_words(&self.message(key).1)).collect()
    }

    /// Slack has posted the message that tells what plays. Returns its `ts`.
    pub fn slack_shows_what_plays(&self) -> String {
        let key = self.now_playing().0;
        let mut state = self.store.state.lock().unwrap();
        let message = &mut state.messages.get_mut(&key).unwrap().message;
        message.shown = Some(opsroom_domain::room_message::Shown { ts: Some("17.5".into()), version: message.version });
        "17.5".into()
    }

    fn now_playing(&self) -> (MessageKey, Card) {
        let key = MessageKey::now_playing(&ROOM.into(), &self.station().session.unwrap());
        let (destination, card) = self.message(&key);
        assert_eq!(destination, Destination::Channel { channel: ROOM.into(), thread: None });
        (key, card)
    }

    /// What the room was told besides, in order.
    pub fn notes(&self) -> Vec<String> {
        let mut keys = self.keys("dj/CDJ/word/");
        let number = |key: &MessageKey| key.as_str().rsplit('/').take(2).map(|part| part.parse().unwrap()).collect::<Vec<u64>>();
        keys.sort_by_key(|key| number(key).into_iter().rev().collect::<Vec<u64>>());
        keys.iter().map(|key| all_words(&self.message(key).1)).collect()
    }

    /// The lines that the *How?* of what the room was told besides explains.
    pub fn explained_notes(&self) -> Vec<String> {
        let cards: Vec<Card> = self.keys("dj/CDJ/word/").iter().map(|key| self.message(key).1).collect();
        let line = |action: &ButtonAction| if let ButtonAction::ExplainLine { line } = action { Some(line.clone()) } else { None };
        cards.iter().flat_map(buttons).filter_map(|button| line(&button.action)).collect()
    }

    fn keys(&self, prefix: &str) -> Vec<MessageKey> {
        self.store.look(|state| state.messages.keys().filter(|key| key.as_str().starts_with(prefix)).cloned().collect())
    }
}

/// Something happens to a message of the room.
pub fn happens(ts: &str, when: Timestamp, what: PostingChange) -> Request {
    let event = format!("event/{ts}/{when}/{what:?}");
    let posting = Posting { channel: ROOM.into(), ts: ts.to_owned(), at: when, what };
    Request { event: event.as_str().into(), correlation: "c".into(), ask: Ask::Posted { posting: Box::new(posting) } }
}

pub fn ts_of(posting: &Request) -> String {
    let Ask::Posted { posting } = &posting.ask else { panic!("{posting:?} is no posting") };
    posting.ts.clone()
}

pub fn asker(person: &str, room: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: room.into() }
}

/// The song that a posted message asks for.
pub fn entry_of(ts: &str) -> EntryId {
    EntryId::derived_from(&EventKey::new(format!("song/{ROOM}/{ts}")))
}

fn presses(card: &Card) -> Vec<DjPress> {
    let press = |action: &ButtonAction| if let ButtonAction::Dj { press } = action { Some(press.clone()) } else { None };
    buttons(card).filter_map(|button| press(&button.action)).collect()
}

fn buttons(card: &Card) -> impl Iterator<Item = &Button> {
    card.parts.iter().filter_map(|part| if let Part::Buttons(buttons) = part { Some(buttons) } else { None }).flatten()
}
