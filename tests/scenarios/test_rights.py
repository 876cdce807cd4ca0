"""Who may not, is told by which rule, for their eyes only, and it is recorded."""

import pytest
from harness.cloud import broken_links
from harness.door import slash
from harness.room import DANA, GALE, GITHUB, OPS, ROBIN, SASHA, Room
from harness.waiting import until

REFUSALS = [
    pytest.param(ROBIN, OPS, "role", "none of your roles (reader) allows to deploy api in staging", id="a reader"),
    pytest.param(DANA, GITHUB, "room", "this channel doesn't allow to deploy api in staging", id="a room for other things"),
    pytest.param(GALE, OPS, "guest", "guests of the workspace have no rights here", id="a guest"),
    pytest.param(SASHA, OPS, "workspace", "only people of this workspace are served here", id="a stranger"),
]


def recorded(room: Room, count: int = 1) -> list[dict]:
    """What the audit log has of this scenario, once it has so much."""
    until(f"{count} records", lambda: len(room.recorded()) >= count, told=lambda: f"There are: {room.recorded()}")
    return room.recorded()


@pytest.mark.parametrize(("person", "channel", "rule", "why"), REFUSALS)
def test_a_command_is_refused_privately_and_recorded(room: Room, person: str, channel: str, rule: str, why: str):
    room.types(person, "deploy api@v1 to staging", channel)
    answer = room.private(person, "Not allowed", channel)
    assert why in answer.text
    assert f"Rule: `{rule}`" in answer.text
    (record,) = recorded(room)
    assert (record["actor"], record["channel"], record["request"]) == (person, channel, "deploy api@v1 to staging")
    assert (record["outcome"]["outcome"], record["outcome"]["rule"]) == ("refused", rule)
    assert room.messages(channel) == []
    assert room.calls("StartPipelineExecution") == []


@pytest.mark.parametrize(("person", "channel", "rule", "why"), REFUSALS)
def test_a_mention_is_refused_privately_and_recorded(room: Room, person: str, channel: str, rule: str, why: str):
    room.says(person, "@ops deploy api to staging", channel)
    assert why in room.private(person, "Not allowed", channel).text
    (record,) = recorded(room)
    assert (record["actor"], record["outcome"]["rule"]) == (person, rule)
    assert room.messages(channel) == []
    assert room.calls("StartPipelineExecution") == []


def test_the_history_shows_refusals_and_what_was_done(room: Room):
    room.types(ROBIN, "deploy worker to production")
    room.private(ROBIN, "Not allowed")
    recorded(room)
    room.deploys(DANA, "worker@v11 to production", says="Deployed")
    room.types(DANA, "history")
    lines = room.private(DANA, "The latest requests").text.splitlines()[1:4]
    assert "succeeded" in lines[0]
    assert "deploy worker@v11 to production" in lines[1]
    assert "started" in lines[1]
    assert "Robin Reader" in lines[2]
    assert "refused by rule role" in lines[2]
    room.types(ROBIN, "history @dana")
    assert "refused" not in room.private(ROBIN, "The latest requests of this person").text.splitlines()[1]


def test_the_audit_log_is_an_unbroken_chain(room: Room):
    room.types(ROBIN, "deploy web to production")
    room.private(ROBIN, "Not allowed")
    recorded(room)
    log = room.cloud.audit()
    assert len(log) >= 1
    assert broken_links(log) == []
    # And it would show: the check is one that can fail.
    changed = [*log[:-1], log[-1] | {"record": log[-1]["record"] | {"actor": DANA}}]
    assert broken_links(changed) == [len(log)]


def test_who_may_what_can_be_asked(room: Room):
    room.types(ROBIN, "can deploy api to staging")
    assert "No, you may not run" in room.private(ROBIN, "you may").text
    room.types(DANA, "can deploy api to production")
    room.private(DANA, "Yes, you may run")
    room.types(ROBIN, "whoami")
    assert "change nothing" in room.private(ROBIN, "You are").text
    room.types(DANA, "whoami")
    assert "every service to staging; every service to production" in room.private(DANA, "You are").text
    room.types(ROBIN, "help")
    assert "Not for you in this channel: deploy" in room.private(ROBIN, "What you can ask here").text


def test_a_team_in_the_form_does_not_make_a_guest_a_member(room: Room):
    """The door believes Slack, not the form: the guest is looked up."""
    body = slash(GALE, "status", OPS, room.endpoints["team"], "https://hooks.slack.com/commands/1")
    answer = room.door.send(room.door.letter("/commands", body))
    assert answer.status == 200
    assert answer.json()["response_type"] == "ephemeral"
    assert "guests of the workspace" in answer.json()["text"] + str(answer.json()["attachments"])
    assert recorded(room)[0]["outcome"]["rule"] == "guest"
