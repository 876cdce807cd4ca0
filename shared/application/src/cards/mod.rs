//! What people see, as pure functions from what is known.

mod answers;
mod builds;
mod bytes;
mod deployment;
mod dj;
mod help;
mod history;
mod hosts;
mod how;
mod incident;
mod incidents;
mod locks;
mod no_room;
mod offers;
mod overview;
mod passage;
mod pick;
mod reports;
pub mod repository;
mod run;
mod settings;
mod stages;
mod subscriptions;
mod words;

pub use answers::{busy, can, cancelled_already, could_not_check, expired, failed, mistake, no_catalog, not_found, over, refused, whoami};
pub use builds::{
    LogSource, action_with_log, build_log, build_runs, build_status, decision_sent, no_log, no_runs, not_from_here, nothing_to_retry,
    nothing_waits, own_deployment, retried_already, retrying, run_how,
};
pub use bytes::{List, News, bytes_word, digest_time, links, posted_before, room_opened, saved};
pub use deployment::{Outlook, deployment, deployment_how, deployment_in_words, deployment_notice, dry_run};
pub use dj::{
    banned, chart, dj_refused, dj_sentence, dj_word, in_the_dj_room, loudness, now_playing, played, queue, session_over, skip_voted,
    song_looked_for, song_not_found_in_time, song_not_looked_for, song_offer, song_refused, song_taken, song_takes_long, song_unknown,
    song_waits_for_player, taken_out, unbanned, volume, voted_up,
};
pub use help::{help, is_open};
pub use history::{not_proved, nothing_before, nothing_to_promote, overtaken_since, revision_required, runs_already, unknown_revision};
pub use hosts::{
    HostsOf, held, hosts, hosts_not_to_be_seen, hosts_table, no_hosts_known, no_logs_known, no_such_host, no_such_hosts,
    not_one_of_its_hosts, operation, operation_how, operation_in_words, operation_notice, operation_output, operation_over,
    operation_unseen, reboot_question, runbooks, stopped_already, too_many_journals, unrunnable,
};
pub use how::{explained, line_how};
pub use incident::{
    attached, attached_to_itself, incident, incident_call, incident_changed, incident_how, incident_word, no_incident_here, not_now,
    not_taken, owner_told, rolled_back_by, several_incidents,
};
pub use incidents::{daily_summary, incident_in_full, missed, no_such_incident, open_incidents, over_already};
pub use locks::{anothers_lock, lock, lock_word, locked_already, locks, no_end_of_a_freeze, not_locked};
pub use no_room::{no_bytes_room, no_dj_room, not_seen_in_a_room};
pub use offers::{Offer, offers};
pub use overview::{Overview, Waiting, home, status};
pub use passage::{approved_word, approver_role, call_name, deployment_call, overridden_word, own_request, retry_held, since_then};
pub use pick::{nothing_to_pick, pick, picked};
pub use reports::{deploys, history, pending, where_it_runs};
pub use run::{RunView, approval_wanted, decided, decided_already, owners_wanted, run, run_broken, run_fixed};
pub use settings::{
    Trial, no_silence, no_such_end, no_such_rotation, no_such_route, no_such_silence, oncall, route_added, route_removed, routes,
    silence_ended_before, silence_made, silence_over, silences, stands_in, trial, unreadable, unreadable_more,
};
pub(crate) use stages::past;
pub(crate) use subscriptions::in_a_line;
pub use subscriptions::{
    Change, changed_since, linked, login_of_catalog, login_taken, not_subscribed, parked, subscription_changed, subscriptions, watches,
    who_at_github,
};
