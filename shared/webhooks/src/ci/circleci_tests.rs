//! Samples of `CircleCI`, and its signature.

use crate::ci::samples::{body, hmac, opens, run, shown, taken, webhook};
use crate::{NotAuthentic, Recognised, Sender};

fn after(samples: &[&str]) -> String {
    let samples: Vec<_> = samples.iter().map(|name| (*name, &[] as &[_])).collect();
    shown(&run(Sender::Circleci, &samples))
}

#[test]
fn the_signature_is_that_of_its_documentation() {
    // "Outbound webhooks", "Validate webhooks": examples of a body, a secret, and the signature.
    for (body, secret, digits) in [
        ("hello world", "secret", "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"),
        ("lalala", "another-secret", "daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"),
        ("an-important-request-payload", "hunter123", "9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa"),
    ] {
        let signed = |signature: &str| opens(Sender::Circleci, &[("circleci-signature", signature)], "", body.as_bytes(), secret);
        assert_eq!(signed(&format!("v1={digits}")), Ok(()));
        assert_eq!(signed(&format!("v2=abc, v1={digits},v3=def")), Ok(()));
        assert_eq!(signed(&format!("v2={digits}")), Err(NotAuthentic::Malformed("circleci-signature")));
        assert_eq!(signed("v1=00"), Err(NotAuthentic::Malformed("circleci-signature")));
        assert_eq!(signed(&format!("v1={}", "0".repeat(64))), Err(NotAuthentic::Mismatch));
    }
    let sample = body(Sender::Circleci, "job_completed_failed");
    let signature = format!("v1={}", hmac("s3cret", &[&sample]));
    assert_eq!(opens(Sender::Circleci, &[("circleci-signature", &signature)], "", &sample, "s3cret"), Ok(()));
}

#[test]
fn a_failure_names_the_job() {
    insta::assert_snapshot!(after(&["job_completed_failed", "workflow_completed_failed"]), @r"
    acme/billing: build-test-deploy fda08377-fe7e-46b1-8992-3a7aaecac9c3: Failed 11:02:34
    acme/billing main #130 by Avery Approver (avery@example.com)
    webhook https://app.circleci.com/pipelines/github/acme/billing/130/workflows/fda08377-fe7e-46b1-8992-3a7aaecac9c3 since 11:00:03
    1dc6aa6 Round half up
    - test: Failed 11:02:34
      - test: Failed 11:02:34 -
    failed: test / test
    ");
}

#[test]
fn the_next_run_passes() {
    insta::assert_snapshot!(after(&["workflow_completed_success"]), @r"
    acme/billing: build-test-deploy 0b4c4f5c-44a1-4d1b-9a40-0ad2b9e4b6a2: Succeeded 11:34:34
    acme/billing main #131 by Avery Approver (avery@example.com)
    webhook https://app.circleci.com/pipelines/github/acme/billing/131/workflows/0b4c4f5c-44a1-4d1b-9a40-0ad2b9e4b6a2 since 11:30:03
    1dc6aa6 Round half up
    ");
}

#[test]
fn cancelled_is_not_failed() {
    insta::assert_snapshot!(after(&["workflow_completed_canceled"]), @r"
    acme/billing: build-test-deploy 6a2f0a94-2f7f-4b52-b8f0-2a5e9b8f7d11: Stopped 11:41:09
    acme/billing main #132 by Avery Approver (avery@example.com)
    webhook https://app.circleci.com/pipelines/github/acme/billing/132/workflows/6a2f0a94-2f7f-4b52-b8f0-2a5e9b8f7d11 since 11:40:03
    1dc6aa6 Round half up
    ");
}

#[test]
fn a_project_of_another_host_has_a_branch_too() {
    insta::assert_snapshot!(after(&["workflow_completed_gitlab"]), @r"
    acme/shop: build c2006ece-778d-49fc-9e6e-b9965f72bee9: Failed 16:20:13
    acme/shop main #1 by Dana Deployer (dana@example.com)
    gitlab https://app.circleci.com/pipelines/circleci/DdaVtNusHqi24D4YT3X4eu/6EkDPZoN4ZdMKKZtBkRodt/1/workflows/c2006ece-778d-49fc-9e6e-b9965f72bee9 since 16:20:07
    850a151 Update README.md
    ");
}

#[test]
fn its_ids_make_a_redelivery_known_and_a_ping_is_answered() {
    let failed = webhook(Sender::Circleci, "workflow_completed_failed", &[]);
    assert_eq!(failed.deduplication(), "circleci/workflow-completed/3888f21b-eaa7-38e3-8f3d-75a63bba8895");
    assert_eq!(failed.group(), "circleci/github/acme/billing");
    assert!(matches!(taken(Sender::Circleci, "ping", &[]), Recognised::Ping));
}
