//! What a change of a run means for those who watch it: which channels get its message, how its branch stands now, who is called.
//!
//! A channel has one message of a run at most. Unless it asked for every run, it sees the run that *broke* a branch: later failures are
//! counted on that message, and the fix turns it green. Messages that exist are always kept current, also while a channel is muted.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use opsroom_domain::author::Author;
use opsroom_domain::card::Card;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::pipeline_execution::health::{Health, HealthKey, Streak, Transition};
use opsroom_domain::pipeline_execution::{
    ActionRun, BuildSystem, ExecutionKey, Observation, PipelineExecution, RunFacts, RunStatus, StageRun,
};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::Occasion;

use super::watchers::News;
use super::{Follower, LogTail, RunTables, Wishes, service_of, subjects};
use crate::cards::{self, RunView};
use crate::failure::Failure;
use crate::people::People;
use crate::ports::{BuildLogs, Change, DeliveryQueue, MessageChange};

impl<S: RunTables, L: BuildLogs, D: DeliveryQueue> Follower<'_, S, L, D> {
    /// What those who watch a run have to be told; `None` if nobody does and no service of the catalog has it. Adds to the run what is
    /// found out on the way: its author, the end of its log, where it is shown.
    pub(super) async fn told(
        &self,
        before: &PipelineExecution,
        execution: &mut PipelineExecution,
        deployment: Option<&Deployment>,
        log: &mut LogTail,
    ) -> Result<Option<Change>, Failure> {
        let wishes = if concerns_watchers(before, execution) {
            let subscriptions = self.store.subscriptions_to(&subjects(self.catalog, execution)).await?;
            Wishes::of(&subscriptions, execution, self.now)
        } else {
            Wishes::default()
        };
        let is_new = before.version == 0;
        if is_new && !wishes.anybody && execution.deployment.is_none() && service_of(self.catalog, execution).is_none() {
            return Ok(None);
        }
        let (known_health, mut health, transition) = self.judged(before, execution).await?;

        let deployed_from = deployment.map(|deployment| &deployment.request.channel);
        let streak = || health.as_ref().and_then(|health| health.streak.as_ref());
        let streak_shown_in: Vec<ChannelId> = streak().map(|streak| streak.shown_in.clone()).unwrap_or_default();
        let status_changed = status(before) != status(execution);
        let news = News { status_changed, transition, streak_shown_in: &streak_shown_in };
        let mut new = wishes.channels(execution, &news);
        new.retain(|channel| Some(channel) != deployed_from && !execution.shown_in.contains(channel));
        self.hold_back(execution, &mut new).await?;
        let shown_before = std::mem::take(&mut execution.shown_in);
        execution.shown_in = shown_before.iter().chain(&new).cloned().collect();

        if let Some(streak) = health.as_mut().and_then(|health| health.streak.as_mut()) {
            if transition == Transition::FirstFailure {
                streak.deployed_from = deployed_from.cloned();
            }
            let late = if transition == Transition::StillFailing { late(streak, &wishes, execution, deployed_from) } else { Vec::new() };
            let own = if streak.first == execution.key { execution.shown_in.clone() } else { late };
            let missing: Vec<ChannelId> = own.into_iter().filter(|channel| !streak.shown_in.contains(channel)).collect();
            streak.shown_in.extend(missing);
        }
        if deployment.is_some() || !execution.shown_in.is_empty() {
            self.keep_log(execution, log).await;
        }

        let people = self.people(execution, health.as_ref(), transition).await?;
        let card = |run: &PipelineExecution, health: Option<&Health>, calls_author: bool| {
            cards::run(&RunView { run, health, people: &people, console: self.console, calls_author })
        };
        let mut change = Change::default();
        let (was, is) = (card(before, known_health.as_ref(), true), card(execution, health.as_ref(), true));
        let shown = execution.shown_in.iter().filter(|channel| is != was || new.contains(*channel));
        change.messages.extend(shown.map(|channel| run_message(&execution.key, channel, is.clone())));
        self.tell_of_approval(before, execution, deployment, &mut change);
        self.look_for_what_is_asked(before, execution, deployment, &mut change);
        let Some(health) = health else { return Ok(Some(change)) };
        if transition == Transition::FirstFailure {
            self.call_author(execution, &people, &wishes, &shown_before, &mut change);
            self.plan_owners(execution, &health, &mut change);
        }
        if let Some(streak) = health.streak.as_ref().filter(|_| matches!(transition, Transition::StillFailing | Transition::Fixed)) {
            if streak.first != execution.key
                && !streak.shown_in.is_empty()
                && let Some(first) = self.store.execution(&streak.first).await?
            {
                // Whoever broke it was called when it broke; where its message is new only now, they are not called again.
                let message = |channel: &ChannelId| {
                    run_message(&streak.first, channel, card(&first, Some(&health), streak_shown_in.contains(channel)))
                };
                change.messages.extend(streak.shown_in.iter().map(message));
            }
            if transition == Transition::Fixed {
                let card = cards::run_fixed(streak, &people, self.console);
                let concerned = streak.shown_in.iter().filter(|channel| wishes.include(channel, Occasion::Fixed));
                change.messages.extend(concerned.map(|channel| run_notice(&streak.first, "fixed", channel, card.clone())));
            }
        }
        // Also when only its card shows how the branch stands: of two workers, one of whom has an older card, one has to go again.
        let tells_of_streak = health.streak.as_ref().is_some_and(|streak| streak.first == execution.key) && !change.messages.is_empty();
        if transition != Transition::Nothing || tells_of_streak || known_health.as_ref() != Some(&health) {
            change.health = Some(health);
        }
        Ok(Some(change))
    }

    /// How the run's branch stood, how it stands now, and what that means; read only for runs that have ended, or had.
    async fn judged(
        &self,
        before: &PipelineExecution,
        execution: &mut PipelineExecution,
    ) -> Result<(Option<Health>, Option<Health>, Transition), Failure> {
        let has_ended = |run: &PipelineExecution| matches!(status(run), Some(RunStatus::Succeeded | RunStatus::Failed));
        if !has_ended(before) && !has_ended(execution) {
            return Ok((None, None, Transition::Nothing));
        }
        let key = HealthKey::of(execution);
        let known = self.store.health(&key).await?.unwrap_or_else(|| Health::unknown(key));
        let mut health = known.clone();
        let mut transition = Transition::Nothing;
        if status(before) != status(execution) {
            let may_break = status(execution) == Some(RunStatus::Failed) && health.open_streak().is_none();
            if may_break
                && !execution.facts.author.as_ref().is_some_and(Author::is_identified)
                && let Some(author) = self.author_of(execution).await?
            {
                let facts = RunFacts { author: Some(author), ..RunFacts::default() };
                execution.observe(&Observation::Facts(Box::new(facts)), self.now);
            }
            transition = health.judge(execution);
        }
        Ok((Some(known), Some(health), transition))
    }

    /// A run that isn't linked to a deployment yet may be the one of a deployment that is being started this very moment: in that one's
    /// channel it must not get a second message.
    async fn hold_back(&self, execution: &PipelineExecution, new: &mut BTreeSet<ChannelId>) -> Result<(), Failure> {
        if new.is_empty() || execution.deployment.is_some() || execution.key.system != BuildSystem::CodePipeline {
            return Ok(());
        }
        let Some(target) = self.catalog.and_then(|catalog| catalog.target_of_pipeline(&execution.key.pipeline)) else { return Ok(()) };
        let slots = self.store.slots().await?;
        let here = slots.iter().find(|slot| slot.service == *target.service_name && slot.environment == *target.environment_name);
        let Some(slot) = here.filter(|slot| new.contains(&slot.channel)) else { return Ok(()) };
        let starting = self.store.deployment(&slot.deployment).await?;
        if starting.is_some_and(|deployment| deployment.execution.is_none() && !deployment.phase.is_final()) {
            new.remove(&slot.channel);
        }
        Ok(())
    }

    /// Looks up whoever a card of something broken may name.
    async fn people(&self, execution: &PipelineExecution, health: Option<&Health>, transition: Transition) -> Result<People, Failure> {
        let streak = health.and_then(|health| health.streak.as_ref());
        let is_shown = !execution.shown_in.is_empty() || streak.is_some_and(|streak| !streak.shown_in.is_empty());
        let is_of_interest = transition == Transition::Fixed || health.is_some_and(|health| health.open_streak().is_some());
        let by = streak.and_then(|streak| streak.by.as_ref());
        let fixed_by = streak.and_then(|streak| streak.fixed.as_ref()?.by.as_ref());
        let authors = execution.facts.author.iter().chain(by).chain(fixed_by);
        People::of(self.catalog, self.store, authors.filter(|_| is_shown && is_of_interest)).await
    }

    /// A message that exists notifies nobody of what changes on it, so the author is called by a reply there.
    fn call_author(
        &self,
        execution: &PipelineExecution,
        people: &People,
        wishes: &Wishes,
        shown_before: &[ChannelId],
        change: &mut Change,
    ) {
        let Some(person) = execution.facts.author.as_ref().and_then(|author| people.person(author)) else { return };
        let card = cards::run_broken(execution, person, self.console);
        let concerned = shown_before.iter().filter(|channel| wishes.include(channel, Occasion::Fail));
        change.messages.extend(concerned.map(|channel| run_notice(&execution.key, "broken", channel, card.clone())));
    }

    fn plan_owners(&self, execution: &PipelineExecution, health: &Health, change: &mut Change) {
        let Some(catalog) = self.catalog else { return };
        let minutes = catalog.builds.call_owners_after_minutes;
        let has_owners = service_of(Some(catalog), execution).is_some_and(|(_, service)| !service.owners.is_empty());
        if minutes == 0 || !has_owners {
            return;
        }
        let at = self.now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(self.now);
        let task = DueTask::RemindOwners { health: health.key.clone(), first: execution.key.clone() };
        change.due.push(DueItem { at, task });
    }

    /// Says once under a deployment's message that it waits for an approval: nobody would notice it on the message.
    fn tell_of_approval(
        &self,
        before: &PipelineExecution,
        execution: &PipelineExecution,
        deployment: Option<&Deployment>,
        change: &mut Change,
    ) {
        let (Some(deployment), Some((stage, action))) = (deployment, execution.waiting_approval()) else { return };
        let told = |(_, was): (&StageRun, &ActionRun)| was.name == action.name && was.result.asks == action.result.asks;
        if before.deployment == execution.deployment && before.waiting_approval().is_some_and(told) {
            return;
        }
        let key = MessageKey::run_notice(&execution.key, &format!("approval/{}/{}", stage.name, action.name), &deployment.request.channel);
        let card = cards::approval_wanted(deployment, stage, action, self.catalog);
        change.messages.push(MessageChange { key, destination: under_deployment(deployment), card });
    }

    /// Events tell that an approval waits, and not what its author asks for. That is looked up once, where the approval is shown.
    fn look_for_what_is_asked(
        &self,
        before: &PipelineExecution,
        execution: &PipelineExecution,
        deployment: Option<&Deployment>,
        change: &mut Change,
    ) {
        let Some((stage, action)) = execution.waiting_approval().filter(|_| execution.key.system == BuildSystem::CodePipeline) else {
            return;
        };
        let waited = before.waiting_approval().is_some_and(|(_, was)| was.name == action.name);
        let is_shown = deployment.is_some() || !execution.shown_in.is_empty();
        if waited || !is_shown || action.result.asks.is_some() {
            return;
        }
        let task = DueTask::LookAtRun { run: execution.key.clone(), stage: stage.name.clone() };
        change.due.push(DueItem { at: self.now, task });
    }
}

