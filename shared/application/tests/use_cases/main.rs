//! The use cases on the ports in memory: one binary, because each has to be linked.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod alarms;
mod approvals;
mod build_commands;
mod build_deployments;
mod builds;
mod builds_world;
mod bytes;
mod bytes_home;
mod bytes_kept;
mod bytes_world;
mod commands;
mod deploy_world;
mod deployments;
mod dj;
mod dj_looks;
mod dj_player;
mod dj_votes;
mod dj_world;
mod explained;
mod hosts;
mod hosts_logs;
mod hosts_world;
mod incidents;
mod locks;
mod monit_overview;
mod monit_world;
mod picking;
mod ports;
mod release_world;
mod repository_fate;
mod rollbacks;
mod runbooks;
mod schedule;
mod words;
