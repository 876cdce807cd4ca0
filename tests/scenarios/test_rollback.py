"""Going back to what really ran before, going on to the next environment, and several services one after the other."""

from harness.message import Message
from harness.room import AVERY, DANA, ROBIN, Room


def labels(message: Message) -> list[str]:
    return [button["text"]["text"] for _, button in message.buttons()]


def deployed(room: Room, line: str, says: str = "Deployed") -> Message:
    """Deploys `<service>@<revision> to <environment>` to its end; earlier deployments say the same of another revision."""
    revision = line.split("@")[1].split()[0]
    room.types(DANA, f"deploy {line}")
    return room.again(room.message(f"`{revision}` ·"), says)


def test_what_ran_before_is_brought_back_by_deploying_it_again(room: Room):
    deployed(room, "worker@v101 to production")
    deployed(room, "worker@v102 to production")
    room.types(AVERY, "rollback worker in production --reason errors since v102")
    back = room.message("worker in production")
    done = room.again(back, "Rolled back worker in production")
    assert "v101" in done.text
    assert room.host("worker", "production")["version"] == "v101"
    assert room.calls("RollbackStage") == []
    assert len(room.runs("worker-production")) == 3


def test_a_stage_is_taken_back_where_the_pipeline_can(room: Room):
    deployed(room, "web@v103 to staging")
    last = deployed(room, "web@v104 to staging")
    assert "Roll back" in labels(last)
    room.presses(AVERY, last, "Roll back")
    back = room.message("web in staging")
    done = room.again(back, "Rolled back web in staging")
    assert room.host("web", "staging")["version"] == "v103"
    assert [call["status"] for call in room.calls("RollbackStage")] == [200]
    room.presses(DANA, done, "How?")
    assert "aws codepipeline rollback-stage" in room.dialog(DANA, "rollback-stage")


def test_after_a_failure_the_last_success_is_brought_back_and_the_old_button_says_what_happened_since(room: Room):
    deployed(room, "worker@v105 to staging")
    failed = deployed(room, "worker@broken to staging", "Failed to deploy")
    room.message("Failed to deploy worker to staging", thread=failed.ts)
    room.presses(AVERY, failed, "Roll back")
    back = room.message("worker in staging")
    room.again(back, "Rolled back worker in staging")
    assert room.host("worker", "staging")["version"] == "v105"
    room.presses(DANA, failed, "Roll back")
    told = room.private(DANA, "Nothing was changed.")
    assert "by Avery Approver has succeeded" in told.text
    assert len(room.runs("worker-staging")) == 3


def test_one_can_go_back_only_to_what_has_run_there_and_only_with_the_right(room: Room):
    deployed(room, "worker@v106 to staging")
    room.types(DANA, "rollback worker in staging to v-never")
    assert "v106" in room.private(DANA, "v-never of worker has not run in staging").text
    room.types(ROBIN, "rollback worker in staging")
    room.private(ROBIN, "Not allowed")
    assert len(room.runs("worker-staging")) == 1


def test_the_very_revision_goes_on_to_the_next_environment(room: Room):
    deployed(room, "worker@v107 to staging")
    room.types(AVERY, "promote worker from staging to production")
    promoted = room.message("worker to production")
    done = room.again(promoted, "Deployed worker to production")
    assert "The revision that runs in staging" in done.text
    assert room.host("worker", "production")["version"] == "v107"


def test_several_services_are_deployed_one_after_the_other_until_one_fails(room: Room):
    room.types(DANA, "deploy worker@v108 web@broken pay@v108 to staging")
    first = room.message("worker to staging")
    done = room.again(first, "Deployed worker to staging")
    assert "Goes on with web, pay" in done.text
    room.tick(0.1)
    second = room.message("web to staging")
    failed = room.again(second, "Failed to deploy web to staging")
    room.message("Failed to deploy web to staging", thread=second.ts)
    assert "Not deployed after this: pay" in failed.text
    room.tick(0.1)
    assert room.runs("pay-staging") == []
