//! Everything that changes, and how things are found in it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use super::channel::{Channel, Kind, UploadedFile};
use super::modals::{Trigger, View};
use super::notice::{AppEvent, Audience, RoomEvent};
use super::unfurling::Unfurling;
use crate::clock::Micros;
use crate::control::faults::Fault;
use crate::limits::rate::{Buckets, Rates};
use crate::workspace::Workspace;

/// How many entries the logs of calls and requests keep.
const LOG_LENGTH: usize = 5000;

/// What the control API can turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    #[serde(flatten)]
    pub rates: Rates,
    /// The pauses between an event's retries are multiplied by this.
    pub retry_scale: f64,
    /// How long the app's door may take (Slack: 3 s).
    pub door_ms: u64,
    /// How long a `trigger_id` lives (Slack: 3 s).
    pub trigger_ms: u64,
    /// How long after a message its links show what they lead to.
    pub unfurl_ms: u64,
    /// The events that the app has subscribed to; at first those of `workspace.json`.
    pub events: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rates: Rates::default(), retry_scale: 1.0, door_ms: 3000, trigger_ms: 3000, unfurl_ms: 700, events: Vec::new() }
    }
}

/// What becomes of events on their way to the app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passage {
    #[default]
    Deliver,
    /// They are lost.
    Drop,
    /// They wait until released.
    Hold,
    /// They wait until released, and then leave last first.
    Reverse,
    /// Each is sent twice.
    Duplicate,
}

/// What a `response_url` allows: five messages within half an hour.
#[derive(Debug, Clone)]
pub struct Grant {
    pub channel: String,
    pub user: String,
    /// The message whose button was pressed, if one was.
    pub message_ts: Option<String>,
    pub thread_ts: Option<String>,
    pub expires: Micros,
    pub uses_left: u32,
}

/// The workspace as it is now.
pub struct World {
    pub workspace: Arc<Workspace>,
    /// The stand-in's own address.
    pub base: String,
    /// What time it is for the caller that holds the lock.
    pub now: Micros,
    pub channels: Vec<Channel>,
    pub files: BTreeMap<String, UploadedFile>,
    pub views: BTreeMap<String, View>,
    /// The open modals of each person, the topmost last.
    pub stacks: HashMap<String, Vec<String>>,
    /// The home tab that was published for each person.
    pub homes: HashMap<String, String>,
    pub triggers: HashMap<String, Trigger>,
    pub grants: HashMap<String, Grant>,
    pub faults: Vec<Fault>,
    pub calls: VecDeque<Value>,
    pub requests: VecDeque<Value>,
    pub settings: Settings,
    /// Where requests go instead of to the app's door, while a test stands in for the app.
    pub door: Option<String>,
    pub buckets: Buckets,
    /// What addresses show, beside the workspace's own pages; null is nothing.
    pub unfurls: BTreeMap<String, Value>,
    pub passage: Passage,
    pub held: Vec<AppEvent>,
    /// Events on their way and previews that are due: while there are some, more may come.
    pub underway: usize,
    pub(super) unfurlings: Vec<Unfurling>,
    counters: HashMap<&'static str, u64>,
    last_ts: Micros,
    outbox: Vec<AppEvent>,
    room: broadcast::Sender<Arc<RoomEvent>>,
}

impl World {
    /// The workspace as the file has it.
    pub fn new(workspace: Arc<Workspace>, base: String, room: broadcast::Sender<Arc<RoomEvent>>) -> Self {
        let channels = workspace
            .channels
            .iter()
            .map(|seed| Channel {
                id: seed.id.clone(),
                name: seed.name.clone(),
                topic: seed.topic.clone(),
                purpose: seed.purpose.clone(),
                kind: if seed.is_private { Kind::Private } else { Kind::Public },
                archived: seed.is_archived,
                members: workspace.members_of(seed),
                messages: Vec::new(),
                pins: Vec::new(),
                read: HashMap::new(),
            })
            .collect();
        let settings = Settings { events: workspace.app.events.clone(), ..Settings::default() };
        Self {
            workspace,
            base,
            now: 0,
            channels,
            files: BTreeMap::new(),
            views: BTreeMap::new(),
            stacks: HashMap::new(),
            homes: HashMap::new(),
            triggers: HashMap::new(),
            grants: HashMap::new(),
            faults: Vec::new(),
            calls: VecDeque::new(),
            requests: VecDeque::new(),
            settings,
            door: None,
            buckets: Buckets::default(),
            unfurls: BTreeMap::new(),
            passage: Passage::default(),
            held: Vec::new(),
            underway: 0,
            unfurlings: Vec::new(),
            counters: HashMap::new(),
            last_ts: 0,
            outbox: Vec::new(),
            room,
        }
    }

    /// The next id of a kind: a letter and a number that counts up, so that two runs name things alike.
    pub fn next_id(&mut self, prefix: &'static str) -> String {
        let counter = self.counters.entry(prefix).or_default();
        *counter += 1;
        format!("{prefix}{counter:08}")
    }

