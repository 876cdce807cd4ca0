"""The outside world: what a newcomer makes happen by the page's panel reaches the room as if it were real."""

import re

import pytest
from harness.message import Message
from harness.room import BUILDS, DANA, GITHUB, Room

BUILD_SERVERS = [
    ("github", "run", {"conclusion": "failure"}, {"conclusion": "success"}),
    ("gitlab", "pipeline", {"outcome": "failed"}, {"outcome": "passed"}),
    ("circleci", "workflow", {"outcome": "failed"}, {"outcome": "passed"}),
    ("buildkite", "build", {"outcome": "failed"}, {"outcome": "passed"}),
    ("jenkins", "build", {"outcome": "unstable"}, {"outcome": "passed"}),
    ("generic", "run", {"outcome": "failed"}, {"outcome": "passed"}),
]


def subscribes(room: Room, line: str) -> None:
    room.types(DANA, f"gh subscribe {line}", GITHUB)
    room.message(f"<@{DANA}>", GITHUB)


def watches(room: Room, line: str) -> None:
    room.types(DANA, f"build watch {line}", BUILDS)
    room.message(f"<@{DANA}>", BUILDS)


def number_of(done: dict) -> str:
    """`#101` of what was done."""
    return re.search(r"#\d+", done["summary"]).group()


def test_a_push_and_one_by_force_are_messages_in_the_room(room: Room):
    subscribes(room, "acme/api")
    room.outside.does("github", "push", commits="Count once\nCount by hand")
    assert "2 commits" in room.message("Count by hand", GITHUB).text
    room.outside.does("github", "force_push", commits="Count by machine", by="avery")
    forced = room.message("Count by machine", GITHUB)
    assert "force" in forced.text
    assert "avery" in forced.text.lower()


def test_a_pull_request_is_opened_labelled_reviewed_checked_and_merged(room: Room):
    subscribes(room, "acme/web pulls reviews checks")
    opened = room.outside.does("github", "open_pull", repository="acme/web", title="Count in one place")
    pull = f"acme/web{number_of(opened)}"
    assert pull in room.outside.choices("github", "review_pull", "pull")
    card = room.message("Count in one place", GITHUB)
    room.outside.does("github", "label_pull", pull=pull, labels="tidy")
    room.again(card, "tidy")
    room.outside.does("github", "review_pull", pull=pull, by="hubot", text="Just as I like it.")
    room.again(card, "hubot")
    room.message("Just as I like it.", GITHUB, thread=card.ts)
    room.outside.does("github", "check_pull", pull=pull, name="spelling", conclusion="failure")
    room.again(card, "1 failing")
    room.message("spelling", GITHUB, thread=card.ts)
    room.outside.does("github", "close_pull", pull=pull)
    room.again(card, "erged")
    assert pull not in room.outside.choices("github", "review_pull", "pull")
    assert room.outside.refuses("github", "close_pull", pull=pull)["field"] == "pull"


def test_an_issue_and_a_release(room: Room):
    subscribes(room, "acme/worker issues releases")
    opened = room.outside.does("github", "open_issue", repository="acme/worker", title="It counts twice")
    card = room.message("It counts twice", GITHUB)
    room.outside.does("github", "close_issue", issue=f"acme/worker{number_of(opened)}")
    room.again(card, "losed")
    room.outside.does("github", "release", repository="acme/worker", tag="v7.0.1", title="Counts once")
    room.message("v7.0.1", GITHUB)


@pytest.mark.parametrize(("sender", "action", "fails", "passes"), BUILD_SERVERS, ids=[server[0] for server in BUILD_SERVERS])
def test_a_build_of_any_server_fails_and_is_fixed(room: Room, sender: str, action: str, fails: dict, passes: dict):
    watches(room, "acme/api")
    failed = room.outside.does(sender, action, **fails)
    broken: Message = room.message(f"{number_of(failed)} failed", BUILDS)
    room.outside.does(sender, action, **passes)
    room.again(broken, "ixed")
    room.message("ixed", BUILDS, thread=broken.ts)


def test_a_pipeline_that_somebody_starts_elsewhere(room: Room):
    watches(room, "web-staging")
    room.outside.does("codepipeline", "start", pipeline="web-staging", revision="broken")
    broken = room.message("web-staging", BUILDS)
    assert "failed" in broken.text
    room.outside.does("codepipeline", "start", pipeline="web-staging", revision="v2")
    room.again(broken, "ixed")
    room.message("ixed", BUILDS, thread=broken.ts)


def test_the_panel_tells_what_is_wrong_and_shows_no_secret(room: Room):
    assert room.outside.refuses("github", "push", repository="acme")["field"] == "repository"
    assert room.outside.refuses("github", "dream")["error"] == "unknown_action"
    sent = room.outside.does("gitlab", "pipeline")["sent"]
    secrets = [secret for name, secret in room.endpoints.items() if name.endswith("_webhook_secret")]
    assert not [secret for secret in secrets if secret in str(sent)]
