//! Which alarms are meant, as people type it: `service=api env=staging name:api-* label.team=shop`.

use opsroom_domain::alarm::AlarmSource;
use opsroom_domain::ids::{EnvironmentName, ServiceName};
use opsroom_domain::monit::{AlarmMatch, Severity};

use crate::mistake::{Mistake, nearest};

/// As many labels, and values as long, as an alarm has.
const MOST_LABELS: usize = 20;
const LONGEST: usize = 255;

const SOURCES: [AlarmSource; 4] = [AlarmSource::Cloudwatch, AlarmSource::Alertmanager, AlarmSource::Grafana, AlarmSource::Generic];

/// Terms as they are read.
#[derive(Debug, Default)]
pub(super) struct Terms(AlarmMatch);

impl Terms {
    /// For people whose term isn't understood.
    pub(super) const VALID: [&str; 7] =
        ["name:api-*", "service=api", "env=staging", "severity:alert", "source:grafana", "label.team=shop", "tag.team=shop"];

    /// A term's name and value: both `=` and `:` part them, whichever is first.
    pub(super) fn split(word: &str) -> Option<(&str, &str)> {
        let at = word.find(['=', ':'])?;
        let (name, value) = (&word[..at], &word[at + 1..]);
        (!name.is_empty()).then_some((name, value))
    }

    /// Whether a word is a term, as opposed to a word with a colon.
    pub(super) fn is_term(word: &str) -> bool {
        Self::split(word).is_some_and(|(name, value)| !value.is_empty() && Kind::of(name).is_some())
    }

    /// Adds a term.
    pub(super) fn take(&mut self, word: &str) -> Result<(), Mistake> {
        let Some((name, value)) = Self::split(word) else {
            return Err(Mistake::new(format!("`{word}` isn't understood")).valid(Self::VALID));
        };
        let Some(kind) = Kind::of(name) else { return Err(unknown(name, value)) };
        if value.is_empty() {
            return Err(Mistake::new(format!("`{name}` needs a value, without a space before it")));
        }
        if value.chars().count() > LONGEST {
            return Err(Mistake::new(format!("the value of `{name}` is too long; {LONGEST} characters are the most")));
        }
        let twice = || Mistake::new(format!("`{name}` stands twice"));
        let set = |is_new: bool| if is_new { Ok(()) } else { Err(twice()) };
        let terms = &mut self.0;
        match kind {
            Kind::Name => set(terms.name.replace(value.to_owned()).is_none()),
            Kind::Service => set(terms.service.replace(ServiceName::new(value)).is_none()),
            Kind::Environment => set(terms.environment.replace(EnvironmentName::new(value)).is_none()),
            Kind::Severity => set(terms.severity.replace(severity(value)?).is_none()),
            Kind::Source => set(terms.source.replace(source(value)?).is_none()),
            Kind::Label(label) => {
                // `tag:team=shop`: the name of the label stands in the value.
                let (label, value) = match label {
                    Some(label) => (label, value),
                    None => Self::split(value).filter(|(_, value)| !value.is_empty()).ok_or_else(|| {
                        Mistake::new(format!("`{word}` names no label with a value")).valid(["label.team=shop", "tag.team=shop"])
                    })?,
                };
                let is_tag = name.to_lowercase().starts_with("tag");
                let label = if is_tag { format!("tag:{label}") } else { label.to_owned() };
                set(terms.labels.insert(label, value.to_owned()).is_none())?;
                if terms.labels.len() > MOST_LABELS {
                    return Err(Mistake::new(format!("{MOST_LABELS} labels are the most")));
                }
                Ok(())
            }
        }
    }

    /// What they say together.
    pub(super) fn matches(self) -> AlarmMatch {
        self.0
    }
}

/// What a term is about.
enum Kind<'a> {
    Name,
    Service,
    Environment,
    Severity,
    Source,
    /// A label, with its name if that stands before the value.
    Label(Option<&'a str>),
}

impl<'a> Kind<'a> {
    fn of(name: &'a str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "name" | "alarm" | "alertname" => Self::Name,
            "service" | "svc" => Self::Service,
            "environment" | "env" => Self::Environment,
            "severity" | "reported" => Self::Severity,
            "source" | "from" => Self::Source,
            "label" | "labels" | "tag" | "tags" | "dimension" => Self::Label(None),
            _ => match name.split_once('.') {
                Some((kind, label))
                    if !label.is_empty() && matches!(kind.to_lowercase().as_str(), "label" | "labels" | "tag" | "tags" | "dimension") =>
                {
                    Self::Label(Some(label))
                }
                _ => return None,
            },
        })
    }
}

fn unknown(name: &str, value: &str) -> Mistake {
    let names = ["name", "service", "environment", "env", "severity", "source", "label", "tag"];
    let near = nearest(name, names)
        .map_or_else(|| format!("; for a label of that name, write `label.{name}={value}`"), |near| format!("; did you mean `{near}`?"));
    Mistake::new(format!("`{name}` is nothing that alarms are told apart by{near}")).valid(Terms::VALID)
}

/// How bad, in anybody's words.
pub(super) fn severity(value: &str) -> Result<Severity, Mistake> {
    Severity::named(value).ok_or_else(|| Mistake::new(format!("`{value}` is no severity")).valid(["alert", "notification"]))
}

fn source(value: &str) -> Result<AlarmSource, Mistake> {
    SOURCES.into_iter().find(|source| source.as_str().eq_ignore_ascii_case(value)).ok_or_else(|| {
        let names = || SOURCES.map(AlarmSource::as_str);
        let near = nearest(value, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Mistake::new(format!("`{value}` is no source of alarms{near}")).valid(names())
    })
}
