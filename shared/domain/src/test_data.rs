//! A small team and its alarms, for the tests.

use indexmap::IndexMap;
use jiff::Timestamp;

use crate::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState};
use crate::catalog::{Catalog, Environment, Members, Monit, Person, Role, Room, Rotation, Service, Target, Workspace};
use crate::ids::{PersonId, RotationName};

/// A second of an autumn day.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A `CloudWatch` alarm that says nothing but how it stands.
pub(crate) fn report(id: &str, state: AlarmState, second: i64) -> AlarmReport {
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Cloudwatch, id: id.to_owned() },
        name: id.to_owned(),
        state,
        at: at(second),
        reason: None,
        description: None,
        severity: None,
        labels: std::collections::BTreeMap::new(),
        measure: None,
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks::default(),
        plot: None,
    }
}

/// Two people who take turns, in Berlin.
pub(crate) fn rotation() -> Rotation {
    Rotation {
        people: vec!["U1".into(), "U2".into()],
        zone: "Europe/Berlin".to_owned(),
        handover: "monday 09:00".to_owned(),
        starts: "2026-01-05".to_owned(),
    }
}

/// Three services in two environments, two people on call.
pub(crate) fn catalog() -> Catalog {
    let environment = |alias: &str| Environment { aliases: vec![alias.to_owned()], ..Environment::default() };
    let service = |name: &str, aliases: &[&str], owners: &[&str]| {
        let target = |place: &str| {
            (
                place.into(),
                Target {
                    pipeline: format!("{name}-{place}").as_str().into(),
                    revision: None,
                    hosts: None,
                    log_group: None,
                    approval: None,
                    requires: None,
                    rollback_stage: None,
                },
            )
        };
        Service {
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            repository: None,
            owners: owners.iter().map(|&owner| owner.into()).collect(),
            runbook: (name == "api").then(|| "https://runbooks.example/api".to_owned()),
            quiet_while_deploying: false,
            environments: [target("staging"), target("production")].into_iter().collect(),
        }
    };
    let person = |id: &str| (PersonId::from(id), Person { name: id.to_owned(), github: None, email: None, roles: vec!["operator".into()] });
    let room = |name: &str| Room { name: name.to_owned(), allow: Vec::new(), environments: Vec::new(), operators: Vec::new() };
    Catalog {
        workspace: Workspace { team: "T1".into() },
        environments: [("staging".into(), environment("stage")), ("production".into(), environment("prod"))].into_iter().collect(),
        services: [
            ("api".into(), service("api", &["backend"], &["U1"])),
            ("web".into(), service("web", &[], &[])),
            ("web-shop".into(), service("web-shop", &[], &["U2"])),
        ]
        .into_iter()
        .collect(),
        roles: [("operator".into(), Role { grants: Vec::new() })].into_iter().collect(),
        people: [person("U1"), person("U2"), person("U3")].into_iter().collect(),
        members: Members::default(),
        rooms: [("C0OPS".into(), room("ops")), ("C0MONIT".into(), room("monit"))].into_iter().collect(),
        operators: Vec::new(),
        builds: crate::catalog::Builds::default(),
        monit: Monit { oncall: IndexMap::from([(RotationName::from("primary"), rotation())]), ..Monit::default() },
        hosts: crate::catalog::HostRules::default(),
        bytes: crate::catalog::BytesRules::default(),
        dj: None,
    }
}
