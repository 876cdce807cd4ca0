//! `{{ Name }}` in a document becomes the value, as the SSM agent does it: plain text, nothing quoted.
//!
//! That is why values are dangerous, and why the documents of this project put each of them between single quotes and let no value
//! with a single quote pass.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

#[expect(clippy::unwrap_used, reason = "a constant")]
static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{\{\s*([A-Za-z0-9_.]+)\s*\}\}").unwrap());

/// The values of a document's parameters.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<String, (Vec<String>, bool)>);

impl Values {
    /// Gives a parameter its value.
    pub fn set(&mut self, name: &str, values: Vec<String>, list: bool) {
        self.0.insert(name.to_owned(), (values, list));
    }

    /// A text with its places filled, once each; a list is written as JSON.
    pub fn fill(&self, text: &str) -> String {
        let value = |place: &Captures<'_>| match self.0.get(&place[1]) {
            Some((values, true)) => serde_json::json!(values).to_string(),
            Some((values, false)) => values.concat(),
            None => place[0].to_owned(),
        };
        PLACE.replace_all(text, value).into_owned()
    }

    /// A script's lines with their places filled; a line that is a list's place and nothing else becomes the list's items.
    pub fn fill_lines(&self, lines: &[String]) -> Vec<String> {
        let mut filled = Vec::new();
        for line in lines {
            let whole = PLACE.captures(line).filter(|place| place[0].len() == line.trim().len());
            match whole.and_then(|place| self.0.get(&place[1])) {
                Some((values, true)) => filled.extend(values.iter().cloned()),
                _ => filled.push(self.fill(line)),
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::Values;

    #[test]
    fn places_are_filled_once_and_as_they_are() {
        let mut values = Values::default();
        values.set("Unit", vec!["a'; {{ Other }}".to_owned()], false);
        values.set("Other", vec!["no".to_owned()], false);
        values.set("commands", vec!["one".to_owned(), "two".to_owned()], true);
        assert_eq!(values.fill("echo '{{Unit}}' {{ Unknown }}"), "echo 'a'; {{ Other }}' {{ Unknown }}");
        assert_eq!(values.fill_lines(&["{{ commands }}".to_owned(), "x {{ commands }}".to_owned()]), ["one", "two", "x [\"one\",\"two\"]"]);
    }
}
