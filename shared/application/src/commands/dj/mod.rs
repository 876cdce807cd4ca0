//! What people ask of the DJ.

use opsroom_grammar::Dj;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;

impl<W: Ports> Commander<'_, W> {
    /// Answers what is asked of the DJ. So far no catalog has a room for one.
    pub(super) async fn dj(&self, context: Context<'_>, _catalog: &Catalog, _dj: &Dj) -> Result<Worked, Failure> {
        self.answer_privately(context, cards::no_dj_room()).await
    }
}
