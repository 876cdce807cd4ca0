//! What every implementation of the tables' ports has to keep, as tests that take the implementation.
//!
//! [`store_contract!`](crate::store_contract), [`monit_contract!`](crate::monit_contract),
//! [`operations_contract!`](crate::operations_contract), [`bytes_contract!`](crate::bytes_contract) and [`dj_contract!`](crate::dj_contract) make one
//! test of each; the in-memory tables and the real ones run the same.

// A contract is a test: it is to panic where something is wrong.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used)]

mod audit;
pub mod bytes;
mod changes;
pub mod dj;
mod gate;
mod messages;
mod monit;
pub mod monit_samples;
pub mod operations;
mod reads;
pub mod samples;

pub use audit::{concurrent_entries_form_one_chain, entries_are_chained_and_found_by_person_and_service};
pub use bytes::{
    a_busy_week_hides_nothing_of_its_end, a_link_moves_with_its_first_message_and_leaves_with_its_last,
    a_stale_change_leaves_the_lists_alone, links_and_their_people_come_back_as_they_were_written, of_equal_links_the_newer_is_found_first,
    rooms_are_opened_and_closed, shelves_hold_what_was_posted_then, words_lead_to_links,
};
pub use changes::{
    a_claimed_event_is_not_worked_on_again, a_refused_change_leaves_no_trace, a_release_frees_only_the_own_slot,
    a_slot_holds_one_deployment, of_two_at_once_one_gets_the_slot, who_decided_on_something_old_has_to_decide_again,
};
pub use dj::{
    errands_come_back_and_are_found_by_their_commands, of_two_who_change_a_station_at_once_one_does, songs_are_counted_once_in_their_month,
    stations_come_back_as_they_were_written, who_decided_on_an_old_station_has_to_decide_again,
};
pub use gate::{a_lock_is_set_by_who_has_seen_what_was_there, checks_of_a_commit_are_remembered, who_waits_is_listed_until_it_leaves};
pub use messages::{
    a_change_during_the_sending_keeps_the_message_waiting, a_message_that_is_gone_waits_again, a_message_waits_until_it_is_shown,
    an_undeliverable_message_waits_no_longer, an_undeliverable_version_hides_no_newer_one, marks_need_a_message, one_sender_at_a_time,
    what_was_sent_is_not_sent_again,
};
pub use monit::{
    alarms_and_incidents_come_back_as_they_were_written, an_incidents_message_is_found_where_it_is, incidents_are_open_or_closed,
    no_alarm_is_known_at_first, settings_are_read_as_one, the_later_look_counts, who_decided_on_an_old_incident_has_to_decide_again,
};
pub use operations::{operations_come_back_as_they_were_written, who_decided_on_an_old_operation_has_to_decide_again};
pub use reads::{
    deployments_come_newest_first, due_items_come_in_time_and_go_when_done, environments_and_slots_are_listed, nothing_is_there_at_first,
    what_is_used_in_a_channel_is_counted,
};

/// One test per clause of the contract, each on a store of its own, which the expression makes.
#[macro_export]
macro_rules! store_contract {
    ($store:expr) => {
        $crate::store_contract!(@each $store;
            nothing_is_there_at_first
            deployments_come_newest_first
            environments_and_slots_are_listed
            due_items_come_in_time_and_go_when_done
            what_is_used_in_a_channel_is_counted
            a_claimed_event_is_not_worked_on_again
            who_decided_on_something_old_has_to_decide_again
            a_slot_holds_one_deployment
            of_two_at_once_one_gets_the_slot
            a_release_frees_only_the_own_slot
            a_refused_change_leaves_no_trace
            who_waits_is_listed_until_it_leaves
            a_lock_is_set_by_who_has_seen_what_was_there
            checks_of_a_commit_are_remembered
            a_message_waits_until_it_is_shown
            a_change_during_the_sending_keeps_the_message_waiting
            one_sender_at_a_time
            what_was_sent_is_not_sent_again
            a_message_that_is_gone_waits_again
            an_undeliverable_message_waits_no_longer
            an_undeliverable_version_hides_no_newer_one
            marks_need_a_message
            entries_are_chained_and_found_by_person_and_service
            concurrent_entries_form_one_chain
        );
    };
    (@each $store:expr; $($clause:ident)+) => {$(
        #[tokio::test]
        async fn $clause() {
            $crate::contract::$clause(&$store).await;
        }
    )+};
}

/// The same for what is known of alarms and incidents.
#[macro_export]
macro_rules! monit_contract {
    ($store:expr) => {
        $crate::store_contract!(@each $store;
            no_alarm_is_known_at_first
            alarms_and_incidents_come_back_as_they_were_written
            who_decided_on_an_old_incident_has_to_decide_again
            incidents_are_open_or_closed
            settings_are_read_as_one
            the_later_look_counts
            an_incidents_message_is_found_where_it_is
        );
    };
}

/// The same for links that peers share.
#[macro_export]
macro_rules! bytes_contract {
    ($store:expr) => {
        $crate::store_contract!(@each $store;
            links_and_their_people_come_back_as_they_were_written
            shelves_hold_what_was_posted_then
            a_busy_week_hides_nothing_of_its_end
            words_lead_to_links
            of_equal_links_the_newer_is_found_first
            a_link_moves_with_its_first_message_and_leaves_with_its_last
            a_stale_change_leaves_the_lists_alone
            rooms_are_opened_and_closed
        );
    };
}

/// The same for DJ rooms.
#[macro_export]
macro_rules! dj_contract {
    ($store:expr) => {
        $crate::store_contract!(@each $store;
            stations_come_back_as_they_were_written
            errands_come_back_and_are_found_by_their_commands
            who_decided_on_an_old_station_has_to_decide_again
            of_two_who_change_a_station_at_once_one_does
            songs_are_counted_once_in_their_month
        );
    };
}

/// The same for operations on hosts.
#[macro_export]
macro_rules! operations_contract {
    ($store:expr) => {
        $crate::store_contract!(@each $store;
            operations_come_back_as_they_were_written
            who_decided_on_an_old_operation_has_to_decide_again
        );
    };
}
