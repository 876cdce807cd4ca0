//! Decisions on CodePipeline's manual approvals: `build approve`, `build reject`, and the buttons.
//!
//! `PutApprovalResult` takes a token once and tells nobody who used it. So a decision is written on the run first, in one transaction with
//! the claim: of two people at once one is refused there, by name. Then it is sent. A request that is worked on again finds its own
//! decision and sends it again; if CodePipeline says then that nothing waits, the action itself tells whether it went as was decided here.

use opsroom_domain::audit::Outcome;
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey, PipelineName};
use opsroom_domain::pipeline_execution::approval::{Approval, Decided, Decision};
use opsroom_domain::pipeline_execution::{BuildSystem, PipelineExecution, RunStatus};
use opsroom_domain::rights::Permission;

use super::{RUNS, done, is_seen_in};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, EXPIRES_AFTER, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{BuildStore, CatalogStore, MessageChange, Pipelines, PortErrorKind, Store};
use crate::progress::{Amended, run_notice, under_deployment};

/// The longest reason that is kept (API reference, `ApprovalResult`: a summary has 512 characters).
const LONGEST_REASON: usize = 400;

/// Why nothing is decided now.
enum No {
    /// This very request has decided already, and may have been left in the middle.
    Begun(Box<Decided>),
    /// Somebody else has.
    Already(Box<Decided>),
    /// It doesn't wait.
    NotWaiting,
    /// It is the person's own deployment.
    Own,
}

