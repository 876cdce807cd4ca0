"""Lines that aren't right: an instant private answer with what would be, and nothing done by guessing."""

import pytest
from harness.room import DANA, OPS, Room
from harness.waiting import until


def test_a_typo_in_what_only_reads_has_a_button_that_runs_it(room: Room):
    room.types(DANA, "statsu staging")
    answer = room.private(DANA, "There is no command")
    ((_, button),) = answer.buttons()
    assert button["text"]["text"] == "Run /ops status staging"
    room.presses(DANA, answer, "Run /ops status staging")
    room.private(DANA, "What runs in staging")


def test_a_typo_in_what_changes_something_is_text_to_copy(room: Room):
    room.types(DANA, "depoly api@v1 to staging")
    answer = room.private(DANA, "Nothing was done; copy it to run it")
    assert "/ops deploy api@v1 to staging" in answer.text
    assert answer.buttons() == []
    nothing_was_queued(room)


MISTAKES = [
    pytest.param("deploy apii@v1 to staging", ["apii", "api, web, worker", "/ops deploy api@v1 to staging"], id="service"),
    pytest.param(
        "deploy web to prodution", ["prodution", "staging, production", "/ops deploy web to production"], id="environment"
    ),
    pytest.param("deploy banana to staging", ["banana", "api, web, worker"], id="nothing like it"),
    pytest.param(
        "deploy api to staging --dry-rum",
        ["has no option --dry-rum", "--dry-run, --reason", "/ops deploy api to staging --dry-run"],
        id="flag",
    ),
    pytest.param("deploy api to staging now", ["No environment is called now", "staging, production"], id="too much"),
    pytest.param("banana", ["There is no command banana", "help", "status", "deploy", "history"], id="command"),
]


@pytest.mark.parametrize(("line", "says"), MISTAKES)
def test_an_unknown_name_is_answered_with_the_valid_ones(room: Room, line: str, says: list[str]):
    room.types(DANA, line)
    answer = room.private(DANA, "")
    text = answer.text.replace("`", "")
    for words in says:
        assert words in text, answer
    nothing_was_queued(room)


def test_a_typo_in_a_mention_is_answered_privately_too(room: Room):
    room.says(DANA, "@ops deploy apii to staging")
    assert "/ops deploy api to staging" in room.private(DANA, "apii").text
    assert room.messages(OPS) == []
    assert room.cloud.slots() == []


def nothing_was_queued(room: Room):
    """By what the gateway saw: the door answered and made no call to the queue."""
    until("the door has answered", lambda: room.workspace.get("/requests")["requests"])
    door = room.cloud.function("SlackIngress")
    assert [call for call in room.calls("SendMessage") if call["caller"] == door] == []
