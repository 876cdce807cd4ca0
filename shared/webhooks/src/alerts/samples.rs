//! The samples in `tests/fixtures/alarms`, sent as their senders do.

use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::{Reading, Recognised, Sender, Webhook, read, recognise};

/// When all samples arrive.
pub(super) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn headers(of: &[(&str, &str)]) -> HeaderMap {
    of.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

pub(super) fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/alarms").join(name).with_extension("json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(super) fn webhook(sender: Sender, body: &str) -> Webhook {
    match recognise(sender, &HeaderMap::new(), body.as_bytes(), now()).unwrap() {
        Recognised::Event(webhook) => webhook,
        other => panic!("{other:?}"),
    }
}

/// What a sample says; the same, if the queue takes only what is read of it.
pub(super) fn reading(sender: Sender, name: &str) -> Reading {
    let webhook = webhook(sender, &sample(name));
    let said = read(&webhook).unwrap();
    assert_eq!(read(&webhook.clone().fit(0)).unwrap(), said, "trimmed");
    said
}

pub(super) fn labels(of: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
