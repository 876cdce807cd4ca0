//! GitHub. Payloads have the fields of "Webhook events and payloads" (`docs.github.com`) that say something about what happened; the many
//! addresses of GitHub's own API are left out.

mod conversations;
mod payload;
mod pulls;
mod pushes;
mod releases;
mod runs;

use super::CODE;
use crate::fields::{Existing, Field, Kind};
use crate::people;
use crate::registry::{Action, Sender};

/// GitHub.
pub static SENDER: Sender = Sender {
    id: "github",
    name: "GitHub",
    group: CODE,
    about: "A repository's webhook; signs the body with HMAC-SHA256.",
    shown_after: "/ops gh subscribe acme/api",
    actions: &[
        Action {
            id: "push",
            name: "Push commits",
            about: "A branch gets new commits; one that isn't there yet is created.",
            fields: &[
                Field::repository(),
                BRANCH,
                Field { kind: Kind::Lines, ..Field::text("commits", "Commits", "Count every request once\nSay which host is slow") }
                    .with_hint("one title a line, the oldest first"),
                PATH,
                people::by("Pushed by", "octocat"),
            ],
            make: pushes::push,
        },
        Action {
            id: "force_push",
            name: "Force push",
            about: "A branch's history is replaced.",
            fields: &[
                Field::repository(),
                BRANCH,
                Field { kind: Kind::Lines, ..Field::text("commits", "Commits", "Count every request exactly once") }
                    .with_hint("one title a line, the oldest first"),
                PATH,
                people::by("Pushed by", "octocat"),
            ],
            make: pushes::force_push,
        },
        Action {
            id: "open_pull",
            name: "Open a pull request",
            about: "It can be labelled, reviewed, checked and merged from then on.",
            fields: &[
                Field::repository(),
                Field::text("title", "Title", "Count every request once"),
                Field::text("branch", "Branch", "topic/count-once"),
                people::by("Opened by", "octocat"),
                Field::text("reviewer", "Ask for a review by", "").of(Kind::Optional(&["dana", "avery", "robin"])),
            ],
            make: pulls::open,
        },
        Action {
            id: "label_pull",
            name: "Label a pull request",
            about: "Labels are put on it.",
            fields: &[PULL, Field::text("labels", "Labels", "bug").with_hint("separated by commas"), people::by("By", "octocat")],
            make: pulls::label,
        },
        Action {
            id: "review_pull",
            name: "Review a pull request",
            about: "Somebody says what they think of it.",
            fields: &[
                PULL,
                Field::choice("verdict", "Verdict", "approved", pulls::VERDICTS),
                Field::text("text", "Words", "Just right.").of(Kind::Optional(&[])),
                people::by("Reviewed by", "avery"),
            ],
            make: pulls::review,
        },
        Action {
            id: "check_pull",
            name: "End a check of a pull request",
            about: "An app has looked at its newest commit.",
            fields: &[
                PULL,
                Field::text("name", "Check", "lint"),
                Field::choice("conclusion", "Outcome", "failure", &[("failure", "failed"), ("success", "passed")]),
            ],
            make: runs::check,
        },
        Action {
            id: "close_pull",
            name: "Merge or close a pull request",
            about: "Merging pushes its commit to the base branch, too.",
            fields: &[
                PULL,
                Field::choice("how", "How", "merge", &[("merge", "merge"), ("close", "close without merging")]),
                people::by("By", "octocat"),
            ],
            make: pulls::close,
        },
        Action {
            id: "open_issue",
            name: "Open an issue",
            about: "It can be closed from then on.",
            fields: &[
                Field::repository(),
                Field::text("title", "Title", "Requests are counted twice"),
                Field::text("labels", "Labels", "bug").of(Kind::Optional(&[])).with_hint("separated by commas"),
                people::by("Opened by", "octocat"),
            ],
            make: conversations::open_issue,
        },
        Action {
            id: "close_issue",
            name: "Close an issue",
            about: "It is done, or won't be.",
            fields: &[
                Field::one_of("issue", "Issue", Existing::OpenIssues, "there is none yet: open an issue first"),
                Field::choice("reason", "Because it is", "completed", &[("completed", "done"), ("not_planned", "not planned")]),
                people::by("Closed by", "octocat"),
            ],
            make: conversations::close_issue,
        },
        Action {
            id: "release",
            name: "Publish a release",
            about: "A version with its notes.",
            fields: &[
                Field::repository(),
                Field::text("tag", "Tag", "v1.4.0"),
                Field::text("title", "Title", "Counts right").of(Kind::Optional(&[])),
                Field::text("notes", "Notes", "Requests are counted once.").of(Kind::Optional(&[])),
                people::by("Published by", "octocat"),
            ],
            make: releases::publish,
        },
        Action {
            id: "run",
            name: "Run a workflow of GitHub Actions",
            about: "It starts, runs its job, and ends; channels see it after /ops build watch acme/api.",
            fields: &[
                Field::repository(),
                Field::text("workflow", "Workflow", "CI"),
                Field::text("branch", "Branch", "main"),
                Field::choice("conclusion", "Outcome", "failure", runs::CONCLUSIONS),
                Field::text("step", "Step that decides", "Run the tests"),
                people::by("Commit by", "octocat"),
            ],
            make: runs::run,
        },
    ],
};

const BRANCH: Field = Field::text("branch", "Branch", "main").with_hint("others than main are shown where that was asked for: branches:**");
const PATH: Field = Field::text("path", "File changed", "src/main.rs");
const PULL: Field = Field::one_of("pull", "Pull request", Existing::OpenPulls, "there is none yet: open a pull request first");
