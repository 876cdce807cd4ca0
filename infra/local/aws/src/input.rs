//! Reads a request's fields by the constraints of the API models (botocore `codepipeline/2015-07-09`, `ssm/2014-11-06`), and
//! says what breaks them in AWS's words: every problem in one `ValidationException`.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// What a string must look like.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// A pipeline's, stage's or action's name.
    Name,
    /// A variable's name.
    VariableName,
    /// An execution's id, or an approval's token.
    Id,
    /// A client request token.
    ClientToken,
    /// Why a transition is disabled.
    DisabledReason,
    /// Anything of a length.
    Text(usize, usize),
    /// Text that a regular expression of the API model matches, within a length.
    Pattern(&'static str, (usize, usize)),
    /// One of these.
    OneOf(&'static [&'static str]),
}

impl Rule {
    fn broken_by(self, value: &str) -> Option<String> {
        let length = value.chars().count();
        let (least, most) = match self {
            Rule::Name => (1, 100),
            Rule::VariableName | Rule::ClientToken => (1, 128),
            Rule::DisabledReason => (1, 300),
            Rule::Text(least, most) | Rule::Pattern(_, (least, most)) => (least, most),
            Rule::Id | Rule::OneOf(_) => (0, usize::MAX),
        };
        if length < least {
            return Some(format!("Member must have length greater than or equal to {least}"));
        }
        if length > most {
            return Some(format!("Member must have length less than or equal to {most}"));
        }
        let pattern = |pattern: &str| Some(format!("Member must satisfy regular expression pattern: {pattern}"));
        let all = |allowed: &str| value.chars().all(|c| c.is_ascii_alphanumeric() || allowed.contains(c));
        match self {
            Rule::Name if !all(".@-_") => pattern(r"[A-Za-z0-9.@\-_]+"),
            Rule::VariableName if !all("@-_") => pattern(r"[A-Za-z0-9@\-_]+"),
            Rule::ClientToken if !all("-") => pattern("^[a-zA-Z0-9-]+$"),
            Rule::DisabledReason if !all("!@ ().*?-") => pattern(r"[a-zA-Z0-9!@ \(\)\.\*\?\-]+"),
            Rule::Id if !is_id(value) => pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
            Rule::Pattern(expression, _) if !Regex::new(expression).is_ok_and(|regex| regex.is_match(value)) => pattern(expression),
            Rule::OneOf(words) if !words.contains(&value) => Some(format!("Member must satisfy enum value set: [{}]", words.join(", "))),
            _ => None,
        }
    }
}

fn is_id(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    let hexadecimal = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| hexadecimal(part))
}

/// A request being read.
#[derive(Debug, Default)]
pub struct Problems {
    broken: Vec<String>,
    malformed: Option<String>,
}

/// One object of a request, at a path within it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    fields: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Input<'a> {
    /// The request's own fields.
    pub fn new(fields: &'a Map<String, Value>) -> Self {
        Input { fields, path: "" }
    }

    fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    /// A string that must be there.
    pub fn required(&self, field: &str, rule: Rule, problems: &mut Problems) -> String {
        let found = self.optional(field, rule, problems);
        if found.is_none() && !matches!(self.fields.get(field), Some(value) if !value.is_null()) {
            problems.add(&Value::Null, &self.at(field), "Member must not be null");
        }
        found.unwrap_or_default()
    }

    /// A string that may be there.
    pub fn optional(&self, field: &str, rule: Rule, problems: &mut Problems) -> Option<String> {
        match self.fields.get(field) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                if let Some(constraint) = rule.broken_by(text) {
                    problems.add(&Value::String(text.clone()), &self.at(field), &constraint);
                }
                Some(text.clone())
            }
            Some(_) => problems.malformed(&self.at(field), "a string"),
        }
    }

    /// A number that may be there.
    pub fn number(&self, field: &str, least: u64, most: u64, problems: &mut Problems) -> Option<usize> {
        match self.fields.get(field) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let Some(number) = value.as_i64() else { return problems.malformed(&self.at(field), "an integer") };
                if i128::from(number) < i128::from(least) {
                    let constraint = format!("Member must have value greater than or equal to {least}");
                    problems.add(value, &self.at(field), &constraint);
                }
                if i128::from(number) > i128::from(most) {
                    let constraint = format!("Member must have value less than or equal to {most}");
                    problems.add(value, &self.at(field), &constraint);
                }
                usize::try_from(number).ok()
            }
        }
    }

    /// A yes or no; no when it is missing.
    pub fn flag(&self, field: &str, problems: &mut Problems) -> bool {
        match self.fields.get(field) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => problems.malformed(&self.at(field), "a boolean").unwrap_or_default(),
        }
    }

    /// Reads an object that may be there.
    pub fn object<T>(&self, field: &str, problems: &mut Problems, read: impl FnOnce(Input<'_>, &mut Problems) -> T) -> Option<T> {
        match self.fields.get(field) {
            None | Some(Value::Null) => None,
            Some(Value::Object(fields)) => Some(read(Input { fields, path: &self.at(field) }, problems)),
            Some(_) => problems.malformed(&self.at(field), "an object"),
        }
    }

    /// A list of strings; empty when it is missing.
    pub fn strings(&self, field: &str, (least, most): (usize, usize), rule: Rule, problems: &mut Problems) -> Vec<String> {
        let path = self.at(field);
        match self.fields.get(field) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => {
                problems.length(&self.fields[field], &path, items.len(), least, most);
                let mut read = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}.{}.member", index + 1);
                    let Some(text) = item.as_str() else { return problems.malformed(&path, "a string").unwrap_or_default() };
                    if let Some(constraint) = rule.broken_by(text) {
                        problems.add(item, &path, &constraint);
                    }
                    read.push(text.to_owned());
                }
                read
            }
            Some(_) => problems.malformed(&path, "a list").unwrap_or_default(),
        }
    }

    /// A map of lists of strings, as SSM's parameters are; empty when it is missing.
    pub fn lists(&self, field: &str, problems: &mut Problems) -> BTreeMap<String, Vec<String>> {
        let path = self.at(field);
        match self.fields.get(field) {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(fields)) => {
                let input = Input { fields, path: &path };
                fields
                    .keys()
                    .map(|name| (name.clone(), input.strings(name, (0, usize::MAX), Rule::Text(0, usize::MAX), problems)))
                    .collect()
            }
            Some(_) => problems.malformed(&path, "an object").unwrap_or_default(),
        }
    }

    /// Reads a list of objects; empty when it is missing.
    pub fn list<T>(
        &self,
        field: &str,
        (least, most): (usize, usize),
        problems: &mut Problems,
        read: impl Fn(Input<'_>, &mut Problems) -> T,
    ) -> Vec<T> {
        let path = self.at(field);
        match self.fields.get(field) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => {
                problems.length(&self.fields[field], &path, items.len(), least, most);
                let read_one = |(index, item): (usize, &Value)| {
                    let path = format!("{path}.{}.member", index + 1);
                    match item {
                        Value::Object(fields) => Some(read(Input { fields, path: &path }, problems)),
                        _ => problems.malformed(&path, "an object"),
                    }
                };
                items.iter().enumerate().filter_map(read_one).collect()
            }
            Some(_) => problems.malformed(&path, "a list").unwrap_or_default(),
        }
    }
}

