//! Lines that don't say everything yet: what is missing is offered, and a press runs the line that came of it as if it had been typed.

use opsroom_domain::card::{Card, Choice};
use opsroom_domain::ids::{DeploymentId, EnvironmentName, EventKey, MessageKey, ServiceName};
use opsroom_domain::monit::Silence;
use opsroom_domain::operation::HostTarget;
use opsroom_domain::rights::{Permission, Standing, Wish};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::{Kind, Right, Unfinished};

use super::answer::destination;
use super::hosts::hosts_of;
use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::{Verdict, judge, may_change};
use crate::pick::{Found, Picking, in_need_of_more, looked_up};
use crate::ports::{CatalogStore, Hosts as _, MonitStore, Store};
use crate::request::Ask;

/// Each is a call to Systems Manager.
const MOST_PLACES: usize = 12;

/// As many as a person looks through.
const MOST_INCIDENTS: usize = 100;

impl<W: Ports> Commander<'_, W> {
    /// Asks for what is missing in a line.
    pub(super) async fn ask_for_more(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        standing: Standing,
        typed: &Unfinished,
        chosen: &[(usize, String)],
    ) -> Result<Worked, Failure> {
        let picking = Picking { catalog: &catalog.catalog, asker: context.asker, standing };
        let known = self.look_up(context, &picking, typed).await?;
        self.answer_in_place(context, picking.card(typed, chosen, &known)).await
    }

    /// Something was picked in the menus of a line, or the line that came of it is to be run. It is only if the menus say what the button
    /// says: whoever has changed one in the meantime sees the new line first.
    pub(super) async fn pick(&self, context: Context<'_>, chosen: &[(usize, String)], shown: Option<&str>) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        let (standing, _) = self.standing_or_assumed(&catalog, context.asker).await;
        if let Err(denied) = catalog.catalog.decide(context.asker, standing, Wish::Read) {
            return self.refuse(context, &denied).await;
        }
        let Some(typed) = in_need_of_more(&catalog.catalog, context.line) else {
            // The catalog has changed since, or the line needs nothing.
            let card = match judge(&catalog.catalog, context.asker, standing, context.line) {
                Verdict::Mistaken(card) => card,
                _ => cards::nothing_to_pick(context.line),
            };
            return self.answer_in_place(context, card).await;
        };
        let found = Picking { catalog: &catalog.catalog, asker: context.asker, standing }.filled(&typed, chosen);
        let line = found.line();
        if !found.is_whole() || shown != Some(line.as_str()) {
            return self.ask_for_more(context, &catalog, standing, &typed, chosen).await;
        }
        // A runbook that was picked may need values.
        if let Some(more) = in_need_of_more(&catalog.catalog, &line).filter(Unfinished::lacks_only_parameters) {
            return self.ask_for_more(context, &catalog, standing, &more, &[]).await;
        }
        let worked = self.line(Context { line: &line, ..context }).await?;
        // A picker that was used asks for nothing any more.
        let key = EventKey::new(format!("{}/picked", context.request.event));
        self.show_in_place(context, MessageKey::answer(&key), None, cards::picked(&line)).await?;
        Ok(worked)
    }

    /// Answers in the place of the message that was acted on, where there is one.
    async fn answer_in_place(&self, context: Context<'_>, card: Card) -> Result<Worked, Failure> {
        let claim = Some(context.request.event.clone());
        self.show_in_place(context, MessageKey::answer(&context.request.event), claim, card).await
    }

    async fn show_in_place(&self, context: Context<'_>, key: MessageKey, claim: Option<EventKey>, card: Card) -> Result<Worked, Failure> {
        let place = match destination(context, true) {
            // A line that was typed has no message in whose place the answer could come; a press has.
            Destination::Response { channel, url, .. } => {
                Destination::Response { channel, url, replaces: matches!(context.request.ask, Ask::Pick { .. }) }
            }
            other => other,
        };
        self.commit_keyed(context.request, key, claim, place, card, Vec::new()).await
    }

    /// What the catalog doesn't know, as far as the person may act on it.
    async fn look_up(&self, context: Context<'_>, picking: &Picking<'_>, typed: &Unfinished) -> Result<Found, Failure> {
        let mut found = Vec::new();
        for kind in looked_up(typed) {
            let choices = match kind {
                Kind::Deployment => self.deployments_to_pick(context, picking, typed).await?,
                Kind::Host => self.hosts_to_pick(picking, typed).await?,
                Kind::Incident => self.incidents_to_pick(picking).await?,
                Kind::Silence => {
                    let settings = self.store.monit_settings(self.now).await?;
                    let words = |silence: &Silence| [silence.matches.to_string(), silence.reason.clone()].join(" ");
                    settings.silences.iter().map(|silence| choice(silence.id.as_str(), words(silence).trim())).collect()
                }
                Kind::Route => {
                    let settings = self.store.monit_settings(self.now).await?;
                    settings.routes.iter().map(|route| choice(route.id.as_str(), &route.matches.to_string())).collect()
                }
                _ => Vec::new(),
            };
            found.push((kind, choices));
        }
        Ok(Found(found))
    }

    /// Those that wait, and to cancel also those that are under way.
    async fn deployments_to_pick(&self, context: Context<'_>, picking: &Picking<'_>, typed: &Unfinished) -> Result<Vec<Choice>, Failure> {
        let Right::Write(permission) = typed.spec.right else { return Ok(Vec::new()) };
        let may =
            |service, environment| may_change(picking.catalog, picking.asker, picking.standing, permission, service, environment).is_ok();
        let waiting = self.store.gate().await?.waiting;
        let mut choices: Vec<Choice> = waiting
            .iter()
            .filter(|waiting| may(&waiting.service, &waiting.environment))
            // Nobody approves their own.
            .filter(|waiting| permission != Permission::Approve || waiting.requester != context.asker.person)
            .map(|waiting| deployment(&waiting.deployment, (&waiting.service, &waiting.environment), waiting.revision.as_deref()))
            .collect();
        if typed.spec.name == "cancel" {
            let slots = self.store.slots().await?;
            let under_way = slots.iter().filter(|slot| may(&slot.service, &slot.environment));
            choices
                .extend(under_way.map(|slot| deployment(&slot.deployment, (&slot.service, &slot.environment), slot.revision.as_deref())));
        }
        Ok(choices)
    }

    async fn hosts_to_pick(&self, picking: &Picking<'_>, typed: &Unfinished) -> Result<Vec<Choice>, Failure> {
        let mut choices = Vec::new();
        for place in picking.places(typed.spec).take(MOST_PLACES) {
            let Some(hosts) = hosts_of(&place) else { continue };
            for host in self.hosts.describe(&HostTarget::Tags(hosts.tags.clone())).await? {
                let shown = format!("{} {} ({} in {})", host.name, host.id, place.service_name, place.environment_name);
                choices.push(Choice { value: host.id.to_string(), shown });
            }
        }
        Ok(choices)
    }

    async fn incidents_to_pick(&self, picking: &Picking<'_>) -> Result<Vec<Choice>, Failure> {
        let open = self.store.open_incidents(MOST_INCIDENTS).await?;
        let may =
            |service, environment| picking.catalog.decide(picking.asker, picking.standing, Wish::Respond { service, environment }).is_ok();
        let mine = open.iter().filter(|incident| may(incident.service.as_ref(), incident.environment.as_ref()));
        Ok(mine.map(|incident| choice(incident.id.as_str(), &incident.title)).collect())
    }
}

fn choice(id: &str, words: &str) -> Choice {
    let shown = if words.is_empty() { id.to_owned() } else { format!("{id} {words}") };
    Choice { value: id.to_owned(), shown }
}

fn deployment(id: &DeploymentId, place: (&ServiceName, &EnvironmentName), revision: Option<&str>) -> Choice {
    let revision = revision.map(|revision| format!(" with {revision}")).unwrap_or_default();
    choice(id.as_str(), &format!("{} to {}{revision}", place.0, place.1))
}
