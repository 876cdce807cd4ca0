//! How everything stands, at a glance: for `status` and for the Home tab.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::catalog::{Catalog, Service};
use opsroom_domain::ids::{EnvironmentName, PersonId, ServiceName};
use opsroom_domain::incident::{Incident, Phase};
use opsroom_domain::monit::{self, MonitSettings};
use opsroom_domain::pipeline_execution::health::Health;

use super::bytes::{News, news};
use super::incident::{runbook, state};
use super::reports::here;
use super::words::{column, first_line, longest, span};
use crate::ports::{EnvironmentState, Slot};

/// Blocks for none, one, two, three and more incidents within an hour.
const BLOCKS: [char; 5] = ['▁', '▃', '▅', '▆', '█'];

/// How many hours a bar shows.
const HOURS: i64 = 24;

/// What an overview is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// What runs where.
    pub current: Vec<EnvironmentState>,
    /// What is being deployed.
    pub slots: Vec<Slot>,
    /// Incidents that are open.
    pub open: Vec<Incident>,
    /// Incidents of the last days that are over.
    pub closed: Vec<Incident>,
    /// How branches of pipelines stand.
    pub healths: Vec<Health>,
    /// Now.
    pub now: Timestamp,
}

impl Overview {
    fn of<'a>(&'a self, service: &'a ServiceName, environment: &'a EnvironmentName) -> impl Iterator<Item = &'a Incident> {
        self.open.iter().chain(&self.closed).filter(move |incident| is_of(incident, service, environment))
    }

    /// One block for each hour, the last one for the hour that is just ending.
    fn bar(&self, service: &ServiceName, environment: &EnvironmentName) -> String {
        let hour = |ago: i64| self.now.saturating_sub(SignedDuration::from_hours(ago)).unwrap_or(self.now);
        (0..HOURS)
            .rev()
            .map(|ago| {
                let (from, until) = (hour(ago + 1), hour(ago));
                let lasted = |incident: &&Incident| {
                    incident.since < until
                        && match incident.phase {
                            Phase::Resolved { at, .. } => at > from,
                            _ => true,
                        }
                };
                BLOCKS[self.of(service, environment).filter(lasted).count().min(BLOCKS.len() - 1)]
            })
            .collect()
    }
}

fn is_of(incident: &Incident, service: &ServiceName, environment: &EnvironmentName) -> bool {
    incident.service.as_ref() == Some(service) && incident.environment.as_ref() == Some(environment)
}

/// Every service in every environment, or in one.
pub fn status(catalog: &Catalog, only: Option<&EnvironmentName>, overview: &Overview) -> Card {
    let title = only.map_or_else(|| "What runs where".to_owned(), |environment| format!("What runs in {environment}"));
    let mut card = Card::line(Tone::Plain, Text::empty().bold(title));
    card.parts.extend(environments(catalog, only, overview));
    card
}

fn environments(catalog: &Catalog, only: Option<&EnvironmentName>, overview: &Overview) -> Vec<Part> {
    let width = longest(catalog.services.keys().map(ServiceName::as_str));
    let mut parts = Vec::new();
    for environment in catalog.environments.keys().filter(|name| only.is_none_or(|only| *name == only)) {
        let services = catalog.services.iter().filter(|(_, service)| service.environments.contains_key(environment));
        let entries: Vec<Text> = services.map(|(name, service)| entry(catalog, (name, service), environment, overview, width)).collect();
        if entries.is_empty() {
            continue;
        }
        if only.is_none() {
            parts.push(Part::Text(Text::empty().bold(environment.as_str())));
        }
        parts.push(Part::List(entries));
    }
    let is_elsewhere = |incident: &&Incident| {
        !catalog.services.iter().any(|(name, service)| service.environments.keys().any(|environment| is_of(incident, name, environment)))
    };
    let elsewhere = if only.is_none() { overview.open.iter().filter(is_elsewhere).count() } else { 0 };
    if elsewhere > 0 {
        parts.push(Part::Context(Text::plain(format!("{} of no known place: ", incidents(elsewhere))).code("/ops mon open")));
    }
    let has_bars = overview.open.iter().chain(&overview.closed).next().is_some();
    if has_bars {
        parts.push(Part::Context(Text::plain("Bars: incidents in each of the last 24 hours, the last hour on the right")));
    }
    parts
}

