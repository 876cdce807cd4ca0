//! What people ask of builds: how they stand, their logs, to run them again, to decide on what waits.

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::health::HealthKey;
use opsroom_domain::rights::Asker;
use opsroom_grammar::Build;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::request::Request;

/// What a decision asks for, for the audit log.
pub(super) fn decision_in_words(approval: &Approval, decision: Decision) -> String {
    let verb = match decision {
        Decision::Approved => "approve",
        Decision::Rejected => "reject",
    };
    format!("{verb} {} / {} of {}", approval.stage, approval.action, approval.run.pipeline)
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn build(&self, context: Context<'_>, _catalog: &Catalog, _build: &Build) -> Result<Worked, Failure> {
        self.answer(context, Card::line(Tone::Plain, Text::plain("…"))).await
    }

    pub(super) async fn decide(
        &self,
        context: Context<'_>,
        _approval: &Approval,
        _decision: Decision,
        _reason: &str,
    ) -> Result<Worked, Failure> {
        self.answer(context, Card::line(Tone::Plain, Text::plain("…"))).await
    }

    pub(super) async fn explain_run(
        &self,
        _request: &Request,
        _asker: &Asker,
        _run: &ExecutionKey,
        _view: &str,
    ) -> Result<Worked, Failure> {
        Ok(Worked::Done)
    }

    pub(super) async fn remind_owners(&self, _request: &Request, _health: &HealthKey, _first: &ExecutionKey) -> Result<Worked, Failure> {
        Ok(Worked::Done)
    }
}
