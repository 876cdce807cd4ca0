//! GitLab's samples, and its token.

use crate::ci::samples::{body, opens, run, shown, taken, webhook};
use crate::{NotAuthentic, Recognised, Sender};

const HOOK: &[(&str, &str)] = &[("X-Gitlab-Event", "Pipeline Hook"), ("Idempotency-Key", "f5e5f430-f57b-4e6e-9fac-d9128cd7232f")];

fn after(samples: &[&str]) -> String {
    let samples: Vec<_> = samples.iter().map(|name| (*name, HOOK)).collect();
    shown(&run(Sender::Gitlab, &samples))
}

#[test]
fn a_token_opens_the_door() {
    let sample = body(Sender::Gitlab, "pipeline_failed");
    assert_eq!(opens(Sender::Gitlab, &[("X-Gitlab-Token", "s3cret")], "", &sample, "s3cret"), Ok(()));
    assert_eq!(opens(Sender::Gitlab, &[("X-Gitlab-Token", "s3cre")], "", &sample, "s3cret"), Err(NotAuthentic::Mismatch));
    assert_eq!(opens(Sender::Gitlab, &[], "token=s3cret", &sample, "s3cret"), Err(NotAuthentic::Missing("X-Gitlab-Token")));
}

#[test]
fn a_failure_names_the_job_and_not_the_one_that_may_fail() {
    insta::assert_snapshot!(after(&["pipeline_running", "pipeline_failed"]), @r"
    acme/shop: Main pipeline 31: Failed 10:03:02
    acme/shop main #3 by Dana Deployer (dana@example.com)
    push https://gitlab.com/acme/shop/-/pipelines/31 since 10:00:00
    bcbb5ec Count each order once
    - build: Succeeded 10:01:00
      - image: Succeeded 10:01:00 -
    - test: Failed 10:03:00
      - unit: Failed 10:03:00 script failure
    - deploy: not begun
    failed: test / unit
    ");
}

#[test]
fn a_retry_takes_it_up_again_and_what_went_well_is_no_failure_any_more() {
    insta::assert_snapshot!(after(&["pipeline_failed", "pipeline_retried"]), @r"
    acme/shop: Main pipeline 31: InProgress 10:10:04
    acme/shop main #3 by Dana Deployer (dana@example.com)
    push https://gitlab.com/acme/shop/-/pipelines/31 since 10:00:00
    bcbb5ec Count each order once
    - build: Succeeded 10:01:00
      - image: Succeeded 10:01:00 -
    - test: InProgress 10:10:04
      - unit: Failed 10:03:00 script failure
    - deploy: not begun
    failed: test / unit
    ");
    insta::assert_snapshot!(after(&["pipeline_failed", "pipeline_retried", "pipeline_success"]), @r"
    acme/shop: Main pipeline 31: Succeeded 10:12:01
    acme/shop main #3 by Dana Deployer (dana@example.com)
    push https://gitlab.com/acme/shop/-/pipelines/31 since 10:00:00
    bcbb5ec Count each order once
    - build: Succeeded 10:01:00
      - image: Succeeded 10:01:00 -
    - test: Succeeded 10:12:00
      - unit: Succeeded 10:12:00 -
    - deploy: not begun
    ");
}

#[test]
fn cancelled_is_not_failed() {
    insta::assert_snapshot!(after(&["pipeline_canceled"]), @r"
    acme/shop: Main pipeline 32: Stopped 11:01:31
    acme/shop main #4 by Dana Deployer (dana@example.com)
    push https://gitlab.com/acme/shop/-/pipelines/32 since 11:00:00
    bcbb5ec Count each order once
    - build: Succeeded 11:01:00
      - image: Succeeded 11:01:00 -
    - test: Stopped 11:01:30
      - unit: Stopped 11:01:30 -
    - deploy: not begun
    ");
}

#[test]
fn a_delivery_is_known_by_its_key_or_else_by_what_it_says() {
    let keyed = webhook(Sender::Gitlab, "pipeline_failed", HOOK);
    assert_eq!(keyed.deduplication(), "gitlab/pipeline/f5e5f430-f57b-4e6e-9fac-d9128cd7232f");
    assert_eq!(keyed.group(), "gitlab/acme/shop");
    // One event that led to others gives all of them the same `X-Gitlab-Event-UUID`.
    let chained = &[("X-Gitlab-Event", "Pipeline Hook"), ("X-Gitlab-Event-UUID", "13792a34-cac6-4fda-95a8-c58e00a3954e")];
    let [failed, retried] = ["pipeline_failed", "pipeline_retried"].map(|name| webhook(Sender::Gitlab, name, chained).deduplication());
    assert_ne!(failed, retried);
    assert_eq!(failed, webhook(Sender::Gitlab, "pipeline_failed", chained).deduplication());
}

#[test]
fn a_job_tells_nothing_that_its_pipeline_does_not() {
    let told = taken(Sender::Gitlab, "job", &[("X-Gitlab-Event", "Job Hook")]);
    assert!(matches!(told, Recognised::NotOurs { event } if event == "Job Hook"));
}