/// `api  ▁▁▁█▃▁  v1.4.2 Fix the login · by Dana 12:03 · 1 incident open · build broken since 11:50`
fn entry(
    catalog: &Catalog,
    (name, service): (&ServiceName, &Service),
    environment: &EnvironmentName,
    overview: &Overview,
    width: usize,
) -> Text {
    let bar = overview.bar(name, environment);
    let text = Text::empty().code(column(name.as_str(), width));
    let text = if overview.open.is_empty() && overview.closed.is_empty() { text } else { text.then(" ").code(bar) };
    let text = text.then("  ").and(here(catalog, name, environment, &overview.current, &overview.slots));
    let open: Vec<&Incident> = overview.open.iter().filter(|incident| is_of(incident, name, environment)).collect();
    let text = match open.as_slice() {
        [] => text,
        [only] => text.then(" · ").bold(state(only)).then(format!(" {} ", first_line(&only.title, 60))).code(only.id.as_str()),
        many => text.then(" · ").bold(format!("{} open", incidents(many.len()))),
    };
    build(text, service, environment, &overview.healths)
}

fn incidents(count: usize) -> String {
    if count == 1 { "1 incident".to_owned() } else { format!("{count} incidents") }
}

/// How the pipeline that deploys there stands, and the builds of its repository.
fn build(text: Text, service: &Service, environment: &EnvironmentName, healths: &[Health]) -> Text {
    let pipeline = service.environments.get(environment).map(|target| &target.pipeline);
    let of_repository = |health: &&Health| {
        let repository = service.repository.as_deref();
        repository
            .is_some_and(|repository| health.key.pipeline.as_str().to_lowercase().starts_with(&format!("{}:", repository.to_lowercase())))
    };
    let own = healths.iter().find(|health| Some(&health.key.pipeline) == pipeline);
    let broken = own.into_iter().chain(healths.iter().filter(of_repository)).find_map(|health| Some((health, health.open_streak()?)));
    match (broken, own) {
        (Some((health, streak)), _) => {
            text.then(" · ").bold("build broken").then(" since ").moment(streak.since).then(format!(" ({})", health.key.pipeline))
        }
        (None, Some(health)) if health.latest.is_some() => text.then(" · build well"),
        _ => text,
    }
}

/// An incident that waits for somebody.
pub struct Waiting<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The way to its message.
    pub link: Option<String>,
}

/// What a person's Home tab shows. Links stand at its end: whoever opens it for an incident finds that first.
pub fn home(
    catalog: &Catalog,
    person: &PersonId,
    waiting: &[Waiting<'_>],
    overview: &Overview,
    settings: &MonitSettings,
    links: Option<&News>,
) -> Card {
    let title = if waiting.is_empty() { "Nothing waits for you" } else { "What waits for you" };
    let tone = Tone::Plain;
    let mut card = Card::line(tone, Text::empty().bold(title));
    for waits in waiting {
        card.parts.extend(waits_for_you(waits, overview.now));
    }
    let duties = catalog.monit.oncall.iter().filter_map(|(name, rotation)| {
        let on_duty = monit::on_duty(name, rotation, &settings.overrides, overview.now).ok()?;
        (on_duty == *person).then(|| {
            let text = Text::plain("You are on call in ").code(name.as_str());
            match monit::next_handover(name, rotation, overview.now) {
                Ok(until) => text.then(" until ").moment(until),
                Err(_) => text,
            }
        })
    });
    card.parts.extend(duties.map(Part::Context));
    let others = overview.open.len().saturating_sub(waiting.len());
    if others > 0 {
        card.parts.push(Part::Context(Text::plain(format!("Open besides: {} · ", incidents(others))).code("/ops mon open")));
    }
    card.parts.push(Part::Divider);
    card.parts.extend(environments(catalog, None, overview));
    let links = links.map(|links| news(catalog, links, overview.now)).unwrap_or_default();
    if !links.is_empty() {
        card.parts.push(Part::Divider);
        card.parts.extend(links);
    }
    card.with(Part::Context(Text::plain("As of ").moment(overview.now).then(". Open this tab again to see it anew.")))
}

fn waits_for_you(waits: &Waiting<'_>, now: Timestamp) -> Vec<Part> {
    let incident = waits.incident;
    let text = Text::empty().bold(format!("{}: {}", state(incident), incident.title));
    let text = text.then(format!(" · for {} · in ", span(now.duration_since(incident.since)))).channel(&incident.channel);
    let pages = [waits.link.as_deref().map(|url| ("Go there", url)), runbook(incident).map(|url| ("Runbook", url))];
    let buttons: Vec<Button> = pages
        .into_iter()
        .flatten()
        .map(|(label, url)| Button {
            label: label.to_owned(),
            action: ButtonAction::OpenUrl { url: url.to_owned() },
            style: ButtonStyle::Plain,
            confirm: None,
        })
        .collect();
    let parts = vec![Part::Text(text.then(" · ").code(incident.id.as_str()))];
    if buttons.is_empty() { parts } else { parts.into_iter().chain([Part::Buttons(buttons)]).collect() }
}
