"""The door for webhooks: who may knock, what is refused by name, and what is too large for the queue."""

import gzip
import json
import uuid
from collections.abc import Callable, Iterator

import pytest
from harness.github import Repository, sha
from harness.room import DANA, GITHUB, Room
from harness.waiting import until
from harness.webhooks import JSON, SENDERS, github

PING = {"zen": "Keep it logically awesome.", "hook_id": 1}


@pytest.mark.parametrize("sender", SENDERS)
def test_a_wrong_signature_opens_no_door(room: Room, sender: str):
    before = len(room.calls("SendMessage"))
    assert room.webhooks.send(sender, "push", {"a": 1}, secret="wrong").status == 401
    path, _ = SENDERS[sender]
    assert room.webhooks.post(path, b"{}", {"Content-Type": JSON}).status == 401
    assert len(room.calls("SendMessage")) == before


@pytest.fixture
def rotate(room: Room) -> Iterator[Callable[[str, str], None]]:
    """Sets GitHub's secret and the one before it; afterwards all is as it was."""
    ssm, name = room.cloud.aws("ssm"), room.endpoints["secrets_prefix"] + "/webhooks/github"

    def rotate(new: str, previous: str) -> None:
        for parameter, value in ((name, new), (f"{name}-previous", previous)):
            ssm.put_parameter(Name=parameter, Value=value, Type="SecureString", Overwrite=True)

    yield rotate
    ssm.put_parameter(Name=name, Value=room.endpoints["github_webhook_secret"], Type="SecureString", Overwrite=True)
    ssm.delete_parameter(Name=f"{name}-previous")
    room.cloud.kill("WebhookIngress")


def test_both_secrets_are_good_while_one_takes_over_from_the_other(room: Room, rotate: Callable[[str, str], None]):
    following, current = uuid.uuid4().hex, room.endpoints["github_webhook_secret"]
    rotate(following, current)

    def accepted() -> bool:
        return room.webhooks.send("github", "ping", PING, secret=following).status == 200

    # A flood of bad signatures must not be one of look-ups, so the secrets are read anew twice in a minute at most.
    until("the new secret is taken", accepted, seconds=45)
    assert room.webhooks.send("github", "ping", PING, secret=current).status == 200
    assert room.webhooks.send("github", "ping", PING, secret="f" * 32).status == 401


def test_what_is_wrong_is_named(room: Room):
    assert room.webhooks.send("github", "ping", PING).status == 200
    malformed = room.webhooks.send("github", "push", b'{"ref": ')
    assert malformed.status == 400
    assert b"line 1" in malformed.data
    unknown = room.webhooks.send("github", "from_the_future", {"action": "dreamt"})
    assert unknown.status in (200, 202)
    assert room.webhooks.post("/gitbub", b"{}", {"Content-Type": JSON}).status == 404
    incomplete = room.webhooks.send("generic", "", {"pipeline": "nightly"})
    assert incomplete.status == 400
    assert b"run" in incomplete.data


def test_a_push_larger_than_the_queue_takes_is_trimmed_not_refused(room: Room):
    room.types(DANA, "gh subscribe acme/huge commits", GITHUB)
    room.message("acme/huge", GITHUB)
    api = Repository(room.webhooks, "acme/huge")
    titles = [f"Commit {n}\n\n" + "x" * 1500 for n in range(3000)]
    commits = [{"id": sha(title), "message": title, "author": {"name": "o", "username": "octocat"}, "modified": ["a.rs"]} for title in titles]
    payload = {"ref": "refs/heads/main", "before": sha(0), "after": commits[-1]["id"], "commits": commits, "head_commit": commits[-1]}
    assert 4_000_000 < len(json.dumps(payload)) < 5_500_000
    api.tells("push", payload)
    shown = room.message("Commit 2999", GITHUB)
    assert "3,000 commits" in shown.text or "3000 commits" in shown.text


def test_the_same_delivery_three_times_is_one_message(room: Room):
    room.types(DANA, "gh subscribe acme/api commits", GITHUB)
    room.message("acme/api", GITHUB)
    api = Repository(room.webhooks, "acme/api")
    told = api.pushes("Told three times")
    delivery = str(uuid.uuid4())
    for _ in range(3):
        room.webhooks.takes("github", "push", told, delivery=delivery)
    room.message("Told three times", GITHUB)


def test_a_queue_out_of_reach_is_the_senders_to_know(room: Room):
    room.verdict.door_may_fail = True
    room.faults.aws("sqs", "SendMessage", {"kind": "error", "status": 503, "type": "ServiceUnavailable"}, caller="WebhookIngress", times=10)
    assert room.webhooks.send("github", "push", {"ref": "refs/heads/main", "repository": {"full_name": "acme/api"}}).status == 503


def test_a_signature_counts_for_the_bytes_that_were_sent(room: Room):
    body = json.dumps(PING).encode()
    headers = github(room.endpoints["github_webhook_secret"], body, "ping", str(uuid.uuid4()))
    assert room.webhooks.post("/github", body + b" ", {"Content-Type": JSON, **headers}).status == 401
    assert room.webhooks.post("/github", gzip.compress(body), {"Content-Type": JSON, **headers}).status == 401
