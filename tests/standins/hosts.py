"""What the tests of the local fleet share: sending a command and waiting for its end, and putting the hosts back afterwards."""

import json
from pathlib import Path

import pytest
from aws_gateway import client, until  # noqa: F401 (fixture)
from opsroom_local import documents

ROOT = Path(__file__).resolve().parents[2]
STACK = "opsroom"
API_STAGING = "i-0a51c3e97d20b4f11"
API_PRODUCTION = ["i-0c7be01924fd8a301", "i-0c7be01924fd8a302", "i-0c7be01924fd8a303"]
WEB_STAGING = "i-04e6d8f2a9b371c21"
PAYROLL = "i-0e19c6b4d7f83a291"
DJ_OFFICE = "i-06a8e4d3f0b92c781"


def tagged(**tags):
    return [{"Key": f"tag:{key}", "Values": [value]} for key, value in tags.items()]


class Hosts:
    """The fleet, as an administrator uses it."""

    def __init__(self, ssm, control):
        self.ssm = ssm
        self.control = control

    def send(self, document="AWS-RunShellScript", hosts=(), **arguments):
        if hosts:
            arguments["InstanceIds"] = list(hosts)
        return self.ssm.send_command(DocumentName=document, **arguments)["Command"]["CommandId"]

    def invocations(self, command, **arguments):
        pages = self.ssm.get_paginator("list_command_invocations").paginate(CommandId=command, **arguments)
        return {one["InstanceId"]: one for page in pages for one in page["CommandInvocations"]}

    def command(self, command):
        return self.ssm.list_commands(CommandId=command)["Commands"][0]

    def ended(self, command):
        def over():
            found = self.command(command)
            return found if found["Status"] not in ("Pending", "InProgress", "Cancelling") else None

        return until("the command ends", over)

    def output(self, command, host):
        """The invocation once it is over, asked for as a program would: with patience for what is not there yet."""
        self.ended(command)

        def there():
            try:
                return self.ssm.get_command_invocation(CommandId=command, InstanceId=host)
            except self.ssm.exceptions.InvocationDoesNotExist:
                return None

        return until("the invocation is there", there)

    def shell(self, script, host=API_STAGING, **parameters):
        given = {"commands": script.splitlines()} | {name: [value] for name, value in parameters.items()}
        return self.output(self.send(hosts=[host], Parameters=given), host)

    def run(self, document, host=API_STAGING, **parameters):
        """Runs one of the project's documents: the invocation, and its output's lines as data."""
        given = {name: [value] for name, value in parameters.items()}
        invocation = self.output(self.send(f"{STACK}-{document}", hosts=[host], Parameters=given), host)
        lines = [json.loads(line) for line in invocation["StandardOutputContent"].splitlines()]
        return invocation, lines

    def trouble(self, host, kind, **details):
        self.control("POST", f"/hosts/{host}/trouble", {"kind": kind, **details})

    def ran(self, host):
        return self.control("GET", f"/hosts/{host}/ran")


@pytest.fixture
def fleet(client, control):  # noqa: F811
    """All hosts well, a second a second, and the project's documents there."""
    hosts = Hosts(client("ssm"), control)
    mend(control)
    documents.put(hosts.ssm, ROOT, STACK)
    yield hosts
    mend(control)


def mend(control):
    control("POST", "/fleet/second", {"ms": 1000})
    control("DELETE", "/fleet/grown")
    for host in control("GET", "/fleet")["hosts"]:
        control("DELETE", f"/hosts/{host['id']}/trouble")
        if host["id"] == DJ_OFFICE:
            control("POST", f"/hosts/{DJ_OFFICE}/unit", {"action": "start"})
        if host["agent"] != "online":
            control("POST", f"/hosts/{host['id']}/agent", {"state": "online"})


def of_kind(lines, kind):
    return [line for line in lines if line["kind"] == kind]
