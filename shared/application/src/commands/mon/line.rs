//! `mon …`

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_grammar::Mon;

use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;

impl<W: Ports> Commander<'_, W> {
    /// A line about alarms or incidents.
    pub(in crate::commands) async fn mon(&self, context: Context<'_>, _catalog: &Catalog, _mon: &Mon) -> Result<Worked, Failure> {
        self.answer_privately(context, Card::line(Tone::Plain, Text::plain("Incidents aren't kept here yet."))).await
    }
}
