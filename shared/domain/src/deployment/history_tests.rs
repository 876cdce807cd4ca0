//! What ran before, and which revision is meant.

use super::history::{before, before_this, is_same_revision, with_revision};
use super::passage_tests::{brought, requested};
use super::*;

#[test]
fn going_back_leads_to_what_was_really_there() {
    let failed = || Phase::Failed { why: None };
    let ok = |id: &str, revision: &str| brought(id, revision, Phase::Succeeded);
    let back = |id: &str, revision: &str, to: &str| {
        let mut deployment = ok(id, revision);
        deployment.plan.kind = Kind::Rollback { to: to.into(), stage: None };
        deployment
    };
    let mut refused = brought("d-9", "v9", Phase::Rejected { by: "U2".into(), reason: "no".into() });
    refused.execution = None;
    // Newest first.
    let cases = [
        (vec![ok("d-3", "v3"), ok("d-2", "v2")], Some("d-2")),
        (vec![ok("d-3", "v3"), ok("d-2", "v3"), ok("d-1", "v1")], Some("d-1")),
        (vec![brought("d-4", "v4", failed()), ok("d-3", "v3"), ok("d-2", "v2")], Some("d-3")),
        (vec![brought("d-4", "v4", Phase::Running), ok("d-3", "v3"), ok("d-2", "v2")], Some("d-3")),
        (vec![brought("d-4", "v4", Phase::Cancelling), ok("d-3", "v3"), ok("d-2", "v2")], Some("d-3")),
        (vec![requested("d-4", 0, vec![], 1), ok("d-3", "v3"), ok("d-2", "v2")], Some("d-2")),
        (vec![refused, ok("d-3", "v3"), ok("d-2", "v2")], Some("d-2")),
        (vec![ok("d-3", "v3"), brought("d-2", "v2", failed()), ok("d-1", "v1")], Some("d-1")),
        (vec![back("d-4", "v2", "d-2"), ok("d-3", "v3"), ok("d-2", "v2"), ok("d-1", "v1")], Some("d-1")),
        (vec![ok("d-1", "v1")], None),
        (vec![], None),
    ];
    for (history, expected) in cases {
        assert_eq!(before(&history).map(|deployment| deployment.id.as_str()), expected, "{history:#?}");
    }
    let history = [ok("d-3", "v3"), ok("d-2", "v2"), ok("d-1", "v1")];
    assert_eq!(before_this(&history, &"d-2".into()).map(|deployment| deployment.id.as_str()), Some("d-1"));
    assert_eq!(with_revision(&history, "v2").map(|deployment| deployment.id.as_str()), Some("d-2"));
}

#[test]
fn a_revision_may_be_cut_off_but_not_guessed() {
    let whole = "0123456789abcdef0123456789abcdef01234567";
    for (one, other, same) in
        [(whole, "0123456", true), ("0123456", whole, true), (whole, "012345", false), ("v1.2", "v1.2", true), ("v1.2.3", "v1.2", false)]
    {
        assert_eq!(is_same_revision(one, other), same, "{one} {other}");
    }
}
