//! Lines as people type them, and what becomes of them.

use super::*;
use crate::command::{Deploy, HistoryOf};
use opsroom_domain::ids::PersonId;
use opsroom_domain::revision::Revision;

fn deploy(service: &str, revision: Option<&str>, environment: &str) -> Deploy {
    Deploy {
        service: service.into(),
        revision: revision.map(|r| Revision::parse(r).unwrap()),
        environment: environment.into(),
        dry_run: false,
        reason: None,
    }
}

#[test]
fn understands_what_people_type() {
    let because = |reason: &str| Command::Deploy(Deploy { reason: Some(reason.into()), ..deploy("api", None, "staging") });
    let cases = [
        ("", Command::Help { about: None }),
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
        ("deploy api to staging now", "`now` is one word too many", None),
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
    assert_eq!(mistake.usage.as_deref(), Some("deploy <service>[@ref] to <environment> [--dry-run] [--reason …]"));
}
