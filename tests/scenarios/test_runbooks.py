"""Runbooks: what the catalog fixes stays, what is free is checked, a real `ansible-playbook` and a real Puppet run, and no typed value becomes shell."""

import json
from pathlib import Path

import pytest
from harness.hosts import API_STAGING, WORKER_STAGING, Fleet
from harness.message import Message
from harness.room import DANA, OPS, ROBIN, Room
from harness.waiting import until

HOSTILE = [
    json.loads(line) for line in (Path(__file__).resolve().parents[1] / "fixtures" / "hostile_values.txt").read_text().splitlines()
]


@pytest.fixture
def fleet(room: Room):
    """The hosts, all well before and after."""
    hosts = Fleet(room.gateway)
    hosts.mend()
    yield hosts
    hosts.mend()


def ends(room: Room, thread: str) -> None:
    """Waits for the file with the output, and looks at it."""
    until("the output is there", lambda: [m for m in room.messages(OPS) if m.thread == thread and m.raw.get("files")])
    room.sees_all(OPS)


def runs(room: Room, line: str, title: str, counts: str) -> Message:
    """Types a line that runs a runbook; its message, once it is over and says so."""
    before = {message.ts for message in room.sees_all(OPS)}
    room.types(DANA, line)
    began = until("its message", lambda: next((m for m in room.messages(OPS) if m.ts not in before and not m.thread), None), 60)
    done = room.again(began, counts, seconds=120)
    assert title in done.text, done
    ends(room, began.ts)
    return done


def test_ansible_says_what_it_would_change_then_changes_it_then_has_nothing_to_do(room: Room, fleet: Fleet):
    for line, title, counts in (
        ("run motd on worker in staging greeting=Hello.there --check", "Dry run of motd on worker", "2 changed"),
        ("run motd on worker in staging greeting=Hello.there", "Ran motd on worker", "2 changed"),
        ("run motd on worker in staging greeting=Hello.there", "Ran motd on worker", "0 changed"),
    ):
        done = runs(room, line, title, counts)
        room.presses(DANA, done, "How?")
        assert "aws ssm send-command" in room.dialog(DANA, "ansible-playbook")
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"] * 3


def test_puppet_says_what_it_would_change_then_changes_it_then_has_nothing_to_do(room: Room, fleet: Fleet):
    for line, title, counts in (
        ("run issue on worker in staging --check", "Dry run of issue on worker", "1 changed"),
        ("run issue on worker in staging", "Ran issue on worker", "1 changed"),
        ("run issue on worker in staging", "Ran issue on worker", "0 changed"),
    ):
        done = runs(room, line, title, counts)
    room.presses(DANA, done, "How?")
    assert "--detailed-exitcodes" in room.dialog(DANA, "puppet")


def test_a_play_that_fails_names_its_task(room: Room, fleet: Fleet):
    room.types(DANA, "run broken on worker in staging")
    message = room.message("broken on worker-staging-1 (worker in staging)", about="operation/", seconds=60)
    failed = room.again(message, "failed", seconds=120)
    assert "1 failed" in failed.text
    assert "Find the package" in failed.text
    room.message(f"<@{DANA}> Run of broken on worker-staging-1", thread=message.ts)
    ends(room, message.ts)


def test_what_may_not_be_given_is_refused_by_name(room: Room, fleet: Fleet):
    for line, words in (
        ("run motd on worker in staging Playbook=other.yml", "Playbook is set in the catalog and can't be given"),
        ("run motd on worker in staging greeting=two/words", "greeting doesn't have the shape"),
        ("run motd on worker in staging other=x", "motd takes no other; it takes greeting"),
        ("run mothd on worker in staging", "No runbook is called mothd"),
    ):
        room.types(DANA, line)
        room.private(DANA, words)
    room.types(ROBIN, "run motd on worker in staging")
    room.private(ROBIN, "Not allowed")
    room.types(ROBIN, "runbooks")
    room.private(ROBIN, "Sets what a host says at login")
    assert fleet.documents(WORKER_STAGING[0]) == []


def test_a_document_that_was_deleted_is_told_plainly(room: Room, fleet: Fleet):
    ssm = room.cloud.aws("ssm")
    document = ssm.get_document(Name="opsroom-check-host", DocumentFormat="YAML")["Content"]
    ssm.delete_document(Name="opsroom-check-host")
    try:
        room.types(DANA, "check worker in staging")
        room.message("Systems Manager has no document opsroom-check-host", about="operation/", seconds=60)
    finally:
        ssm.create_document(
            Name="opsroom-check-host",
            Content=document,
            DocumentType="Command",
            DocumentFormat="YAML",
            TargetType="/",
            Tags=[{"Key": "app", "Value": "opsroom"}],
        )


def test_no_hostile_value_reaches_a_host(room: Room, fleet: Fleet):
    """Each in one of the typed parameters, so that all are gone through; the use cases' own test puts each into every one."""
    assert len(HOSTILE) >= 200
    forms = [
        "run motd on api in staging greeting={}",
        'run motd on api in staging "greeting={}"',
        'logs api in staging --grep "{}"',
        'logs api in staging --host "{}"',
        'logs api in staging --since "{}"',
        'restart api in staging --batch "{}"',
        'check "{}"',
        'reboot "{}"',
    ]
    for number, value in enumerate(HOSTILE):
        if len(value) > 3000:
            continue
        room.tries(DANA, forms[number % len(forms)].format(value))
    room.verdict.calm()
    room.sees_all(OPS)
    for message in room.private_messages(OPS, DANA):
        room.seen.add((message.channel, message.ts))
    harmless = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.:/=,@%+*^[]-")
    for host in API_STAGING:
        for script in fleet.scripts(host):
            for line in script["script"][1:3]:
                values = line.split("'")[1::2]
                assert all(set(value) <= harmless and not value.startswith("-") for value in values), line
