"""An alert calls people until one of them acts: each level once, in its time, whatever the clock does."""

from harness.message import Message
from harness.room import AVERY, DANA, MONIT, Room
from harness.waiting import until

ON_CALL = {DANA, AVERY}
"""The example's rotation. Whose week it is depends on the day."""


def calls(room: Room, shown: Message) -> list[Message]:
    """The words under the message that call somebody, oldest first."""
    return [m for m in room.sees_all(MONIT) if m.thread == shown.ts and "/call/" in (m.key or "")]


def settled(room: Room) -> None:
    until("all is worked off", lambda: not any(room.cloud.waiting().values()) and not room.cloud.behind())


def fires(room: Room, name: str) -> tuple[str, Message]:
    key = room.alarms.unique(name)
    room.alarms.tells(key)
    return key, room.message(f"Alert: {key}", MONIT, about="incident/")


def ends(room: Room, key: str, shown: Message) -> None:
    room.alarms.tells(key, "ok", at=room.moment(1))
    room.again(shown, "Resolved")


def test_three_levels_each_once_in_their_time(room: Room):
    key, shown = fires(room, "nobody-acts")
    assert any(f"<@{person}>" in shown.text.split("\n")[0] for person in ON_CALL)
    room.tick(3)
    settled(room)
    assert calls(room, shown) == []
    room.tick(5.5)
    settled(room)
    (second,) = calls(room, shown)
    assert all(f"<@{person}>" in second.text for person in ON_CALL)
    # The clock strikes twice.
    room.tick(5.5)
    room.tick(6)
    settled(room)
    assert len(calls(room, shown)) == 1
    room.tick(15.5)
    settled(room)
    assert len(calls(room, shown)) == 2
    assert "channel" in str(calls(room, shown)[1].raw["blocks"])
    # There is nobody else to call.
    room.tick(60)
    settled(room)
    assert len(calls(room, shown)) == 2
    ends(room, key, shown)


def test_a_clock_that_stood_still_makes_up_for_it(room: Room):
    key, shown = fires(room, "clock-stood-still")
    room.tick(40)
    settled(room)
    room.tick(40)
    settled(room)
    room.tick(41)
    settled(room)
    assert len(calls(room, shown)) == 2
    ends(room, key, shown)


def test_acknowledging_stops_it_and_giving_it_back_begins_again(room: Room):
    key, shown = fires(room, "given-back")
    room.presses(DANA, shown, "Acknowledge")
    acknowledged = room.again(shown, "Dana Deployer has it")
    room.message("You have", room.direct(DANA))
    room.tick(30)
    settled(room)
    assert calls(room, shown) == []
    room.presses(DANA, acknowledged, "Give back")
    room.again(shown, f"Alert: {key}")
    settled(room)
    assert len(calls(room, shown)) == 1
    ends(room, key, shown)
    room.sees_all(MONIT)


def test_what_is_acknowledged_and_forgotten_calls_again(room: Room):
    key, shown = fires(room, "forgotten")
    room.presses(AVERY, shown, "Acknowledge")
    room.again(shown, "Avery Approver has it")
    room.message("You have", room.direct(AVERY))
    room.tick(121)
    room.again(shown, f"Alert: {key}")
    settled(room)
    assert len(calls(room, shown)) == 1
    ends(room, key, shown)
    room.sees_all(MONIT)


def test_coming_and_going_is_told_as_flapping(room: Room):
    key = room.alarms.unique("flaps")
    room.alarms.tells(key, at=room.moment())
    shown = room.message(f"Alert: {key}", MONIT, about="incident/")
    for n in range(1, 8):
        room.alarms.tells(key, "ok" if n % 2 else "firing", at=room.moment(n / 100))
    flapping = room.again(shown, "Flapping")
    assert "changes" in flapping.text
    # The first look finds that it went on changing, the second that it is calm.
    for minutes in (11, 22):
        settled(room)
        room.tick(minutes)
    room.again(shown, "Resolved")
    settled(room)
    # Nobody took it in all that time, so the next levels were called.
    assert calls(room, shown)


def test_a_storm_is_a_message_for_each_incident_and_no_more(room: Room):
    storm = [(room.alarms.unique(f"storm-{service}"), environment) for service in ("api", "web", "worker") for environment in ("staging",)]
    for n in range(20):
        for name, environment in storm:
            service = name.split("-")[1]
            room.alarms.tells(f"{name}-{n}", labels={"service": service, "environment": environment})
    until("all is worked off", lambda: not room.cloud.waiting()["alarms"], 120)
    settled(room)
    shown = [m for m in room.sees_all(MONIT) if (m.key or "").startswith("incident/") and m.key.count("/") == 1]
    assert len(shown) == len(storm)
    for message in shown:
        assert "20 alarms, 20 of them firing" in message.text
        room.presses(DANA, message, "Resolve")
    for message in shown:
        room.again(message, "Resolved")
