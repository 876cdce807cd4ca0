//! A YAML text as a tree that remembers where everything stands, so that whatever is wrong can be shown in the file.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Location, Spanned};

/// A place in the file; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The line.
    pub(crate) line: u64,
    /// The column, in characters.
    pub(crate) column: u64,
}

impl Position {
    /// Where a file starts.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// A place as the parser gives it; it has none for some faults.
    pub(crate) fn from_location(location: Location) -> Self {
        if location.line() == 0 { Self::START } else { Self { line: location.line(), column: location.column() } }
    }
}

/// What stands at a place.
#[derive(Debug)]
enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Fields(Vec<(Spanned<String>, Node)>),
}

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node {
    content: Content,
    at: Position,
}

/// A value and, in a map, the place of its name.
struct Child<'a> {
    name_at: Option<Position>,
    node: &'a Node,
}

impl Node {
    /// Reads a text. Only the first fault in the YAML itself is found: what follows it can't be trusted.
    pub(crate) fn read(text: &str) -> Result<Self, (Position, String)> {
        parse(text)
    }

    /// The same without places, and without the order of fields.
    pub(crate) fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => Value::Array(items.iter().map(Self::value).collect()),
            Content::Fields(fields) => {
                Value::Object(fields.iter().map(|(key, node)| (key.value.clone(), node.value())).collect::<Map<_, _>>())
            }
        }
    }

    /// Where a field stands, or the deepest of its parents that does. `word` is what the complaint is about: if it stands
    /// within the field, as a value or a name, its own place is better.
    pub(crate) fn position(&self, path: &[String], word: Option<&str>) -> Position {
        let mut node = self;
        let mut place = self.at;
        for part in path {
            let Some(child) = node.child(part) else { break };
            let is_plain = matches!(&child.node.content, Content::Scalar(value) if !value.is_null());
            // A plain value is what is wrong, unless it is its name; of anything longer, its name says best where it is.
            place = match child.name_at {
                Some(at) if !is_plain || word == Some(part) => at,
                _ => child.node.at,
            };
            node = child.node;
        }
        word.and_then(|word| node.place_of(word)).unwrap_or(place)
    }

    fn child(&self, part: &str) -> Option<Child<'_>> {
        match &self.content {
            Content::Scalar(_) => None,
            Content::List(items) => items.get(part.parse::<usize>().ok()?).map(|node| Child { name_at: None, node }),
            Content::Fields(fields) => fields
                .iter()
                .find(|(key, _)| key.value == part)
                .map(|(key, node)| Child { name_at: Some(Position::from_location(key.referenced)), node }),
        }
    }

    fn place_of(&self, word: &str) -> Option<Position> {
        match &self.content {
            Content::Scalar(Value::String(text)) if text == word => Some(self.at),
            Content::Scalar(_) => None,
            Content::List(items) => items.iter().find_map(|item| item.place_of(word)),
            Content::Fields(fields) => {
                fields.iter().find_map(
                    |(key, node)| {
                        if key.value == word { Some(Position::from_location(key.referenced)) } else { node.place_of(word) }
                    },
                )
            }
        }
    }
}

/// Reads a text as whatever is wanted, or says what is wrong with it and where.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, (Position, String)> {
    // `no` is a word in YAML 1.2, and a snippet would be printed into a message that already names its place.
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let position = error.location().map_or(Position::START, Position::from_location);
        (position, about_the_file(&error.to_string()))
    })
}

/// The parser ends its messages with the place, which is printed before them here, and with advice for programmers.
fn about_the_file(message: &str) -> String {
    let end = [" at line ", ", set DuplicateKeyPolicy", "\n"].iter().filter_map(|end| message.find(end)).min().unwrap_or(message.len());
    message[..end].to_owned()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value: content, referenced, .. } = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { content, at: Position::from_location(referenced) })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value, a list or fields")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Content, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut fields = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            fields.push(entry);
        }
        Ok(Content::Fields(fields))
    }
}
