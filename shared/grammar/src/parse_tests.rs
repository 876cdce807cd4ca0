//! Lines as people type them, and what becomes of them.

use super::*;
use crate::command::{Deploy, HistoryOf, Wanted};
use crate::release::Place;
use crate::until::{Day, Until};
use jiff::SignedDuration;
use opsroom_domain::ids::PersonId;
use opsroom_domain::revision::Revision;

fn deploy(service: &str, revision: Option<&str>, environment: &str) -> Deploy {
    Deploy {
        service: service.into(),
        revision: revision.map(|r| Revision::parse(r).unwrap()),
        environment: environment.into(),
        dry_run: false,
        reason: None,
        then: Vec::new(),
    }
}

fn revision(text: &str) -> Revision {
    Revision::parse(text).unwrap()
}

#[test]
fn understands_what_people_type() {
    let because = |reason: &str| Command::Deploy(Deploy { reason: Some(reason.into()), ..deploy("api", None, "staging") });
    let cases = [
        ("", Command::Offers),
        ("help", Command::Help { about: None }),
        ("HELP Deploy", Command::Help { about: Some("deploy".into()) }),
        ("deploy --help", Command::Help { about: Some("deploy".into()) }),
        ("deploy api to staging", Command::Deploy(deploy("api", None, "staging"))),
        ("Please deploy api@v1.2 on staging, thanks", Command::Deploy(deploy("api", Some("v1.2"), "staging"))),
        ("deploy api staging --reason fixes the login", because("fixes the login")),
        ("deploy api to staging —reason “fixes the login”", because("fixes the login")),
        ("deploy api to staging --dry-run", Command::Deploy(Deploy { dry_run: true, ..deploy("api", None, "staging") })),
        ("deploy --dry-run api to staging", Command::Deploy(Deploy { dry_run: true, ..deploy("api", None, "staging") })),
        ("where is api", Command::Where { service: "api".into() }),
        ("deploys api in staging", Command::Deploys { service: "api".into(), environment: Some("staging".into()) }),
        ("cancel D-7K3M9Q", Command::Cancel { deployment: "d-7k3m9q".into() }),
        ("history <@U012|dana>", Command::History { of: Some(HistoryOf::Person(PersonId::from("U012"))), since: None }),
        (
            "can I deploy api to staging?",
            Command::Can { line: "deploy api staging".into(), command: Box::new(Command::Deploy(deploy("api", None, "staging"))) },
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), Ok(expected), "{line:?}");
    }
}

#[test]
fn says_what_is_wrong_and_what_would_be_right() {
    let cases = [
        ("depoly api to staging", "there is no command `depoly`", Some(("deploy api to staging", false))),
        ("statsu", "there is no command `statsu`", Some(("status", true))),
        ("banana", "there is no command `banana`", None),
        ("deploy api", "`deploy` needs `environment`", None),
        ("deploy", "`deploy` needs `service` `environment`", None),
        ("deploy api@ to staging", "a revision is missing after `@`", None),
        ("deploy api@$(id) to staging", "`$` can't be in a revision: letters, digits and . _ / + - are", None),
        ("deploy api to staging --dry-rum", "`deploy` has no option `--dry-rum`", Some(("deploy api to staging --dry-run", false))),
        ("deploy api to staging --force", "`deploy` has no option `--force`", None),
        ("deploy api to staging --reason", "`--reason <reason>...` needs a value", None),
        ("history --since yesterday", "`yesterday` is no span of time; write it as `15m`, `2h`, `7d` or `4w`", None),
        (
            "cancel everything",
            "`everything` is no deployment; its id stands in its message and looks like `d-7k3m9q2xw1`, and `pending` lists what is under way",
            None,
        ),
        ("can", "`can` needs the command that it should check", None),
    ];
    for (line, message, suggestion) in cases {
        let mistake = parse(line).expect_err(line);
        assert_eq!(mistake.message, message, "{line}");
        let found = mistake.suggestion.as_ref().map(|s| (s.line.as_str(), s.reads_only));
        assert_eq!(found, suggestion, "{line}");
    }
}

#[test]
fn an_unknown_option_names_the_valid_ones() {
    let mistake = parse("deploy api to staging --force").unwrap_err();
    assert_eq!(mistake.valid, ["--dry-run", "--reason"]);
    assert_eq!(mistake.usage.as_deref(), Some("deploy <service>[@ref]… to <environment> [--dry-run] [--reason …]"));
}

