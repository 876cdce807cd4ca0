"""Restarting a service on its hosts: one after the other, in one message, and no further once one doesn't come back."""

import pytest
from harness.hosts import API_PRODUCTION, API_STAGING, WORKER_STAGING, Fleet
from harness.room import AVERY, DANA, GITHUB, OPS, ROBIN, Room
from harness.waiting import until

RESTART = "opsroom-restart-service"


@pytest.fixture
def fleet(room: Room):
    """The hosts, all well before and after."""
    hosts = Fleet(room.gateway)
    hosts.mend()
    yield hosts
    hosts.mend()


def test_it_rolls_over_the_hosts_and_each_comes_back(room: Room, fleet: Fleet):
    room.types(DANA, "restart api in production")
    message = room.message("Restarting api in production", about="operation/")
    done = room.again(message, "Restarted api in production", seconds=60)
    assert "3 of 3 hosts" in done.text
    for host, name in zip(API_PRODUCTION, ("api-production-1", "api-production-2", "api-production-3"), strict=True):
        assert name in done.text
        assert fleet.documents(host) == [RESTART]
    assert done.text.count("healthy after") == 3
    # One after the other: SSM is told so, and the hosts' scripts don't overlap.
    (sent,) = [call for call in room.calls("SendCommand") if call["status"] == 200]
    assert sent
    times = [fleet.scripts(host)[0]["at"] for host in API_PRODUCTION]
    assert len(set(times)) == 3
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]
    assert room.recorded()[1]["outcome"]["how"] == "succeeded"
    assert len(room.messages(OPS)) == 1


def test_a_host_that_never_comes_back_stops_it_and_whoever_asked_is_called(room: Room, fleet: Fleet):
    fleet.trouble(API_PRODUCTION[1], "unit_fails", unit="api")
    room.types(DANA, "restart api in production")
    message = room.message("Restarting api in production", about="operation/")
    failed = room.again(message, "Restart of api in production failed on api-production-2; 1 host was not touched", seconds=60)
    assert "address already in use" in failed.text
    assert "not touched" in failed.text
    room.message(f"<@{DANA}> Restart of api in production failed", thread=message.ts)
    assert fleet.documents(API_PRODUCTION[0]) == [RESTART]
    assert fleet.documents(API_PRODUCTION[2]) == []
    (allowed, ended) = room.recorded()
    assert (allowed["actor"], ended["outcome"]["how"]) == (DANA, "failed")
    # Whoever comes after isn't held up.
    fleet.mended(API_PRODUCTION[1])
    room.types(AVERY, "restart api in production --batch 100%")
    again = room.message("Restarting api in production", about="operation/")
    room.again(again, "Restarted api in production", seconds=60)


def test_a_crash_between_sending_and_recording_leaves_one_command(room: Room, fleet: Fleet):
    room.faults.aws("ssm", "SendCommand", {"kind": "drop_after"}, caller="Commands")
    room.types(DANA, "restart worker in staging")
    message = room.message("Restarting worker in staging", about="operation/")
    room.faults.struck()
    # The hosts' events tell whose command it is, or the clock does.
    until("it is known what was sent", lambda: fleet.documents(WORKER_STAGING[0]))
    room.tick(1)
    room.tick(2)
    room.again(message, "Restarted worker in staging", seconds=90)
    assert fleet.documents(WORKER_STAGING[0]) == [RESTART]
    room.faults.lift()


def test_a_process_that_dies_between_sending_and_recording_leaves_one_command(room: Room, fleet: Fleet):
    fault = room.faults.aws("ssm", "SendCommand", {"kind": "hold_after"})
    room.types(DANA, "restart worker in staging")
    message = room.message("Restarting worker in staging", about="operation/")
    room.faults.held(fault)
    assert room.cloud.kill("Commands") >= 1
    room.faults.release(fault)
    room.tick(1)
    room.tick(2)
    room.again(message, "Restarted worker in staging", seconds=120)
    assert fleet.documents(WORKER_STAGING[0]) == [RESTART]
    room.faults.lift()


