//! What people ask of the links that were shared.

use opsroom_grammar::Bytes;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;

impl<W: Ports> Commander<'_, W> {
    /// Answers what is asked of a bytes room. So far no catalog has one.
    pub(super) async fn bytes(&self, context: Context<'_>, _catalog: &Catalog, _bytes: &Bytes) -> Result<Worked, Failure> {
        self.answer_privately(context, cards::no_bytes_room()).await
    }
}
