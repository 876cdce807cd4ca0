//! What the team says of its alarms, in words: routes, silences, who is on call, and what would happen to an alarm.

use jiff::Timestamp;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::{Callee, Catalog, Level, Rotation};
use opsroom_domain::ids::{EnvironmentName, PersonId, RotationName, RouteId, ServiceName, SilenceId};
use opsroom_domain::incident::{Called, Incident, Routed};
use opsroom_domain::monit::{self, Group, Override, Route, RoutedTo, Severity, Silence};

use super::incident::{called_in_words, named_or};
use super::words::{first_line, named, span};
use crate::ports::Slot;

/// Where alarms go.
pub fn routes(catalog: &Catalog, chat: &[Route]) -> Card {
    let of_catalog = (1..).zip(&catalog.monit.routes).map(|(number, rule)| {
        let text = Text::plain(format!("{number}. ")).code(rule.matches.to_string()).then(" to ").channel(&rule.channel);
        with_severity(text, rule.severity).then(" · catalog")
    });
    let in_chat = chat.iter().map(|route| {
        let text = Text::empty().code(route.matches.to_string()).then(" to ").channel(&route.channel);
        with_severity(text, route.severity).then(" · ").code(route.id.as_str()).then(" by ").and(named(catalog, &route.by))
    });
    let entries: Vec<Text> = of_catalog.chain(in_chat).collect();
    let title = Text::empty().bold("Where alarms go").then(": the first route that fits counts");
    let card = Card::line(Tone::Plain, title);
    let card = if entries.is_empty() {
        card.with(Part::Text(Text::plain("There is no route yet. ").code("/ops mon route add name:api-* to:here").then(" makes one.")))
    } else {
        card.with(Part::List(entries))
    };
    match monit::default_room(catalog) {
        Some(room) => card.with(Part::Context(Text::plain("What no route takes goes to ").channel(room).then(", marked so."))),
        None => {
            card.with(Part::Context(Text::plain("The catalog has no room at all: what no route takes is kept among the dead letters.")))
        }
    }
}

fn with_severity(text: Text, severity: Option<Severity>) -> Text {
    match severity {
        Some(severity) => text.then(format!(" as {}", severity.as_str())),
        None => text,
    }
}

/// A route that holds from now on.
pub fn route_added(route: &Route) -> Card {
    let text = Text::empty().person(&route.by).then(" sends ").code(route.matches.to_string()).then(" to ").channel(&route.channel);
    Card::line(Tone::Plain, with_severity(text, route.severity).then(".")).with(Part::Context(
        Text::empty()
            .code(format!("/ops mon route remove {}", route.id))
            .then(" takes it off. Routes of the catalog come before it; incidents that are open stay where they are."),
    ))
}

/// A route that holds no longer.
pub fn route_removed(route: &Route, by: &PersonId) -> Card {
    let text = Text::empty().person(by).then(" took the route ").code(route.matches.to_string()).then(" to ").channel(&route.channel);
    Card::line(Tone::Plain, text.then(" off."))
}

/// There is none of that name.
pub fn no_such_route(id: &RouteId) -> Card {
    let text = Text::plain("No route made in chat is called ").code(id.as_str()).then(". ").code("/ops mon routes").then(" lists them.");
    Card::line(Tone::Warning, text)
}

/// What is quiet.
pub fn silences(silences: &[Silence], catalog: &Catalog) -> Card {
    if silences.is_empty() {
        return Card::line(Tone::Plain, Text::plain("Nothing is silenced."));
    }
    let entry = |silence: &Silence| {
        let text = Text::empty().code(silence.matches.to_string()).then(" until ").moment(silence.until).then(": ");
        let text = text.italic(first_line(&silence.reason, 120)).then(format!(" · {} kept quiet", silence.count));
        text.then(" · ").code(silence.id.as_str()).then(" by ").and(named(catalog, &silence.by))
    };
    Card::line(Tone::Muted, Text::empty().bold("What is silenced"))
        .with(Part::List(silences.iter().map(entry).collect()))
        .with(Part::Context(Text::empty().code("/ops mon unsilence s-…").then(" ends one before its time")))
}

