//! What people see, as pure functions from what is known.

mod answers;
mod deployment;
mod help;
mod reports;
mod words;

pub use answers::{busy, can, cancelled_already, could_not_check, expired, failed, mistake, no_catalog, not_found, over, refused, whoami};
pub use deployment::{deployment, deployment_how, deployment_in_words, deployment_notice, dry_run};
pub use help::help;
pub use reports::{deploys, history, pending, status, where_it_runs};
