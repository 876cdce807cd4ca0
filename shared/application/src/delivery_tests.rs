//! Every way in which a message can fail to arrive, against a Slack and a table in memory that fail as they are told.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::PersonId;
use opsroom_domain::room_message::{SENDING_LEASE, Sending, Shown};

use super::*;
use crate::ports::{Posted, StaleMessage};

/// What goes wrong with the next call of Slack.
enum Fault {
    RateLimited(i64),
    Refused(&'static str),
    Gone,
    /// It fails with this kind, and was done or not.
    Unknown {
        kind: PortErrorKind,
        done: bool,
    },
    /// Somebody wants something else while the call is under way. The call succeeds.
    Meanwhile(&'static str),
    None,
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    ts: String,
    thread: Option<String>,
    key: String,
    text: String,
}

struct World {
    now: Mutex<Timestamp>,
    table: Mutex<HashMap<MessageKey, RoomMessage>>,
    slack: Mutex<Vec<Seen>>,
    faults: Mutex<VecDeque<Fault>>,
    /// Names of the calls, and of the marks.
    log: Mutex<Vec<String>>,
    /// How many of the next marks fail, after this many that don't.
    marks_fail: Mutex<(usize, usize)>,
}

fn start() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn text_of(card: &Card) -> String {
    format!("{:?}", card.summary.0).split('"').nth(1).unwrap_or_default().to_owned()
}

fn card(text: &str) -> Card {
    Card::line(Tone::Plain, Text::plain(text))
}

impl World {
    fn new(messages: impl IntoIterator<Item = RoomMessage>, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            now: Mutex::new(start()),
            table: Mutex::new(messages.into_iter().map(|m| (m.key.clone(), m)).collect()),
            slack: Mutex::default(),
            faults: Mutex::new(faults.into_iter().collect()),
            log: Mutex::default(),
            marks_fail: Mutex::default(),
        }
    }

    fn deliver(&self, key: &str) -> Result<Delivered, DeliveryError> {
        let nudge = Nudge { key: key.into(), lane: "C1".into(), occasion: "o".into() };
        let ports = Ports { outbox: self, messenger: self, clock: self };
        // Nothing here ever waits, so one poll is the whole run.
        match pin!(deliver(&nudge, &ports)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(delivered) => delivered,
            Poll::Pending => panic!("it waits for something"),
        }
    }

    fn wait(&self, duration: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(duration).unwrap();
    }

    fn want(&self, key: &str, text: &str) {
        let mut table = self.table.lock().unwrap();
        let message = table.get_mut(key).unwrap();
        message.wanted = card(text);
        message.version += 1;
        message.undeliverable = None;
    }

    fn stored(&self, key: &str) -> RoomMessage {
        self.table.lock().unwrap()[key].clone()
    }

    fn seen(&self) -> Vec<(Option<String>, String)> {
        self.slack.lock().unwrap().iter().map(|seen| (seen.thread.clone(), seen.text.clone())).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.seen().into_iter().map(|(_, text)| text).collect()
    }

    fn log(&self) -> String {
        std::mem::take(&mut *self.log.lock().unwrap()).join(" ")
    }

    /// One call of Slack: notes it, does it unless told otherwise, fails if told so.
    fn call(&self, name: &str, key: Option<&MessageKey>, act: impl FnOnce()) -> Result<(), SlackError> {
        self.log.lock().unwrap().push(name.to_owned());
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::RateLimited(seconds) => return Err(SlackError::RateLimited { retry_after: SignedDuration::from_secs(seconds) }),
            Fault::Refused(error) => return Err(SlackError::Refused { error: error.into() }),
            Fault::Gone => return Err(SlackError::MessageGone),
            Fault::Unknown { kind, done } => {
                if done {
                    act();
                }
                return Err(SlackError::Unknown(PortError::new(kind, "slack", "fault")));
            }
            Fault::Meanwhile(text) => {
                act();
                self.want(key.unwrap().as_str(), text);
            }
            Fault::None => act(),
        }
        Ok(())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Outbox for World {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        Ok(self.table.lock().unwrap().get(key).cloned())
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        let mut fail = self.marks_fail.lock().unwrap();
        match &mut *fail {
            (0, 0) => {}
            (0, failing) => {
                *failing -= 1;
                return Err(PortError::new(PortErrorKind::Transient, "table", "fault"));
            }
            (passing, _) => *passing -= 1,
        }
        let mut table = self.table.lock().unwrap();
        let message = table.get_mut(key).unwrap();
        let (word, done) = match mark {
            Mark::Sending { version, since } => {
                let alone = message.sending.as_ref().is_none_or(|s| s.since.checked_add(SENDING_LEASE).unwrap() <= since);
                let free = alone && message.shown.as_ref().is_none_or(|shown| shown.ts.is_none());
                if free {
                    message.sending = Some(Sending { version, since });
                }
                ("sending", free)
            }
            Mark::Shown { ts, version } => {
                (message.shown, message.sending) = (Some(Shown { ts, version }), None);
                ("shown", true)
            }
            Mark::NotSent => {
                message.sending = None;
                ("not-sent", true)
            }
            Mark::Gone => {
                (message.shown, message.sending) = (None, None);
                ("gone", true)
            }
            Mark::Undeliverable { error } => {
                (message.undeliverable, message.sending) = (Some(error), None);
                ("undeliverable", true)
            }
        };
        self.log.lock().unwrap().push(word.to_owned());
        Ok(done)
    }

    async fn stale(&self, _: Timestamp, _: usize) -> Result<Vec<StaleMessage>, PortError> {
        unreachable!("delivering asks for no sweep")
    }
}

impl Messenger for World {
    async fn post(&self, _: &ChannelId, thread: Option<&str>, key: &MessageKey, card: &Card) -> Result<Posted, SlackError> {
        let ts = format!("{}.{}", self.now().as_second(), self.slack.lock().unwrap().len());
        let seen = Seen { ts: ts.clone(), thread: thread.map(str::to_owned), key: key.to_string(), text: text_of(card) };
        self.call("post", Some(key), || self.slack.lock().unwrap().push(seen))?;
        Ok(Posted { ts })
    }