impl Problems {
    fn add(&mut self, value: &Value, path: &str, constraint: &str) {
        let value = match value {
            Value::Null => "null".to_owned(),
            Value::String(text) => format!("'{text}'"),
            other => format!("'{other}'"),
        };
        self.broken.push(format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}"));
    }

    fn length(&mut self, value: &Value, path: &str, length: usize, least: usize, most: usize) {
        if length < least {
            self.add(value, path, &format!("Member must have length greater than or equal to {least}"));
        }
        if length > most {
            self.add(value, path, &format!("Member must have length less than or equal to {most}"));
        }
    }

    fn malformed<T>(&mut self, path: &str, expected: &str) -> Option<T> {
        self.malformed.get_or_insert_with(|| format!("The member '{path}' must be {expected}"));
        None
    }

    /// The refusal, if anything was wrong.
    pub fn check(self) -> Result<(), Refusal> {
        if let Some(message) = self.malformed {
            return Err(Refusal::new("SerializationException", message));
        }
        match self.broken.len() {
            0 => Ok(()),
            1 => Err(Refusal::invalid(format!("1 validation error detected: {}", self.broken[0]))),
            count => Err(Refusal::invalid(format!("{count} validation errors detected: {}", self.broken.join("; ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Input, Problems, Rule};

    fn refusal(body: &Value, read: impl Fn(Input<'_>, &mut Problems)) -> String {
        let mut problems = Problems::default();
        read(Input::new(body.as_object().unwrap()), &mut problems);
        problems.check().unwrap_err().message
    }

    #[test]
    fn problems_are_told_in_one_message() {
        let said = refusal(&json!({ "name": "not a name", "maxResults": 101 }), |input, problems| {
            input.required("name", Rule::Name, problems);
            input.required("other", Rule::Id, problems);
            input.number("maxResults", 1, 100, problems);
        });
        assert_eq!(
            said,
            "3 validation errors detected: Value 'not a name' at 'name' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+; Value null at 'other' failed to satisfy \
             constraint: Member must not be null; Value '101' at 'maxResults' failed to satisfy constraint: Member \
             must have value less than or equal to 100"
        );
    }

    #[test]
    fn nested_members_are_named_by_their_path() {
        let said = refusal(&json!({ "variables": [{ "name": "REF", "value": "" }] }), |input, problems| {
            input.list("variables", (1, 50), problems, |input, problems| {
                input.required("name", Rule::VariableName, problems);
                input.required("value", Rule::Text(1, 1000), problems);
            });
        });
        assert_eq!(
            said,
            "1 validation error detected: Value '' at 'variables.1.member.value' failed to satisfy constraint: Member \
             must have length greater than or equal to 1"
        );
    }

    #[test]
    fn a_wrong_type_is_not_a_broken_constraint() {
        let mut problems = Problems::default();
        let body = json!({ "name": 7 });
        Input::new(body.as_object().unwrap()).required("name", Rule::Name, &mut problems);
        assert_eq!(problems.check().unwrap_err().code, "SerializationException");
    }
}
