//! Each event in the shape in which GitHub sends it, cut down to what matters.

use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::pipeline_execution::{Observation, RunStatus, Sighting};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::conversation::{CheckState, ConversationKind, ConversationState, RemarkChange, Verdict};
use opsroom_domain::repository::news::{Act, CameOrWent, Fate, Push, ReferenceKind, ReleaseState, What};
use serde_json::{Value, json};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn told(event: &str, mut payload: Value) -> Reading {
    payload["repository"] = json!({"full_name": "Acme/api", "html_url": "https://github.com/acme/api", "default_branch": "main"});
    payload["sender"] = json!({"login": "octocat", "type": "User"});
    let body = to_raw_value(&payload).unwrap();
    let reading = read(event, &body, at("2026-11-20T12:00:00Z")).unwrap();
    // What is trimmed says the same.
    assert_eq!(read(event, &trim(&body).unwrap(), at("2026-11-20T12:00:00Z")).unwrap(), reading);
    reading
}

fn news(event: &str, payload: Value) -> What {
    told(event, payload).news.unwrap().what
}

fn pull(changes: Value) -> Value {
    let mut pull = json!({
        "number": 17, "title": "Count once", "html_url": "https://github.com/acme/api/pull/17", "state": "open", "draft": false,
        "user": {"login": "octocat", "type": "User"}, "base": {"ref": "main"}, "head": {"ref": "topic", "sha": "abc"},
        "labels": [{"name": "bug"}], "requested_reviewers": [{"login": "hubot", "type": "User"}], "requested_teams": [{"name": "Core"}],
        "assignees": [], "additions": 3, "deletions": 1, "changed_files": 2,
        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T11:00:00Z",
    });
    let Value::Object(changes) = changes else { panic!("{changes}") };
    for (name, value) in changes {
        pull[name] = value;
    }
    pull
}

#[test]
fn a_push_keeps_the_newest_commits_and_counts_all() {
    let commit = |n: usize| {
        json!({
            "id": format!("{n:040}"), "message": format!("Step {n}\n\nwhy"), "modified": ["src/a.rs"], "added": [], "removed": ["b"],
            "author": {"name": "Octo", "email": "1+octocat@users.noreply.github.com"},
        })
    };
    let commits: Vec<Value> = (0..40).map(commit).collect();
    let What::Push(push) =
        news("push", json!({"ref": "refs/heads/release/1", "before": "a", "after": "b", "forced": true, "commits": commits}))
    else {
        panic!("no push")
    };
    assert_eq!((push.branch.as_str(), push.forced, push.created, push.total), ("release/1", true, false, 40));
    assert_eq!((push.commits.len(), push.commits.last().unwrap().title.as_str()), (Push::MOST_COMMITS, "Step 39"));
    assert_eq!(push.commits[0].author.login.as_ref().unwrap().as_str(), "octocat");
    assert_eq!(push.commits[0].paths, ["src/a.rs", "b"]);
}

#[test]
fn branches_and_tags_come_and_go() {
    let cases = [
        (
            json!({"ref": "refs/heads/topic", "created": true, "before": "0", "after": "b", "commits": []}),
            ReferenceKind::Branch,
            CameOrWent::Created,
            "b",
        ),
        (
            json!({"ref": "refs/heads/topic", "deleted": true, "before": "a", "after": "0", "commits": []}),
            ReferenceKind::Branch,
            CameOrWent::Deleted,
            "a",
        ),
        (json!({"ref": "refs/tags/v1", "created": true, "before": "0", "after": "b"}), ReferenceKind::Tag, CameOrWent::Created, "b"),
        (json!({"ref": "refs/tags/v1", "forced": true, "before": "a", "after": "b"}), ReferenceKind::Tag, CameOrWent::Moved, "b"),
        (json!({"ref": "refs/tags/v1", "deleted": true, "before": "a", "after": "0"}), ReferenceKind::Tag, CameOrWent::Deleted, "a"),
    ];
    for (payload, kind, change, sha) in cases {
        let What::Reference(reference) = news("push", payload.clone()) else { panic!("{payload}") };
        assert_eq!((reference.kind, reference.change, reference.sha.as_deref()), (kind, change, Some(sha)), "{payload}");
    }
}

#[test]
fn a_pull_request_is_what_it_says_it_is() {
    let states = [
        (json!({}), ConversationState::Open),
        (json!({"draft": true}), ConversationState::Draft),
        (json!({"state": "closed"}), ConversationState::Closed),
        (json!({"state": "closed", "merged": true}), ConversationState::Merged),
        (json!({"state": "closed", "merged_at": "2026-11-20T10:30:00Z"}), ConversationState::Merged),
    ];
    for (changes, state) in states {
        let What::Conversation(told) = news("pull_request", json!({"action": "edited", "pull_request": pull(changes.clone())})) else {
            panic!("{changes}")
        };
        assert_eq!(told.snapshot.state, state, "{changes}");
        let awaited: Vec<&str> = told.snapshot.awaited.iter().map(Author::shown).collect();
        assert_eq!(awaited, ["hubot", "Core"]);
    }
}

