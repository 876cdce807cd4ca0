"""What comes to the door: only what Slack has signed, within its time and size, is taken; the rest leaves no trace."""

import time
from collections.abc import Iterator

import pytest
from harness.door import FORM, JSON, Letter, slash
from harness.room import DANA, OPS, Room
from harness.waiting import until

OTHER_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105
LARGEST = 512 * 1024


def command(room: Room, line: str = "status") -> bytes:
    return slash(DANA, line, OPS, room.endpoints["team"], "https://hooks.slack.com/commands/none")


def queued(room: Room) -> list[dict]:
    """The door's calls to the queue during this scenario."""
    door = room.cloud.function("SlackIngress")
    return [call for call in room.gateway.get("/calls?since=0")["calls"] if call["service"] == "sqs" and call["caller"] == door]


def without(letter: Letter, header: str) -> Letter:
    return Letter(letter.path, letter.body, {name: value for name, value in letter.headers.items() if name != header})


def altered(letter: Letter, **headers: str) -> Letter:
    return Letter(letter.path, letter.body, letter.headers | {name.replace("_", "-"): value for name, value in headers.items()})


def odd_letters(room: Room) -> dict[str, tuple[Letter, int]]:
    """Each with the status that it gets."""
    door, body = room.door, command(room, "deploy api to production")
    good = door.letter("/commands", body)
    now = int(time.time())
    signature = good.headers["X-Slack-Signature"]
    one_off = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    return {
        "signed with another secret": (door.letter("/commands", body, secret=OTHER_SECRET), 401),
        "another body": (Letter(good.path, body.replace(b"api", b"web"), good.headers), 401),
        "a byte of the signature changed": (altered(good, X_Slack_Signature=one_off), 401),
        "no version before the signature": (altered(good, X_Slack_Signature=signature.removeprefix("v0=")), 401),
        "another version": (altered(good, X_Slack_Signature=signature.replace("v0=", "v1=")), 401),
        "an empty signature": (altered(good, X_Slack_Signature=""), 401),
        "a signature that is no hex": (altered(good, X_Slack_Signature="v0=" + "z" * 64), 401),
        "no signature": (without(good, "X-Slack-Signature"), 401),
        "no timestamp": (without(good, "X-Slack-Request-Timestamp"), 401),
        "six minutes old": (door.letter("/commands", body, timestamp=str(now - 360)), 401),
        "six minutes ahead": (door.letter("/commands", body, timestamp=str(now + 360)), 401),
        "a timestamp in words": (door.letter("/commands", body, timestamp="yesterday"), 401),
        "a timestamp with a fraction": (door.letter("/commands", body, timestamp=f"{now}.5"), 401),
        "a negative timestamp": (door.letter("/commands", body, timestamp="-1"), 401),
        "a timestamp beyond numbers": (door.letter("/commands", body, timestamp="9" * 30), 401),
        "JSON where a form belongs": (door.letter("/commands", body, kind=JSON), 400),
        "a form where JSON belongs": (door.letter("/events", b'{"type":"event_callback"}', kind=FORM), 400),
        "no form at all": (door.letter("/commands", b"%%%=&&&"), 400),
        "half a form": (door.letter("/commands", b"command=%2Fops&text=status"), 400),
        "no JSON at all": (door.letter("/events", b"{", kind=JSON), 400),
        "JSON without an event": (door.letter("/events", b'{"type":"event_callback","event_id":"Ev1"}', kind=JSON), 400),
        "a press without a payload": (door.letter("/interactions", b"payload="), 400),
        "a press that is no JSON": (door.letter("/interactions", b"payload=%7B"), 400),
        "a body over the limit": (door.letter("/commands", body + b"&pad=" + b"x" * LARGEST), 413),
        "a path that isn't there": (door.letter("/command", body), 404),
        "no path": (door.letter("/", body), 404),
        "a path above": (door.letter("/../commands", body), 404),
        "GET": (Letter("/commands", b"", method="GET"), 405),
        "PUT": (Letter(good.path, body, good.headers, "PUT"), 405),
    }


@pytest.fixture
def letters(room: Room) -> dict[str, tuple[Letter, int]]:
    return odd_letters(room)


def test_what_is_odd_is_turned_away_and_nothing_is_queued(room: Room, letters: dict[str, tuple[Letter, int]]):
    statuses = {what: room.door.send(letter).status for what, (letter, _) in letters.items()}
    assert statuses == {what: status for what, (_, status) in letters.items()}
    assert queued(room) == []
    assert room.recorded() == []


def test_who_is_turned_away_learns_nothing(room: Room, letters: dict[str, tuple[Letter, int]]):
    refused = {room.door.send(letter).data for letter, status in letters.values() if status == 401}
    assert refused == {b'{"error":"not signed by Slack"}'}


def test_what_slack_signs_is_taken(room: Room):
    answer = room.door.send(room.door.letter("/commands", command(room, "help")))
    assert (answer.status, answer.json()["response_type"]) == (200, "ephemeral")
    at_the_edge = room.door.letter("/commands", command(room, "help"), timestamp=str(int(time.time()) - 290))
    assert room.door.send(at_the_edge).status == 200
    charset = room.door.letter("/commands", command(room, "help"), kind="application/x-www-form-urlencoded; charset=utf-8")
    assert room.door.send(charset).status == 200
    assert room.workspace.post("/verify-url")["ok"]
    assert queued(room) == []


def test_events_that_nobody_asked_for_are_taken_and_forgotten(room: Room):
    body = b'{"type":"event_callback","team_id":"T0LOCAL","event_id":"Ev0","event":{"type":"reaction_added","user":"U0DEPLOYER"}}'
    assert room.door.send(room.door.letter("/events", body, kind=JSON)).status == 200
    unknown = b'{"type":"app_rate_limited","team_id":"T0LOCAL","minute_rate_limited":1518467820,"api_app_id":"A1"}'
    assert room.door.send(room.door.letter("/events", unknown, kind=JSON)).status == 200
    assert queued(room) == []


@pytest.fixture
def secrets(room: Room) -> Iterator:
    """Sets the signing secrets; afterwards they are as they were, and so is what the door has read of them."""
    ssm = room.cloud.aws("ssm")
    name = "/opsroom/slack/signing-secret"

    def rotate(new: str, previous: str) -> None:
        for parameter, value in ((name, new), (f"{name}-previous", previous)):
            ssm.put_parameter(Name=parameter, Value=value, Type="SecureString", Overwrite=True)

    yield rotate
    ssm.put_parameter(Name=name, Value=room.endpoints["slack_signing_secret"], Type="SecureString", Overwrite=True)
    ssm.delete_parameter(Name=f"{name}-previous")
    room.cloud.kill("SlackIngress")


def test_a_rotated_secret_is_taken_up_and_the_previous_one_still_holds(room: Room, secrets):
    body, old = command(room, "help"), room.endpoints["slack_signing_secret"]
    assert room.door.send(room.door.letter("/commands", body, secret=OTHER_SECRET)).status == 401
    secrets(new=OTHER_SECRET, previous=old)

    def accepted() -> bool:
        return room.door.send(room.door.letter("/commands", body, secret=OTHER_SECRET)).status == 200

    # A flood of bad signatures must not be one of look-ups, so the secrets are read anew twice in a minute at most.
    until("the new secret is taken", accepted, seconds=45)
    assert room.door.send(room.door.letter("/commands", body, secret=old)).status == 200
    assert room.door.send(room.door.letter("/commands", body, secret="f" * 32)).status == 401
