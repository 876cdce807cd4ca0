"""The project's documents on real processes: what they say of a host, and what they do not let through."""

import base64

import pytest
from aws_gateway import client, control, until  # noqa: F401 (fixtures)
from hosts import API_STAGING, DJ_OFFICE, ROOT, STACK, fleet, of_kind  # noqa: F401 (fixture)
from opsroom_local import documents

GIB = 1 << 30

PLAIN = {
    "restart-service": {"Unit": "api", "SettleSeconds": "1"},
    "check-host": {"Unit": "api"},
    "read-journal": {"Unit": "api", "Since": "15m", "Lines": "10", "Grep": "ready", "GrepKind": "text"},
    "follow-journal": {"Unit": "api", "Cursor": "s=0a;i=1", "WaitSeconds": "1", "Lines": "10", "Grep": "ready", "GrepKind": "text"},
    "run-ansible": {"Folder": "playbooks", "Playbook": "motd.yml", "ExtraVars": "greeting=hi", "Check": "yes"},
    "run-puppet": {"Folder": "manifests", "Manifest": "motd.pp", "Tags": "motd", "Noop": "yes"},
    "dj": {"Action": "search", "Argument": "ZGFmdA"},
}

HOSTILE = [
    "api'; reboot; '", "api; reboot", "$(reboot)", "`reboot`", "api\nreboot", "api\r\nreboot", "api\n", "\napi", "api && reboot",
    "api > /etc/passwd", "api < /etc/shadow", "/etc/passwd\0",
    "${IFS}reboot", "{{ ssm:/opsroom/slack/bot-token }}", "{{ Unit }}", "{{7*7}}", "{a,b}", "api\u2028reboot", "\u0430pi", "ａｐｉ", "api\u200b",
    "api\u202eipa", "a" * 5000, "'", '"', "\\", "\\'", "%s%n'", "!!", "~root; id", "#'", "api\treboot'", "\x1b[31mapi", "\x7f",
    "api\x00reboot", "'\"'\"'$(id)", "*'", "=(id)'", "$'\\x27'", "$((1))", "a=b'c", "ansible_connection=$(id)", "x={{ lookup('pipe','id') }}",
]


# Hostile where words begin; base64url has dashes anywhere, and is decoded before anything sees it.
OPTIONS = ["--version", "-h", "--no-block", "-"]

# Hostile as a name or a path; as a text to look for it is as good as any other.
PATHS = ["../../etc/passwd", "api/../../x", ".", "..", "/", "//", "api//x"]


def test_every_document_is_held_by_the_pattern_of_each_of_its_parameters(fleet):
    """More than 400 hostile values, refused before a host hears of them."""
    before = fleet.ran(API_STAGING)
    tried = 0
    for document, plain in PLAIN.items():
        for parameter in plain:
            for value in HOSTILE + (PATHS if parameter != "Grep" else []) + (OPTIONS if parameter != "Argument" else []):
                given = {name: [word] for name, word in (plain | {parameter: value}).items()}
                try:
                    fleet.send(f"{STACK}-{document}", hosts=[API_STAGING], Parameters=given)
                except fleet.ssm.exceptions.InvalidParameters as refusal:
                    assert parameter in refusal.response["Error"]["Message"]
                else:
                    pytest.fail(f"{document} took {parameter}={value!r}")
                tried += 1
    assert tried > 400
    assert fleet.ran(API_STAGING) == before


def test_every_parameter_has_an_anchored_pattern_or_a_choice(fleet):
    names = documents.put(fleet.ssm, ROOT, STACK)
    assert {name.removeprefix(f"{STACK}-") for name in names} == set(PLAIN)
    for name in names:
        described = fleet.ssm.describe_document(Name=name)["Document"]
        assert {parameter["Name"] for parameter in described["Parameters"]} == set(PLAIN[name.removeprefix(f"{STACK}-")])


def test_what_a_shell_got_is_recorded_word_by_word(fleet):
    fleet.control("DELETE", f"/hosts/{API_STAGING}/ran")
    fleet.run("read-journal", Unit="api", Since="5m", Grep="a|b (c)")
    ran = fleet.ran(API_STAGING)
    assert "grep='a|b (c)' kind='text'" in ran["scripts"][-1]["script"]
    assert "+ grep='a|b (c)'" in ran["trace"]
    assert any(line.startswith("journalctl --quiet") and "--unit=api.service" in line for line in ran["programs"])


