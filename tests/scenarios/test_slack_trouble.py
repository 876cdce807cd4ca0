"""Slack refuses, fails, breaks off or is away: every message arrives, and arrives once."""

import pytest
from harness.room import AVERY, DANA, GALE, GITHUB, OPS, ROBIN, Room
from harness.waiting import until

UNKNOWN_PLACE = 60
"""Seconds: how long a message that may or may not have been posted is left alone, and what the queue adds."""

CERTAIN = [
    pytest.param({"kind": "error", "status": 429, "error": "ratelimited", "retry_after": 2}, id="429"),
    pytest.param({"kind": "error", "status": 200, "error": "ratelimited", "retry_after": 1}, id="ratelimited"),
    pytest.param({"kind": "error", "status": 500, "error": "internal_error"}, id="500"),
    pytest.param({"kind": "error", "status": 503, "error": "service_unavailable"}, id="503"),
    pytest.param({"kind": "drop_after"}, id="posted and the answer lost"),
    pytest.param({"kind": "delay", "ms": 8000, "after": True}, id="posted and the answer too late"),
]


@pytest.mark.parametrize("effect", CERTAIN)
def test_a_new_message_arrives_once(room: Room, effect: dict):
    room.faults.slack("chat.postMessage", effect, OPS)
    room.types(DANA, "deploy worker@v51 to staging")
    room.message("Deployed worker to staging", seconds=40)
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1


@pytest.mark.parametrize("effect", [*CERTAIN, pytest.param({"kind": "drop"}, id="broken off")])
def test_a_change_of_a_message_arrives(room: Room, effect: dict):
    room.pace(400)
    message = room.deploys(DANA, "web@v52 to staging")
    room.faults.slack("chat.update", effect, OPS, times=2)
    room.again(message, "Deployed web to staging", seconds=40)
    assert len(room.messages(OPS)) == 1


@pytest.mark.parametrize("effect", [CERTAIN[0], *CERTAIN[2:4]])
def test_a_private_answer_arrives(room: Room, effect: dict):
    room.faults.slack("response_url", effect)
    room.types(DANA, "status")
    room.private(DANA, "What runs where", seconds=40)


def test_a_message_that_may_have_been_posted_is_looked_for_before_it_is_posted_again(room: Room):
    """The connection breaks before anything is done, which nobody can tell from after: so it is left alone for a minute."""
    room.faults.slack("chat.postMessage", {"kind": "drop"}, GITHUB)
    room.says(DANA, "@ops status", GITHUB)
    room.faults.struck()
    room.cloud.age_marks()
    room.message("What runs where", GITHUB, seconds=UNKNOWN_PLACE + 30)
    assert len(room.messages(GITHUB)) == 1


def test_slack_is_away_for_a_while_and_then_shows_what_is_so(room: Room):
    room.pace(400)
    message = room.deploys(DANA, "api@5555555 to staging")
    room.faults.slack("chat.update", {"kind": "error", "status": 503, "error": "service_unavailable"}, times=1000)
    until("the host has the version", lambda: room.host("api", "staging")["version"] == "5555555")
    room.faults.struck(2)
    assert "Deployed" not in room.messages(OPS)[0].text
    room.faults.lift()
    room.tick(3)
    room.again(message, "Deployed api to staging", seconds=45)


def test_an_outage_is_caught_up_with_in_one_change(room: Room):
    """What was wanted in between is nobody's business any more."""
    room.pace(300)
    message = room.deploys(DANA, "worker@v56 to production")
    room.faults.slack("chat.update", {"kind": "error", "status": 500, "error": "internal_error"}, times=1000)
    until("the deployment is over", lambda: not room.cloud.slots())
    room.faults.lift()
    room.workspace.delete("/calls")
    room.again(message, "Deployed worker to production", seconds=45)
    room.verdict.calm()
    updates = [call for call in room.workspace.get("/calls")["calls"] if call["method"] == "chat.update" and call["ok"]]
    assert len(updates) == 1


def test_slacks_pace_is_kept_and_nothing_is_lost(room: Room):
    """At its real limit: a message in a second."""
    room.workspace.post("/settings", {"post_per_second": 1.0, "post_burst": 1.0})
    # Each person has a pace of their own, so each asks once; the answers are the app's, at its one pace.
    asked = {person: room.says(person, "@ops status", GITHUB) for person in (DANA, AVERY, ROBIN)}
    for ts in asked.values():
        room.message("What runs where", GITHUB, thread=ts)
    refused = [call for call in room.workspace.get("/calls")["calls"] if call["status"] == 429]
    assert refused, "the pace was never reached"
    assert len(room.messages(GITHUB)) == len(asked)


def test_a_message_that_somebody_deleted_is_posted_anew_when_it_changes(room: Room):
    room.pace(1500)
    message = room.deploys(DANA, "web@v57 to production")
    room.slack().chat_delete(channel=OPS, ts=message.ts)
    room.message("Deployed web to production")


def test_while_slack_does_not_say_who_somebody_is_nothing_is_changed(room: Room):
    """A right is judged with Slack's word on the person; what was heard a moment ago is forgotten here by new processes."""
    room.cloud.kill("Commands")
    room.faults.slack("users.info", {"kind": "error", "status": 500, "error": "internal_error"})
    room.types(AVERY, "deploy api@5858585 to production")
    room.faults.struck()
    assert room.cloud.slots() == []
    room.message("Deployed api to production", seconds=40)
    assert len(room.runs("api-production")) == 1


def test_a_person_unknown_to_the_catalog_is_told_to_try_again(room: Room):
    room.cloud.kill("SlackIngress")
    room.faults.slack("users.info", {"kind": "error", "status": 500, "error": "internal_error"})
    room.types(GALE, "status")
    room.private(GALE, "Slack doesn't say just now who you are, so nothing was done")
    assert room.recorded() == []
