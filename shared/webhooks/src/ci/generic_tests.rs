//! The documented format: its samples, its signature, and what is said about what is wrong.

use opsroom_domain::pipeline_execution::{PipelineExecution, RunReport};

use crate::ci::samples::{body, headers, hmac, now, opens, reading, run, shown, webhook};
use crate::{NotAuthentic, Recognised, Sender, recognise};

const SIGNATURE: &str = "X-Opsroom-Signature";
const TIME: &str = "X-Opsroom-Timestamp";

fn after(samples: &[&str]) -> String {
    let samples: Vec<_> = samples.iter().map(|name| (*name, &[] as &[_])).collect();
    shown(&run(Sender::Generic, &samples))
}

#[test]
fn time_and_body_are_signed() {
    let sample = body(Sender::Generic, "run_failed");
    let second = now().as_second().to_string();
    let signature = format!("v1={}", hmac("s3cret", &[second.as_bytes(), b".", &sample]));
    let with =
        |signature: &str, second: &str, body: &[u8]| opens(Sender::Generic, &[(SIGNATURE, signature), (TIME, second)], "", body, "s3cret");
    assert_eq!(with(&signature, &second, &sample), Ok(()));
    assert_eq!(with(&signature, &second, b"{}"), Err(NotAuthentic::Mismatch));
    assert_eq!(with(&signature, &(now().as_second() - 1).to_string(), &sample), Err(NotAuthentic::Mismatch));
    assert_eq!(with(&signature, "1", &sample), Err(NotAuthentic::OutOfTime));
    assert_eq!(with(&signature[3..], &second, &sample), Err(NotAuthentic::Malformed(SIGNATURE)));
    assert_eq!(opens(Sender::Generic, &[(TIME, &second)], "", &sample, "s3cret"), Err(NotAuthentic::Missing(SIGNATURE)));
    assert_eq!(opens(Sender::Generic, &[(SIGNATURE, &signature)], "", &sample, "s3cret"), Err(NotAuthentic::Missing(TIME)));
}

const GUIDE: &str = include_str!("../../../../docs/guide/ci-senders.md");

#[test]
fn the_examples_of_the_guide_are_read() {
    let examples: Vec<&str> = GUIDE.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        assert!(recognise(Sender::Generic, &headers(&[]), example.as_bytes(), now()).is_ok(), "{example}");
    }
}