/// A silence that holds from now on. `left` is how many open incidents there are that may fit it, too, and that it says nothing about.
pub fn silence_made(silence: &Silence, left: usize) -> Card {
    let text = Text::empty().person(&silence.by).then(" silenced ").code(silence.matches.to_string()).then(" until ").moment(silence.until);
    let text = text.then(": ").italic(first_line(&silence.reason, 300)).then(".");
    let card = Card::line(Tone::Muted, text);
    let still = match left {
        0 => None,
        1 => Some("1 open incident that may fit it still calls".to_owned()),
        many => Some(format!("{many} open incidents that may fit it still call")),
    };
    let card = match still {
        Some(still) => card.with(Part::Text(
            Text::plain(format!("{still}: there are too many alarms to look at them all. The button "))
                .bold("Silence…")
                .then(" on an incident makes it quiet."),
        )),
        None => card,
    };
    card.with(Part::Context(
        Text::plain("What they do meanwhile is counted, and looked at again then. ")
            .code(format!("/ops mon unsilence {}", silence.id))
            .then(" ends it before its time."),
    ))
}

/// A silence is over.
pub fn silence_over(silence: &Silence, by: Option<&PersonId>) -> Card {
    let text = Text::plain("No longer silenced: ").code(silence.matches.to_string());
    let text = match (by, &silence.deployment) {
        (Some(by), _) => text.then(", ended by ").person(by),
        (None, Some(_)) => text.then(", as the deployment is over"),
        (None, None) => text.then(", as its time is over"),
    };
    let kept = match silence.count {
        0 => "It kept nothing quiet.".to_owned(),
        1 => "It kept 1 alarm quiet.".to_owned(),
        many => format!("It kept {many} alarms quiet."),
    };
    let again = if silence.held.is_empty() { "" } else { " What still fires is told now." };
    Card::line(Tone::Plain, text.then(format!(". {kept}{again}")))
        .with(Part::Context(Text::plain("It was there because: ").italic(first_line(&silence.reason, 300))))
}

/// There can't be such a silence.
pub fn no_silence(why: &str) -> Card {
    let text = Text::plain("Nothing was silenced: ").then(why).then(". ");
    Card::line(Tone::Warning, text.code("/ops mon silence service=api env=staging for 2h reason upgrade").then(" is one."))
}

/// There is none of that name.
pub fn no_such_silence(id: &SilenceId) -> Card {
    let text = Text::plain("No silence is called ").code(id.as_str()).then(". ").code("/ops mon silences").then(" lists them.");
    Card::line(Tone::Warning, text)
}

/// It is over already.
pub fn silence_ended_before(silence: &Silence, at: Timestamp) -> Card {
    Card::line(Tone::Warning, Text::code(Text::empty(), silence.id.as_str()).then(" was over before: ").moment(at).then("."))
}

/// Who is called, now and next.
pub fn oncall(catalog: &Catalog, overrides: &[Override], now: Timestamp) -> Card {
    let levels = monit::levels(&catalog.monit);
    let mut card = Card::line(Tone::Plain, Text::empty().bold("Who is on call"));
    let rotations: Vec<Text> =
        catalog.monit.oncall.iter().map(|(name, rotation)| on_duty(catalog, name, rotation, overrides, now)).collect();
    card = if rotations.is_empty() {
        card.with(Part::Text(Text::plain("The catalog has no rotation; alerts call the owners of their service.")))
    } else {
        card.with(Part::List(rotations))
    };
    let later: Vec<Text> = overrides
        .iter()
        .filter(|word| word.until > now)
        .map(|word| {
            let text = named(catalog, &word.person).then(" stands in for ").code(word.rotation.as_str()).then(" until ").moment(word.until);
            text.then(" · says ").and(named(catalog, &word.by))
        })
        .collect();
    if !later.is_empty() {
        card = card.with(Part::List(later));
    }
    card.with(Part::Context(Text::plain("An alert calls, until somebody has it: ").and(in_steps(&levels))))
}

