//! What people post in rooms whose messages are kept or played. Which room it is decides what becomes of it.

use opsroom_domain::posting::{Posting, PostingChange};

use super::mon::Saying;
use super::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, RoomKinds};
use crate::posted::keeps_links;
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// Something happened to a message. The door has looked which room it is, with a catalog that may be a minute old: so it is looked again.
    pub(super) async fn posted(&self, request: &Request, posting: &Posting) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let opened = self.store.opened().await?;
        if keeps_links(&catalog.catalog, &opened, &posting.channel) {
            let kept = Box::pin(self.keep(request, &catalog, posting)).await?;
            // The room may be one where incidents are told of, too.
            if let PostingChange::Written(written) = &posting.what
                && let Some(thread) = written.thread.as_deref().filter(|thread| *thread != posting.ts && written.edited_at.is_none())
            {
                let saying = Saying { thread, ts: &posting.ts, text: &written.text, at: posting.at };
                self.said(request, &written.asker, &saying).await?;
            }
            return Ok(kept);
        }
        Ok(Worked::Before)
    }
}