    /// What a person's client calls a new message: a random UUID in Slack, one made of the time here.
    pub fn next_client_msg_id(&mut self) -> String {
        let number = self.next_id("client-");
        let digest = hex::encode(Sha256::digest(format!("{}-{number}", self.now)));
        format!("{}-{}-4{}-8{}-{}", &digest[..8], &digest[8..12], &digest[12..15], &digest[15..18], &digest[18..30])
    }

    /// A moment for a new message: now, or just after the last one if that was in the same microsecond.
    pub fn next_ts(&mut self) -> Micros {
        self.last_ts = self.now.max(self.last_ts + 1);
        self.last_ts
    }

    /// A conversation by id.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// The same, to change it.
    pub fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    /// A channel by its name, with or without `#`.
    pub fn channel_named(&self, name: &str) -> Option<&Channel> {
        let name = name.trim_start_matches('#');
        self.channels.iter().find(|channel| !channel.name.is_empty() && channel.name == name)
    }

    /// The direct message between two, opened if there was none.
    pub fn direct(&mut self, one: &str, other: &str) -> (String, bool) {
        let known = self.channels.iter().find(|channel| match &channel.kind {
            Kind::Direct(a, b) => (a == one && b == other) || (a == other && b == one),
            _ => false,
        });
        if let Some(channel) = known {
            return (channel.id.clone(), true);
        }
        // The same in each run, because the app may remember where it spoke to whom.
        let mut ends = [one, other].map(|id| id.trim_start_matches("U0"));
        ends.sort_unstable();
        let id = format!("D0{}", ends.concat());
        self.channels.push(Channel {
            id: id.clone(),
            name: String::new(),
            topic: String::new(),
            purpose: String::new(),
            kind: Kind::Direct(one.to_owned(), other.to_owned()),
            archived: false,
            members: vec![one.to_owned(), other.to_owned()],
            messages: Vec::new(),
            pins: Vec::new(),
            read: HashMap::new(),
        });
        (id, false)
    }

    /// Tells the room's pages.
    pub fn publish(&self, audience: Audience, data: Value) {
        // Nobody listening is no fault: a page that comes later reads the messages themselves.
        let _ = self.room.send(Arc::new(RoomEvent { audience, data }));
    }

    /// Owes the app an event, if it subscribed to its kind.
    pub fn notify(&mut self, subscription: &str, channel: Option<&str>, event: Value) {
        if !self.settings.events.iter().any(|wanted| wanted == subscription) {
            return;
        }
        let channel = channel.and_then(|id| self.channel(id));
        // Events of a conversation reach only apps that are in it; a mention alone gets through.
        if channel.is_some_and(|channel| !channel.has(&self.workspace.app.bot_user)) && subscription != "app_mention" {
            return;
        }
        let shared = channel.is_some_and(|channel| channel.is_shared(&self.workspace));
        // Unique beyond this process: the app remembers which events it has handled.
        let number = self.next_id("");
        let event_id = format!("Ev{}{number}", self.now);
        self.outbox.push(AppEvent { event, event_id, event_time: self.now / crate::clock::SECOND, shared });
    }

    /// The events that are to be sent now, once the lock is free.
    pub fn take_outbox(&mut self) -> Vec<AppEvent> {
        let owed = std::mem::take(&mut self.outbox);
        let now = match self.passage {
            Passage::Deliver => owed,
            Passage::Drop => Vec::new(),
            Passage::Duplicate => owed.into_iter().flat_map(|event| [event.clone(), event]).collect(),
            Passage::Hold | Passage::Reverse => {
                self.held.extend(owed);
                Vec::new()
            }
        };
        self.underway += now.len();
        now
    }

    /// The links that are to be looked at, once their time has come.
    pub fn take_unfurlings(&mut self) -> Vec<Unfurling> {
        self.underway += self.unfurlings.len();
        std::mem::take(&mut self.unfurlings)
    }

    /// One of what was underway has arrived.
    pub fn settled(&mut self) {
        self.underway = self.underway.saturating_sub(1);
    }

    /// The events that were held, in the order in which they leave. From here on events go through again.
    pub fn release(&mut self) -> Vec<AppEvent> {
        let mut held = std::mem::take(&mut self.held);
        if self.passage == Passage::Reverse {
            held.reverse();
        }
        self.passage = Passage::Deliver;
        self.underway += held.len();
        held
    }

    /// Notes a Web API call.
    pub fn log_call(&mut self, entry: Value) {
        push_bounded(&mut self.calls, entry);
    }

    /// Notes a request that was sent to the door.
    pub fn log_request(&mut self, entry: Value) {
        push_bounded(&mut self.requests, entry);
    }
}

fn push_bounded(log: &mut VecDeque<Value>, entry: Value) {
    if log.len() == LOG_LENGTH {
        log.pop_front();
    }
    log.push_back(entry);
}
