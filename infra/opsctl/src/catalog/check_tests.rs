//! Every kind of fault, with the place and the words that people get.

use super::*;

const VALID: &str = include_str!("../../../catalog.example.yaml");

const SMALL: &str = "\
workspace: { team: T0LOCAL }
environments:
  staging: {}
  production: { aliases: [prod] }
services:
  api:
    environments:
      staging: { pipeline: api-staging }
roles:
  operator: { grants: [{ allow: [read, deploy] }] }
people:
  U0DANA: { name: Dana, roles: [operator] }
rooms:
  C0OPS: { name: ops, allow: [deploy] }
";

fn complaints(text: &str) -> Vec<String> {
    match read(text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_example_and_the_smallest_catalog_are_valid() {
    assert_eq!(complaints(VALID), Vec::<String>::new());
    assert_eq!(complaints(SMALL), Vec::<String>::new());
}

#[test]
fn says_where_and_what_would_be_right() {
    // What to replace in the small catalog, by what, and the one line that comes of it.
    let cases = [
        ("roles: [operator]", "roles: [operator, admin]", "12:43: people.U0DANA.roles: `admin` is not in `roles`"),
        (
            "U0DANA: {",
            "dana: {",
            "12:3: people.dana: is no Slack user id; these start with U or W (Slack: a profile's menu, \"Copy member ID\")",
        ),
        ("T0LOCAL", "acme", "1:20: workspace.team: `acme` is no Slack workspace id; these start with T (Slack: Settings, or `auth.test`)"),
        (
            "aliases: [prod]",
            "aliases: [staging]",
            "4:27: environments.production: `staging` already names `staging`; every name and alias may stand once",
        ),
        (
            "      staging: {",
            "      test: {",
            "8:7: services.api.environments.test: `test` is not in `environments`; these are: staging, production",
        ),
        (
            "pipeline: api-staging",
            "pipline: api-staging",
            "8:18: services.api.environments.staging.pipline: unknown field `pipline`, expected one of `pipeline`, `revision`, `hosts`, `log_group`, `approval`, `requires`, `rollback_stage`",
        ),
        ("{ pipeline: api-staging }", "{}", "8:7: services.api.environments.staging: missing field `pipeline`"),
        (
            "allow: [read, deploy]",
            "allow: [read, ship]",
            "10:40: roles.operator.grants.0.allow.1: unknown variant `ship`, expected one of `read`, `deploy`, `approve`, `operate`, `override`, `subscribe`, `respond`, `dj`",
        ),
        ("  staging: {}\n", "  staging: {}\n  staging: {}\n", "4:3: duplicate mapping key: staging"),
        ("name: Dana", "name: 7", "12:19: people.U0DANA.name: invalid type: integer `7`, expected a string"),
        (
            "rooms:\n",
            "room:\n",
            "13:1: room: unknown field `room`, expected one of `workspace`, `environments`, `services`, `roles`, `people`, `members`, `rooms`, `operators`, `builds`, `monit`, `hosts`, `bytes`, `dj`",
        ),
        ("rooms:\n", "monit: { room: C9 }\nrooms:\n", "13:16: monit.room: `C9` is not in `rooms`"),
        ("people:\n", "people: [\n", "13:1: while parsing a flow mapping, did not find expected ',' or '}'"),
    ];
    let mut differences = Vec::new();
    for (from, to, expected) in cases {
        assert!(SMALL.contains(from), "{from}");
        let found = complaints(&SMALL.replacen(from, to, 1));
        if found != [expected] {
            differences.push(format!("{from} -> {to}\n  expected {expected}\n  found    {}", found.join("\n           ")));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn shows_all_faults_at_once_in_the_order_of_the_file() {
    let text = SMALL.replace("name: Dana", "nam: Dana").replace("pipeline: api", "pipe: api").replace("name: ops, ", "");
    assert_eq!(
        complaints(&text),
        [
            "8:18: services.api.environments.staging.pipe: unknown field `pipe`, expected one of `pipeline`, `revision`, `hosts`, `log_group`, `approval`, `requires`, `rollback_stage`",
            "12:13: people.U0DANA.nam: unknown field `nam`, expected one of `name`, `github`, `email`, `roles`",
            "14:3: rooms.C0OPS: missing field `name`",
        ]
    );
}

#[test]
fn keeps_the_order_of_the_file() {
    let catalog = read(SMALL).unwrap();
    assert_eq!(catalog.environments.keys().map(ToString::to_string).collect::<Vec<_>>(), ["staging", "production"]);
}

#[test]
fn says_what_is_missing_when_there_is_nothing() {
    for nothing in ["", "- a\n", "just a word\n"] {
        assert_eq!(complaints(nothing), ["1:1: a catalog has the fields workspace, environments, services, roles and people"], "{nothing}");
    }
}
