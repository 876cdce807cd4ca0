//! What people see of hosts: an operation's one message, what came of it, and answers about hosts and runbooks.

mod answers;
mod how;
mod in_words;
mod operation;
mod table;

pub use answers::{
    HostsOf, held, hosts, hosts_not_to_be_seen, no_hosts_known, no_logs_known, no_such_host, no_such_hosts, not_one_of_its_hosts,
    operation_over, operation_unseen, reboot_question, runbooks, stopped_already, too_many_journals, unrunnable,
};
pub use how::operation_how;
pub use in_words::operation_in_words;
pub use operation::{operation, operation_notice, operation_output};
pub use table::hosts_table;
