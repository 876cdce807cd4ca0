//! What can be picked for a line that doesn't say everything yet: what the catalog knows and the person may act on. Pure, so that the
//! door can answer at once; what has to be looked up is given.

use opsroom_domain::card::{Card, Choice, Menu};
use opsroom_domain::catalog::{Catalog, Resolved, Runbook};
use opsroom_domain::ids::{EnvironmentName, PipelineName};
use opsroom_domain::lock::{LockKind, LockScope};
use opsroom_domain::rights::{Asker, Standing};
use opsroom_grammar::{Blank, Kind, Right, Spec, Unfinished, unfinished};

use crate::cards;
use crate::judge::{may_act_on, may_change, may_everywhere, may_somewhere};

/// The line travels in the menus' ids, where Slack takes 255 characters.
const LONGEST_LINE: usize = 200;

/// A longer menu nobody reads; who has more types the name.
const MOST_CHOICES: usize = 1000;

const SPANS: [(&str, &str); 7] =
    [("30m", "30 minutes"), ("1h", "1 hour"), ("2h", "2 hours"), ("4h", "4 hours"), ("8h", "8 hours"), ("1d", "1 day"), ("7d", "7 days")];

/// Who asks for what of which catalog.
#[derive(Clone, Copy)]
pub struct Picking<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// Who, and where.
    pub asker: &'a Asker,
    /// What Slack says of them.
    pub standing: Standing,
}

/// What was looked up, by its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found(pub Vec<(Kind, Vec<Choice>)>);

/// Reads a line in which something is missing that can be picked.
pub fn in_need_of_more(catalog: &Catalog, line: &str) -> Option<Unfinished> {
    unfinished(line, catalog).filter(|found| found.line().encode_utf16().count() <= LONGEST_LINE)
}

/// The kinds of which the catalog doesn't tell what there is.
pub fn looked_up(found: &Unfinished) -> Vec<Kind> {
    let is_looked_up = |kind: &Kind| matches!(kind, Kind::Host | Kind::Deployment | Kind::Incident | Kind::Silence | Kind::Route);
    let mut kinds: Vec<Kind> =
        found.values().filter(|(_, value)| value.is_none()).map(|(blank, _)| blank.kind).filter(is_looked_up).collect();
    kinds.dedup();
    kinds
}