/// Whether something has changed that decides on who sees a run.
fn concerns_watchers(before: &PipelineExecution, execution: &PipelineExecution) -> bool {
    let approval = |run: &PipelineExecution| run.waiting_approval().is_some();
    before.version == 0
        || status(before) != status(execution)
        || approval(before) != approval(execution)
        || before.facts != execution.facts
        || before.deployment != execution.deployment
}

fn status(run: &PipelineExecution) -> Option<RunStatus> {
    run.status.map(|seen| seen.status)
}

/// Channels that couldn't see the failure which broke the branch, because they were muted or weren't watching yet, get its message with
/// the next failure.
fn late(streak: &Streak, wishes: &Wishes, execution: &PipelineExecution, deployed_from: Option<&ChannelId>) -> Vec<ChannelId> {
    let told = |channel: &&ChannelId| {
        streak.deployed_from.as_ref() == Some(channel) || deployed_from == Some(channel) || execution.shown_in.contains(channel)
    };
    wishes.only_of_failures().filter(|channel| !told(channel)).cloned().collect()
}

fn run_message(run: &ExecutionKey, channel: &ChannelId, card: Card) -> MessageChange {
    let destination = Destination::Channel { channel: channel.clone(), thread: None };
    MessageChange { key: MessageKey::run(run, channel), destination, card }
}

/// A word under a run's message.
pub(crate) fn run_notice(run: &ExecutionKey, what: &str, channel: &ChannelId, card: Card) -> MessageChange {
    let destination = Destination::Under { channel: channel.clone(), parent: MessageKey::run(run, channel) };
    MessageChange { key: MessageKey::run_notice(run, what, channel), destination, card }
}

/// Under a deployment's message.
pub(crate) fn under_deployment(deployment: &Deployment) -> Destination {
    Destination::Under { channel: deployment.request.channel.clone(), parent: MessageKey::deployment(&deployment.id) }
}
