"""One deployment of a service in an environment at a time."""

from harness.room import AVERY, DANA, OPS, Room


def test_a_deploy_of_what_is_being_deployed_is_told_so_with_a_link(room: Room):
    room.pace(2500)
    first = room.deploys(DANA, "api@1111111 to staging")
    room.types(AVERY, "deploy api@2222222 to staging")
    answer = room.private(AVERY, "api is already being deployed to staging")
    assert f"by <@{DANA}> in <#{OPS}>" in answer.text
    assert "Nothing was started." in answer.text
    (link,) = answer.links()
    assert link == room.slack(AVERY).chat_getPermalink(channel=OPS, message_ts=first.ts)["permalink"]
    # Another service, and the same one elsewhere, are free.
    room.types(AVERY, "deploy api@2222222 to staging --dry-run")
    assert "Now it would be refused" in room.private(AVERY, "Nothing was started", OPS, unlike=answer).text
    room.pace(100)
    elsewhere = room.deploys(AVERY, "api@3333333 to production", says="Deployed")
    assert elsewhere.ts != first.ts
    room.again(first, "Deployed api to staging")
    started = room.calls("StartPipelineExecution")
    assert len(started) == 2
    assert [record["outcome"].get("rule") for record in room.recorded()].count("busy") == 1


def test_of_two_at_once_one_is_started(room: Room):
    room.pace(1000)
    for person in (DANA, AVERY):
        room.says(person, "@ops deploy worker@v31 to staging")
    message = room.message("worker to staging")
    asked_by = DANA if f"asked by <@{DANA}>" in message.text else AVERY
    other = AVERY if asked_by == DANA else DANA
    room.private(other, "worker is already being deployed to staging")
    room.again(message, "Deployed worker to staging")
    assert len(room.calls("StartPipelineExecution")) == 1
    assert len(room.messages(OPS)) == 1


def test_when_one_has_ended_the_next_may_begin(room: Room):
    first = room.deploys(DANA, "web@broken to production", says="Failed to deploy")
    room.message("Failed to deploy web to production", thread=first.ts)
    second = room.deploys(DANA, "web@v32 to production", says="Deployed")
    assert second.ts != first.ts
    assert room.host("web", "production")["version"] == "v32"