def test_a_restart_is_another_process_that_stays(fleet):
    invocation, [told] = fleet.run("restart-service", Unit="api", SettleSeconds="2")
    assert (invocation["Status"], told["state"]) == ("Success", "active")
    assert told["pid"] != told["before_pid"] > 0
    unit = of_kind(fleet.run("check-host", Unit="api")[1], "unit")[0]
    assert (unit["pid"], unit["version"]) == (told["pid"], told["version"])
    invocation, [told] = fleet.run("restart-service", Unit="nothing")
    assert (invocation["Status"], told["state"]) == ("Failed", "not-found")


def test_a_check_tells_how_a_host_is(fleet):
    _, lines = fleet.run("check-host", Unit="api")
    kinds = [line["kind"] for line in lines]
    assert kinds.count("process") == 5 and {"host", "load", "memory", "disk", "clock", "unit", "start"} <= set(kinds)
    assert of_kind(lines, "host")[0]["name"] == "api-staging-1"
    assert of_kind(lines, "memory")[0]["total"] > GIB
    fleet.trouble(API_STAGING, "disk_full", percent=97)
    fleet.trouble(API_STAGING, "load", one=41.5)
    fleet.trouble(API_STAGING, "clock_skew", seconds=-12.5)
    _, lines = fleet.run("check-host")
    assert next(disk for disk in of_kind(lines, "disk") if disk["mount"] == "/")["percent"] == 97
    assert of_kind(lines, "load")[0]["one"] == 41.5
    assert of_kind(lines, "clock")[0]["offset_seconds"] == -12.5
    assert of_kind(lines, "unit") == []


def test_the_journal_is_read_and_followed_without_a_gap(fleet):
    fleet.run("restart-service", Unit="api", SettleSeconds="1")
    _, [head, *lines] = fleet.run("read-journal", Unit="api", Lines="3")
    assert head["lines"] == len(lines) == 3
    assert head["omitted"] > 0
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    seen, cursor = [], head["cursor"]
    fleet.run("restart-service", Unit="api", SettleSeconds="1")
    for _ in range(3):
        _, [head, *lines] = fleet.run("follow-journal", Unit="api", Cursor=cursor, WaitSeconds="6")
        seen += [line["text"] for line in lines]
        cursor = head["cursor"]
    assert len([line for line in seen if "Started api.service" in line]) == 1
    _, [head, *lines] = fleet.run("read-journal", Unit="api", Grep="(started|STOPPED) api", GrepKind="expression")
    assert lines and all("api.service" in line["text"] for line in lines)
    _, [head] = fleet.run("read-journal", Unit="api", Grep="(started|", GrepKind="text")
    assert head["lines"] == 0 and head["cursor"]


def test_a_flood_is_bounded_newest_first_and_says_so(fleet):
    fleet.trouble(API_STAGING, "flood", program="journalctl", bytes=3_000_000)
    fleet.trouble(API_STAGING, "garbage", program="journalctl")
    invocation, [head, *lines] = fleet.run("read-journal", Unit="api", Lines="9000")
    assert invocation["Status"] == "Success"
    assert len(invocation["StandardOutputContent"]) < 24_000
    assert head["omitted"] > 1000 and head["lines"] == len(lines)
    assert "\ufffd" in " ".join(line["text"] for line in lines)


def test_a_document_that_hangs_can_be_cancelled(fleet):
    fleet.trouble(API_STAGING, "hang", program="systemctl")
    command = fleet.send(f"{STACK}-restart-service", hosts=[API_STAGING], Parameters={"Unit": ["api"]})
    until("it runs", lambda: (fleet.invocations(command).get(API_STAGING) or {}).get("Status") == "InProgress")
    fleet.ssm.cancel_command(CommandId=command, InstanceIds=[API_STAGING])
    assert fleet.output(command, API_STAGING)["Status"] == "Cancelled"


