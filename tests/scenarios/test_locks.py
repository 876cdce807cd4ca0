"""Locks and freezes: who waits says for whom, and goes on by itself."""

import re

from harness.message import Message
from harness.room import AVERY, DANA, OPS, ROBIN, Room

ID = re.compile(r"d-[0-9a-z]+")


def id_of(message: Message) -> str:
    return ID.search(message.key or "").group()


def locks(room: Room, person: str, line: str = "production on web --reason migration", says: str = "Web in production is locked") -> Message:
    room.types(person, f"lock {line}")
    return room.message(f"{says} by <@{person}>")


def test_others_wait_for_a_lock_and_go_on_when_it_is_taken_away(room: Room):
    lock = locks(room, DANA)
    assert "migration" in lock.text
    room.types(AVERY, "deploy web@v91 to production")
    waiting = room.message("Waiting: web to production")
    assert f"for the lock of <@{DANA}>" in waiting.text
    assert room.runs("web-production") == []
    room.types(ROBIN, "locks")
    listed = room.private(ROBIN, "Locked and frozen")
    assert "web in production locked by Dana Deployer" in listed.text
    assert id_of(waiting) in listed.text
    room.presses(DANA, lock, "Unlock")
    room.again(lock, f"Web in production is locked no longer: ended by <@{DANA}>")
    room.again(waiting, "Deployed web to production")
    assert room.host("web", "production")["version"] == "v91"
    assert room.cloud.gate() == []


def test_its_owner_deploys_through_it_and_only_they_end_it(room: Room):
    locks(room, DANA)
    room.deploys(DANA, "web@v92 to production", says="Deployed")
    room.types(ROBIN, "unlock production on web")
    assert "--steal" not in room.private(ROBIN, "Not allowed").text
    room.types(DANA, "unlock production on web")
    room.message("Web in production is locked no longer")


def test_a_lock_that_is_stuck_runs_out_and_says_so(room: Room):
    lock = locks(room, DANA, "production on web --for 10m")
    room.types(AVERY, "deploy web@v93 to production")
    waiting = room.message("Waiting: web to production")
    room.tick(11)
    room.again(lock, "Web in production is locked no longer: its time was over")
    room.message(f"<@{DANA}> Your lock on web in production has run out", thread=lock.ts)
    room.again(waiting, "Deployed web to production")


def test_taking_a_lock_over_tells_its_owner(room: Room):
    lock = locks(room, DANA)
    room.types(AVERY, "deploy web@v94 to production")
    waiting = room.message("Waiting: web to production")
    room.types(AVERY, "lock production on web")
    assert "--steal" in room.private(AVERY, f"is locked already by <@{DANA}>").text
    room.types(AVERY, "lock production on web --steal --reason hotfix")
    room.again(lock, f"was taken over by <@{AVERY}>")
    room.message(f"Web in production is locked by <@{AVERY}>")
    # In the conversation of the app with the owner.
    word = room.message("Your lock on web in production was taken over", channel=room.direct(DANA))
    assert "hotfix" in word.text
    # Whose it is now need not wait for it.
    room.again(waiting, "Deployed web to production")
    room.types(AVERY, "unlock production on web")
    room.message("Web in production is locked no longer")


def test_one_that_waits_goes_on_after_the_one_under_way(room: Room):
    room.pace(1500)
    lock = locks(room, DANA)
    first = room.deploys(DANA, "web@v95 to production")
    room.types(AVERY, "deploy web@v96 to production")
    second = room.message("Waiting: web to production")
    room.presses(DANA, lock, "Unlock")
    room.again(lock, "is locked no longer")
    room.again(second, f"for {id_of(first)}")
    room.pace(100)
    room.again(first, "Deployed web to production")
    room.tick()
    room.again(second, "Deployed web to production")
    assert room.host("web", "production")["version"] == "v96"
    assert len(room.runs("web-production")) == 2


def test_a_freeze_holds_everybody_until_somebody_who_may_lets_it_pass(room: Room):
    room.types(DANA, "freeze production --for 2h")
    room.private(DANA, "Not allowed")
    room.types(AVERY, "freeze production --for 2h --reason trade fair")
    freeze = room.message(f"Production is frozen by <@{AVERY}>")
    room.types(DANA, "deploy worker@v97 to production")
    doubted = room.message("Not started: worker to production")
    assert "the environment is frozen" in doubted.text
    room.message("worker to production waits for somebody who may override", thread=doubted.ts)
    room.presses(DANA, doubted, "Deploy anyway")
    room.private(DANA, "allows to override worker in production")
    assert room.runs("worker-production") == []
    room.presses(AVERY, doubted, "Deploy anyway")
    room.message(f"It goes on by the word of <@{AVERY}>", thread=doubted.ts)
    done = room.again(doubted, "Deployed worker to production")
    assert f"Goes on by the word of <@{AVERY}>" in done.text
    room.types(AVERY, "unfreeze production")
    room.again(freeze, "Production is frozen no longer")
    assert room.cloud.gate() == []


def test_of_two_who_lock_at_once_one_has_it(room: Room):
    for person in (DANA, AVERY):
        room.says(person, "@ops lock staging on worker")
    message = room.message("Worker in staging is locked by")
    owner = DANA if f"<@{DANA}>" in message.text else AVERY
    other = AVERY if owner == DANA else DANA
    room.private(other, f"is locked already by <@{owner}>")
    assert len([item for item in room.cloud.gate() if item["gate"] == "lock"]) == 1
    assert len(room.messages(OPS)) == 1
