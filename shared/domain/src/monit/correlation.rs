//! Which alarms are one incident, and what they are about.
//!
//! Senders name services in their own ways: in a label, a dimension, a tag, or only in the alarm's name. The catalog's names and aliases decide
//! what is one.

use jiff::SignedDuration;

use crate::alarm::AlarmReport;
use crate::catalog::{Catalog, Monit, Pattern};
use crate::ids::{EnvironmentName, ServiceName, code};

/// How long an incident takes in others of its service and environment where the catalog says nothing else.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// How long a group's key may be: a part of a key of the table.
const LONGEST_KEY: usize = 500;

/// Labels that name a service, the surest first. `CloudWatch`'s dimensions and tags are among an alarm's labels.
const SERVICE_LABELS: [&str; 9] =
    ["service", "service_name", "servicename", "app", "application", "app_kubernetes_io_name", "component", "job", "name"];

/// Labels that name an environment, the surest first.
const ENVIRONMENT_LABELS: [&str; 6] = ["environment", "env", "deployment_environment", "environmentname", "stage", "namespace"];

/// What alarms of one incident have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The same for all of them: `service=api environment=production`. 500 bytes at most.
    pub key: String,
    /// How long after its latest alarm an incident takes in others of the group.
    pub window: SignedDuration,
}

/// The service and environment of the catalog that an alarm is about: by its labels, else by the words of its name.
pub fn service_and_environment(catalog: Option<&Catalog>, report: &AlarmReport) -> (Option<ServiceName>, Option<EnvironmentName>) {
    let Some(catalog) = catalog else { return (None, None) };
    let service = labelled(report, &SERVICE_LABELS, |value| catalog.service(value).ok().map(|(name, _)| name.clone())).or_else(|| {
        let names = catalog.services.iter().map(|(name, service)| (name, name.as_str(), &service.aliases));
        in_name(&report.name, names).cloned()
    });
    let environment = labelled(report, &ENVIRONMENT_LABELS, |value| catalog.environment(value).ok().cloned()).or_else(|| {
        let names = catalog.environments.iter().map(|(name, environment)| (name, name.as_str(), &environment.aliases));
        in_name(&report.name, names).cloned()
    });
    (service, environment)
}

/// The first label of some whose value means something. Tags (`tag:service`) count like labels, after them.
fn labelled<T>(report: &AlarmReport, keys: &[&str], known: impl Fn(&str) -> Option<T>) -> Option<T> {
    let values = |prefix: &'static str| {
        keys.iter().flat_map(move |key| {
            report.labels.iter().filter_map(move |(label, value)| {
                let label = if prefix.is_empty() { label } else { label.strip_prefix(prefix)? };
                label.replace(['-', '.', '/'], "_").eq_ignore_ascii_case(key).then_some(value)
            })
        })
    };
    values("").chain(values("tag:")).find_map(|value| known(value))
}

/// The name that stands in an alarm's name as words of its own, `web-shop` in `prod/web-shop/5xx`. Of several the longest counts,
/// of equally long ones the one that stands first.
fn in_name<'a, T>(alarm: &str, names: impl Iterator<Item = (T, &'a str, &'a Vec<String>)>) -> Option<T> {
    let alarm = words(alarm);
    let mut best: Option<(usize, std::cmp::Reverse<usize>, T)> = None;
    for (what, name, aliases) in names {
        let found = std::iter::once(name)
            .chain(aliases.iter().map(String::as_str))
            .filter_map(|name| {
                let name = words(name);
                let place = (!name.is_empty()).then(|| alarm.windows(name.len()).position(|window| window == name))??;
                Some((name.len(), std::cmp::Reverse(place)))
            })
            .max();
        if let Some((length, place)) = found
            && best.as_ref().is_none_or(|(other, there, _)| (length, place) > (*other, *there))
        {
            best = Some((length, place, what));
        }
    }
    best.map(|(_, _, what)| what)
}

/// `prod/webShop_5XX` is `prod`, `web`, `shop`, `5xx`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_alphanumeric() || (before.is_lowercase() && letter.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The group that an alarm belongs to: the first pattern of the catalog that fits, else its service and environment, else its own.
pub fn group(monit: &Monit, report: &AlarmReport, service: Option<&ServiceName>, environment: Option<&EnvironmentName>) -> Group {
    let value = |tag: &str| match tag {
        "service" => service.map(ServiceName::as_str),
        "environment" => environment.map(EnvironmentName::as_str),
        label => report.labels.get(label).map(String::as_str),
    };
    let by_pattern = monit
        .correlate
        .iter()
        .find_map(|pattern| Some(Group { key: alike(pattern, report, value)?, window: minutes(pattern.window_minutes) }));
    if let Some(group) = by_pattern {
        return Group { key: within(group.key), ..group };
    }
    let key = match (service, environment) {
        (Some(service), Some(environment)) => format!("service={service} environment={environment}"),
        (Some(service), None) => format!("service={service}"),
        (None, _) => format!("alarm={}", report.key),
    };
    Group { key: within(key), window: WINDOW }
}

/// What a pattern's alarms are alike in, or `None` if this one doesn't fit it. Patterns for some sources have groups of their own.
fn alike<'a>(pattern: &Pattern, report: &AlarmReport, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    if pattern.tags.is_empty() || !(pattern.sources.is_empty() || pattern.sources.contains(&report.key.source)) {
        return None;
    }
    let sources = (!pattern.sources.is_empty()).then(|| {
        let sources: Vec<&str> = pattern.sources.iter().map(|source| source.as_str()).collect();
        Some(format!("source={}", sources.join(",")))
    });
    let tags = pattern.tags.iter().map(|tag| Some(format!("{tag}={}", value(tag)?)));
    let parts: Option<Vec<String>> = sources.into_iter().chain(tags).collect();
    Some(parts?.join(" "))
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

/// A key that is too long is told from others by a code.
fn within(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let end = (0..=LONGEST_KEY - 20).rev().find(|&at| key.is_char_boundary(at)).unwrap_or(0);
    format!("{}~{}", &key[..end], code(&key, 12))
}

#[cfg(test)]
#[path = "correlation_tests.rs"]
mod tests;