fn on_duty(catalog: &Catalog, name: &RotationName, rotation: &Rotation, overrides: &[Override], now: Timestamp) -> Text {
    let text = Text::empty().code(name.as_str()).then("  ");
    let text = match monit::on_duty(name, rotation, overrides, now) {
        Ok(person) => text.and(named(catalog, &person)),
        Err(nobody) => return text.bold("nobody").then(format!(": {nobody}")),
    };
    let Ok(handover) = monit::next_handover(name, rotation, now) else { return text };
    let text = text.then(" · from ").moment(handover).then(" ");
    match monit::on_duty(name, rotation, overrides, handover) {
        Ok(next) => text.and(named(catalog, &next)),
        Err(_) => text.then("nobody"),
    }
}

/// `primary at once, everybody of primary after 10 min, the channel after 10 more`
fn in_steps(levels: &[Level]) -> Text {
    levels.iter().enumerate().fold(Text::empty(), |text, (n, level)| {
        let text = text.then(if n == 0 { "" } else { ", then " });
        let text = match &level.call {
            Callee::Oncall { rotation } => text.then("whoever is on call in ").code(rotation.as_str()),
            Callee::Everybody { rotation } => text.then("everybody of ").code(rotation.as_str()),
            Callee::Owners {} => text.then("the owners of the service"),
            Callee::People { people } => {
                people.iter().enumerate().fold(text, |text, (n, person)| text.then(if n == 0 { "" } else { " " }).person(person))
            }
            Callee::Channel {} => text.then("the channel"),
        };
        match level.after_minutes {
            0 => text.then(" at once"),
            minutes => text.then(format!(" after {minutes} min")),
        }
    })
}

/// Somebody stands in from now on.
pub fn stands_in(word: &Override) -> Card {
    let text = Text::empty().person(&word.person).then(" is on call in ").code(word.rotation.as_str()).then(" until ").moment(word.until);
    Card::line(Tone::Plain, text.then(", says ").person(&word.by).then("."))
}

/// It isn't clear which rotation is meant.
pub fn no_such_rotation<'a>(typed: Option<&RotationName>, valid: impl Iterator<Item = &'a RotationName>) -> Card {
    let text = match typed {
        Some(typed) => Text::plain("The catalog has no rotation ").code(typed.as_str()).then(". "),
        None => Text::plain("Say in which rotation. "),
    };
    let names: Vec<&RotationName> = valid.collect();
    let text = if names.is_empty() {
        text.then("The catalog has none at all.")
    } else {
        names
            .iter()
            .enumerate()
            .fold(text.then("It has "), |text, (n, name)| text.then(if n == 0 { "" } else { ", " }).code(name.as_str()))
            .then(".")
    };
    Card::line(Tone::Warning, text.then(" Nothing was changed."))
}

/// An end that isn't one.
pub fn no_such_end() -> Card {
    Card::line(Tone::Warning, Text::plain("That moment is over, or the rotation's time zone can't be read. Nothing was changed."))
}

/// What would happen to an alarm.
pub struct Trial<'a> {
    /// Its name.
    pub name: &'a str,
    /// The service that it would be about.
    pub service: Option<&'a ServiceName>,
    /// The environment, likewise.
    pub environment: Option<&'a EnvironmentName>,
    /// Where it would go, and why.
    pub routed: &'a RoutedTo,
    /// How bad it would be.
    pub severity: Severity,
    /// What it would belong to.
    pub group: &'a Group,
    /// The incident that is open for that.
    pub open: Option<&'a Incident>,
    /// The silence that it would be under.
    pub silence: Option<&'a Silence>,
    /// The deployment that would keep it quiet.
    pub deploying: Option<&'a Slot>,
    /// Whom it would call, and when.
    pub calls: Vec<(Timestamp, Called)>,
    /// Now.
    pub now: Timestamp,
}