#[test]
fn what_is_done_to_a_conversation() {
    let acts = [
        ("opened", Act::Opened),
        ("closed", Act::Closed),
        ("reopened", Act::Reopened),
        ("ready_for_review", Act::ReadyForReview),
        ("review_requested", Act::ReviewRequested { of: Some(Author::login("hubot")) }),
        ("assigned", Act::Assigned { to: Author::login("hubot") }),
        ("synchronize", Act::Edited),
        ("from_the_future", Act::Edited),
    ];
    for (action, act) in acts {
        let hubot = json!({"login": "hubot", "type": "User"});
        let payload = json!({"action": action, "pull_request": pull(json!({})), "requested_reviewer": hubot, "assignee": hubot});
        let What::Conversation(told) = news("pull_request", payload) else { panic!("{action}") };
        assert_eq!(told.act, act);
    }
}

#[test]
fn reviews_and_comments_are_remarks() {
    let review = json!({"id": 5, "user": null, "body": null, "state": "changes_requested", "submitted_at": "2026-11-20T11:00:00Z"});
    let What::Conversation(told) =
        news("pull_request_review", json!({"action": "submitted", "review": review, "pull_request": pull(json!({}))}))
    else {
        panic!("no review")
    };
    let Act::Reviewed(remark) = told.act else { panic!("no review") };
    assert_eq!((remark.verdict, remark.by.shown(), remark.text.as_str()), (Some(Verdict::ChangesRequested), "ghost", ""));

    let issue = json!({
        "number": 17, "title": "x", "state": "closed", "user": {"login": "o"}, "pull_request": {"merged_at": null},
        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T11:00:00Z",
    });
    let comment = json!({"id": 6, "user": {"login": "a"}, "body": "Fine.\u{0}", "created_at": "2026-11-20T11:00:00Z"});
    let What::Conversation(told) = news("issue_comment", json!({"action": "deleted", "issue": issue, "comment": comment})) else {
        panic!("no comment")
    };
    let Act::Commented(remark) = told.act else { panic!("no comment") };
    assert_eq!((remark.change, remark.text.as_str()), (RemarkChange::Withdrawn, "Fine."));
    assert_eq!(
        (told.snapshot.key.kind, told.snapshot.state, told.snapshot.change),
        (ConversationKind::Pull, ConversationState::Closed, None)
    );
}

#[test]
fn checks_have_a_verdict_of_their_own() {
    let states = [
        ("completed", json!("success"), CheckState::Passed),
        ("completed", json!("failure"), CheckState::Failed),
        ("completed", json!("cancelled"), CheckState::Inconclusive),
        ("in_progress", json!(null), CheckState::Pending),
    ];
    for (status, conclusion, state) in states {
        let check =
            json!({"name": "lint", "status": status, "conclusion": conclusion, "head_sha": "abc", "started_at": "2026-11-20T11:00:00Z"});
        let What::Checks(checks) = news("check_run", json!({"check_run": check})) else { panic!("{status}") };
        assert_eq!((checks.sha.as_str(), checks.results[0].state), ("abc", state));
    }
}

#[test]
fn a_run_and_its_failing_step() {
    let run = json!({
        "id": 9, "name": "CI", "run_number": 412, "status": "completed", "conclusion": "failure", "head_branch": "main", "head_sha": "abc",
        "event": "push", "actor": {"login": "octocat"}, "head_commit": {"message": "Fix\n\nit", "author": {"name": "Octo", "email": "o@example.com"}},
        "run_started_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:05:00Z",
    });
    let report = told("workflow_run", json!({"action": "completed", "workflow_run": run})).run.unwrap();
    assert_eq!((report.key.pipeline.as_str(), report.key.execution.as_str()), ("acme/api: CI", "9"));
    let failed = Sighting { status: RunStatus::Failed, at: Some(at("2026-11-20T10:05:00Z")) };
    assert_eq!(report.observations.last(), Some(&Observation::Execution(failed)));
    let Observation::Facts(facts) = &report.observations[0] else { panic!("no facts") };
    assert_eq!(facts.author.as_ref().map(Author::shown), Some("octocat"));
    assert_eq!(facts.repository, Some(RepositoryName::new("acme/api")));

    let job = json!({
        "run_id": 9, "workflow_name": "CI", "name": "test", "status": "completed", "conclusion": "failure", "html_url": "https://x/job/1",
        "started_at": "2026-11-20T10:01:00Z", "completed_at": "2026-11-20T10:04:00Z",
        "steps": [{"name": "Check out", "conclusion": "success", "number": 1}, {"name": "Run the tests", "conclusion": "failure", "number": 2}],
    });
    let report = told("workflow_job", json!({"workflow_job": job})).run.unwrap();
    assert!(matches!(report.observations.last(), Some(Observation::Action { stage, action, result, .. })
            if stage == "test" && action == "Run the tests" && result.url.as_deref() == Some("https://x/job/1#step:2:1")));
    let skipped = json!({"run_id": 9, "workflow_name": "CI", "name": "deploy", "status": "completed", "conclusion": "skipped"});
    assert_eq!(told("workflow_job", json!({"workflow_job": skipped})), Reading::default());
}

