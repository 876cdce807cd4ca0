//! What is wrong with a catalog file, all at once and with its place: first the YAML, then its shape, then its meaning.

use std::fmt;

use opsroom_domain::catalog::{Catalog, Problem};
use serde_json::Value;

use super::source::{Node, Position, parse};

/// Sections whose entries stand for themselves: one that is misshapen says nothing about the others.
const SECTIONS: [&str; 5] = ["environments", "services", "roles", "people", "rooms"];

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where.
    pub(crate) position: Position,
    /// The field, from the top; empty for a fault in the YAML itself.
    path: Vec<String>,
    /// What is wrong and what would be right.
    message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.position.line, self.position.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join("."))?;
        }
        f.write_str(&self.message)
    }
}

/// The catalog of a text, or everything that is wrong with it, in the order of the file.
pub(crate) fn read(text: &str) -> Result<Catalog, Vec<Fault>> {
    let unreadable = |(position, message)| vec![Fault { position, path: Vec::new(), message }];
    let tree = Node::read(text).map_err(unreadable)?;
    let mut faults = match misshapen(&tree) {
        faults if faults.is_empty() => {
            // From the text, not from the tree: the order of the file is what people are shown.
            let catalog: Catalog = parse(text).map_err(unreadable)?;
            let problems = catalog.problems();
            if problems.is_empty() {
                return Ok(catalog);
            }
            problems.into_iter().map(|problem| meaning(&tree, problem)).collect()
        }
        faults => faults,
    };
    faults.sort_by_key(|fault: &Fault| fault.position);
    Err(faults)
}

fn meaning(tree: &Node, problem: Problem) -> Fault {
    let position = tree.position(&problem.path, quoted(&problem.message));
    Fault { position, path: problem.path, message: problem.message }
}

/// What is wrong with the shape. At a fault within an entry, the entry is set aside and the rest is read again, so that one
/// run of the check shows what is wrong everywhere.
fn misshapen(tree: &Node) -> Vec<Fault> {
    let mut value = tree.value();
    if !value.is_object() {
        let message = "a catalog has the fields workspace, environments, services, roles and people".to_owned();
        return vec![Fault { position: Position::START, path: Vec::new(), message }];
    }
    let mut faults = Vec::new();
    while let Err(error) = serde_path_to_error::deserialize::<_, Catalog>(&value) {
        let message = error.inner().to_string();
        let path = parts(error.path(), &message);
        let goes_on = set_aside(&mut value, &path);
        faults.push(Fault { position: tree.position(&path, quoted(&message)), path, message });
        if !goes_on {
            break;
        }
    }
    faults
}

/// Takes the misshapen entry out. `false` if nothing can be taken out without a new fault coming of it.
fn set_aside(value: &mut Value, path: &[String]) -> bool {
    match path {
        [section, entry, ..] if SECTIONS.contains(&section.as_str()) => {
            value.get_mut(section).and_then(Value::as_object_mut).is_some_and(|entries| entries.remove(entry).is_some())
        }
        [section] if !SECTIONS.contains(&section.as_str()) && section != "workspace" => {
            value.as_object_mut().is_some_and(|fields| fields.remove(section).is_some())
        }
        _ => false,
    }
}

/// The path of a shape's fault. An unknown field is reported at its parent or at itself: here always at itself.
fn parts(path: &serde_path_to_error::Path, message: &str) -> Vec<String> {
    use serde_path_to_error::Segment;
    let mut parts: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if let (true, Some(field)) = (message.starts_with("unknown field"), quoted(message))
        && parts.last().is_none_or(|last| last != field)
    {
        parts.push(field.to_owned());
    }
    parts
}

/// The first word in backquotes: what a complaint is about.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
