"""The same commands as mentions, in a channel and in threads."""

import json

from harness.door import JSON
from harness.room import AVERY, BOT, DANA, GITHUB, OPS, Room


def test_a_mention_is_answered_in_its_thread_for_all_to_read(room: Room):
    asked = room.says(DANA, "@ops status", GITHUB)
    answer = room.message("What runs where", GITHUB)
    assert answer.thread == asked


def test_in_a_thread_the_answer_and_the_deployment_stay_there(room: Room):
    root = room.says(AVERY, "shall we ship the worker?")
    room.says(DANA, "hey @ops deploy worker@v21 to staging please", thread=root)
    message = room.message("Deployed worker to staging")
    assert message.thread == root
    assert room.host("worker", "staging")["version"] == "v21"
    room.says(DANA, "@ops where worker", thread=root)
    assert room.message("Where worker runs").thread == root


def test_a_deployment_asked_for_in_the_channel_is_shown_in_the_channel(room: Room):
    room.says(DANA, "@ops deploy web@v22 to staging")
    message = room.message("Deployed web to staging")
    assert message.thread is None


def test_the_app_does_not_answer_itself_or_other_apps(room: Room):
    """Two apps that answer each other would never stop."""
    said = room.slack().chat_postMessage(channel=OPS, text=f"<@{BOT}> status")["ts"]
    room.seen.add((OPS, said))
    room.says(DANA, "@ops help", GITHUB)
    room.message("What you can ask here", GITHUB)
    assert [message.ts for message in room.messages(OPS)] == [said]


def test_a_mention_that_is_edited_later_is_not_asked_again(room: Room):
    """Slack tells of the edit as of a new mention, with an event id of its own."""
    room.says(DANA, "@ops deploy worker@v23 to production --reason fxi", OPS)
    room.message("Deployed worker to production")
    (request,) = room.mentions_told()
    envelope = json.loads(request["request"])
    envelope["event_id"] = "Ev0EDITED"
    envelope["event"]["text"] = envelope["event"]["text"].replace("fxi", "fix")
    envelope["event"]["edited"] = {"user": DANA, "ts": envelope["event"]["ts"]}
    assert room.door.send(room.door.letter("/events", json.dumps(envelope).encode(), kind=JSON)).status == 200
    room.verdict.calm()
    assert len(room.messages(OPS)) == 1
    assert len(room.runs("worker-production")) == 1
