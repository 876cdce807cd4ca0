//! What people post in rooms whose messages are kept or played. Which room it is decides what becomes of it.

use opsroom_domain::posting::{Posting, PostingChange};

use super::mon::Saying;
use super::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, RoomKinds};
use crate::posted::{keeps_links, plays_songs};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// Something happened to a message. The door has looked which room it is, with a catalog that may be a minute old: so it is looked again.
    ///
    /// The kinds of rooms exclude one another, and playing goes first, should somebody say `bytes on` in the DJ room.
    pub(super) async fn posted(&self, request: &Request, posting: &Posting) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let worked = if plays_songs(&catalog.catalog, &posting.channel) {
            Box::pin(self.song_posted(request, &catalog, posting)).await?
        } else if keeps_links(&catalog.catalog, &*self.store.opened().await?, &posting.channel) {
            Box::pin(self.keep(request, &catalog, posting)).await?
        } else {
            Worked::Before
        };
        self.said_in_thread(request, posting).await?;
        Ok(worked)
    }

    /// The room may be one where incidents are told of, too; and if it has stopped being one of ours since, this is all that is left.
    async fn said_in_thread(&self, request: &Request, posting: &Posting) -> Result<(), Failure> {
        let PostingChange::Written(written) = &posting.what else { return Ok(()) };
        let Some(thread) = written.thread.as_deref().filter(|thread| *thread != posting.ts) else { return Ok(()) };
        // An edit, or the unfurl of a link, is no new word.
        if written.edited_at.is_some() || written.text.is_empty() {
            return Ok(());
        }
        let saying = Saying { thread, ts: &posting.ts, text: &written.text, at: posting.at };
        self.said(request, &written.asker, &saying).await.map(|_| ())
    }
}
