"""Lines that say too little become menus, and bare `/ops` offers what is used here: nothing is run before its line was shown."""

from harness.hosts import Fleet
from harness.message import Message
from harness.room import AVERY, DANA, OPS, ROBIN, Room
from harness.waiting import until


def now(room: Room, person: str, message: Message, says: str) -> Message:
    """The same private message, once it says this."""

    def look() -> Message | None:
        return next((m for m in room.private_messages(OPS, person) if m.ts == message.ts and says in m.text), None)

    return until(f"the picker says {says!r}", look)


def test_what_is_missing_is_picked_and_the_line_that_is_shown_is_run(room: Room):
    room.types(DANA, "deploy --reason picked")
    picker = room.private(DANA, "Still to say: service, environment")
    assert {"api", "web", "worker"} <= set(picker.offers("service"))
    assert picker.buttons() == []
    assert room.chooses(DANA, picker, "service", "web")["ok"]
    picker = now(room, DANA, picker, "Still to say: environment")
    assert room.chooses(DANA, picker, "environment", "staging")["ok"]
    picker = now(room, DANA, picker, "This will be run")
    assert "/ops deploy web to staging --reason picked" in picker.text
    assert room.cloud.slots() == []
    room.presses(DANA, picker, "Run it")
    message = room.message("Deployed web to staging")
    assert "picked" in message.text
    now(room, DANA, picker, "Asked for: /ops deploy web to staging --reason picked")


def test_the_environments_are_those_of_the_service_and_what_may_not_be_done_is_not_offered(room: Room):
    room.types(DANA, "restart worker")
    picker = room.private(DANA, "restart")
    assert "staging" in picker.offers("environment")
    room.types(ROBIN, "restart")
    room.private(ROBIN, "there is nothing to pick from")


def test_what_is_not_offered_can_not_be_chosen(room: Room):
    room.types(DANA, "restart")
    picker = room.private(DANA, "Still to say")
    assert room.chooses(DANA, picker, "service", "banana")["error"] == "invalid_option"


def test_a_mention_is_asked_privately(room: Room):
    room.says(DANA, "@ops logs web")
    picker = room.private(DANA, "logs")
    assert "staging" in picker.offers("environment")
    assert room.messages(OPS) == []


def test_hosts_are_looked_up(room: Room):
    fleet = Fleet(room.gateway)
    fleet.mend()
    room.types(DANA, "reboot")
    picker = room.private(DANA, "Still to say: host")
    assert all(host.startswith(("i-", "mi-")) for host in picker.offers("host"))
    assert len(picker.offers("host")) >= 2


def test_bare_ops_offers_what_is_used_here(room: Room):
    room.types(AVERY, "locks")
    room.private(AVERY, "locked")
    room.types(DANA, "")
    offer = room.private(DANA, "What is asked here most")
    labels = [button["text"]["text"] for _, button in offer.buttons()]
    assert "All commands" in labels
    assert any(label.endswith(" …") for label in labels)
    copies = [label for label in labels if label.startswith("/ops ") and not label.endswith(" …")]
    assert copies, labels
    picks = next(label for label in labels if label.endswith(" …"))
    room.presses(DANA, offer, picks)
    now(room, DANA, offer, picks.removeprefix("/ops ").removesuffix(" …") + ": ")


def test_every_answer_says_how_it_was_found(room: Room):
    room.types(ROBIN, "where api")
    answer = room.private(ROBIN, "Where api runs")
    room.presses(ROBIN, answer, "How?")
    how = room.dialog(ROBIN, "aws dynamodb query")
    assert "ENVIRONMENTS" in how
    assert "/ops where api" in how
