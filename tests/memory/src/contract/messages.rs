//! The outbox: a message waits until Slack shows what is wanted.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Change, Commit, Mark, Outbox, Store};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::{Destination, RoomMessage, SENDING_LEASE, Sending, Shown};

use super::samples;

async fn want(store: &impl Store, key: &str, text: &str) {
    let change = Change { messages: vec![samples::message(key, text)], ..Change::default() };
    assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
}

async fn read(store: &impl Outbox) -> RoomMessage {
    store.message(&key()).await.unwrap().unwrap()
}

async fn waiting(store: &impl Outbox) -> Vec<String> {
    store.stale(Timestamp::MAX, 10).await.unwrap().into_iter().map(|message| message.key.to_string()).collect()
}

fn key() -> MessageKey {
    "m-1".into()
}

fn sending(version: u64, since: Timestamp) -> Mark {
    Mark::Sending { version, since }
}

fn shown(version: u64) -> Mark {
    Mark::Shown { ts: Some("1.2".into()), version }
}

fn undeliverable(version: u64) -> Mark {
    Mark::Undeliverable { version, error: "is_archived".into() }
}

/// Waiting messages come with their lane, those that wait longest first, and only those that wait since before the moment asked.
pub async fn a_message_waits_until_it_is_shown(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    let message = read(store).await;
    assert_eq!((message.version, &message.wanted), (1, &samples::card("one")));
    assert_eq!((message.shown, message.sending, message.undeliverable), (None, None, None));
    let elsewhere = Change {
        messages: vec![opsroom_application::ports::MessageChange {
            key: key(),
            destination: Destination::View { view: "V1".into(), title: "Elsewhere".into() },
            card: samples::card("two"),
        }],
        ..Change::default()
    };
    assert_eq!(store.commit(elsewhere).await.unwrap(), Commit::Done);
    let message = read(store).await;
    assert_eq!((message.version, message.wanted), (2, samples::card("two")));
    assert_eq!(message.destination, samples::message("m-1", "").destination);
    want(store, "m-2", "two").await;

    let stale = store.stale(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(stale.iter().map(|m| (m.key.as_str(), m.lane.as_str())).collect::<Vec<_>>(), [("m-1", "C1"), ("m-2", "C1")]);
    assert_eq!(store.stale(Timestamp::MAX, 1).await.unwrap(), stale[..1]);
    assert_eq!(store.stale(stale[0].since, 10).await.unwrap(), []);

    assert!(store.mark(&key(), shown(2)).await.unwrap());
    assert_eq!(read(store).await.shown, Some(Shown { ts: Some("1.2".into()), version: 2 }));
    assert_eq!(waiting(store).await, ["m-2"]);
    want(store, "m-1", "three").await;
    assert_eq!(waiting(store).await.len(), 2);
}

/// What was shown is remembered, but it isn't what is wanted any more; a slow sender's word doesn't undo a fast one's.
pub async fn a_change_during_the_sending_keeps_the_message_waiting(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    assert!(store.mark(&key(), sending(1, samples::at(0))).await.unwrap());
    want(store, "m-1", "two").await;
    assert!(store.mark(&key(), shown(1)).await.unwrap());
    let message = read(store).await;
    assert_eq!((message.version, message.shown.map(|s| s.version), message.sending), (2, Some(1), None));
    assert_eq!(waiting(store).await, ["m-1"]);
    assert!(store.mark(&key(), shown(2)).await.unwrap());
    assert_eq!(waiting(store).await, [""; 0]);
    assert!(!store.mark(&key(), shown(1)).await.unwrap());
    assert_eq!(read(store).await.shown.map(|s| s.version), Some(2));
}

/// Until its lease is over, or it says that nothing was sent.
pub async fn one_sender_at_a_time(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    let start = samples::at(0);
    let over = start.saturating_add(SENDING_LEASE).unwrap();
    assert!(store.mark(&key(), sending(1, start)).await.unwrap());
    assert_eq!(read(store).await.sending, Some(Sending { version: 1, since: start }));
    let nearly = over.saturating_sub(SignedDuration::from_millis(1)).unwrap();
    assert!(!store.mark(&key(), sending(1, nearly)).await.unwrap());
    assert!(store.mark(&key(), sending(1, over)).await.unwrap());
    assert!(!store.mark(&key(), sending(1, over)).await.unwrap());
    assert!(store.mark(&key(), Mark::NotSent).await.unwrap());
    assert_eq!(read(store).await.sending, None);
    assert_eq!(waiting(store).await, ["m-1"]);
    assert!(store.mark(&key(), sending(1, over)).await.unwrap());
}

/// Of two senders that both found it unsent, the slower one is refused. What has no `ts` is sent again for a newer version only.
pub async fn what_was_sent_is_not_sent_again(store: &(impl Store + Outbox)) {
    let now = samples::at(0);
    want(store, "m-1", "one").await;
    assert!(store.mark(&key(), sending(1, now)).await.unwrap());
    assert!(store.mark(&key(), Mark::Shown { ts: None, version: 1 }).await.unwrap());
    assert!(!store.mark(&key(), sending(1, now)).await.unwrap());
    want(store, "m-1", "two").await;
    assert!(store.mark(&key(), sending(2, now)).await.unwrap());
    assert!(store.mark(&key(), shown(2)).await.unwrap());
    want(store, "m-1", "three").await;
    assert!(!store.mark(&key(), sending(3, now)).await.unwrap());
}

/// The next sender posts it anew.
pub async fn a_message_that_is_gone_waits_again(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    assert!(store.mark(&key(), shown(1)).await.unwrap());
    assert_eq!(waiting(store).await, [""; 0]);
    assert!(store.mark(&key(), Mark::Gone).await.unwrap());
    let message = read(store).await;
    assert_eq!((message.shown, message.sending), (None, None));
    let stale = store.stale(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(stale.iter().map(|m| (m.key.as_str(), m.lane.as_str())).collect::<Vec<_>>(), [("m-1", "C1")]);
}

/// Unless something else is to be shown: that may be deliverable.
pub async fn an_undeliverable_message_waits_no_longer(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    assert!(store.mark(&key(), sending(1, samples::at(0))).await.unwrap());
    assert!(store.mark(&key(), undeliverable(1)).await.unwrap());
    let message = read(store).await;
    assert_eq!((message.undeliverable.as_deref(), message.sending), (Some("is_archived"), None));
    assert_eq!(waiting(store).await, [""; 0]);
    want(store, "m-1", "two").await;
    assert_eq!(read(store).await.undeliverable, None);
    assert_eq!(waiting(store).await, ["m-1"]);
}

/// A slow sender's refusal says nothing of what is wanted by now.
pub async fn an_undeliverable_version_hides_no_newer_one(store: &(impl Store + Outbox)) {
    want(store, "m-1", "one").await;
    want(store, "m-1", "two").await;
    assert!(!store.mark(&key(), undeliverable(1)).await.unwrap());
    assert_eq!(read(store).await.undeliverable, None);
    assert_eq!(waiting(store).await, ["m-1"]);
    assert!(store.mark(&key(), undeliverable(2)).await.unwrap());
    assert_eq!(waiting(store).await, [""; 0]);
}

/// No mark makes half a message.
pub async fn marks_need_a_message(store: &(impl Store + Outbox)) {
    for mark in [sending(1, samples::at(0)), shown(1), Mark::NotSent, Mark::Gone, undeliverable(1)] {
        assert!(!store.mark(&key(), mark.clone()).await.unwrap(), "{mark:?}");
    }
    assert_eq!(store.message(&key()).await.unwrap(), None);
}
