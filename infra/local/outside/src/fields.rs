//! The fields of an action: what they ask for, and what was answered, checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::world::World;

/// One thing that an action asks for.
pub struct Field {
    /// As the request has it.
    pub id: &'static str,
    /// What it is called on the page.
    pub label: &'static str,
    /// What may be answered.
    pub kind: Kind,
    /// What is meant if nothing is said. Of [`Kind::OneOf`] it is the newest there is.
    pub default: &'static str,
    /// A line below it.
    pub hint: &'static str,
}

/// What may be answered.
pub enum Kind {
    /// Anything but nothing; the usual answers are suggested.
    Text(&'static [&'static str]),
    /// Anything, also nothing.
    Optional(&'static [&'static str]),
    /// Several lines, at least one.
    Lines,
    /// `owner/name`.
    Repository,
    /// One of these: value and label.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of what there is.
    OneOf(Existing),
}

/// Things of the world that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Pull requests that are open.
    OpenPulls,
    /// Issues that are open.
    OpenIssues,
    /// Pipelines of CodePipeline.
    Pipelines,
}

/// The repositories of the example catalog: a push to one of them is what its service's next deployment brings.
const REPOSITORIES: &[&str] = &["acme/api", "acme/web", "acme/worker"];

/// What was answered, with defaults filled in.
#[derive(Debug, Default)]
pub struct Values(BTreeMap<&'static str, String>);

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{label}: {why}")]
pub struct Refusal {
    /// The field's name in the request.
    pub field: String,
    /// Its name on the page.
    label: String,
    /// What would be right.
    why: String,
}

impl Field {
    /// A text that must be there.
    pub const fn text(id: &'static str, label: &'static str, default: &'static str) -> Self {
        Self { id, label, kind: Kind::Text(&[]), default, hint: "" }
    }

    /// One of a few.
    pub const fn choice(
        id: &'static str,
        label: &'static str,
        default: &'static str,
        choices: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { id, label, kind: Kind::Choice(choices), default, hint: "" }
    }

    /// One of what there is; of nothing, the page says how to get one.
    pub const fn one_of(id: &'static str, label: &'static str, existing: Existing, hint: &'static str) -> Self {
        Self { id, label, kind: Kind::OneOf(existing), default: "", hint }
    }

    /// The repository that it is about.
    pub const fn repository() -> Self {
        Self { id: "repository", label: "Repository", kind: Kind::Repository, default: "acme/api", hint: "" }
    }

    /// The same with a line below it.
    pub const fn with_hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// The same with other answers.
    pub const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// For the page.
    pub fn describe(&self, world: &World) -> Value {
        let choice = |(value, label): (&str, &str)| json!({"value": value, "label": label});
        let (kind, choices): (_, Vec<Value>) = match self.kind {
            Kind::Text(suggestions) | Kind::Optional(suggestions) => ("text", suggestions.iter().map(|one| choice((one, one))).collect()),
            Kind::Repository => ("text", REPOSITORIES.iter().map(|one| choice((one, one))).collect()),
            Kind::Lines => ("lines", Vec::new()),
            Kind::Choice(choices) => ("choice", choices.iter().map(|one| choice(*one)).collect()),
            Kind::OneOf(existing) => ("choice", world.existing(existing).iter().map(|(value, label)| choice((value, label))).collect()),
        };
        let default = self.default(world);
        let required = !matches!(self.kind, Kind::Optional(_));
        json!({
            "id": self.id, "label": self.label, "kind": kind, "choices": choices, "default": default, "required": required,
            "hint": self.hint,
        })
    }

    fn default(&self, world: &World) -> String {
        match self.kind {
            Kind::OneOf(existing) => world.existing(existing).into_iter().next().map(|(value, _)| value).unwrap_or_default(),
            _ => self.default.to_owned(),
        }
    }

    fn refuse(&self, why: &str) -> Refusal {
        Refusal { field: self.id.to_owned(), label: self.label.to_owned(), why: why.to_owned() }
    }

    fn check(&self, value: &str, world: &World) -> Result<(), Refusal> {
        let fine = match self.kind {
            Kind::Text(_) | Kind::Lines if value.trim().is_empty() => return Err(self.refuse("something has to be there")),
            Kind::Text(_) | Kind::Lines | Kind::Optional(_) => return Ok(()),
            Kind::Repository => is_repository(value).then_some(()).ok_or("it is written as owner/name"),
            Kind::Choice(choices) => choices.iter().any(|(known, _)| *known == value).then_some(()).ok_or("that can't be chosen"),
            Kind::OneOf(existing) => {
                let known = world.existing(existing);
                if known.is_empty() {
                    Err(self.hint)
                } else {
                    known.iter().any(|(known, _)| known == value).then_some(()).ok_or("there is none like that any more")
                }
            }
        };
        fine.map_err(|why| self.refuse(why))
    }
}

/// Letters, digits, `-`, `_` and `.` around one slash.
fn is_repository(text: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

impl Values {
    /// Reads a request's fields. What isn't there has its default; what nobody asked for is a mistake worth telling.
    pub fn read(fields: &'static [Field], given: &Map<String, Value>, world: &World) -> Result<Self, Refusal> {
        if let Some(unknown) = given.keys().find(|name| !fields.iter().any(|field| field.id == name.as_str())) {
            let known: Vec<&str> = fields.iter().map(|field| field.id).collect();
            let why = format!("this action doesn't ask for it, but for: {}", known.join(", "));
            return Err(Refusal { field: unknown.clone(), label: unknown.clone(), why });
        }
        let mut values = BTreeMap::new();
        for field in fields {
            let value = match given.get(field.id) {
                None => field.default(world),
                Some(Value::String(text)) => text.clone(),
                Some(_) => return Err(field.refuse("a text is needed")),
            };
            field.check(&value, world)?;
            values.insert(field.id, value);
        }
        Ok(Self(values))
    }

    /// What a field says; empty for one that the action doesn't have.
    pub fn text(&self, id: &str) -> &str {
        self.0.get(id).map(|text| text.trim()).unwrap_or_default()
    }

    /// A field's lines that hold anything.
    pub fn lines(&self, id: &str) -> Vec<&str> {
        self.text(id).lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect()
    }

    /// A field's items, separated by commas.
    pub fn list(&self, id: &str) -> Vec<&str> {
        self.text(id).split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::repository(),
        Field::text("title", "Title", "Count once"),
        Field::choice("state", "State", "good", &[("good", "Good"), ("bad", "Bad")]),
        Field::text("labels", "Labels", "").of(Kind::Optional(&[])),
    ];

    fn read(given: &Value) -> Result<Values, Refusal> {
        let world = World::new("2026-11-20T09:00:00Z".parse().unwrap(), Vec::new());
        Values::read(FIELDS, given.as_object().unwrap(), &world)
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let values = read(&json!({"state": "bad", "labels": " bug, ,later"})).unwrap();
        assert_eq!((values.text("repository"), values.text("title"), values.text("state")), ("acme/api", "Count once", "bad"));
        assert_eq!(values.list("labels"), ["bug", "later"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (given, field) in [
            (json!({"repository": "acme"}), "repository"),
            (json!({"repository": "acme/api/x"}), "repository"),
            (json!({"title": "  "}), "title"),
            (json!({"title": 1}), "title"),
            (json!({"state": "ugly"}), "state"),
            (json!({"colour": "red"}), "colour"),
        ] {
            assert_eq!(read(&given).unwrap_err().field, field, "{given}");
        }
    }
}