impl<W: Ports> Commander<'_, W> {
    /// A decision by a button and its dialog.
    pub(in crate::commands) async fn decide(
        &self,
        context: Context<'_>,
        approval: &Approval,
        decision: Decision,
        reason: &str,
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        Box::pin(self.decide_on(context, &catalog, approval, decision, reason)).await
    }

    /// A decision on what waits in a pipeline.
    pub(super) async fn decide_latest(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        pipeline: &PipelineName,
        decision: Decision,
        reason: &str,
    ) -> Result<Worked, Failure> {
        let runs = self.store.runs(pipeline, RUNS).await?;
        let of = |run: &PipelineExecution, stage: &str, action: &str| Approval {
            run: run.key.clone(),
            stage: stage.to_owned(),
            action: action.to_owned(),
        };
        let own = |decided: &&Decided| decided.event == context.request.event;
        let begun = runs.iter().find_map(|run| run.decisions.iter().find(own).map(|own| of(run, &own.stage, &own.action)));
        let waits = || runs.iter().find_map(|run| run.waiting_approval().map(|(stage, action)| of(run, &stage.name, &action.name)));
        // Somebody was faster, and the run goes on already.
        let decided = || runs.iter().find_map(|run| Some(run).filter(|run| !has_ended(run))?.decisions.last());
        match (begun.or_else(waits), decided()) {
            (Some(approval), _) => self.decide_on(context, catalog, &approval, decision, reason).await,
            (None, Some(decided)) => self.answer_privately(context, cards::decided_already(decided, &catalog.catalog)).await,
            (None, None) => self.answer_privately(context, cards::nothing_waits(pipeline)).await,
        }
    }

    async fn decide_on(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        approval: &Approval,
        decision: Decision,
        reason: &str,
    ) -> Result<Worked, Failure> {
        let key = &approval.run;
        let Some(run) = self.store.execution(key).await? else {
            return self.answer_privately(context, cards::not_found(&format!("run of {}", key.pipeline))).await;
        };
        if key.system != BuildSystem::CodePipeline {
            return self.answer_privately(context, cards::not_from_here(&run, "Decide on", self.console)).await;
        }
        let allowed = match self.may(context, catalog, Permission::Approve, key).await? {
            Ok(allowed) => allowed,
            Err(denied) => return self.refuse_run(context, &denied, &run).await,
        };
        let is_begun = run.decisions.iter().any(|decided| decided.event == context.request.event);
        if !is_begun && self.now.duration_since(context.at) > EXPIRES_AFTER {
            return self.expire(context).await;
        }
        let wanted = Decided {
            stage: approval.stage.clone(),
            action: approval.action.clone(),
            decision,
            by: context.asker.person.clone(),
            reason: reason.trim().chars().take(LONGEST_REASON).collect(),
            at: self.now,
            event: context.request.event.clone(),
            sent: false,
        };
        let started = super::decision_in_words(approval, decision);
        let mut audit = self.record(context, catalog, key, Outcome::Allowed { role: allowed.role.to_string(), started }).await?;
        // Given in a dialog it is no part of a line: it is recorded as it would have been typed.
        if !audit.request.contains(&wanted.reason) {
            audit.request = format!("{} {}", audit.request, wanted.reason).chars().take(500).collect();
        }
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let wish = follower
            .amend(key, None, |run, deployment, change| {
                if deployment.is_some_and(|deployment| deployment.request.by == wanted.by) && decision == Decision::Approved {
                    return Err(No::Own);
                }
                self.mark(run, &wanted)?;
                change.claim = Some(context.request.event.clone());
                change.habit = context.habit.cloned();
                change.audit.push(audit.clone());
                Ok(())
            })
            .await?;
        match wish {
            Amended::Done(run) => self.send_decision(context, catalog, &run, &wanted, true).await,
            Amended::Refused(No::Begun(own)) => self.send_decision(context, catalog, &run, &own, false).await.map(|_| Worked::Before),
            Amended::Refused(No::Already(other)) => self.answer_privately(context, cards::decided_already(&other, &catalog.catalog)).await,
            Amended::Refused(No::NotWaiting) => self.answer_privately(context, cards::nothing_waits(&key.pipeline)).await,
            Amended::Refused(No::Own) => self.refuse_own(context, catalog, approval).await,
            Amended::Before | Amended::Taken(_) | Amended::Unknown => Ok(Worked::Before),
        }
    }

    /// Writes a decision on the run, if it waits for one.
    fn mark(&self, run: &mut PipelineExecution, wanted: &Decided) -> Result<(), No> {
        let is_about = |decided: &Decided| decided.stage == wanted.stage && decided.action == wanted.action;
        if let Some(known) = run.decisions.iter().find(|decided| is_about(decided)) {
            if known.event == wanted.event {
                return Err(No::Begun(Box::new(known.clone())));
            }
            if known.stands(self.now) {
                return Err(No::Already(Box::new(known.clone())));
            }
        }
        let waits = run.waiting_approval().is_some_and(|(stage, action)| stage.name == wanted.stage && action.name == wanted.action);
        if !waits {
            return Err(No::NotWaiting);
        }
        run.decisions.retain(|decided| !is_about(decided));
        run.decisions.push(wanted.clone());
        Ok(())
    }

    /// Sends a decision that is written down. On the `first` try a refusal means that somebody else was faster, in CodePipeline itself.
    async fn send_decision(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        run: &PipelineExecution,
        decided: &Decided,
        first: bool,
    ) -> Result<Worked, Failure> {
        if decided.sent {
            return self.decision_sent(context, catalog, run, decided).await;
        }
        let approval = Approval { run: run.key.clone(), stage: decided.stage.clone(), action: decided.action.clone() };
        let words = words(decided, catalog);
        match self.pipelines.decide(&approval, decided.decision, &words).await {
            Ok(()) => self.decision_sent(context, catalog, run, decided).await,
            Err(error) if error.kind == PortErrorKind::Conflict => {
                tracing::info!(%error, first, "the approval doesn't wait any more");
                let (now, _) = self.look_again(context, catalog, &run.key).await?;
                if !first && now.as_ref().is_some_and(|now| went_as(now, decided)) {
                    return self.decision_sent(context, catalog, run, decided).await;
                }
                self.take_decision_back(context, catalog, run, decided).await?;
                let card = cards::nothing_waits(&run.key.pipeline);
                self.turn_down_begun(context, catalog, &run.key, card, "not decided: nothing waited").await
            }
            // Worked on again, it finds its decision.
            Err(error) if error.is_retryable() => Err(error.into()),
            Err(error) => {
                self.take_decision_back(context, catalog, run, decided).await?;
                Err(error.into())
            }
        }
    }

    /// CodePipeline has it: everybody is told, on the messages and by a word under them.
    async fn decision_sent(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        run: &PipelineExecution,
        decided: &Decided,
    ) -> Result<Worked, Failure> {
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let what = format!("decision/{}/{}/{}", decided.stage, decided.action, decided.at.as_second());
        let card = cards::decided(decided, &catalog.catalog);
        let outcome = Outcome::Ended { what: run.key.pipeline.to_string(), how: cards::past(decided.decision).to_owned() };
        let audit = self.record(context, catalog, &run.key, outcome).await?;
        let amended = follower.amend(&run.key, None, |run, deployment, change| {
            for own in run.decisions.iter_mut().filter(|own| own.event == decided.event) {
                own.sent = true;
            }
            change.messages.extend(run.shown_in.iter().map(|channel| run_notice(&run.key, &what, channel, card.clone())));
            if let Some(deployment) = deployment {
                let key = MessageKey::run_notice(&run.key, &what, &deployment.request.channel);
                change.messages.push(MessageChange { key, destination: under_deployment(deployment), card: card.clone() });
            }
            let deployed_from = deployment.map(|deployment| &deployment.request.channel);
            if !is_seen_in(run, deployed_from, &context.asker.channel) {
                let card: Card = cards::decision_sent(run, &card, self.console);
                change.messages.push(Self::answered(context, false, card));
            }
            change.claim = Some(done(context));
            change.habit = context.habit.cloned();
            change.audit.push(audit.clone());
            Ok::<(), ()>(())
        });
        match amended.await? {
            Amended::Before => Ok(Worked::Before),
            _ => Ok(Worked::Done),
        }
    }

    async fn take_decision_back(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        run: &PipelineExecution,
        decided: &Decided,
    ) -> Result<(), Failure> {
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let amended = follower.amend(&run.key, None, |run, _, _| {
            let before = run.decisions.len();
            run.decisions.retain(|own| own.event != decided.event);
            if run.decisions.len() < before { Ok(()) } else { Err(()) }
        });
        amended.await.map(|_| ())
    }

    async fn refuse_own(&self, context: Context<'_>, catalog: &Catalog, approval: &Approval) -> Result<Worked, Failure> {
        let why = "whoever asked for a deployment can't approve it".to_owned();
        let outcome = Outcome::Refused { rule: "own-deployment".to_owned(), why };
        let record = self.record(context, catalog, &approval.run, outcome).await?;
        self.answer_recorded(context, cards::own_deployment(approval), record).await.map(|_| Worked::Refused)
    }

    /// The channel of the deployment that started a run, if one did.
    pub(super) async fn deployed_from(&self, run: &PipelineExecution) -> Result<Option<ChannelId>, Failure> {
        let Some(id) = &run.deployment else { return Ok(None) };
        Ok(self.store.deployment(id).await?.map(|deployment| deployment.request.channel))
    }
}

/// What CodePipeline shows beside the approval.
fn words(decided: &Decided, catalog: &Catalog) -> String {
    let name = catalog.catalog.people.get(&decided.by).map_or(decided.by.as_str(), |person| person.name.as_str());
    let words = format!("{} by {name} ({}) in Slack", cards::past(decided.decision), decided.by);
    let words = if decided.reason.is_empty() { words } else { format!("{words}: {}", decided.reason) };
    words.chars().take(512).collect()
}

/// Whether an approval ended as was decided.
fn went_as(run: &PipelineExecution, decided: &Decided) -> bool {
    let stage = run.stages.iter().find(|stage| stage.name == decided.stage);
    let action = stage.and_then(|stage| stage.actions.iter().find(|action| action.name == decided.action));
    let expected = match decided.decision {
        Decision::Approved => RunStatus::Succeeded,
        Decision::Rejected => RunStatus::Failed,
    };
    action.is_some_and(|action| action.status.status == expected)
}

fn has_ended(run: &PipelineExecution) -> bool {
    run.status.is_some_and(|seen| seen.status.has_ended())
}
