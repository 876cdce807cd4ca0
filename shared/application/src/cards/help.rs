//! Help shows what *this* person may run *here*, with examples from the team's own catalog.

use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::{Catalog, Resolved};
use opsroom_domain::ids::EnvironmentName;
use opsroom_domain::rights::{Asker, Permission, Standing, Wish};
use opsroom_grammar::{GROUPS, Group, Right, Spec, find, group, specs};

use crate::judge::responds_somewhere;
use crate::pick::Picking;

/// What can be asked here, or how one command is used.
pub fn help(catalog: &Catalog, asker: &Asker, standing: Standing, about: Option<&str>) -> Card {
    match (about.and_then(find), about.and_then(group)) {
        (Some(spec), _) => one(&Picking { catalog, asker, standing }, spec),
        (None, Some(group)) => family(catalog, asker, standing, group),
        (None, None) => all(catalog, asker, standing),
    }
}

/// The commands that begin with one word, with the first example of each.
fn family(catalog: &Catalog, asker: &Asker, standing: Standing, group: &Group) -> Card {
    let picking = Picking { catalog, asker, standing };
    let title = Text::empty().bold(group.name).then(format!(": {}", group.summary));
    let (may, may_not): (Vec<&'static Spec>, Vec<&'static Spec>) =
        group.specs().partition(|spec| is_open(catalog, asker, standing, spec.right));
    let entry = |spec: &&Spec| Text::empty().code(spec.usage).then(format!("  {}", spec.summary));
    let examples: Vec<String> =
        may.iter().filter_map(|spec| Some(format!("/ops {}", filled(&picking, spec, spec.examples.first()?)))).collect();
    let mut card = Card::line(Tone::Plain, title).with(Part::List(may.iter().map(entry).collect())).with(Part::Code(examples.join("\n")));
    if !may_not.is_empty() {
        let names: Vec<&str> = may_not.iter().map(|spec| spec.name).collect();
        card = card.with(Part::Context(Text::plain(format!("Not for you in this channel: {}.", names.join(", ")))));
    }
    card.with(Part::Context(Text::empty().code(format!("/ops help {} …", group.name)).then(" explains one of them.")))
}

fn all(catalog: &Catalog, asker: &Asker, standing: Standing) -> Card {
    let mut card = Card::line(
        Tone::Plain,
        Text::empty().bold("What you can ask here").then(", as ").code("/ops …").then(" or, also in threads, by mentioning the app:"),
    );
    let alone = specs().iter().filter(|spec| !spec.name.contains(' '));
    let (may, may_not): (Vec<&Spec>, Vec<&Spec>) = alone.partition(|spec| is_open(catalog, asker, standing, spec.right));
    let entry = |spec: &&Spec| Text::empty().code(spec.usage).then(format!("  {}", spec.summary));
    let families = GROUPS.iter().map(|group| Text::empty().code(format!("{} …", group.name)).then(format!("  {}", group.summary)));
    card = card.with(Part::List(may.iter().map(entry).chain(families).collect()));
    if !may_not.is_empty() {
        let names: Vec<&str> = may_not.iter().map(|spec| spec.name).collect();
        let first = names.first().copied().unwrap_or_default();
        card = card.with(Part::Context(
            Text::plain(format!("Not for you in this channel: {}. ", names.join(", ")))
                .code(format!("/ops can {first} …"))
                .then(" says why."),
        ));
    }
    card.with(Part::Context(Text::code(Text::empty(), "/ops help deploy").then(" explains one command.")))
}

fn one(picking: &Picking<'_>, spec: &'static Spec) -> Card {
    let right = match spec.right {
        Right::Anyone => "Anybody of the workspace may.".to_owned(),
        Right::Read | Right::TakePart => "Anybody with a role may.".to_owned(),
        Right::Own => "Anybody with a role may; it changes only what is known of yourself.".to_owned(),
        Right::Subscribe => format!("It takes the permission to {}.", Permission::Subscribe),
        Right::Dj => format!("It takes the permission to {}, and the DJ room.", Permission::Dj),
        Right::Respond => format!("It takes the permission to {}, in any channel.", Permission::Respond),
        Right::Write(permission) => format!("It takes the permission to {permission}."),
    };
    let examples: Vec<String> = spec.examples.iter().map(|example| format!("/ops {}", filled(picking, spec, example))).collect();
    let card = Card::line(Tone::Plain, Text::empty().bold(spec.name).then(format!(": {}", spec.summary)))
        .with(Part::Text(Text::code(Text::empty(), format!("/ops {}", spec.usage))))
        .with(Part::Code(examples.join("\n")));
    let card =
        if spec.aliases.is_empty() { card } else { card.with(Part::Context(Text::plain(format!("Also: {}", spec.aliases.join(", "))))) };
    card.with(Part::Context(Text::plain(right))).with(Part::Context(Text::plain("How: ").then(spec.how)))
}

