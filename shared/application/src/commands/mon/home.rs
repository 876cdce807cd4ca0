//! The app's Home tab.

use opsroom_domain::rights::Asker;

use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// Somebody opened their Home tab.
    pub(in crate::commands) async fn home(&self, _request: &Request, asker: &Asker) -> Result<Worked, Failure> {
        tracing::debug!(person = %asker.person, "nothing to show yet");
        Ok(Worked::Before)
    }
}
