//! Every way in which a message can fail to arrive.

use opsroom_domain::room_message::{SENDING_LEASE, Sending};

use super::*;

#[path = "delivery_ways_tests.rs"]
mod ways;
#[path = "delivery_world.rs"]
mod world;

use world::{Fault, World, message, start, to, under};

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
    assert_eq!(world.deliver("m").unwrap(), wait_for(10));
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
    assert_eq!(world.deliver("m").unwrap(), wait_for(1));
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
        (Fault::Refused("is_archived"), Some(Delivered::Undeliverable { error: "is_archived".into() })),
        (Fault::Refused("missing_scope"), Some(Delivered::Hindered { error: "missing_scope".into() })),
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
    assert_eq!(world.deliver("m").unwrap(), Delivered::Undeliverable { error: "is_archived".into() });
    assert_eq!(world.deliver("m").unwrap(), Delivered::GivenUp, "said once");
    assert_eq!(world.log(), "sending post undeliverable");
    world.want("m", "two");
    assert_eq!(world.deliver("m").unwrap(), current(1));

    let shown = World::new([message()], [Fault::None, Fault::Refused("invalid_blocks"), Fault::Unknown { kind: UNANSWERED, done: false }]);
    shown.deliver("m").unwrap();
    shown.want("m", "two");
    assert_eq!(shown.deliver("m").unwrap(), Delivered::Undeliverable { error: "invalid_blocks".into() });
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
    let answer = to("a", Destination::Response { channel: "C1".into(), url: "https://hooks.slack.com/x".into(), replaces: false });
    let world = World::new([private, answer], []);
    for key in ["p", "a", "p", "a"] {
        world.deliver(key).unwrap();
    }
    assert_eq!(world.log(), "sending private shown sending respond shown");
    assert_eq!(world.seen()[0].0.as_deref(), Some("5.5"));
}

#[test]
fn an_answer_that_may_be_lost_is_said_again() {
    let answer = || to("a", Destination::Response { channel: "C1".into(), url: "https://hooks.slack.com/x".into(), replaces: false });
    let silent = World::new([answer()], [Fault::Unknown { kind: UNANSWERED, done: false }]);
    assert!(silent.deliver("a").is_err());
    assert_eq!(silent.deliver("a").unwrap(), wait_for(1));
    silent.wait(SENDING_LEASE);
    assert_eq!(silent.deliver("a").unwrap(), current(1));

    let faulty = World::new([answer()], [Fault::Unknown { kind: ANSWERED, done: false }]);
    assert!(faulty.deliver("a").is_err());
    assert_eq!(faulty.deliver("a").unwrap(), current(1));

    let expired = World::new([answer()], [Fault::Refused("expired_url")]);
    assert_eq!(expired.deliver("a").unwrap(), Delivered::Expired { error: "expired_url".into() });
    assert_eq!(expired.deliver("a").unwrap(), Delivered::GivenUp);
}

#[test]
fn what_somebody_can_mend_stays_among_what_is_swept_and_is_tried_at_once_when_it_was() {
    for error in ["not_in_channel", "channel_not_found", "missing_scope", "no_permission", "http_404", "restricted_action"] {
        let hindered = Delivered::Hindered { error: error.into() };
        let posted = World::new([message()], [Fault::Refused(error)]);
        assert_eq!(posted.deliver("m").unwrap(), hindered);
        assert_eq!(posted.log(), "sending post not-sent");
        assert_eq!(posted.stored("m").undeliverable, None, "{error}");
        assert_eq!(posted.deliver("m").unwrap(), current(1), "{error}");

        let updated = World::new([message()], [Fault::None, Fault::Refused(error)]);
        updated.deliver("m").unwrap();
        updated.want("m", "two");
        assert_eq!(updated.deliver("m").unwrap(), hindered);
        assert_eq!(updated.deliver("m").unwrap(), current(1), "{error}");
        assert_eq!(updated.texts(), ["two"]);
    }
}

#[test]
fn what_hinders_a_message_hinders_those_under_it() {
    let world = World::new([message(), under("notice", "m")], [Fault::Refused("not_in_channel")]);
    assert_eq!(world.deliver("notice").unwrap(), Delivered::Hindered { error: "not_in_channel".into() });
    assert_eq!(world.texts(), Vec::<String>::new(), "it does not come up without its thread");
    assert_eq!(world.deliver("notice").unwrap(), current(1));
}

#[test]
fn a_refusal_of_what_is_no_longer_wanted_hides_nothing() {
    let world = World::new([message()], [Fault::RefusedMeanwhile("invalid_blocks", "two")]);
    assert_eq!(world.deliver("m").unwrap(), current(2));
    assert_eq!(world.log(), "sending post still-deliverable not-sent sending post shown");
    assert_eq!(world.texts(), ["two"]);

    world.want("m", "three");
    world.faults.lock().unwrap().push_back(Fault::RefusedMeanwhile("msg_too_long", "four"));
    assert_eq!(world.deliver("m").unwrap(), current(2));
    assert_eq!(world.texts(), ["four"]);
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
fn a_home_tab_is_published_again_when_it_changes() {
    let world = World::new([to("h", Destination::Home { person: "U1".into() })], []);
    world.deliver("h").unwrap();
    world.want("h", "two");
    assert_eq!(world.deliver("h").unwrap(), current(1));
    assert_eq!(world.texts(), ["one", "two"]);
}

#[test]
fn of_two_senders_one_goes_on() {
    let mut taken = message();
    taken.sending = Some(Sending { version: 1, since: start() });
    let world = World::new([taken], []);
    for (waited, expected) in [(0, 1), (1, 1), (1, 2), (2, 4), (4, 8), (24, 28), (27, 1)] {
        world.wait(SignedDuration::from_secs(waited));
        assert_eq!(world.deliver("m").unwrap(), wait_for(expected), "as long again as it waits already, and never beyond the lease");
    }
    assert_eq!(world.log(), "");
}