/// Fills an example from the catalog, with what this person may do here where there is something.
fn filled(picking: &Picking<'_>, spec: &'static Spec, example: &str) -> String {
    let catalog = picking.catalog;
    let order = |environment: &EnvironmentName| catalog.environments.get_index_of(environment);
    let before = |place: &Resolved<'_>| {
        let earlier = place.service.environments.keys().filter(|earlier| order(earlier) < order(place.environment_name));
        earlier.max_by_key(|earlier| order(earlier)).map(ToString::to_string)
    };
    // What goes on goes from one environment to the next.
    let goes_on = example.contains("{onward}");
    let fits = |place: &Resolved<'_>| !goes_on || before(place).is_some();
    let place = picking.places(spec).find(fits).or_else(|| picking.all_places().find(fits)).or_else(|| picking.all_places().next());
    let named = |place: Resolved<'_>| (place.service_name.to_string(), place.environment_name.to_string());
    let (service, here) = place.map_or_else(|| ("my-service".to_owned(), "my-environment".to_owned()), named);
    let from = place.filter(|_| goes_on).and_then(|place| before(&place));
    let pipeline = place.map_or("my-pipeline", |place| place.target.pipeline.as_str());
    let repository = catalog.services.values().find_map(|service| service.repository.as_deref()).unwrap_or("acme/api");
    let person = catalog.people.values().next().map_or("somebody", |person| person.name.as_str());
    let runbook =
        catalog.hosts.runbooks.iter().find(|(_, runbook)| picking.may_run(runbook)).map_or("my-runbook", |(name, _)| name.as_str());
    let channel = catalog.rooms.values().next().map_or("channel", |room| room.name.as_str());
    [
        ("{service}", service.as_str()),
        ("{environment}", from.as_deref().unwrap_or(&here)),
        ("{onward}", &here),
        ("{deployment}", "d-7k3m9q2xw1"),
        ("{repository}", repository),
        ("{pipeline}", pipeline),
        ("{incident}", "i-7k3m9q2xw1"),
        ("{person}", &format!("@{person}")),
        ("{channel}", &format!("#{channel}")),
        ("{host}", "i-0123456789abcdef0"),
        ("{runbook}", runbook),
    ]
    .iter()
    .fold(example.to_owned(), |line, (blank, value)| line.replace(blank, value))
}

/// Whether somebody may run a command here on anything at all.
pub fn is_open(catalog: &Catalog, asker: &Asker, standing: Standing, right: Right) -> bool {
    match right {
        Right::Anyone => true,
        Right::Read | Right::Own | Right::TakePart => catalog.decide(asker, standing, Wish::Read).is_ok(),
        Right::Subscribe => catalog.decide(asker, standing, Wish::Subscribe).is_ok(),
        Right::Dj => catalog.decide(asker, standing, Wish::Dj).is_ok(),
        Right::Respond => responds_somewhere(catalog, asker, standing),
        Right::Write(permission) => !changeable_here(catalog, asker, standing, permission).is_empty(),
    }
}

/// What somebody may deploy from here, one phrase an environment.
pub(super) fn writable_here(catalog: &Catalog, asker: &Asker, standing: Standing) -> Vec<String> {
    changeable_here(catalog, asker, standing, Permission::Deploy)
}

fn changeable_here(catalog: &Catalog, asker: &Asker, standing: Standing, permission: Permission) -> Vec<String> {
    let may = |service, environment| catalog.decide(asker, standing, Wish::Change { permission, service, environment }).is_ok();
    catalog
        .environments
        .keys()
        .filter_map(|environment| {
            let there = || catalog.services.iter().filter(|(_, service)| service.environments.contains_key(environment));
            let allowed: Vec<&str> = there().filter(|(name, _)| may(name, environment)).map(|(name, _)| name.as_str()).collect();
            if allowed.is_empty() {
                return None;
            }
            let what = if allowed.len() == there().count() { "every service".to_owned() } else { allowed.join(", ") };
            Some(format!("{what} to {environment}"))
        })
        .collect()
}
