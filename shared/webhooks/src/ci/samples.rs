//! The samples in `tests/fixtures/senders`, sent as their senders do and taken in one after the other.

use std::fmt::Write as _;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use opsroom_domain::ids::Login;
use opsroom_domain::pipeline_execution::{PipelineExecution, Seen};
use opsroom_domain::repository::RepositoryName;

use crate::{Reading, Recognised, Secrets, Sender, Webhook, read, recognise, verify};

/// When all samples arrive.
pub(super) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(super) fn secrets(current: &str) -> Secrets {
    Secrets { current: current.to_owned(), previous: None }
}

pub(super) fn headers(of: &[(&str, &str)]) -> HeaderMap {
    of.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

/// `HMAC-SHA256(secret, text)` as its digits.
pub(super) fn hmac(secret: &str, parts: &[&[u8]]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

pub(super) fn body(sender: Sender, name: &str) -> Vec<u8> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/senders").join(sender.name()).join(name).with_extension("json");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the door makes of a sample.
pub(super) fn taken(sender: Sender, name: &str, event: &[(&str, &str)]) -> Recognised {
    recognise(sender, &headers(event), &body(sender, name), now()).unwrap()
}

pub(super) fn webhook(sender: Sender, name: &str, event: &[(&str, &str)]) -> Webhook {
    match taken(sender, name, event) {
        Recognised::Event(webhook) => webhook,
        other => panic!("{name} is {other:?}"),
    }
}

/// What a sample says; the same, if the queue takes only what is read of it.
pub(super) fn reading(webhook: &Webhook) -> Reading {
    let said = read(webhook).unwrap();
    assert_eq!(read(&webhook.clone().fit(0)).unwrap(), said, "trimmed");
    said
}

/// The run after some samples. Those of a run that were sent before change nothing more.
pub(super) fn run(sender: Sender, samples: &[(&str, &[(&str, &str)])]) -> PipelineExecution {
    let mut run: Option<PipelineExecution> = None;
    let webhooks: Vec<Webhook> = samples.iter().map(|(name, event)| webhook(sender, name, event)).collect();
    for webhook in &webhooks {
        let report = reading(webhook).run.unwrap();
        let run = run.get_or_insert_with(|| PipelineExecution::unseen(report.key.clone()));
        assert_eq!(run.key, report.key);
        let changed = report.observations.iter().fold(false, |changed, seen| run.observe(seen, now()) | changed);
        assert!(changed, "{} told nothing new", webhook.event);
    }
    let run = run.unwrap();
    let mut again = run.clone();
    for webhook in webhooks.iter().rev() {
        for seen in &reading(webhook).run.unwrap().observations {
            again.observe(seen, now());
        }
    }
    // A late sample may still tell when a stage began; it never changes how things stand.
    assert_eq!(shown(&again), shown(&run), "sent again in the wrong order");
    run
}

/// A run, to be read.
pub(super) fn shown(run: &PipelineExecution) -> String {
    let mut text = format!("{} {}: {}\n", run.key.pipeline, run.key.execution, standing(run.status));
    let facts = &run.facts;
    let author = facts.author.as_ref().map(|author| {
        let login = author.login.as_ref().map(Login::as_str);
        format!("{} ({})", author.shown(), login.or(author.email.as_deref()).unwrap_or("no address"))
    });
    let of = |value: Option<&str>| value.unwrap_or("-").to_owned();
    let repository = facts.repository.as_ref().map(RepositoryName::as_str);
    writeln!(text, "{} {} #{} by {}", of(repository), of(facts.branch.as_deref()), of(facts.number.as_deref()), of(author.as_deref()))
        .unwrap();
    writeln!(text, "{} {} since {}", of(facts.trigger.as_deref()), of(facts.url.as_deref()), run.began_at().map_or("-".into(), time))
        .unwrap();
    if let Some(source) = &run.source {
        let id: String = source.id.chars().take(7).collect();
        writeln!(text, "{id} {}", of(source.summary.as_deref())).unwrap();
    }
    for stage in &run.stages {
        writeln!(text, "- {}: {}", stage.name, standing(stage.status)).unwrap();
        for action in &stage.actions {
            writeln!(text, "  - {}: {} {}", action.name, standing(Some(action.status)), of(action.result.summary.as_deref())).unwrap();
            if let Some(log) = &action.log {
                writeln!(text, "    {}", log.replace('\n', "\n    ")).unwrap();
            }
        }
    }
    match (run.failure(), run.waiting_approval()) {
        (Some((stage, action)), _) => writeln!(text, "failed: {} / {}", stage.name, of(action.map(|action| action.name.as_str()))).unwrap(),
        (None, Some((stage, _))) => writeln!(text, "waits: {}", stage.name).unwrap(),
        (None, None) => {}
    }
    text
}

fn standing(seen: Option<Seen>) -> String {
    seen.map_or_else(|| "not begun".to_owned(), |seen| format!("{:?} {}", seen.status, time(seen.at)))
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

/// Whether a request proves itself with the sender's scheme.
pub(super) fn opens(sender: Sender, event: &[(&str, &str)], query: &str, body: &[u8], secret: &str) -> Result<(), crate::NotAuthentic> {
    verify(sender, &headers(event), query, body, &secrets(secret), now())
}
