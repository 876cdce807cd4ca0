//! Calls a service's owners if its pipeline is still broken, once per break.

use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::pipeline_execution::health::HealthKey;
use opsroom_domain::pipeline_execution::{ExecutionKey, PipelineExecution};
use opsroom_domain::subscription::Occasion;

use crate::cards;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{BuildStore, CatalogStore, Change, Commit, MessageChange, Store, SubscriptionStore};
use crate::progress::{Wishes, run_notice, service_of, subjects, under_deployment};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    pub(in crate::commands) async fn remind_owners(
        &self,
        request: &Request,
        health: &HealthKey,
        first: &ExecutionKey,
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let Some(health) = self.store.health(health).await? else { return Ok(Worked::Before) };
        let Some(streak) = health.open_streak().filter(|streak| streak.first == *first) else { return Ok(Worked::Before) };
        let Some(run) = self.store.execution(first).await? else { return Ok(Worked::Before) };
        let owners = service_of(Some(&catalog.catalog), &run).map(|(_, service)| service.owners.clone()).unwrap_or_default();
        if owners.is_empty() {
            return Ok(Worked::Before);
        }
        let card = cards::owners_wanted(&run, streak, &owners, self.console);
        let subscriptions = self.store.subscriptions_to(&subjects(Some(&catalog.catalog), &run)).await?;
        let wishes = Wishes::of(&subscriptions, &run, self.now);
        // A channel that is muted now, or has stopped watching, isn't told.
        let concerned = streak.shown_in.iter().filter(|channel| wishes.include(channel, Occasion::Fail));
        let mut messages: Vec<MessageChange> = concerned.map(|channel| run_notice(first, "owners", channel, card.clone())).collect();
        if let Some(channel) = &streak.deployed_from {
            messages.extend(self.under_its_deployment(&run, channel, card).await?);
        }
        let change = Change { claim: Some(request.event.clone()), messages, ..Change::default() };
        let keys = lanes(&change);
        let worked = if self.store.commit(change).await? == Commit::AlreadyDone { Worked::Before } else { Worked::Done };
        self.nudge(&request.correlation, &keys).await;
        Ok(worked)
    }

    async fn under_its_deployment(
        &self,
        run: &PipelineExecution,
        channel: &ChannelId,
        card: Card,
    ) -> Result<Option<MessageChange>, Failure> {
        let Some(id) = &run.deployment else { return Ok(None) };
        let deployment = self.store.deployment(id).await?;
        let key = MessageKey::run_notice(&run.key, "owners", channel);
        Ok(deployment.map(|deployment| MessageChange { key, destination: under_deployment(&deployment), card }))
    }
}