    async fn update(&self, _: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> Result<(), SlackError> {
        let act = || {
            let mut slack = self.slack.lock().unwrap();
            slack.iter_mut().find(|seen| seen.ts == ts).unwrap().text = text_of(card);
        };
        self.call("update", Some(key), act)
    }

    async fn find(&self, _: &ChannelId, thread: Option<&str>, key: &MessageKey, since: Timestamp) -> Result<Option<Posted>, SlackError> {
        self.call("find", None, || {})?;
        let slack = self.slack.lock().unwrap();
        let oldest = since.as_second().to_string();
        let found = slack.iter().find(|seen| seen.key == key.as_str() && seen.thread.as_deref() == thread && seen.ts >= oldest);
        Ok(found.map(|seen| Posted { ts: seen.ts.clone() }))
    }

    async fn post_private(&self, _: &ChannelId, person: &PersonId, thread: Option<&str>, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: thread.map(str::to_owned), key: person.to_string(), text: text_of(card) };
        self.call("private", None, || self.slack.lock().unwrap().push(seen))
    }

    async fn respond(&self, url: &str, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: None, key: url.to_owned(), text: text_of(card) };
        self.call("respond", None, || self.slack.lock().unwrap().push(seen))
    }

    async fn update_view(&self, view: &str, title: &str, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: None, key: format!("{view} {title}"), text: text_of(card) };
        self.call("view", None, || self.slack.lock().unwrap().push(seen))
    }
}

fn to(key: &str, destination: Destination) -> RoomMessage {
    RoomMessage { key: key.into(), destination, wanted: card("one"), version: 1, shown: None, sending: None, undeliverable: None }
}

fn message() -> RoomMessage {
    to("m", Destination::Channel { channel: "C1".into(), thread: None })
}

fn under(key: &str, parent: &str) -> RoomMessage {
    to(key, Destination::Under { channel: "C1".into(), parent: parent.into() })
}

fn current(calls: usize) -> Delivered {
    Delivered::Current { calls }
}

fn wait_for(seconds: i64) -> Delivered {
    Delivered::Wait { retry_after: SignedDuration::from_secs(seconds) }
}

