"""Looking at hosts: a table with bars, in which what stands out is marked."""

import pytest
from harness.hosts import API_PRODUCTION, API_STAGING, Fleet
from harness.room import DANA, GITHUB, ROBIN, Room


@pytest.fixture
def fleet(room: Room):
    """The hosts, all well before and after."""
    hosts = Fleet(room.gateway)
    hosts.mend()
    yield hosts
    hosts.mend()


def test_a_full_disk_and_a_wrong_clock_stand_out(room: Room, fleet: Fleet):
    fleet.trouble(API_PRODUCTION[1], "disk_full", percent=97)
    fleet.trouble(API_PRODUCTION[2], "clock_skew", seconds=12.5)
    room.types(ROBIN, "check api in production")
    message = room.message("Looking at", about="operation/")
    shown = room.again(message, "How hosts stand: api in production", seconds=60).text
    assert "api-production-2: / is 97 % full" in shown
    assert "api-production-3: its clock is 12.5 s fast" in shown
    lines = [line for line in shown.split("\n") if line.startswith("api-production-")]
    assert "!" in next(line for line in lines if line.startswith("api-production-2"))
    assert "active" in lines[0]
    # Looking is no change: nothing of it is in the audit log, and a reader may, in any room.
    assert room.recorded() == []
    assert [script["document"] for script in fleet.scripts(API_PRODUCTION[0])] == ["opsroom-check-host"]


def test_one_host_is_looked_at_more_closely(room: Room, fleet: Fleet):
    room.types(DANA, f"check {API_STAGING[0]}", GITHUB)
    message = room.message("Looking at", GITHUB, about="operation/")
    shown = room.again(message, "How hosts stand: api-staging-1 (api in staging)", seconds=60).text
    assert "takes" in shown
    assert "api runs since" in shown
    assert fleet.documents(API_STAGING[1]) == []


def test_a_command_that_hangs_and_a_host_that_is_gone_are_told(room: Room, fleet: Fleet):
    fleet.hurry(50)
    fleet.trouble(API_STAGING[0], "hang", program="uptime")
    fleet.agent(API_STAGING[1], "lost")
    room.types(ROBIN, "check api in staging")
    message = room.message("Looking at", about="operation/")
    shown = room.again(message, "Look at api in staging failed on 2 hosts", seconds=60).text
    assert "api-staging-1: looking at it took too long and was ended" in shown
    assert "api-staging-2: its agent doesn't answer" in shown


def test_what_a_broken_host_says_is_kept_within_bounds(room: Room, fleet: Fleet):
    fleet.trouble(API_STAGING[0], "flood", program="free", bytes=5_000_000)
    fleet.trouble(API_STAGING[1], "garbage", program="hostname")
    room.types(ROBIN, "check api in staging")
    message = room.message("Looking at", about="operation/")
    room.again(message, "How hosts stand: api in staging", seconds=60)


def test_hosts_are_listed_with_their_agents(room: Room, fleet: Fleet):
    fleet.agent(API_STAGING[1], "lost")
    room.types(ROBIN, "hosts api in staging")
    shown = room.private(ROBIN, "2 hosts of api in staging, 1 of them don't answer").text
    assert API_STAGING[0] in shown
    assert "doesn't answer" in shown
    room.types(ROBIN, "hosts")
    room.private(ROBIN, "worker in production")