def test_ansible_really_runs(fleet):
    fleet.shell("rm -f etc/motd")
    given = {"Folder": "playbooks", "Playbook": "motd.yml", "ExtraVars": "greeting=hello-from-the-room"}
    _, lines = fleet.run("run-ansible", **given, Check="yes")
    recap = of_kind(lines, "recap")[0]
    assert (recap["check"], recap["failed"], recap["changed"] > 0) == (True, 0, True)
    assert fleet.shell("cat etc/motd")["Status"] == "Failed"
    _, lines = fleet.run("run-ansible", **given)
    assert of_kind(lines, "task")[0] == {"kind": "task", "name": "Write the message", "status": "changed", "text": ""}
    assert fleet.shell("cat etc/motd")["StandardOutputContent"] == "hello-from-the-room\n"
    assert of_kind(fleet.run("run-ansible", **given)[1], "recap")[0]["changed"] == 0

    invocation, lines = fleet.run("run-ansible", Folder="playbooks", Playbook="broken.yml")
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Failed", 2)
    failed = next(task for task in of_kind(lines, "task") if task["status"] == "failed")
    assert "no-such-package" in failed["text"]
    for refused in ({"ExtraVars": "ansible_connection=ssh"}, {"Playbook": "none.yml"}):
        invocation, [told] = fleet.run("run-ansible", **(given | refused))
        assert (invocation["ResponseCode"], told["kind"]) == (64, "refused")


def test_puppet_really_runs(fleet):
    fleet.shell("rm -f etc/issue")
    given = {"Folder": "manifests", "Manifest": "motd.pp"}
    _, lines = fleet.run("run-puppet", **given, Noop="yes")
    recap = of_kind(lines, "recap")[0]
    assert (recap["check"], recap["failed"], recap["changed"]) == (True, 0, 1)
    assert fleet.shell("cat etc/issue")["Status"] == "Failed"
    invocation, lines = fleet.run("run-puppet", **given)
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Success", 0), "that something was changed is no failure"
    assert of_kind(lines, "task") == [{"kind": "task", "name": "File[issue]", "status": "changed", "text": ""}]
    assert fleet.shell("cat etc/issue")["StandardOutputContent"] == "Kept by Puppet\n"
    assert of_kind(fleet.run("run-puppet", **given)[1], "recap")[0]["changed"] == 0
    # Nothing has this tag.
    assert of_kind(fleet.run("run-puppet", **given, Tags="other")[1], "recap")[0]["failed"] == 0

    invocation, lines = fleet.run("run-puppet", Folder="manifests", Manifest="broken.pp")
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Failed", 4)
    assert of_kind(lines, "recap")[0]["failed"] == 1
    invocation, [told] = fleet.run("run-puppet", Folder="manifests", Manifest="unreadable.pp")
    assert (invocation["ResponseCode"], told["status"]) == (1, "failed") and "Unclosed quote" in told["text"]
    invocation, [told] = fleet.run("run-puppet", Folder="manifests", Manifest="none.pp")
    assert (invocation["ResponseCode"], told["kind"]) == (64, "refused")


def dj(fleet, action, text="", host=DJ_OFFICE):
    """What the DJ host says; `tests/test_dj_document.py` asks it for more."""
    return fleet.run("dj", host, Action=action, Argument=base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


def test_the_office_plays_and_a_player_that_is_off_comes_back(fleet):
    _, [found, track] = dj(fleet, "search", "Daft Punk One More Time")
    assert (found["fit"], track["title"]) == ("all", "One More Time")
    invocation, [status, current] = dj(fleet, "play", track["file"])
    assert (invocation["Status"], status["state"], current["file"]) == ("Success", "playing", track["file"])

    assert fleet.control("POST", "/hosts/dj-office/unit", {"action": "stop"})["state"] == "inactive"
    invocation, told = dj(fleet, "status")
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Failed", 69)
    assert told == [{"kind": "off", "reason": "Connection refused"}]
    assert fleet.control("POST", "/hosts/dj-office/unit", {"action": "start"})["state"] == "active"
    assert dj(fleet, "play", track["file"])[0]["Status"] == "Success"

    fleet.trouble(DJ_OFFICE, "output", program="mpc", text="MPD error: Timeout\n", status=1)
    assert dj(fleet, "status")[1] == [{"kind": "off", "reason": "Timeout"}]
    assert dj(fleet, "status", host=API_STAGING)[1] == [{"kind": "off", "reason": "Connection refused"}]
