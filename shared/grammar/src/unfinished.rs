//! A line in which something is missing that can be picked.

use clap::ArgAction;
use opsroom_domain::catalog::Catalog;

use crate::blanks::{Blank, Kind};
use crate::lookup::{Found, spec_of};
use crate::normalise::{is_preposition, is_quotable, typed, verbatim, words};
use crate::parse::{grammar_of, parse};
use crate::registry::Spec;

/// How many values of a runbook are asked for at once: the line that comes of them is carried by a button.
const MOST_PARAMETERS: usize = 4;

/// A longer line is no habit.
const LONGEST_HABIT: usize = 120;

/// What was typed so far, sorted into the places of its command.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// The command.
    pub spec: &'static Spec,
    /// What it can't do without, in the order of the line.
    pub blanks: Vec<Blank>,
    values: Vec<Option<String>>,
    /// The names of the last blanks: what the runbook needs besides.
    parameters: Vec<String>,
    /// What else was typed: options, and values of a runbook.
    rest: Vec<String>,
}

impl PartialEq for Unfinished {
    fn eq(&self, other: &Self) -> bool {
        self.spec.name == other.spec.name && self.values == other.values && self.parameters == other.parameters && self.rest == other.rest
    }
}

impl Eq for Unfinished {}

/// Reads a line that says too little; `None` if it says something wrong, or what is missing can only be typed.
pub fn unfinished(line: &str, catalog: &Catalog) -> Option<Unfinished> {
    let mut found = sorted(line, catalog)?;
    found.ask_for_parameters(catalog)?;
    (!found.is_whole() && found.fits(catalog) && parse(&found.sample()).is_ok()).then_some(found)
}

/// The command of a line, and the line as it is asked again and again: without a reason, options, a revision, an id. Where it is about
/// something that is there once only, nothing is left but the command's name.
pub fn habit(line: &str, catalog: &Catalog) -> Option<(&'static str, String)> {
    let words = Some(words(line)).filter(|words| !words.is_empty())?;
    let Found::Spec { spec, .. } = spec_of(&words, line).ok()? else { return None };
    let lasts =
        |(blank, value): (Blank, Option<&str>)| value.is_some() && matches!(blank.kind, Kind::Service | Kind::Environment | Kind::Runbook);
    let name = || (spec.name, spec.name.to_owned());
    let Some(mut found) = sorted(line, catalog).filter(|found| found.values().all(lasts)) else { return Some(name()) };
    found.rest.clear();
    for value in found.values.iter_mut().flatten() {
        value.truncate(value.find('@').unwrap_or(value.len()));
    }
    let line = found.line();
    Some(if parse(&line).is_ok() && line.len() <= LONGEST_HABIT { (spec.name, line) } else { name() })
}

/// Sorts the words of a line into the places of its command; `None` for a word that has no place.
fn sorted(line: &str, catalog: &Catalog) -> Option<Unfinished> {
    let named = Some(words(line)).filter(|words| !words.is_empty())?;
    let Found::Spec { spec, words: taken } = spec_of(&named, line).ok()? else { return None };
    let blanks = spec.blanks()?;
    let mut found = Unfinished { spec, values: vec![None; blanks.len()], blanks, parameters: Vec::new(), rest: Vec::new() };
    let mut grammar = (spec.arguments)(grammar_of(spec));
    grammar.build();
    let mut words = behind_the_name(spec, line, taken).into_iter().peekable();
    let mut before: Option<String> = None;
    while let Some(word) = words.next() {
        if word.starts_with("--") && !found.is_in_free_text() {
            let (flag, value) = word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value.to_owned())));
            if let Some(at) = found.blanks.iter().position(|blank| blank.before == flag) {
                let value = value.or_else(|| words.next())?;
                found.values[at] = Some(found.blanks[at].kind.takes(&value, catalog)?);
                continue;
            }
            let name = flag.trim_start_matches('-');
            let is_named = |argument: &&clap::Arg| {
                argument.get_long() == Some(name) || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
            };
            let argument = grammar.get_arguments().find(is_named)?;
            let most = match argument.get_action() {
                ArgAction::Set | ArgAction::Append => argument.get_num_args().map_or(1, |range| range.max_values()),
                _ => 0,
            };
            let most = if value.is_some() { 0 } else { most };
            found.rest.push(word);
            for _ in 0..most {
                let Some(value) = words.next_if(|word| !word.starts_with("--")) else { break };
                found.rest.push(value);
            }
        } else if found.is_in_free_text() {
            found.place(&word, None, catalog)?;
        } else if is_preposition(&word)
            || found.blanks.iter().any(|blank| !blank.before.is_empty() && blank.before.eq_ignore_ascii_case(&word))
        {
            before = Some(word.to_lowercase());
        } else if word.contains('=') {
            found.rest.push(word);
        } else {
            found.place(&word, before.take().as_deref(), catalog)?;
        }
    }
    Some(found)
}

