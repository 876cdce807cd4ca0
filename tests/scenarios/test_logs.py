"""Reading logs: from journals and from a log group, short and long, searched, masked, and followed live."""

import time

import pytest
from harness.hosts import API_STAGING, Fleet
from harness.room import DANA, OPS, ROBIN, Room
from harness.waiting import until

GROUP = "/services/web-staging"


@pytest.fixture
def fleet(room: Room):
    """The hosts, all well before and after."""
    hosts = Fleet(room.gateway)
    hosts.mend()
    yield hosts
    hosts.mend()


def writes(room: Room, lines: list[str]) -> None:
    """Writes lines into the log group of web in staging, now."""
    logs = room.cloud.aws("logs")
    for create, arguments in ((logs.create_log_group, {}), (logs.create_log_stream, {"logStreamName": "web"})):
        try:
            create(logGroupName=GROUP, **arguments)
        except logs.exceptions.ResourceAlreadyExistsException:
            pass
    now = int(time.time() * 1000)
    events = [{"timestamp": now - len(lines) + number, "message": line} for number, line in enumerate(lines)]
    logs.put_log_events(logGroupName=GROUP, logStreamName="web", logEvents=events)


def test_journals_are_read_as_one_log_and_the_lines_are_in_the_thread(room: Room, fleet: Fleet):
    room.types(ROBIN, "logs api in staging --since 1h --grep listening")
    message = room.message("the log of api in staging", about="operation/")
    done = room.again(message, "Log of api in staging", seconds=60)
    assert "from the journal" in done.text
    lines = room.message("ready, listening on", thread=message.ts).text
    assert "api-staging-1 " in lines and "api-staging-2 " in lines
    assert "GET /health" not in lines
    assert fleet.documents(API_STAGING[0]) == ["opsroom-read-journal"]


def test_a_log_group_is_read_and_secrets_are_masked(room: Room, fleet: Fleet):
    writes(room, ["checkout card=4111111111111111 token=hunter2", "GET /health 200"])
    room.types(ROBIN, "logs web in staging --since 5m --grep checkout")
    message = room.message("og of web in staging", about="operation/")
    lines = room.message("checkout", thread=message.ts).text
    assert "checkout *** token=***" in lines
    assert "hunter2" not in lines
    assert room.calls("SendCommand") == []


def test_a_long_log_is_a_file_in_the_thread(room: Room, fleet: Fleet):
    writes(room, [f"request {number} was served" for number in range(500)])
    room.types(ROBIN, "logs web in staging --since 5m --lines 400 --grep served")
    message = room.message("og of web in staging", about="operation/")
    room.message("The last 30 of 400 lines", thread=message.ts)

    def shared():
        return [m for m in room.messages(OPS) if m.thread == message.ts and m.raw.get("files")]

    (file,) = until("the file is there", shared)
    room.sees_all(OPS)
    assert file.raw["files"][0]["name"].startswith("logs-web-staging-o-")
    assert len(shared()) == 1


def test_it_is_followed_live_in_one_message_until_somebody_stops_it(room: Room, fleet: Fleet):
    # Other scenarios write into the same group: only these lines are asked for.
    writes(room, ["live: before anybody looked"])
    room.types(DANA, "logs web in staging --since 1m --grep live: --follow 2m")
    message = room.message("Following the log of web in staging", about="operation/")
    writes(room, ["live: while it is watched"])
    room.again(message, "while it is watched", seconds=30)
    writes(room, ["live: and on"])
    room.again(message, "and on", seconds=30)
    # The button does the same; but the message goes on changing while one reaches for it.
    room.types(DANA, f"cancel {message.key.removeprefix('operation/')}")
    room.again(message, f"Log of web in staging, ended by <@{DANA}>")
    assert [m.ts for m in room.messages(OPS) if not m.thread and m.key == message.key] == [message.ts]


def test_a_journal_is_followed_from_where_it_ended(room: Room, fleet: Fleet):
    room.types(DANA, "logs api in staging --host api-staging-1 --since 1m --follow 30s")
    message = room.message("Following the log of api in staging on api-staging-1", about="operation/")
    # The unit says something every five seconds.
    until("several rounds", lambda: "opsroom-follow-journal" in fleet.documents(API_STAGING[0]), seconds=40)
    over = room.again(message, "Log of api in staging on api-staging-1", seconds=90)
    shown = [line for line in over.text.split("\n") if "GET /health" in line]
    assert len(shown) == len(set(shown))
    assert fleet.documents(API_STAGING[1]) == []


def test_megabytes_and_what_is_no_text_are_bounded_and_said_so(room: Room, fleet: Fleet):
    fleet.trouble(API_STAGING[0], "flood", program="journalctl", bytes=5_000_000)
    fleet.trouble(API_STAGING[1], "garbage", program="journalctl")
    room.types(ROBIN, "logs api in staging --lines 5000")
    message = room.message("og of api in staging", about="operation/")
    done = room.again(message, "Log of api in staging", seconds=60)
    assert "There was more than fits" in done.text
    until("the lines are there", lambda: [m for m in room.messages(OPS) if m.thread == message.ts and m.key])
    until("the file is there", lambda: [m for m in room.messages(OPS) if m.thread == message.ts and m.raw.get("files")])
    room.sees_all(OPS)


def test_a_host_that_does_not_answer_and_a_pattern_that_may_not_be(room: Room, fleet: Fleet):
    fleet.hurry(50)
    fleet.agent(API_STAGING[1], "lost")
    room.types(ROBIN, "logs api in staging --since 1h --grep listening")
    message = room.message("og of api in staging", about="operation/")
    done = room.again(message, "Log of api in staging", seconds=60)
    assert "Not read from api-staging-2" in done.text
    room.message("ready, listening on", thread=message.ts)
    answer = room.tries(ROBIN, "logs api in staging --grep $(id)")
    assert answer["ok"]
    room.private(ROBIN, "can't hold")
    assert len([call for call in room.calls("SendCommand") if call["status"] == 200]) == 1