const UNANSWERED: PortErrorKind = PortErrorKind::Transient;
const ANSWERED: PortErrorKind = PortErrorKind::Throttled;

#[test]
fn posts_once_then_changes_then_does_nothing() {
    let world = World::new([message()], []);
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.log(), "sending post shown");
    world.want("m", "two");
    world.want("m", "three");
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.deliver("m").unwrap(), current(0));
    assert_eq!(world.log(), "update shown");
    assert_eq!(world.texts(), ["three"]);
    assert_eq!(world.deliver("nothing").unwrap(), Delivered::NoSuchMessage);
}

#[test]
fn what_is_wanted_meanwhile_is_shown_by_the_same_sender() {
    let world = World::new([message()], [Fault::Meanwhile("two"), Fault::Meanwhile("three")]);
    assert_eq!(world.deliver("m").unwrap(), current(3));
    assert_eq!(world.log(), "sending post shown update shown update shown");
    assert_eq!(world.texts(), ["three"]);

    let busy = World::new([message()], (0..9).map(|_| Fault::Meanwhile("another")));
    assert_eq!(busy.deliver("m").unwrap(), Delivered::Wait { retry_after: SOON }, "others have their turn");
    assert_eq!(busy.log().matches("shown").count(), CALLS);
}

#[test]
fn waits_as_long_as_slack_asks() {
    let world = World::new([message()], [Fault::RateLimited(7), Fault::None, Fault::RateLimited(3)]);
    assert_eq!(world.deliver("m").unwrap(), wait_for(7));
    assert_eq!(world.log(), "sending post not-sent");
    assert_eq!(world.deliver("m").unwrap(), current(1), "no lease to wait for: it was certainly not sent");
    world.want("m", "two");
    assert_eq!(world.deliver("m").unwrap(), wait_for(3));
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn a_post_without_an_answer_that_was_done_is_found_at_once() {
    for kind in [UNANSWERED, ANSWERED] {
        let world = World::new([message()], [Fault::Unknown { kind, done: true }]);
        assert_eq!(world.deliver("m").unwrap(), current(1));
        assert_eq!(world.log(), "sending post find shown");
        assert_eq!(world.texts(), ["one"]);
    }
}

#[test]
fn a_post_without_an_answer_that_is_not_found_is_looked_for_again_once_it_cannot_be_on_its_way() {
    let world = World::new([message()], [Fault::Unknown { kind: UNANSWERED, done: false }]);
    assert!(matches!(world.deliver("m"), Err(DeliveryError::Slack(error)) if error.kind == UNANSWERED));
    assert_eq!(world.log(), "sending post find");
    world.wait(SignedDuration::from_secs(10));
    assert_eq!(world.deliver("m").unwrap(), wait_for(50));
    assert_eq!(world.log(), "");
    world.wait(SignedDuration::from_secs(50));
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.log(), "find sending post shown");
    assert_eq!(world.texts(), ["one"]);
}

#[test]
fn a_post_that_arrives_late_is_found_and_not_doubled() {
    let late = Fault::Unknown { kind: UNANSWERED, done: true };
    // History can't be asked either, so the first sender learns nothing.
    let world = World::new([message()], [late, Fault::Unknown { kind: UNANSWERED, done: false }]);
    assert!(world.deliver("m").is_err());
    world.want("m", "two");
    world.wait(SENDING_LEASE);
    assert_eq!(world.deliver("m").unwrap(), current(2));
    assert_eq!(world.log(), "sending post find find shown update shown", "what it found shows the version of then");
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn a_fault_that_slack_admits_and_history_denies_is_tried_again_soon() {
    let world = World::new([message()], [Fault::Unknown { kind: ANSWERED, done: false }]);
    assert!(world.deliver("m").is_err());
    assert_eq!(world.log(), "sending post find not-sent");
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["one"]);
}

#[test]
fn what_certainly_never_reached_slack_is_tried_again_soon() {
    for kind in [PortErrorKind::NotFound, PortErrorKind::Denied] {
        let world = World::new([message()], [Fault::Unknown { kind, done: false }]);
        assert!(world.deliver("m").is_err());
        assert_eq!(world.log(), "sending post not-sent");
        assert_eq!(world.deliver("m").unwrap(), current(1));
    }
}