impl Picking<'_> {
    /// Asks for what is missing. `typed` is the line as it was typed, and what was chosen since stands by its place.
    pub fn card(&self, typed: &Unfinished, chosen: &[(usize, String)], known: &Found) -> Card {
        let mut found = self.filled(typed, chosen);
        let menus = self.menus(typed, &mut found, known);
        cards::pick(typed, &found, menus)
    }

    /// The line with what was chosen; what was typed stays as it was typed.
    pub fn filled(&self, typed: &Unfinished, chosen: &[(usize, String)]) -> Unfinished {
        let mut found = typed.clone();
        let missing: Vec<bool> = typed.values().map(|(_, value)| value.is_none()).collect();
        for (place, value) in chosen {
            if missing.get(*place) == Some(&true) {
                found.fill(*place, value, self.catalog);
            }
        }
        found
    }

    /// A menu for each place that wasn't typed. What is chosen, but doesn't go together with what was chosen since, is taken back; where there
    /// is one choice, it is made.
    fn menus(&self, typed: &Unfinished, found: &mut Unfinished, known: &Found) -> Vec<Menu> {
        let mut menus = Vec::new();
        let places: Vec<(usize, Blank)> =
            typed.values().enumerate().filter(|(_, (_, value))| value.is_none()).map(|(place, (blank, _))| (place, blank)).collect();
        for (place, blank) in places {
            let mut choices = match found.parameter(place) {
                Some(name) => self.choices_of_parameter(found, name),
                None => self.choices(blank, typed, found, known),
            };
            choices.truncate(MOST_CHOICES);
            let chosen = |found: &Unfinished| found.values().nth(place).and_then(|(_, value)| value.map(str::to_owned));
            if !may_be_written(blank, &choices) {
                if chosen(found).is_some_and(|chosen| choices.iter().all(|choice| choice.value != chosen)) {
                    found.clear(place);
                }
                if let [only] = choices.as_slice() {
                    found.fill(place, &only.value, self.catalog);
                }
            }
            menus.push(Menu { place, label: found.label(place), choices, chosen: chosen(found) });
        }
        menus
    }

    fn choices(&self, blank: Blank, typed: &Unfinished, found: &Unfinished, known: &Found) -> Vec<Choice> {
        let catalog = self.catalog;
        match blank.kind {
            Kind::Service => {
                let typed_environment = typed.value(Kind::Environment);
                let runs = |place: &Resolved<'_>| typed_environment.is_none_or(|typed| place.environment_name.as_str() == typed);
                let mut names: Vec<&str> = self.places(found.spec).filter(runs).map(|place| place.service_name.as_str()).collect();
                names.dedup();
                names.into_iter().map(named).collect()
            }
            Kind::Environment if found.blanks.iter().any(|blank| blank.kind == Kind::Service) => {
                let service = found.value(Kind::Service).map(|service| service.split_once('@').map_or(service, |(service, _)| service));
                let is_meant = |environment: &EnvironmentName| {
                    let there = |place: &Resolved<'_>| {
                        place.environment_name == environment && service.is_none_or(|service| place.service_name.as_str() == service)
                    };
                    // What is only read from needs no right.
                    if blank.before == "from" {
                        self.all_places().any(|place| there(&place))
                    } else {
                        self.places(found.spec).any(|place| there(&place))
                    }
                };
                catalog.environments.keys().filter(|environment| is_meant(environment)).map(|name| named(name.as_str())).collect()
            }
            Kind::Environment => catalog
                .environments
                .keys()
                .filter(|environment| self.may_there(found.spec, environment))
                .map(|name| named(name.as_str()))
                .collect(),
            Kind::Runbook => {
                let runbooks = catalog.hosts.runbooks.iter().filter(|(_, runbook)| self.may_run(runbook));
                runbooks
                    .map(|(name, runbook)| Choice { value: name.to_string(), shown: format!("{name}: {}", runbook.description) })
                    .collect()
            }
            Kind::Pipeline => {
                let pipelines = catalog.services.values().flat_map(|service| service.environments.values()).map(|target| &target.pipeline);
                let mut names: Vec<&PipelineName> = pipelines.filter(|pipeline| self.may_with(found.spec, pipeline)).collect();
                names.dedup();
                names.into_iter().map(|name| named(name.as_str())).collect()
            }
            Kind::Repository => {
                let mut names: Vec<&str> = catalog.services.values().filter_map(|service| service.repository.as_deref()).collect();
                names.sort_unstable();
                names.dedup();
                names.into_iter().map(named).collect()
            }
            Kind::Span => SPANS.iter().map(|(value, shown)| Choice { value: (*value).to_owned(), shown: (*shown).to_owned() }).collect(),
            Kind::Words | Kind::Parameter | Kind::Song | Kind::Search | Kind::Link | Kind::Place => Vec::new(),
            Kind::Host | Kind::Deployment | Kind::Incident | Kind::Silence | Kind::Route => {
                known.0.iter().find(|(kind, _)| *kind == blank.kind).map(|(_, choices)| choices.clone()).unwrap_or_default()
            }
        }
    }

    /// What a runbook takes for a value, if that is one of a few.
    fn choices_of_parameter(&self, found: &Unfinished, name: &str) -> Vec<Choice> {
        let runbook = found.value(Kind::Runbook).and_then(|name| self.catalog.runbook(name));
        let parameter = runbook.and_then(|(_, runbook)| runbook.free().find(|(shown, ..)| *shown == name));
        parameter.map(|(.., parameter)| parameter.choices.iter().map(|choice| named(choice)).collect()).unwrap_or_default()
    }

    /// Every service in every environment where the command has something to do, and the person may do it.
    pub fn places(&self, spec: &'static Spec) -> impl Iterator<Item = Resolved<'_>> {
        self.all_places().filter(move |place| has_work_for(spec, place) && self.may(spec, place))
    }

    /// Whether one of the person's roles is among those that may run it.
    pub fn may_run(&self, runbook: &Runbook) -> bool {
        runbook.roles.is_empty() || self.catalog.roles_of(&self.asker.person).iter().any(|role| runbook.roles.contains(role))
    }

    /// Every service in every environment.
    pub fn all_places(&self) -> impl Iterator<Item = Resolved<'_>> {
        self.catalog.services.iter().flat_map(|(service_name, service)| {
            let place = move |(environment_name, target)| Resolved { service_name, service, environment_name, target };
            service.environments.iter().map(place)
        })
    }

    fn may(&self, spec: &Spec, place: &Resolved<'_>) -> bool {
        match spec.right {
            Right::Write(permission) => {
                may_change(self.catalog, self.asker, self.standing, permission, place.service_name, place.environment_name).is_ok()
            }
            _ => true,
        }
    }

    fn may_there(&self, spec: &Spec, environment: &EnvironmentName) -> bool {
        match spec.right {
            Right::Write(permission) => {
                let scope = LockScope { kind: LockKind::Lock, environment: environment.clone(), service: None };
                // What ends a lock may be allowed by the one it is of; what is laid on a whole environment takes the right to all of it.
                let may = if spec.name == "unlock" { may_somewhere } else { may_everywhere };
                may(self.catalog, self.asker, self.standing, permission, &scope).is_ok()
            }
            _ => true,
        }
    }

    fn may_with(&self, spec: &Spec, pipeline: &PipelineName) -> bool {
        match spec.right {
            Right::Write(permission) => may_act_on(self.catalog, self.asker, self.standing, permission, pipeline).is_ok(),
            _ => true,
        }
    }
}

/// Whether a command has something to do there: on hosts only where the catalog knows of some.
fn has_work_for(spec: &Spec, place: &Resolved<'_>) -> bool {
    match spec.name {
        "restart" | "run" | "check" | "reboot" => place.target.hosts.is_some(),
        "logs" => place.target.hosts.is_some() || place.target.log_group.is_some(),
        _ => true,
    }
}

/// Whether something is written into a place, not chosen.
pub fn may_be_written(blank: Blank, choices: &[Choice]) -> bool {
    (blank.kind.is_typed() || blank.kind == Kind::Parameter) && choices.is_empty()
}

fn named(name: &str) -> Choice {
    Choice { value: name.to_owned(), shown: name.to_owned() }
}
