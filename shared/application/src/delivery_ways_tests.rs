//! Two ways to one message: the urgent one, on which it is only ever sent for the first time, and its lane.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::room_message::{RoomMessage, SENDING_LEASE, Shown};

use super::super::*;
use super::world::{Fault, World, message, nudge, start, under};
use super::{UNANSWERED, current, wait_for};
use crate::ports::{Posted, StaleMessage};

fn left(calls: usize) -> Delivered {
    Delivered::LeftToItsLane { calls }
}

#[test]
fn the_urgent_way_sends_and_leaves_changes_to_the_lane() {
    let world = World::new([message()], []);
    assert_eq!(world.deliver_urgently("m").unwrap(), current(1));
    assert_eq!(world.log(), "sending post shown");
    assert_eq!(world.deliver_urgently("m").unwrap(), current(0), "a redelivery");
    world.want("m", "two");
    assert_eq!(world.deliver_urgently("m").unwrap(), left(0));
    assert_eq!(world.log(), "", "no call of Slack");
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn a_change_before_the_urgent_nudge_has_its_turn_is_sent_by_whichever_way_comes_first() {
    let world = World::new([message()], []);
    world.want("m", "two");
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.deliver_urgently("m").unwrap(), current(0));
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn a_change_during_the_urgent_sending_is_left_to_the_lane() {
    let world = World::new([message()], [Fault::Meanwhile("two")]);
    assert_eq!(world.deliver_urgently("m").unwrap(), left(1));
    assert_eq!(world.log(), "sending post shown");
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["two"]);
}

#[test]
fn the_urgent_way_waits_by_itself_and_leaves_no_mark_that_the_lane_would_wait_for() {
    let world = World::new([message()], [Fault::RateLimited(7)]);
    assert_eq!(world.deliver_urgently("m").unwrap(), wait_for(7));
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.deliver_urgently("m").unwrap(), current(0));
    assert_eq!(world.texts(), ["one"]);
}

#[test]
fn what_it_hangs_under_is_sent_first_by_the_urgent_way_too_and_not_changed() {
    let world = World::new([message(), under("call", "m")], [Fault::Meanwhile("two")]);
    assert_eq!(world.deliver_urgently("call").unwrap(), current(1));
    assert_eq!(world.log(), "sending post shown sending post shown");
    assert_eq!(world.texts(), ["one", "one"]);
    assert_eq!(world.seen()[1].0, world.stored("m").shown.unwrap().ts);
    assert_eq!(world.deliver("m").unwrap(), current(1));
    assert_eq!(world.texts(), ["two", "one"]);
}

/// Lets others have their turn before each call.
struct Stepwise<'a> {
    world: &'a World,
    urgent: bool,
}

async fn step() {
    let mut stepped = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut stepped, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Clock for Stepwise<'_> {
    fn now(&self) -> Timestamp {
        self.world.now()
    }
}

impl Outbox for Stepwise<'_> {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        step().await;
        self.world.message(key).await
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        step().await;
        self.world.mark(key, mark).await
    }

    async fn stale(&self, _: Timestamp, _: usize) -> Result<Vec<StaleMessage>, PortError> {
        unreachable!("delivering asks for no sweep")
    }
}

impl Messenger for Stepwise<'_> {
    async fn post(&self, channel: &ChannelId, thread: Option<&str>, key: &MessageKey, card: &Card) -> Result<Posted, SlackError> {
        step().await;
        self.world.post(channel, thread, key, card).await
    }

    async fn update(&self, channel: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> Result<(), SlackError> {
        assert!(!self.urgent, "the urgent way changes nothing");
        step().await;
        self.world.update(channel, ts, key, card).await
    }

    async fn find(
        &self,
        channel: &ChannelId,
        thread: Option<&str>,
        key: &MessageKey,
        since: Timestamp,
    ) -> Result<Option<Posted>, SlackError> {
        step().await;
        self.world.find(channel, thread, key, since).await
    }

    async fn post_private(&self, _: &ChannelId, _: &PersonId, _: Option<&str>, _: &Card) -> Result<(), SlackError> {
        unreachable!("it is in a channel")
    }

    async fn respond(&self, _: &str, _: &Card, _: bool) -> Result<(), SlackError> {
        unreachable!("it is in a channel")
    }

    async fn update_view(&self, _: &str, _: &str, _: &Card) -> Result<(), SlackError> {
        unreachable!("it is in a channel")
    }

    async fn publish_home(&self, _: &PersonId, _: &Card) -> Result<(), SlackError> {
        unreachable!("it is in a channel")
    }
}