/// The words behind the command's name, prepositions and all.
fn behind_the_name(spec: &Spec, line: &str, taken: usize) -> Vec<String> {
    let mut left = taken;
    let words = if spec.ends_in_names() { verbatim(line) } else { typed(line) }.into_iter();
    words
        .skip_while(|word| {
            let is_of_the_name = left > 0;
            left = left.saturating_sub(usize::from(!is_preposition(word)));
            is_of_the_name
        })
        .collect()
}

impl Unfinished {
    /// What stands in each place.
    pub fn values(&self) -> impl Iterator<Item = (Blank, Option<&str>)> {
        self.blanks.iter().copied().zip(self.values.iter().map(Option::as_deref))
    }

    /// What people call a place. Two of one kind are told apart by the words before them.
    pub fn label(&self, place: usize) -> String {
        let Some(blank) = self.blanks.get(place) else { return String::new() };
        if let Some(parameter) = self.parameter(place) {
            return parameter.to_owned();
        }
        let alike = self.blanks.iter().filter(|other| other.kind == blank.kind).count();
        if alike > 1 && !blank.before.is_empty() {
            format!("{} {}", blank.before, blank.kind.label())
        } else {
            blank.kind.label().to_owned()
        }
    }

    /// Fills a place. Something that can't stand there leaves it as it was: what is offered may have changed since.
    pub fn fill(&mut self, place: usize, value: &str, catalog: &Catalog) {
        let value = value.trim();
        // Whether it is one that the runbook takes is judged by whoever runs it, and said by name there.
        if self.parameter(place).is_some() && is_quotable(value) {
            self.values[place] = (!value.is_empty()).then(|| value.to_owned());
            return;
        }
        if let (Some(blank), Some(taken)) = (self.blanks.get(place), self.values.get_mut(place))
            && let Some(value) = blank.kind.takes(value, catalog)
        {
            *taken = (!value.is_empty()).then_some(value);
        }
    }

    /// The name of the runbook's value that belongs into a place, if one does.
    pub fn parameter(&self, place: usize) -> Option<&str> {
        let first = self.blanks.len().saturating_sub(self.parameters.len());
        self.parameters.get(place.checked_sub(first)?).map(String::as_str)
    }

    /// Whether nothing is missing but what a runbook needs besides: such a line is in order as far as the command goes.
    pub fn lacks_only_parameters(&self) -> bool {
        let mut missing = (0..self.values.len()).filter(|place| self.values[*place].is_none()).peekable();
        missing.peek().is_some() && missing.all(|place| self.parameter(place).is_some())
    }

    /// Makes places for what the runbook can't do without and wasn't given; `None` where that is more than can be asked for.
    fn ask_for_parameters(&mut self, catalog: &Catalog) -> Option<()> {
        let Some((_, runbook)) = self.value(Kind::Runbook).and_then(|name| catalog.runbook(name)) else { return Some(()) };
        let given: Vec<&str> = self.rest.iter().filter_map(|word| word.split_once('=')).map(|(name, _)| name).collect();
        let missing: Vec<String> = runbook.missing(&given).into_iter().map(|(name, _)| name.to_owned()).collect();
        if missing.len() > MOST_PARAMETERS {
            return None;
        }
        self.blanks.extend(missing.iter().map(|_| Blank { kind: Kind::Parameter, before: "" }));
        self.values.resize(self.blanks.len(), None);
        self.parameters = missing;
        Some(())
    }

    /// Empties a place.
    pub fn clear(&mut self, place: usize) {
        if let Some(value) = self.values.get_mut(place) {
            *value = None;
        }
    }

    /// Whether nothing is missing any more.
    pub fn is_whole(&self) -> bool {
        self.values.iter().all(Option::is_some)
    }

    /// The line, as far as it goes.
    pub fn line(&self) -> String {
        self.written(|_, value| value.map(str::to_owned))
    }