#[test]
fn a_sender_that_dies_between_post_and_mark_leaves_no_double() {
    let world = World::new([message()], []);
    *world.marks_fail.lock().unwrap() = (1, MARK_TRIES);
    assert!(matches!(world.deliver("m"), Err(DeliveryError::Outbox(_))));
    assert_eq!(world.texts(), ["one"]);
    assert_eq!(world.deliver("m").unwrap(), wait_for(60));
    world.wait(SENDING_LEASE);
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.log(), "sending post find shown");
    assert_eq!(world.texts(), ["one"]);
}

#[test]
fn a_table_that_fails_for_a_moment_costs_nothing() {
    let world = World::new([message()], []);
    *world.marks_fail.lock().unwrap() = (1, MARK_TRIES - 1);
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["one"]);
}

#[test]
fn a_sender_that_dies_before_the_post_is_relieved() {
    let mut dead = message();
    dead.sending = Some(Sending { version: 1, since: start() });
    let world = World::new([dead], []);
    world.wait(SENDING_LEASE);
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.log(), "find sending post shown");
}

#[test]
fn looking_can_fail_too() {
    let cases = [
        (Fault::RateLimited(9), Some(wait_for(9))),
        (Fault::Refused("channel_not_found"), Some(Delivered::Undeliverable { error: "channel_not_found".into() })),
        (Fault::Unknown { kind: UNANSWERED, done: false }, None),
    ];
    for (fault, expected) in cases {
        let mut dead = message();
        dead.sending = Some(Sending { version: 1, since: start() });
        let world = World::new([dead], [fault]);
        world.wait(SENDING_LEASE);
        assert_eq!(world.deliver("m").ok(), expected);
        assert_eq!(world.texts(), Vec::<String>::new());
    }
}

