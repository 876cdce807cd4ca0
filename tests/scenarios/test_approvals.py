"""Deployments that another person has to approve: never their own, once, in time, and only of what has proved itself."""

import re

from harness.message import Message
from harness.room import AVERY, DANA, ROBIN, Room

DEPLOYED_AGAIN = 60
"""Seconds: what a crash left comes back when the queue's visibility timeout is over."""
ID = re.compile(r"d-[0-9a-z]+")


def labels(message: Message) -> list[str]:
    return [button["text"]["text"] for _, button in message.buttons()]


def id_of(message: Message) -> str:
    return ID.search(message.key or "").group()


def asked(room: Room, revision: str) -> Message:
    """A revision of pay that has succeeded in staging, and is asked for in production."""
    room.deploys(DANA, f"pay@{revision} to staging", says="Deployed")
    room.types(DANA, f"deploy pay@{revision} to production --reason new fees")
    waiting = room.message("Waiting: pay to production")
    call = room.message("pay to production waits for an approval", thread=waiting.ts)
    assert f"<@{AVERY}>" in call.text
    assert f"<@{DANA}>" not in call.text
    return waiting


def test_another_person_approves_and_it_starts_then(room: Room):
    waiting = asked(room, "v81")
    assert labels(waiting) == ["Approve", "Reject", "Cancel", "How?"]
    assert room.runs("pay-production") == []
    room.presses(AVERY, waiting, "Approve")
    room.submits(AVERY, "Looks good")
    room.message(f"Approved by <@{AVERY}>", thread=waiting.ts)
    done = room.again(waiting, "Deployed pay to production")
    assert "Looks good" in done.text
    assert room.host("pay", "production")["version"] == "v81"
    assert len(room.runs("pay-production")) == 1
    ended = room.recorded()[-1]
    assert (ended["actor"], ended["outcome"]["how"], ended["approvers"]) == (DANA, "succeeded", [AVERY])
    assert ended["message"] == f"deployment/{id_of(waiting)}"


def test_nobody_approves_their_own_and_a_reader_none(room: Room):
    waiting = asked(room, "v82")
    room.presses(DANA, waiting, "Approve")
    room.submits(DANA, "My own")
    refused = room.private(DANA, "is your own request")
    assert "Rule: `own-deployment`" in refused.text
    room.types(DANA, f"approve {id_of(waiting)}")
    room.private(DANA, "is your own request", unlike=refused)
    room.presses(ROBIN, waiting, "Approve")
    room.submits(ROBIN, "Me too")
    room.private(ROBIN, "Not allowed")
    assert room.runs("pay-production") == []
    rules = [record["outcome"].get("rule") for record in room.recorded()]
    assert (rules.count("own-deployment"), rules.count("role")) == (2, 1)
    room.presses(DANA, waiting, "Cancel")
    room.again(waiting, f"Cancelled: pay to production by <@{DANA}>")


def test_of_two_approvals_at_once_one_starts_it_and_the_other_is_told(room: Room):
    room.pace(1500)
    waiting = asked(room, "v83")
    for _ in range(2):
        room.says(AVERY, f"@ops approve {id_of(waiting)} fine")
    room.message(f"Approved by <@{AVERY}>", thread=waiting.ts)
    told = room.private(AVERY, "Nothing was changed.")
    assert "It was approved by Avery Approver" in told.text
    room.pace(100)
    room.again(waiting, "Deployed pay to production")
    assert len(room.runs("pay-production")) == 1


def test_a_rejection_ends_it_and_whoever_comes_late_is_told_so(room: Room):
    waiting = asked(room, "v84")
    room.presses(AVERY, waiting, "Reject")
    room.submits(AVERY, "Not before the migration")
    over = room.again(waiting, f"Rejected: pay to production by <@{AVERY}>")
    assert "Not before the migration" in over.text
    room.message(f"<@{DANA}> Rejected: pay to production", thread=waiting.ts)
    room.types(AVERY, f"approve {waiting.key.removeprefix('deployment/')} on second thoughts")
    assert "was rejected by Avery Approver" in room.private(AVERY, "Nothing was changed.").text
    assert room.runs("pay-production") == []
    assert room.cloud.gate() == []


def test_what_nobody_approves_in_time_is_given_up(room: Room):
    waiting = asked(room, "v85")
    room.tick(61)
    room.again(waiting, "Expired: pay to production nobody approved it in time")
    room.message(f"<@{DANA}> Expired: pay to production", thread=waiting.ts)
    room.types(AVERY, f"approve {id_of(waiting)}")
    room.private(AVERY, "was given up: nobody helped it on in time.")
    assert room.runs("pay-production") == []
    assert room.recorded()[-1]["outcome"]["how"] == "expired"


def test_commands_dies_at_the_last_approval_and_it_is_started_once(room: Room):
    waiting = asked(room, "v86")
    held = room.faults.aws("codepipeline", "StartPipelineExecution", {"kind": "hold_after"}, caller="Commands")
    room.types(AVERY, f"approve {id_of(waiting)}")
    room.faults.held(held)
    assert room.cloud.kill("Commands") >= 1
    room.faults.release(held)
    room.message(f"Approved by <@{AVERY}>", thread=waiting.ts)
    room.again(waiting, "Deployed pay to production", DEPLOYED_AGAIN)
    assert len(room.runs("pay-production")) == 1


def test_production_takes_only_what_has_succeeded_in_staging(room: Room):
    room.types(DANA, "deploy pay@v-unproved to production")
    told = room.private(DANA, "production takes only what has succeeded in staging")
    assert "/ops promote pay from staging to production" in told.text
    assert room.runs("pay-production") == []
    assert room.recorded()[-1]["outcome"]["rule"] == "requires"
    staged = room.deploys(DANA, "pay@v87 to staging", says="Deployed")
    room.presses(DANA, staged, "Promote to production")
    waiting = room.message("Waiting: pay to production")
    room.message("pay to production waits for an approval", thread=waiting.ts)
    assert "v87" in waiting.text
    room.types(AVERY, f"approve {id_of(waiting)}")
    room.message(f"Approved by <@{AVERY}>", thread=waiting.ts)
    room.again(waiting, "Deployed pay to production")
    assert room.host("pay", "production")["version"] == "v87"