#[test]
fn several_services_are_deployed_one_after_the_other() {
    let then = |services: &[(&str, Option<Revision>)]| {
        services.iter().map(|(service, revision)| Wanted { service: (*service).into(), revision: revision.clone() }).collect::<Vec<_>>()
    };
    let cases = [
        ("deploy api web to staging", Deploy { then: then(&[("web", None)]), ..deploy("api", None, "staging") }),
        (
            "deploy api@v1, web@v2 and worker to staging --reason the new queue",
            Deploy {
                then: then(&[("web", Some(revision("v2"))), ("worker", None)]),
                reason: Some("the new queue".into()),
                ..deploy("api", Some("v1"), "staging")
            },
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), Ok(Command::Deploy(expected)), "{line}");
    }
    assert_eq!(parse("deploy api web to staging --dry-run").unwrap_err().message, "a dry run shows one service at a time");
    assert!(parse("deploy a b c d e f g h i j k to staging").is_err());
}

#[test]
fn understands_what_is_asked_about_deployments() {
    let place = |environment: &str, service: Option<&str>| Place { environment: environment.into(), service: service.map(Into::into) };
    let back = |to: Option<Revision>, reason: Option<&str>| Release::Rollback {
        service: "api".into(),
        environment: "production".into(),
        to,
        reason: reason.map(Into::into),
    };
    let on = |reason: Option<&str>| Release::Promote {
        service: "api".into(),
        from: "staging".into(),
        to: "production".into(),
        reason: reason.map(Into::into),
    };
    let hours = SignedDuration::from_hours;
    let cases = [
        ("rollback api in production", back(None, None)),
        ("rollback api in production to v1.4.1 --reason errors", back(Some(revision("v1.4.1")), Some("errors"))),
        ("promote api from staging to production", on(None)),
        ("promote api staging production --reason tested", on(Some("tested"))),
        ("approve d-7k3m9q", Release::Approve { deployment: "d-7k3m9q".into(), reason: String::new() }),
        ("approve D-7K3M9Q looks good to me", Release::Approve { deployment: "d-7k3m9q".into(), reason: "looks good to me".into() }),
        ("reject d-7k3m9q not today", Release::Reject { deployment: "d-7k3m9q".into(), reason: "not today".into() }),
        ("override d-7k3m9q", Release::Override { deployment: "d-7k3m9q".into() }),
        ("lock production", Release::Lock { place: place("production", None), span: None, reason: None, steal: false }),
        (
            "lock production on api —for 4h —reason “the migration”",
            Release::Lock {
                place: place("production", Some("api")),
                span: Some(hours(4)),
                reason: Some("the migration".into()),
                steal: false,
            },
        ),
        ("lock production --steal", Release::Lock { place: place("production", None), span: None, reason: None, steal: true }),
        ("unlock production on api", Release::Unlock { place: place("production", Some("api")) }),
        ("locks", Release::Locks),
        (
            "freeze production --for 2d --reason fair",
            Release::Freeze { environment: "production".into(), until: Until::In(hours(48)), reason: Some("fair".into()) },
        ),
        (
            "freeze production --until friday 18:00 --reason fair",
            Release::Freeze {
                environment: "production".into(),
                until: Until::On { day: Day::Weekday(jiff::civil::Weekday::Friday), time: Some(jiff::civil::time(18, 0, 0, 0)) },
                reason: Some("fair".into()),
            },
        ),
        ("unfreeze production", Release::Unfreeze { environment: "production".into() }),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), Ok(Command::Release(expected)), "{line}");
    }
    let wrong = [
        ("promote api to production", "`promote` needs two environments: the one where it runs, and the one where it should"),
        ("reject d-7k3m9q", "why not? Whoever asked for it has to know what to do about it"),
        ("lock production --for 8d", "that is too long; 7d is the most"),
        ("freeze production", "for how long? Write `--for 2d` or `--until friday 18:00`"),
        ("freeze production --until someday", "`someday` is no end"),
        ("freeze production --until friday lunch", "`friday lunch` is no end"),
        ("rollback api in production to $(id)", "`$` can't be in a revision: letters, digits and . _ / + - are"),
    ];
    for (line, message) in wrong {
        assert_eq!(parse(line).unwrap_err().message, message, "{line}");
    }
}
