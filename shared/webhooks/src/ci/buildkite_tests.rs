//! Buildkite's samples, and its two schemes.

use crate::ci::samples::{body, hmac, now, opens, run, shown, taken, webhook};
use crate::{NotAuthentic, Recognised, Sender};

const SIGNATURE: &str = "X-Buildkite-Signature";

fn after(samples: &[&str]) -> String {
    let samples: Vec<_> = samples.iter().map(|name| (*name, &[] as &[_])).collect();
    shown(&run(Sender::Buildkite, &samples))
}

#[test]
fn a_signature_holds_for_five_minutes_and_a_token_for_good() {
    let sample = body(Sender::Buildkite, "build_finished_failed");
    let signed = |second: i64, secret: &str| {
        let digits = hmac(secret, &[second.to_string().as_bytes(), b".", &sample]);
        opens(Sender::Buildkite, &[(SIGNATURE, &format!("timestamp={second},signature={digits}"))], "", &sample, "s3cret")
    };
    let now = now().as_second();
    assert_eq!(signed(now - 299, "s3cret"), Ok(()));
    assert_eq!(signed(now - 301, "s3cret"), Err(NotAuthentic::OutOfTime));
    assert_eq!(signed(now, "another"), Err(NotAuthentic::Mismatch));
    let with = |headers: &[(&str, &str)]| opens(Sender::Buildkite, headers, "", &sample, "s3cret");
    assert_eq!(with(&[("X-Buildkite-Token", "s3cret")]), Ok(()));
    assert_eq!(with(&[("X-Buildkite-Token", "another")]), Err(NotAuthentic::Mismatch));
    // Whoever signs is held to it.
    assert_eq!(with(&[(SIGNATURE, "signature=00"), ("X-Buildkite-Token", "s3cret")]), Err(NotAuthentic::Malformed(SIGNATURE)));
    assert_eq!(with(&[]), Err(NotAuthentic::Missing(SIGNATURE)));
}

#[test]
fn a_failure_names_the_job_and_its_exit_status() {
    insta::assert_snapshot!(after(&["build_running", "job_finished_failed", "build_finished_failed"]), @r"
    mobile f62a1b4d-10f9-4790-bc1c-e2c3a0c80983: Failed 10:02:01
    acme/mobile main #27 by robin-reader (robin-reader)
    webhook https://buildkite.com/acme/mobile/builds/27 since 10:00:02
    a655725 Ask before deleting
    - Test: Failed 10:02:00
      - Test: Failed 10:02:00 exit status 2
    failed: Test / Test
    ");
}

#[test]
fn the_next_build_passes() {
    insta::assert_snapshot!(after(&["build_finished_passed"]), @r"
    mobile 1517afce-dbe4-4baf-89a8-42fb4f0aace6: Succeeded 10:33:00
    acme/mobile main #28 by robin-reader (robin-reader)
    webhook https://buildkite.com/acme/mobile/builds/28 since 10:30:02
    a655725 Ask before deleting
    ");
}

#[test]
fn cancelled_is_not_failed() {
    insta::assert_snapshot!(after(&["build_finished_canceled"]), @r"
    mobile c3b3f3c8-6f0d-4f26-9d3b-5d6c1d2b8a70: Stopped 12:01:00
    acme/mobile main #30 by robin-reader (robin-reader)
    webhook https://buildkite.com/acme/mobile/builds/30 since 12:00:02
    a655725 Ask before deleting
    ");
}

#[test]
fn a_blocked_build_is_not_over_but_waits_until_somebody_lets_it_go_on() {
    insta::assert_snapshot!(after(&["build_finished_blocked"]), @r"
    mobile 9b1d5a52-61f4-4a0a-8f2e-7c1c2f0b3d44: InProgress 11:00:02
    acme/mobile main #29 by robin-reader (robin-reader)
    webhook https://buildkite.com/acme/mobile/builds/29 since 11:00:02
    a655725 Ask before deleting
    - Block step: InProgress 11:03:00
      - Block step: InProgress 11:03:00 -
    waits: Block step
    ");
    insta::assert_snapshot!(after(&["build_finished_blocked", "job_activated"]), @r"
    mobile 9b1d5a52-61f4-4a0a-8f2e-7c1c2f0b3d44: InProgress 11:00:02
    acme/mobile main #29 by robin-reader (robin-reader)
    webhook https://buildkite.com/acme/mobile/builds/29 since 11:00:02
    a655725 Ask before deleting
    - Block step: Succeeded 11:20:00
      - Block step: Succeeded 11:20:00 -
    ");
}

#[test]
fn a_delivery_is_known_by_its_request_and_a_ping_is_answered() {
    let failed = webhook(Sender::Buildkite, "build_finished_failed", &[("X-Buildkite-Request", "98c11d1e-d181-45dc-a60f-64d0fc89f6a3")]);
    assert_eq!(failed.deduplication(), "buildkite/build.finished/98c11d1e-d181-45dc-a60f-64d0fc89f6a3");
    assert_eq!(failed.group(), "buildkite/mobile");
    assert!(matches!(taken(Sender::Buildkite, "ping", &[]), Recognised::Ping));
}