def test_lost_events_are_made_up_for(room: Room, fleet: Fleet):
    room.gateway.post("/events", {"mode": "drop"})
    room.types(DANA, "restart worker in staging")
    message = room.message("Restarting worker in staging", about="operation/")
    fleet.runs(WORKER_STAGING[0])
    room.tick(1)
    room.tick(3)
    room.again(message, "Restarted worker in staging", seconds=60)
    assert fleet.documents(WORKER_STAGING[0]) == [RESTART]


def test_a_host_whose_agent_does_not_answer_is_told_plainly(room: Room, fleet: Fleet):
    fleet.hurry(50)
    fleet.agent(API_STAGING[1], "lost")
    room.types(DANA, "restart api in staging")
    message = room.message("Restarting api in staging", about="operation/")
    failed = room.again(message, "Restart of api in staging failed on api-staging-2", seconds=60)
    assert "its agent didn't answer, so nothing was done there" in failed.text
    room.message(f"<@{DANA}> Restart of api in staging failed", thread=message.ts)


def test_it_is_stopped_by_the_button_and_whoever_comes_late_is_told_what_happened(room: Room, fleet: Fleet):
    fleet.trouble(API_PRODUCTION[0], "hang", program="systemctl")
    room.types(DANA, "restart api in production")
    message = room.message("Restarting api in production", about="operation/")
    fleet.runs(API_PRODUCTION[0])
    room.presses(ROBIN, message, "Cancel")
    assert "operate" in room.private(ROBIN, "Not allowed").text
    room.presses(AVERY, message, "Cancel")
    over = room.again(message, f"was stopped by <@{AVERY}>", seconds=60)
    assert fleet.documents(API_PRODUCTION[1]) == []
    room.types(AVERY, f"cancel {message.key.removeprefix('operation/')}")
    assert "was stopped by" in room.private(AVERY, "is over already; there is nothing to stop").text
    room.presses(DANA, over, "How?")
    how = room.dialog(DANA, "aws ssm send-command")
    assert "aws ssm cancel-command" in how
    assert "systemctl restart" in how


def test_two_at_once_are_not_let_in_and_who_may_not_is_refused(room: Room, fleet: Fleet):
    fleet.trouble(API_STAGING[0], "hang", program="systemctl")
    room.types(DANA, "restart api in staging")
    message = room.message("Restarting api in staging", about="operation/")
    room.types(AVERY, "restart api in staging")
    assert f"by <@{DANA}>" in room.private(AVERY, "Something is being done on the hosts of api in staging already").text
    room.types(ROBIN, "restart worker in staging")
    room.private(ROBIN, "Not allowed")
    room.types(DANA, "restart worker in staging", GITHUB)
    room.private(DANA, "Not allowed", GITHUB)
    room.presses(DANA, message, "Cancel")
    room.again(message, f"was stopped by <@{DANA}>", seconds=60)
    assert fleet.documents(WORKER_STAGING[0]) == []


def test_two_hundred_hosts_are_one_message_and_a_file(room: Room, fleet: Fleet):
    fleet.grow("api", "staging", 190)
    room.types(DANA, "restart api in staging --batch 50%")
    message = room.message("Restarting api in staging", about="operation/", seconds=60)
    done = room.again(message, "Restarted api in staging", seconds=240)
    assert "192 of 192 hosts" in done.text
    assert "and 162 more hosts" in done.text
    files = until("the file is there", lambda: [m for m in room.messages(OPS) if m.thread == message.ts and m.raw.get("files")])
    room.sees_all(OPS)
    assert len(files) == 1


def test_a_reboot_is_asked_about_and_done_once(room: Room, fleet: Fleet):
    room.types(DANA, f"reboot {API_STAGING[0]}")
    question = room.private(DANA, "Reboot api-staging-1")
    room.presses(DANA, question, "Reboot")
    message = room.message("Rebooting api-staging-1 (api in staging)", about="operation/")
    room.again(message, "Rebooted api-staging-1 (api in staging)", seconds=60)
    assert len([call for call in room.calls("StartAutomationExecution") if call["status"] == 200]) == 1
    room.types(DANA, "reboot payroll-1")
    room.private(DANA, "No service of the catalog has a host payroll-1")