/// What would happen to an alarm. Nothing was done.
pub fn trial(trial: &Trial<'_>, catalog: &Catalog) -> Card {
    let title = Text::plain("If ").bold(trial.name).then(" fired now:");
    let unknown = || Text::empty().italic("unknown");
    let service = trial.service.map_or_else(unknown, |name| Text::code(Text::empty(), name.as_str()));
    let environment = trial.environment.map_or_else(unknown, |name| Text::code(Text::empty(), name.as_str()));
    let why = match &trial.routed.routed {
        Routed::Catalog { number } => format!("route {number} of the catalog"),
        Routed::Chat { route } => format!("route {route}"),
        Routed::Nobody => "no route takes it, so it goes to the default room".to_owned(),
    };
    let place = match &trial.routed.channel {
        Some(channel) => Text::empty().channel(channel),
        None => Text::empty().bold("nowhere"),
    };
    let belongs = match trial.open {
        Some(open) => Text::plain("joins ").code(open.id.as_str()).then(format!(" {}", first_line(&open.title, 80))),
        None => Text::plain("opens a new one"),
    };
    let fields = vec![
        ("Goes to".to_owned(), place.then(format!(" ({why})"))),
        ("Severity".to_owned(), Text::plain(trial.severity.as_str())),
        ("Service".to_owned(), service),
        ("Environment".to_owned(), environment),
        ("Incident".to_owned(), belongs.then(format!(" · one for {}, {} long", trial.group.key, span(trial.group.window)))),
    ];
    let mut card = Card::line(Tone::Plain, title).with(Part::Fields(fields));
    if let Some(silence) = trial.silence {
        let text = Text::empty().bold("Silenced").then(" until ").moment(silence.until).then(" by ").code(silence.id.as_str());
        card = card.with(Part::Text(text.then(": it would be counted, and open nothing.")));
    }
    if let Some(slot) = trial.deploying {
        let text = Text::empty().bold("Quiet").then(" while ").code(slot.deployment.as_str()).then(" deploys it.");
        card = card.with(Part::Text(text));
    }
    let calls: Vec<Text> = trial
        .calls
        .iter()
        .map(|(at, called)| {
            let when = at.duration_since(trial.now);
            let when = if when.is_zero() { "At once: ".to_owned() } else { format!("After {}: ", span(when)) };
            Text::plain(when).and(called_in_words(called, Some(catalog)))
        })
        .collect();
    card = if calls.is_empty() {
        card.with(Part::Text(Text::plain("It would call nobody: a notification is only shown.")))
    } else {
        card.with(Part::Text(Text::plain("It would call, until somebody has it:"))).with(Part::List(calls))
    };
    if let Some(runbook) = &trial.routed.runbook {
        card = card.with(Part::Context(Text::plain("Runbook: ").link(runbook, runbook.as_str())));
    }
    card.with(Part::Context(Text::plain("Nothing was done, nobody was called.")))
}

/// A notification that can't be understood.
pub fn unreadable(body: &str, reason: &str) -> Card {
    let text = Text::empty().bold("A notification can't be understood").then(format!(": {}. ", first_line(reason, 300)));
    let beginning: String = body.chars().take(600).collect();
    Card::line(Tone::Warning, text.then("It is kept among the dead letters of the alarms, and told here once."))
        .with(Part::Code(beginning))
        .with(Part::Context(
            Text::code(Text::empty(), "opsctl redrive --queue alarms").then(" takes it in again once its sender, or this, is mended"),
        ))
}

/// That there are more of them in an hour than are told one by one.
pub fn unreadable_more(count: u32, hour: Timestamp, reason: &str) -> Card {
    let what = if count == 1 { "1 more notification".to_owned() } else { format!("{count} more notifications") };
    let text = Text::empty().bold(format!("{what} can't be understood")).then(" of those that came since ").moment(hour);
    Card::line(Tone::Warning, text.then(format!(". The last: {}.", first_line(reason, 300)))).with(Part::Context(
        Text::plain("They are kept among the dead letters of the alarms: ")
            .code("opsctl redrive --queue alarms")
            .then(" takes them in again once their senders are mended."),
    ))
}

/// Who is spoken of, by name where it is known.
pub(super) fn spoken_of(catalog: Option<&Catalog>, people: &[PersonId]) -> Text {
    people
        .iter()
        .enumerate()
        .fold(Text::empty(), |text, (n, person)| text.then(if n == 0 { "" } else { ", " }).and(named_or(catalog, person)))
}
