//! Samples of Jenkins' Notification plugin, and the token.

use crate::ci::samples::{body, opens, run, shown, taken, webhook};
use crate::{NotAuthentic, Recognised, Sender};

fn after(samples: &[&str]) -> String {
    let samples: Vec<_> = samples.iter().map(|name| (*name, &[] as &[_])).collect();
    shown(&run(Sender::Jenkins, &samples))
}

#[test]
fn a_token_opens_the_door_wherever_the_sender_can_put_it() {
    let sample = body(Sender::Jenkins, "completed_failure");
    let with = |headers: &[(&str, &str)], query: &str| opens(Sender::Jenkins, headers, query, &sample, "s3cret");
    assert_eq!(with(&[], "token=s3cret"), Ok(()));
    assert_eq!(with(&[("X-Opsroom-Token", "s3cret")], ""), Ok(()));
    assert_eq!(with(&[("Authorization", "Bearer s3cret")], ""), Ok(()));
    for wrong in [with(&[], "token="), with(&[], "token=S3CRET"), with(&[("X-Opsroom-Token", "")], "token=s3cret")] {
        assert_eq!(wrong, Err(NotAuthentic::Mismatch));
    }
    assert_eq!(with(&[], "tok=s3cret"), Err(NotAuthentic::Missing("X-Opsroom-Token")));
}

#[test]
fn a_failure_shows_the_end_of_the_log() {
    insta::assert_snapshot!(after(&["started", "completed_failure"]), @r"
    acme/reports 18: Failed 10:02:05
    acme/reports main #18 by gale (no address)
    - https://jenkins.example.com/job/acme/job/reports/18/ since 10:00:00
    c6d86dc -
    - Build: Failed 10:02:05
      - Build: Failed 10:02:05 -
        + make test
        FAILED tests/test_totals.py::test_rounding - assert 3 == 2
        make: *** [Makefile:12: test] Error 1
        Build step 'Execute shell' marked build as failure
    failed: Build / Build
    ");
}

#[test]
fn where_only_the_end_is_told_the_beginning_is_known_all_the_same() {
    insta::assert_snapshot!(after(&["completed_success"]), @r"
    acme/reports 19: Succeeded 10:32:00
    acme/reports main #19 by gale (no address)
    - https://jenkins.example.com/job/acme/job/reports/19/ since 10:30:00
    c6d86dc -
    - Build: Succeeded 10:32:00
    ");
    insta::assert_snapshot!(after(&["completed_older_plugin"]), @r"
    acme/reports 17: Succeeded 09:02:00
    acme/reports main #17 by gale (no address)
    - https://jenkins.example.com/job/acme/job/reports/17/ since 09:00:00
    c6d86dc -
    - Build: Succeeded 09:02:00
    ");
}

#[test]
fn unstable_is_failed_and_aborted_is_not() {
    insta::assert_snapshot!(after(&["completed_unstable"]), @r"
    acme/reports 20: Failed 11:02:00
    acme/reports main #20 by gale (no address)
    - https://jenkins.example.com/job/acme/job/reports/20/ since 11:00:00
    c6d86dc -
    - Build: Failed 11:02:00
      - Build: Failed 11:02:00 unstable: tests failed
    failed: Build / Build
    ");
    insta::assert_snapshot!(after(&["completed_aborted"]), @r"
    acme/reports 21: Stopped 12:01:00
    acme/reports main #21 by gale (no address)
    - https://jenkins.example.com/job/acme/job/reports/21/ since 12:00:00
    c6d86dc -
    - Build: Stopped 12:01:00
    ");
}

#[test]
fn a_phase_is_told_once() {
    let [started, ended] = ["started", "completed_failure"].map(|name| webhook(Sender::Jenkins, name, &[]));
    assert_eq!(started.deduplication(), "jenkins/started/acme/reports#18");
    assert_eq!(ended.deduplication(), "jenkins/completed/acme/reports#18");
    assert_eq!((started.group(), ended.group()), ("jenkins/acme/reports".to_owned(), "jenkins/acme/reports".to_owned()));
    assert!(matches!(taken(Sender::Jenkins, "finalized", &[]), Recognised::NotOurs { event } if event == "FINALIZED"));
}
