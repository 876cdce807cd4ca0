//! The arguments of a call, wherever they stand: query, form or JSON. Structured ones (`blocks`, `metadata`, `view`) come as JSON
//! inside a form field or as they are in a JSON body.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::reply::Refusal;

/// The arguments by name.
#[derive(Debug, Default)]
pub struct Params(pub Map<String, Value>);

impl Params {
    /// Reads the arguments of a request.
    pub fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Result<Self, Refusal> {
        let mut all = Map::new();
        if let Some(query) = query {
            form(&mut all, query.as_bytes())?;
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            if !body.is_empty() {
                let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::new("invalid_json"))?;
                let Value::Object(object) = value else { return Err(Refusal::new("json_not_object")) };
                all.extend(object);
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") || (kind.is_empty() && !body.is_empty()) {
            form(&mut all, body)?;
        } else if !body.is_empty() {
            return Err(Refusal::new("invalid_post_type"));
        }
        Ok(Self(all))
    }

    /// An argument as text, if it is there and not empty.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// An argument that must be there.
    pub fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::argument(&format!("missing required field: {name}")))
    }

    /// A switch.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// A structured argument. `Err(())` if it is no JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ()> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A list that is written with commas or as JSON.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.json(name) {
            Ok(Some(Value::Array(items))) => {
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
            }
            _ => self
                .text(name)
                .map(|text| text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
                .unwrap_or_default(),
        }
    }
}

fn form(all: &mut Map<String, Value>, bytes: &[u8]) -> Result<(), Refusal> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).map_err(|_| Refusal::new("invalid_form_data"))?;
    all.extend(pairs.into_iter().map(|(name, value)| (name, Value::String(value))));
    Ok(())
}

/// The token, from the header or from the arguments.
pub fn token(headers: &HeaderMap, params: &Params) -> Option<String> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned()).or_else(|| params.text("token"))
}