#[test]
fn releases_deployments_and_fates() {
    let release = json!({"id": 1, "tag_name": "v1", "html_url": "https://x", "prerelease": true, "author": {"login": "o"}});
    let What::Release(told) = news("release", json!({"action": "published", "release": release})) else { panic!("no release") };
    assert_eq!(told.state, ReleaseState::Prerelease);
    let deployment = json!({"id": 2, "environment": "production", "ref": "main", "sha": "abc", "creator": {"login": "o"}});
    let status = json!({"state": "success", "environment_url": "", "log_url": "https://log", "updated_at": "2026-11-20T11:00:00Z"});
    let What::Deployment(told) = news("deployment_status", json!({"deployment": deployment, "deployment_status": status})) else {
        panic!("no deployment")
    };
    assert_eq!((told.state.as_str(), told.url.as_deref()), ("success", Some("https://log")));
    let renamed = json!({"action": "renamed", "changes": {"repository": {"name": {"from": "Old"}}}});
    assert_eq!(news("repository", renamed), What::Fate(Fate::Renamed { from: RepositoryName::new("acme/old") }));
    let moved = json!({"action": "transferred", "changes": {"owner": {"from": {"organization": {"login": "before"}}}}});
    assert_eq!(news("repository", moved), What::Fate(Fate::Renamed { from: RepositoryName::new("before/api") }));
}

#[test]
fn githubs_own_example_of_a_signature_is_good_and_no_other() {
    let secrets = Secrets { current: "It's a Secret to Everybody".into(), previous: None };
    let signed = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-hub-signature-256", value.parse().unwrap());
        verify(&headers, b"Hello, World!", &secrets)
    };
    assert_eq!(signed("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"), Ok(()));
    assert_eq!(signed("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18"), Err(NotAuthentic::Mismatch));
    for malformed in ["sha1=75", "sha256=", "sha256=zz", "757107ea"] {
        assert_eq!(signed(malformed), Err(NotAuthentic::Malformed("X-Hub-Signature-256")), "{malformed}");
    }
    assert_eq!(verify(&HeaderMap::new(), b"", &secrets), Err(NotAuthentic::Missing("X-Hub-Signature-256")));
}

#[test]
fn the_largest_push_fits_into_the_queue() {
    let commits: Vec<Value> = (0..3000)
        .map(|n| json!({"id": format!("{n:040}"), "message": "line\n".repeat(300), "modified": vec!["a/long/path/of/a/file.rs"; 20]}))
        .collect();
    let payload =
        json!({"ref": "refs/heads/main", "before": "a", "after": "b", "commits": commits, "repository": {"full_name": "acme/api"}});
    let body = to_raw_value(&payload).unwrap();
    assert!(body.get().len() > 5_000_000);
    let received_at = at("2026-11-20T12:00:00Z");
    let webhook = crate::Webhook {
        sender: crate::Sender::Github,
        event: "push".into(),
        delivery: "d".into(),
        place: "acme/api".into(),
        received_at,
        body,
    };
    let fitting = webhook.fit(900_000);
    assert!(serde_json::to_string(&fitting).unwrap().len() < 100_000);
    let Some(RepositoryNews { what: What::Push(push), .. }) = crate::read(&fitting).unwrap().news else { panic!("no push") };
    assert_eq!((push.total, push.commits.len()), (3000, Push::MOST_COMMITS));
}

#[test]
fn what_two_hooks_tell_of_an_archived_repository_happened_at_one_moment() {
    let body = |updated_at: Option<&str>| {
        let repository = json!({"full_name": "acme/api", "html_url": "https://github.com/acme/api", "updated_at": updated_at});
        to_raw_value(&json!({"action": "archived", "repository": repository, "sender": {"login": "octocat", "type": "User"}})).unwrap()
    };
    let told_at = |updated_at, received_at| read("repository", &body(updated_at), at(received_at)).unwrap().news.unwrap().at;
    let changed = Some("2026-11-20T11:59:58Z");
    assert_eq!(told_at(changed, "2026-11-20T12:00:00Z"), told_at(changed, "2026-11-20T12:00:01Z"));
    assert_eq!(told_at(None, "2026-11-20T12:00:01Z"), at("2026-11-20T12:00:01Z"));
}