#[test]
fn a_message_that_somebody_deleted_is_posted_anew() {
    let world = World::new([message()], [Fault::None, Fault::Gone]);
    world.deliver("m").unwrap();
    world.slack.lock().unwrap().clear();
    world.want("m", "two");
    world.log();
    assert_eq!(world.deliver("m").unwrap(), current(2));
    assert_eq!(world.log(), "update gone sending post shown");
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn what_slack_will_never_take_is_not_tried_again_until_it_changes() {
    let world = World::new([message()], [Fault::Refused("is_archived")]);
    let never = Delivered::Undeliverable { error: "is_archived".into() };
    assert_eq!(world.deliver("m").unwrap(), never);
    assert_eq!(world.deliver("m").unwrap(), never);
    assert_eq!(world.log(), "sending post undeliverable");
    world.want("m", "two");
    assert_eq!(world.deliver("m").unwrap(), current(1));

    let shown = World::new([message()], [Fault::None, Fault::Refused("not_in_channel"), Fault::Unknown { kind: UNANSWERED, done: false }]);
    shown.deliver("m").unwrap();
    shown.want("m", "two");
    assert_eq!(shown.deliver("m").unwrap(), Delivered::Undeliverable { error: "not_in_channel".into() });
    shown.want("m", "three");
    assert!(shown.deliver("m").is_err());
    assert_eq!(shown.deliver("m").unwrap(), current(1), "changing twice shows the same, so it needs no care");
    assert_eq!(shown.texts(), ["three"]);
}

#[test]
fn a_message_under_another_hangs_in_its_thread() {
    let world = World::new([message(), under("notice", "m")], []);
    assert_eq!(world.deliver("notice").unwrap(), current(1));
    assert_eq!(world.log(), "sending post shown sending post shown", "the parent first");
    let ts = world.stored("m").shown.unwrap().ts;
    assert_eq!(world.seen(), [(None, "one".to_owned()), (ts, "one".to_owned())]);

    world.want("notice", "two");
    assert_eq!(world.deliver("notice").unwrap(), current(1));
    assert_eq!(world.log(), "update shown");
}

#[test]
fn slack_hangs_all_of_a_thread_under_its_first_message() {
    let in_thread = to("m", Destination::Channel { channel: "C1".into(), thread: Some("5.5".into()) });
    let world = World::new([in_thread, under("notice", "m"), under("more", "notice")], []);
    assert_eq!(world.deliver("more").unwrap(), current(1));
    assert!(world.seen().iter().all(|(thread, _)| thread.as_deref() == Some("5.5")), "{:?}", world.seen());
    assert_eq!(world.seen().len(), 3);
}

#[test]
fn a_message_waits_for_the_one_it_hangs_under_but_not_for_one_that_never_comes() {
    let world = World::new([message(), under("notice", "m")], [Fault::RateLimited(4)]);
    assert_eq!(world.deliver("notice").unwrap(), wait_for(4));
    assert_eq!(world.deliver("notice").unwrap(), current(1));

    let orphan = World::new([under("notice", "nothing")], []);
    assert_eq!(orphan.deliver("notice").unwrap(), current(1));
    assert_eq!(orphan.seen(), [(None, "one".to_owned())]);

    let mut cut = under("a", "b");
    cut.destination = Destination::Under { channel: "C1".into(), parent: "a".into() };
    assert_eq!(World::new([cut], []).deliver("a").unwrap(), current(0), "a circle ends");
}

#[test]
fn a_message_whose_thread_was_deleted_finds_a_new_place() {
    let world = World::new([message(), under("notice", "m")], []);
    world.deliver("notice").unwrap();
    world.want("notice", "two");
    world.faults.lock().unwrap().push_back(Fault::Gone);
    assert_eq!(world.deliver("notice").unwrap(), Delivered::Wait { retry_after: SOON });
    assert_eq!(world.deliver("notice").unwrap(), current(1));
    let ts = world.stored("m").shown.unwrap().ts;
    assert_eq!(world.seen().last().unwrap(), &(ts, "two".to_owned()));
}

#[test]
fn answers_and_private_words_are_said_once() {
    let private = to("p", Destination::Private { channel: "C1".into(), person: "U1".into(), thread: Some("5.5".into()) });
    let answer = to("a", Destination::Response { channel: "C1".into(), url: "https://hooks.slack.com/x".into() });
    let world = World::new([private, answer], []);
    for key in ["p", "a", "p", "a"] {
        world.deliver(key).unwrap();
    }
    assert_eq!(world.log(), "sending private shown sending respond shown");
    assert_eq!(world.seen()[0].0.as_deref(), Some("5.5"));
}

#[test]
fn an_answer_that_may_be_lost_is_said_again() {
    let answer = || to("a", Destination::Response { channel: "C1".into(), url: "https://hooks.slack.com/x".into() });
    let silent = World::new([answer()], [Fault::Unknown { kind: UNANSWERED, done: false }]);
    assert!(silent.deliver("a").is_err());
    assert_eq!(silent.deliver("a").unwrap(), wait_for(60));
    silent.wait(SENDING_LEASE);
    assert_eq!(silent.deliver("a").unwrap(), current(1));

    let faulty = World::new([answer()], [Fault::Unknown { kind: ANSWERED, done: false }]);
    assert!(faulty.deliver("a").is_err());
    assert_eq!(faulty.deliver("a").unwrap(), current(1));

    let expired = World::new([answer()], [Fault::Refused("expired_url")]);
    assert_eq!(expired.deliver("a").unwrap(), Delivered::Undeliverable { error: "expired_url".into() });
}

#[test]
fn a_dialog_is_filled_again_when_it_changes() {
    let view = to("v", Destination::View { view: "V1".into(), title: "How?".into() });
    let world = World::new([view], []);
    world.deliver("v").unwrap();
    world.want("v", "two");
    assert_eq!(world.deliver("v").unwrap(), current(1));
    assert_eq!(world.texts(), ["one", "two"]);
}

#[test]
fn of_two_senders_one_goes_on() {
    let mut taken = message();
    taken.sending = Some(Sending { version: 1, since: start() });
    let world = World::new([taken], []);
    world.wait(SignedDuration::from_secs(1));
    assert_eq!(world.deliver("m").unwrap(), wait_for(59));
    assert_eq!(world.log(), "");
}
