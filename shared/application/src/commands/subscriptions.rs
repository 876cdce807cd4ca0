//! What a channel gets to see: `gh …`, `build watch …`, and Undo.

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::ChannelId;
use opsroom_grammar::{Build, Gh};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::request::{Press, Request};

impl Press {
    /// What a press asks for, for the audit log.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::RetryStage { run, stage } => format!("retry {stage} of {}", run.pipeline),
            Self::UndoSubscription { subject, .. } => format!("undo {subject}"),
        }
    }
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn gh(&self, context: Context<'_>, _catalog: &Catalog, _gh: &Gh) -> Result<Worked, Failure> {
        self.answer(context, Card::line(Tone::Plain, Text::plain("…"))).await
    }

    pub(super) async fn pressed(&self, context: Context<'_>, _press: &Press) -> Result<Worked, Failure> {
        self.answer(context, Card::line(Tone::Plain, Text::plain("…"))).await
    }

    pub(super) async fn watch(&self, context: Context<'_>, _catalog: &Catalog, _build: &Build) -> Result<Worked, Failure> {
        self.answer(context, Card::line(Tone::Plain, Text::plain("…"))).await
    }

    pub(super) async fn park_channel(&self, _request: &Request, _channel: &ChannelId, _error: &str) -> Result<Worked, Failure> {
        Ok(Worked::Done)
    }
}
