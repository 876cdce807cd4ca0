//! What alarms are about, and which belong together.

use super::*;
use crate::alarm::{AlarmSource, AlarmState};
use crate::test_data::{catalog, report};

fn about(name: &str, labels: &[(&str, &str)]) -> String {
    let mut report = report("a", AlarmState::Firing, 0);
    report.name = name.to_owned();
    report.labels = labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    let (service, environment) = service_and_environment(Some(&catalog()), &report);
    format!("{} {}", service.map_or("-".into(), |s| s.to_string()), environment.map_or("-".into(), |e| e.to_string()))
}

#[test]
fn finds_service_and_environment_by_labels_then_by_the_words_of_the_name() {
    for (name, labels, expected) in [
        ("5xx", &[("service", "api"), ("env", "production")][..], "api production"),
        ("5xx", &[("Service", "API"), ("Stage", "prod")], "api production"),
        ("5xx", &[("job", "backend"), ("tag:environment", "stage")], "api staging"),
        ("5xx", &[("tag:service", "web-shop")], "web-shop -"),
        ("5xx", &[("app.kubernetes.io/name", "web-shop")], "web-shop -"),
        // A label goes before a tag, and both before the name.
        ("web-shop", &[("tag:service", "web-shop"), ("app", "api")], "api -"),
        // A value that the catalog doesn't know says nothing.
        ("web-shop-staging", &[("job", "node-exporter"), ("env", "blue")], "web-shop staging"),
        ("api-production-5xx", &[], "api production"),
        ("prod/web-shop/latency", &[], "web-shop production"),
        ("WebShopProd5xx", &[], "web-shop -"),
        ("webShop.staging", &[], "web-shop staging"),
        // The longest name counts: `web` is a service of its own.
        ("web_shop", &[], "web-shop -"),
        ("web", &[], "web -"),
        // Only whole words.
        ("capital", &[], "- -"),
        ("", &[], "- -"),
    ] {
        assert_eq!(about(name, labels), expected, "{name} {labels:?}");
    }
    assert_eq!(service_and_environment(None, &report("api", AlarmState::Firing, 0)), (None, None));
}

#[test]
fn alarms_of_a_service_in_an_environment_belong_together_unless_the_catalog_says_otherwise() {
    let (api, production): (ServiceName, EnvironmentName) = ("api".into(), "production".into());
    let report = report("a", AlarmState::Firing, 0);
    let key = |monit: &Monit, service, environment| group(monit, &report, service, environment).key;
    let monit = Monit::default();
    assert_eq!(key(&monit, Some(&api), Some(&production)), "service=api environment=production");
    assert_eq!(key(&monit, Some(&api), None), "service=api");
    assert_eq!(key(&monit, None, Some(&production)), "alarm=cloudwatch:a");
    assert_eq!(group(&monit, &report, None, None).window, SignedDuration::from_mins(10));
}

#[test]
fn the_first_pattern_that_fits_counts() {
    let pattern = |sources: &[AlarmSource], tags: &[&str]| Pattern {
        sources: sources.to_vec(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        window_minutes: 5,
    };
    let monit = Monit {
        correlate: vec![
            pattern(&[AlarmSource::Grafana], &["environment"]),
            pattern(&[], &["team", "environment"]),
            pattern(&[AlarmSource::Cloudwatch], &["service"]),
        ],
        ..Monit::default()
    };
    let (api, production): (ServiceName, EnvironmentName) = ("api".into(), "production".into());
    let mut report = report("a", AlarmState::Firing, 0);
    let grouped = |report: &AlarmReport| group(&monit, report, Some(&api), Some(&production));
    assert_eq!(grouped(&report), Group { key: "source=cloudwatch service=api".into(), window: SignedDuration::from_mins(5) });
    report.labels.insert("team".into(), "shop".into());
    assert_eq!(grouped(&report).key, "team=shop environment=production");
    report.labels.insert("team".into(), "s".repeat(600));
    let long = grouped(&report).key;
    report.labels.insert("team".into(), format!("{}t", "s".repeat(600)));
    assert_ne!(grouped(&report).key, long);
    assert!(long.len() <= LONGEST_KEY && long.starts_with("team=sss"));
    report.key.source = AlarmSource::Generic;
    report.labels.clear();
    assert_eq!(grouped(&report).key, "service=api environment=production");
}