    /// The first value of a kind.
    pub fn value(&self, kind: Kind) -> Option<&str> {
        self.values().filter(|(blank, _)| blank.kind == kind).find_map(|(_, value)| value)
    }

    fn sample(&self) -> String {
        self.written(|place, value| Some(value.map_or_else(|| self.blanks[place].kind.sample(place), str::to_owned)))
    }

    fn written(&self, value: impl Fn(usize, Option<&str>) -> Option<String>) -> String {
        let quoted = |word: String| if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word };
        let mut words = vec![self.spec.name.to_owned()];
        let (mut given, mut last) = (Vec::new(), None);
        for (place, (blank, known)) in self.values().enumerate() {
            let Some(value) = value(place, known) else { continue };
            if let Some(parameter) = self.parameter(place) {
                given.push(quoted(format!("{parameter}={value}")));
                continue;
            }
            let written = [blank.before, &value].iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ");
            // Free text goes on to the end of the line.
            if blank.kind.is_free_text() { last = Some(written) } else { words.push(written) }
        }
        words.extend(self.rest.iter().cloned().map(quoted));
        words.extend(given);
        words.extend(last);
        words.join(" ")
    }

    /// Puts a word where it belongs.
    fn place(&mut self, word: &str, before: Option<&str>, catalog: &Catalog) -> Option<()> {
        if let Some(at) = self.blanks.iter().position(|blank| blank.kind.is_free_text())
            && let Some(text) = &mut self.values[at]
        {
            *text = format!("{text} {word}");
            return Some(());
        }
        let free = |at: &usize| self.values[*at].is_none();
        let said_so = |at: &usize| before == Some(self.blanks[*at].before);
        let places = || (0..self.blanks.len()).filter(free);
        let by_word = places().filter(said_so).find_map(|at| Some((at, self.blanks[at].kind.takes(word, catalog)?)));
        let (at, value) = by_word.or_else(|| places().find_map(|at| Some((at, self.blanks[at].kind.takes(word, catalog)?))))?;
        self.values[at] = Some(value);
        Some(())
    }

    fn is_in_free_text(&self) -> bool {
        self.values().any(|(blank, value)| blank.kind.is_free_text() && value.is_some())
    }

    /// Whether what was typed goes together.
    fn fits(&self, catalog: &Catalog) -> bool {
        let Some(service) = self.value(Kind::Service) else { return true };
        let service = service.split_once('@').map_or(service, |(service, _)| service);
        self.values().all(|(blank, value)| match (blank.kind, value) {
            (Kind::Environment, Some(environment)) => catalog.target(service, environment).is_ok(),
            _ => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        serde_json::from_str(
            r#"{"workspace": {"team": "T1"}, "environments": {"staging": {"aliases": ["stage"]}, "production": {}},
                "services": {"api": {"aliases": ["backend"], "environments": {"staging": {"pipeline": "api-staging"}, "production": {"pipeline": "api-production"}}},
                             "docs": {"environments": {"production": {"pipeline": "docs"}}}},
                "roles": {}, "people": {}, "rooms": {}, "hosts": {"runbooks": {
                    "motd": {"document": "d", "description": "d"},
                    "scale": {"document": "d", "description": "d", "parameters": {
                        "mode": {"fixed": "safe"}, "count": {}, "size": {"choices": ["s", "m"]}, "why": {"default": "no reason"}}}}}}"#,
        )
        .unwrap()
    }

    #[test]
    fn keeps_what_was_typed_and_sees_what_is_missing() {
        let cases = [
            ("restart", "restart"),
            ("please restart the", "–"),
            ("restart backend", "restart api"),
            ("restart in stage", "restart in staging"),
            ("restart --batch 25% api", "restart api --batch 25%"),
            ("deploy api@v1.2 --reason fixes the login", "deploy api@v1.2 --reason fixes the login"),
            ("deploy api@$(id)", "–"),
            ("deploy stage", "deploy to staging"),
            ("logs api --grep \"a b\" --follow", "logs api --grep \"a b\" --follow"),
            ("run on api greeting=\"hello all\" --check", "run on api \"greeting=hello all\" --check"),
            ("run motd on stage", "run motd in staging"),
            ("check api", "check api"),
            ("promote api to production", "promote api to production"),
            ("promote api from staging", "promote api from staging"),
            ("freeze production", "freeze production"),
            ("freeze --for 2d", "freeze --for 2d"),
            ("reject", "reject"),
            ("reject d-7k3m9q", "reject d-7k3m9q"),
            ("reject not before the migration in May", "reject not before the migration in May"),
            ("mon snooze i-7k3m9q", "–"),
            ("mon attach i-7k3m9q", "mon attach i-7k3m9q"),
            // Not unfinished but wrong.
            ("restart apii", "–"),
            ("restart docs in staging", "–"),
            ("restart api --bacth 2", "–"),
            ("logs api --lines 0", "–"),
            ("deploy api web", "–"),
            ("restart api in staging", "–"),
            ("please dj play", "dj play"),
            ("dj unban", "dj unban"),
            ("bytes save", "bytes save"),
            ("bytes save tokio", "–"),
            ("dj remove", "dj remove"),
            ("dj remove two", "–"),
            ("bytes search", "bytes search"),
            ("bytes on", "–"),
            ("status", "–"),
            ("", "–"),
        ];
        for (line, expected) in cases {
            let found = unfinished(line, &catalog());
            assert_eq!(found.map_or_else(|| "–".to_owned(), |found| found.line()), expected, "{line}");
        }
    }

    #[test]
    fn what_a_runbook_cannot_do_without_is_a_blank_too() {
        let catalog = catalog();
        let asked = |line: &str| {
            let found = unfinished(line, &catalog)?;
            let missing = found.values().enumerate().filter(|(_, (_, value))| value.is_none());
            Some(missing.map(|(place, _)| found.label(place)).collect::<Vec<_>>().join(", "))
        };
        for (line, missing) in [
            ("run motd on api in staging", None),
            ("run motd", Some("service, environment")),
            ("run scale on api in staging", Some("count, size")),
            ("run scale on api in staging size=m --check", Some("count")),
            ("run scale on api in staging size=m count=2", None),
            ("run scale count=2", Some("service, environment, size")),
            ("run on api in staging", Some("runbook")),
        ] {
            assert_eq!(asked(line).as_deref(), missing, "{line}");
        }
        let mut found = unfinished("run scale on api in staging --check", &catalog).unwrap();
        found.fill(3, "4 of \u{201c}them\u{201d}", &catalog);
        assert!(!found.is_whole(), "a quote would end the word");
        found.fill(3, " 4 of them ", &catalog);
        found.fill(4, "m", &catalog);
        assert_eq!(found.line(), "run scale on api in staging --check \"count=4 of them\" size=m");
        assert!(found.is_whole() && parse(&found.line()).is_ok());
        assert_eq!(unfinished(&found.line(), &catalog), None);
    }

    #[test]
    fn a_habit_is_a_line_without_its_occasion() {
        let cases = [
            ("deploy api@v1.2 to staging --reason fixes it", Some("deploy api to staging")),
            ("please restart backend in stage --batch 2", Some("restart api in staging")),
            ("logs api in staging --grep password=1 --since 1h", Some("logs api in staging")),
            ("run motd on api in staging greeting=hello", Some("run motd on api in staging")),
            ("check web-1", Some("check")),
            ("reject d-7k3m9q not today", Some("reject")),
            ("status staging", Some("status")),
            ("mon open", Some("mon open")),
            ("dj play Into the Groove", Some("dj play")),
            ("dj np", Some("dj np")),
            ("bytes on", Some("bytes on")),
            ("bytes top 10 7d #rust", Some("bytes top")),
            ("bytes save https://blog.example/post", Some("bytes save")),
            ("bytes digest me weekdays 8:30", Some("bytes digest me")),
            ("deploy api docs to production", Some("deploy")),
            ("nonsense", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(habit(line, &catalog()).map(|(_, line)| line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_picked_makes_the_line_that_would_have_been_typed() {
        let catalog = catalog();
        let mut found = unfinished("restart --batch 25%", &catalog).unwrap();
        found.fill(1, "staging", &catalog);
        assert!(!found.is_whole());
        found.fill(0, "no-such-service", &catalog);
        assert!(!found.is_whole());
        found.fill(0, "api", &catalog);
        assert_eq!((found.line().as_str(), found.is_whole()), ("restart api in staging --batch 25%", true));
        found.clear(0);
        assert_eq!(found.line(), "restart in staging --batch 25%");

        let mut found = unfinished("reject", &catalog).unwrap();
        found.fill(1, " not --today ", &catalog);
        found.fill(0, "d-7k3m9q", &catalog);
        assert_eq!(found.line(), "reject d-7k3m9q not --today");
        assert!(parse(&found.line()).is_ok());
    }
}
