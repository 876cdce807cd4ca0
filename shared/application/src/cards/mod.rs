//! What people see, as pure functions from what is known.

mod answers;
mod builds;
mod deployment;
mod help;
mod history;
mod locks;
mod passage;
mod reports;
pub mod repository;
mod run;
mod stages;
mod subscriptions;
mod words;

pub use answers::{busy, can, cancelled_already, could_not_check, expired, failed, mistake, no_catalog, not_found, over, refused, whoami};
pub use builds::{
    LogSource, action_with_log, build_log, build_runs, build_status, decision_sent, no_log, no_runs, not_from_here, nothing_to_retry,
    nothing_waits, own_deployment, retried_already, retrying, run_how,
};
pub use deployment::{Outlook, deployment, deployment_how, deployment_in_words, deployment_notice, dry_run};
pub use help::help;
pub use history::{not_proved, nothing_before, nothing_to_promote, overtaken_since, revision_required, runs_already, unknown_revision};
pub use locks::{anothers_lock, lock, lock_word, locked_already, locks, not_locked};
pub use passage::{approved_word, approver_role, call_name, deployment_call, overridden_word, own_request, since_then};
pub use reports::{deploys, history, pending, status, where_it_runs};
pub use run::{RunView, approval_wanted, decided, decided_already, owners_wanted, run, run_broken, run_fixed};
pub(crate) use stages::past;
pub(crate) use subscriptions::in_a_line;
pub use subscriptions::{
    Change, changed_since, linked, login_of_catalog, login_taken, not_subscribed, parked, subscription_changed, subscriptions, watches,
    who_at_github,
};
