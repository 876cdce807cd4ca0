"""Stopping a deployment: by whom, how, and too late."""

import re

from harness.message import Message
from harness.room import AVERY, DANA, GITHUB, OPS, ROBIN, Room

ID = re.compile(r"d-[0-9a-z]+")


def id_of(message: Message) -> str:
    return ID.search(message.key or "").group()


def test_by_the_button_and_by_another_person(room: Room):
    room.pace(1500)
    message = room.deploys(DANA, "worker@v3 to staging")
    room.presses(AVERY, message, "Cancel")
    over = room.again(message, f"Cancelled: worker to staging by <@{AVERY}>")
    assert [button["text"]["text"] for _, button in over.buttons()] == ["How?"]
    (execution, *_) = room.cloud.executions("worker-staging")
    assert execution["status"] == "Stopped"
    assert AVERY in execution["stopTrigger"]["reason"]
    room.presses(DANA, over, "How?")
    assert "aws codepipeline stop-pipeline-execution" in room.dialog(DANA, "stop-pipeline-execution")
    started, cancelled, ended = room.recorded()
    assert (started["actor"], cancelled["actor"], ended["outcome"]["how"]) == (DANA, AVERY, "cancelled")


def test_by_the_command(room: Room):
    room.pace(1500)
    message = room.deploys(DANA, "web@v4 to production")
    room.types(AVERY, f"cancel {id_of(message)}")
    room.again(message, f"Cancelled: web to production by <@{AVERY}>")
    assert len(room.calls("StopPipelineExecution")) == 1
    room.types(DANA, f"cancel {id_of(message)}")
    room.private(DANA, "is over already")


def test_of_two_who_cancel_the_second_is_told_and_it_is_stopped_once(room: Room):
    room.pace(2500)
    message = room.deploys(DANA, "worker@v5 to production")
    room.presses(DANA, message, "Cancel")
    room.again(message, "Cancelling worker to production")
    room.types(AVERY, f"cancel {id_of(message)}")
    assert f"by <@{DANA}>" in room.private(AVERY, "is being cancelled already").text
    room.again(message, "Cancelled: worker to production")
    assert len([call for call in room.calls("StopPipelineExecution") if call["status"] == 200]) == 1
    assert len(room.messages(OPS)) == 1


def test_a_reader_may_not_and_another_room_does_not_allow_it(room: Room):
    room.pace(2500)
    message = room.deploys(DANA, "api to staging")
    room.presses(ROBIN, message, "Cancel")
    assert "Rule: " in room.private(ROBIN, "Not allowed").text
    room.types(DANA, f"cancel {id_of(message)}", GITHUB)
    room.private(DANA, "Not allowed", GITHUB)
    room.pace(100)
    room.again(message, "Deployed api to staging")
    assert room.calls("StopPipelineExecution") == []
    assert [record["outcome"].get("rule") for record in room.recorded()].count("role") == 1


def test_what_is_not_there_cannot_be_cancelled(room: Room):
    room.types(DANA, "cancel d-0000000000")
    room.private(DANA, "There is no deployment d-0000000000")