/// A nudge that is handed out again until it is done, as the queue does it.
async fn worked_off(world: &World, urgent: bool, asleep: &Cell<Option<Timestamp>>) {
    let nudge = Nudge { urgent, ..nudge("m") };
    let ports = Stepwise { world, urgent };
    loop {
        let delivered = deliver(&nudge, &Ports { outbox: &ports, messenger: &ports, clock: &ports }).await;
        let wait = match delivered {
            Ok(Delivered::Wait { retry_after }) => retry_after,
            Err(_) => SOON,
            Ok(_) => return,
        };
        asleep.set(Some(world.now().checked_add(wait).unwrap()));
        step().await;
    }
}

/// Whose sender is cut off after so many of its steps, as when its process dies. Its nudge is handed out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Death {
    urgent: bool,
    after: u32,
}

const REDELIVERED_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// An incident's message is nudged the urgent way and changed at once, which its lane is nudged about. The bits of `order` say whose turn
/// it is, step by step. Gives how long it took until both nudges were worked off.
fn race(world: &World, order: u32, death: Option<Death>) -> SignedDuration {
    let asleep = [Cell::new(None), Cell::new(None)];
    let mut ways: [Option<Pin<Box<dyn Future<Output = ()> + '_>>>; 2] = [
        Some(Box::pin(worked_off(world, true, &asleep[0]))),
        Some(Box::pin(async {
            step().await;
            world.want("m", "two");
            step().await;
            worked_off(world, false, &asleep[1]).await;
        })),
    ];
    let (mut steps, mut death, mut taken) = (0_u32, death, [0_u32; 2]);
    while ways.iter().any(Option::is_some) {
        assert!(steps < 400, "it never ends");
        let ready = |way: usize, now: Timestamp| asleep[way].get().is_none_or(|until| until <= now);
        let wish = usize::try_from(if steps < 32 { order >> steps & 1 } else { steps & 1 }).unwrap();
        steps += 1;
        let now = world.now();
        let Some(turn) = [wish, 1 - wish].into_iter().find(|way| ways[*way].is_some() && ready(*way, now)) else {
            world.wait(SignedDuration::from_secs(1));
            continue;
        };
        asleep[turn].set(None);
        taken[turn] += 1;
        if let Some(Death { urgent, after }) = death
            && usize::from(!urgent) == turn
            && taken[turn] > after
        {
            // The lane's change is written before its nudge is sent, so it is there when the nudge is handed out again.
            death = None;
            if !urgent && world.stored("m").version == 1 {
                world.want("m", "two");
            }
            asleep[turn].set(Some(now.checked_add(REDELIVERED_AFTER).unwrap()));
            ways[turn] = Some(Box::pin(worked_off(world, urgent, &asleep[turn])));
            continue;
        }
        let mut way = ways[turn].take().unwrap();
        if pin!(way.as_mut()).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            ways[turn] = Some(way);
        }
    }
    world.now().duration_since(start())
}

fn assert_two_is_shown_once(world: &World, how: &str) {
    assert_eq!(world.texts(), ["two"], "{how}");
    let stored = world.stored("m");
    assert!(matches!(stored.shown, Some(Shown { version: 2, .. })) && stored.sending.is_none(), "{how}: {stored:?}");
}

/// Without trouble both together are polled fourteen times at most, and the last turn is no choice: these are all orders there are.
const ORDERS: u32 = 1 << 13;

#[test]
fn a_change_beside_the_urgent_sending_is_shown_in_whichever_order_they_go_on() {
    for order in 0..ORDERS {
        let world = World::new([message()], []);
        let took = race(&world, order, None);
        assert_two_is_shown_once(&world, &format!("{order:b}"));
        assert!(took <= SOON * 2, "{order:b}: nobody waits for a lease, but it took {took:#}");
    }
}

#[test]
fn a_change_beside_the_urgent_sending_is_shown_when_slack_is_slow_or_silent() {
    let faults =
        [|| Fault::RateLimited(3), || Fault::Unknown { kind: UNANSWERED, done: true }, || Fault::Unknown { kind: UNANSWERED, done: false }];
    for (number, fault) in faults.into_iter().enumerate() {
        for order in 0..ORDERS {
            let world = World::new([message()], [fault()]);
            let took = race(&world, order, None);
            assert_two_is_shown_once(&world, &format!("{number} {order:b}"));
            assert!(took <= SENDING_LEASE + SOON * 2, "{number} {order:b}: {took:#}");
        }
    }
}

#[test]
fn a_change_beside_the_urgent_sending_is_shown_when_either_sender_dies() {
    // The orders of the first steps: what comes after a death is the second sender's.
    for order in 0..ORDERS / 4 {
        for after in 0..6 {
            for urgent in [true, false] {
                let world = World::new([message()], []);
                let took = race(&world, order, Some(Death { urgent, after }));
                assert_two_is_shown_once(&world, &format!("{order:b} {urgent} {after}"));
                assert!(took <= SENDING_LEASE + REDELIVERED_AFTER, "{order:b} {urgent} {after}: {took:#}");
            }
        }
    }
}
