//! What people say in a thread: kept, if it is an incident's.

use jiff::Timestamp;
use opsroom_domain::rights::Asker;

use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::request::Request;

/// Something that somebody said in a thread.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Saying<'a> {
    /// The `ts` of the thread's first message.
    pub thread: &'a str,
    /// The `ts` of what was said.
    pub ts: &'a str,
    /// What.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
}

impl<W: Ports> Commander<'_, W> {
    /// Somebody said something in a thread.
    pub(in crate::commands) async fn said(&self, _request: &Request, asker: &Asker, saying: &Saying<'_>) -> Result<Worked, Failure> {
        let Saying { thread, ts, text, at } = saying;
        tracing::debug!(channel = %asker.channel, thread, ts, length = text.len(), %at, "nobody's thread");
        Ok(Worked::Before)
    }
}