#[test]
fn the_guide_has_a_signature_that_fits() {
    let (secret, second, body) = ("0123456789abcdef", "1795608000", r#"{"pipeline":"backup","run":"17","status":"succeeded"}"#);
    let digits = "a0ce59be85e16b1799bcd36d68fdcb589fdecbba92558d4832d6fbd96e803687";
    for part in [secret, second, body, digits] {
        assert!(GUIDE.contains(part), "{part} is not in the guide");
    }
    let headers = [(TIME, second), (SIGNATURE, &format!("v1={digits}"))];
    assert_eq!(opens(Sender::Generic, &headers, "", body.as_bytes(), secret), Ok(()));
}

#[test]
fn a_failure_names_the_stage_and_shows_its_log() {
    insta::assert_snapshot!(after(&["run_failed"]), @r"
    nightly-import 2026-11-20: Failed 02:14:00
    acme/import main #412 by gale-at-github (gale-at-github)
    schedule https://ci.example.com/nightly-import/412 since 02:00:00
    4f9c2d1 Read the new column
    - fetch: Succeeded 02:14:00
    - load: Failed 02:14:00
      - load: Failed 02:14:00 -
        row 1714: unknown column `vat`
        1 error
    - publish: Stopped 02:14:00
    failed: load / load
    ");
}

#[test]
fn what_waits_for_somebody_waits_until_it_is_told_otherwise() {
    insta::assert_snapshot!(after(&["run_waiting"]), @r"
    nightly-import 2026-11-21: InProgress 02:10:00
    acme/import main #413 by -
    - - since 02:00:00
    - fetch: Succeeded 02:10:00
    - sign-off: InProgress 02:10:00
      - sign-off: InProgress 02:10:00 -
    waits: sign-off
    ");
    insta::assert_snapshot!(after(&["run_waiting", "run_succeeded"]), @r"
    nightly-import 2026-11-21: Succeeded 02:20:00
    acme/import main #413 by -
    - - since 02:00:00
    - fetch: Succeeded 02:10:00
    - sign-off: Succeeded 02:20:00
      - sign-off: InProgress 02:10:00 -
    - load: Succeeded 02:20:00
    ");
}

#[test]
fn what_somebody_let_go_on_runs() {
    insta::assert_snapshot!(after(&["run_waiting", "run_approved"]), @r"
    nightly-import 2026-11-21: InProgress 02:10:00
    acme/import main #413 by -
    - - since 02:00:00
    - fetch: Succeeded 02:10:00
    - sign-off: InProgress 02:10:00
      - sign-off: Succeeded 02:12:00 -
    ");
    insta::assert_snapshot!(after(&["run_waiting", "run_approved", "run_waiting_again"]), @r"
    nightly-import 2026-11-21: InProgress 02:10:00
    acme/import main #413 by -
    - - since 02:00:00
    - fetch: Succeeded 02:10:00
    - sign-off: InProgress 02:10:00
      - sign-off: InProgress 02:15:00 -
    waits: sign-off
    ");
}

#[test]
fn a_run_without_stages_goes_on_likewise_and_gets_none_by_that() {
    let told = |status: &str, second: u8| {
        let body = format!(r#"{{"pipeline": "backup", "run": "17", "status": "{status}", "at": "2026-11-25T11:00:{second:02}Z"}}"#);
        let Ok(Recognised::Event(webhook)) = recognise(Sender::Generic, &headers(&[]), body.as_bytes(), now()) else { panic!("{body}") };
        reading(&webhook).run.unwrap()
    };
    let first = told("running", 1);
    let mut run = PipelineExecution::unseen(first.key.clone());
    let mut see = |report: &RunReport| {
        report.observations.iter().for_each(|seen| {
            run.observe(seen, now());
        });
        (run.stages.len(), run.waiting_approval().is_some())
    };
    assert_eq!(see(&first), (0, false));
    assert_eq!(see(&told("waiting", 2)), (1, true));
    assert_eq!(see(&told("running", 3)), (1, false));
    assert_eq!(see(&told("waiting", 2)), (1, false), "that was before");
    assert_eq!(see(&told("waiting", 4)), (1, true));
}

#[test]
fn cancelled_is_not_failed() {
    insta::assert_snapshot!(after(&["run_cancelled"]), @r"
    nightly-import 2026-11-22: Stopped 02:05:00
    acme/import main #414 by -
    - - since 02:00:00
    ");
}

#[test]
fn three_fields_are_enough() {
    insta::assert_snapshot!(after(&["smallest"]), @r"
    backup 17: Succeeded 12:00:00
    - - #- by -
    - - since -
    ");
    let smallest = webhook(Sender::Generic, "smallest", &[]);
    assert_eq!(smallest.group(), "generic/backup");
    assert_eq!(smallest.deduplication(), webhook(Sender::Generic, "smallest", &[]).deduplication());
}

#[test]
fn what_is_wrong_is_said_by_name() {
    let said = |body: &str| recognise(Sender::Generic, &headers(&[]), body.as_bytes(), now()).unwrap_err().to_string();
    insta::assert_snapshot!(said(r#"{"pipeline": "backup", "status": "succeeded"}"#), @"missing field `run`");
    insta::assert_snapshot!(said(r#"{"pipeline": " ", "run": "1", "status": "succeeded"}"#), @"`pipeline` is empty; it says which pipeline this is about");
    insta::assert_snapshot!(said(r#"{"pipeline": "backup", "run": "1", "status": "done"}"#), @"`status`: unknown variant `done`, expected one of `running`, `waiting`, `succeeded`, `failed`, `cancelled`");
    insta::assert_snapshot!(said(r#"{"pipeline": "backup", "run": 1, "status": "failed"}"#), @"`run`: invalid type: integer `1`, expected a string");
    insta::assert_snapshot!(said(r#"{"pipeline": "backup", "run": "1", "status": "failed", "at": "noon"}"#), @"`at`: failed to parse four digit integer as year: invalid digit, expected 0-9 but got n");
    insta::assert_snapshot!(said(r#"{"pipeline": "backup", "run": "1", "status": "failed", "stages": [{"name": "a", "stat": "failed"}]}"#), @"`stages[0].stat`: unknown field `stat`, expected one of `name`, `status`, `log`");
    insta::assert_snapshot!(said("[]"), @"the body must be a JSON object");
    insta::assert_snapshot!(said("{"), @"the body is no JSON: line 1, column 1");
}
