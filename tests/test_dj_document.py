"""The document of the DJ host, run as the agent runs it against a real mpd: what it finds and plays, and what it takes for text only.

No cloud is needed: the host is a folder, as the fleet makes one, and its unit is started by the fleet's own systemctl.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
MATERIAL = ROOT / "infra" / "local" / "fleet"
DOCUMENT = yaml.safe_load((ROOT / "infra" / "documents" / "dj.yaml").read_text())
SCRIPT = "\n".join(DOCUMENT["mainSteps"][0]["inputs"]["runCommand"])
sys.path.insert(0, str(MATERIAL))
import music  # noqa: E402 (what the host's music is)

REFUSED, OFF = 64, 69
HOSTILE_FILE = next(track.path for track in music.TRACKS if track.artist.startswith("$(id)"))
ONE_MORE_TIME = "Daft Punk/Discovery/01 One More Time.flac"
SINNERMAN = "Nina Simone/Sinnerman.flac"
MODEL = "Kraftwerk/The Model.flac"


def encoded(text: str | bytes) -> str:
    given = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


class Host:
    """A host of the fleet, without the fleet."""

    def __init__(self, root: Path):
        self.root = root
        for part in ("trouble", "tmp", "units/mpd"):
            (root / part).mkdir(parents=True)
        (root / "units/mpd/journal").touch()
        (root / "units/mpd/environment").write_text("VERSION=v1\n")
        self.environment = {
            "PATH": f"{MATERIAL / 'programs'}:{os.environ['PATH']}",
            "BASH_ENV": str(MATERIAL / "trace.bash"),
            "HOME": str(root),
            "TMPDIR": str(root / "tmp"),
            "LANG": "C.UTF-8",
            "HOST_ROOT": str(root),
            "HOST_NAME": "dj-office",
            "HOST_TOOLS": str(Path(sys.executable).parent),
            "FLEET_PID": str(os.getpid()),
        }

    def program(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(words, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=60, check=False)

    def unit(self, verb: str) -> None:
        assert self.program(str(MATERIAL / "programs" / "systemctl"), verb, "mpd").returncode == 0

    def given(self, action: str, argument: str) -> tuple[int, list[dict]]:
        """Exit code and lines of the document with these values in it."""
        script = self.root / "tmp" / "_script.sh"
        script.write_text(SCRIPT.replace("{{ Action }}", action).replace("{{ Argument }}", argument))
        script.chmod(0o700)
        result = self.program("sh", "-c", str(script))
        assert result.stderr == ""
        return result.returncode, [json.loads(line) for line in result.stdout.splitlines()]

    def run(self, action: str, argument: str | bytes = "") -> tuple[int, list[dict]]:
        return self.given(action, encoded(argument))

    def does(self, action: str, argument: str = "") -> dict:
        """The status that an action leads to, with the files that are current and next."""
        code, [status, *tracks] = self.run(action, argument)
        assert (code, status["kind"]) == (0, "status"), status
        return status | {track["kind"]: track["file"] for track in tracks}

    def finds(self, words: str) -> tuple[str, list[str]]:
        code, [head, *tracks] = self.run("search", words)
        assert (code, head["kind"], head["tracks"], head["omitted"]) == (0, "found", len(tracks), 0)
        assert {track["kind"] for track in tracks} <= {"track"}
        return head["fit"], [track["file"] for track in tracks]

    def queue(self) -> list[str]:
        return self.program(str(MATERIAL / "programs" / "mpc"), "--format", "%file%", "playlist").stdout.splitlines()


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("fleet") / "dj")
    host.unit("start")
    yield host
    host.unit("stop")


@pytest.fixture
def host(office):
    """Well, silent, and with an empty queue."""
    for trouble in (office.root / "trouble").iterdir():
        trouble.unlink()
    office.unit("start")
    for words in (["clear"], ["volume", "100"], ["clearerror"]):
        office.program(str(MATERIAL / "programs" / "mpc"), "--quiet", *words)
    return office


def until(condition):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("not within 30 s")


@pytest.mark.parametrize(
    ("words", "fit", "files"),
    [
        ("Daft Punk One More Time", "all", [ONE_MORE_TIME]),
        ("  daft PUNK - \"one more time\"!  ", "all", [ONE_MORE_TIME]),
        ("around the world", "all", ["Daft Punk/Homework/07 Around the World.flac", "Daft Punk/Alive 2007/05 Around the World.flac"]),
        ("feeling good", "all", ["Muse/Feeling Good.flac", "Nina Simone/Feeling Good.flac"]),
        ("jóga björk", "all", ["Björk/Jóga.flac"]),
        ("宇多田ヒカル\u3000First", "all", ["宇多田ヒカル/First Love.flac"]),
        ("don't stop", "all", ["Queen/Don't Stop Me Now.flac"]),
        ("untagged recording", "all", ["Untagged/some recording.flac"]),
        ("Krafwerk modle", "some", [MODEL, "Kraftwerk/Computer Love.flac"]),
        ("zzzzz qqqqq", "none", []),
    ],
)
def test_a_search_finds_what_has_every_word_or_comes_near(host, words, fit, files):
    assert host.finds(words) == (fit, files)


def test_the_nearest_by_its_words_is_first(host):
    fit, files = host.finds("Daft Pnk One Mroe Time")
    assert (fit, files[0]) == ("some", ONE_MORE_TIME)


def test_a_track_says_what_it_is(host):
    _, [_, track] = host.run("search", "sinnerman")
    assert track == {"kind": "track", "file": SINNERMAN, "artist": "Nina Simone", "title": "Sinnerman", "album": "Pastel Blues", "seconds": 18}
    _, [_, track] = host.run("search", "some recording")
    assert (track["artist"], track["title"], track["album"]) == ("", "some recording", "")


def test_what_plays_is_followed_by_what_was_put_after_it_last(host):
    playing = host.does("play", SINNERMAN)
    assert (playing["state"], playing["current"], playing["position"], playing["length"]) == ("playing", SINNERMAN, 1, 1)
    assert playing["error"] is None and playing["version"].startswith("0.")
    assert host.does("enqueue", MODEL)["next"] == MODEL
    changed = host.does("enqueue", ONE_MORE_TIME)
    assert (changed["current"], changed["next"], changed["length"]) == (SINNERMAN, ONE_MORE_TIME, 2)
    assert host.does("enqueue", ONE_MORE_TIME)["length"] == 2
    after = host.does("next")
    assert (after["current"], after["length"], "next" in after) == (ONE_MORE_TIME, 1, False)
    assert host.does("next")["state"] == "stopped"
    assert host.does("next")["state"] == "stopped"


def test_it_stops_where_it_is_and_goes_on_from_there(host):
    host.does("play", SINNERMAN)
    stopped = host.does("stop")
    assert (stopped["state"], stopped["current"]) == ("paused", SINNERMAN)
    assert host.does("stop")["state"] == "paused"
    resumed = host.does("resume")
    assert (resumed["state"], resumed["current"], resumed["elapsed"] >= stopped["elapsed"]) == ("playing", SINNERMAN, True)
    assert host.does("resume")["state"] == "playing"


def test_nothing_starts_by_what_is_put_into_a_silent_queue(host):
    waiting = host.does("enqueue", MODEL)
    assert (waiting["state"], waiting["next"], waiting["length"]) == ("stopped", MODEL, 1)
    assert host.does("enqueue", SINNERMAN)["length"] == 1
    assert host.does("resume")["current"] == SINNERMAN


@pytest.mark.parametrize("volume", ["0", "9", "55", "100"])
def test_the_volume_is_told_back(host, volume):
    assert host.does("volume", volume)["volume"] == int(volume)


def test_a_track_ends_and_the_next_begins_without_being_asked(host):
    host.does("play", MODEL)
    host.does("enqueue", SINNERMAN)
    ended = until(lambda: (now := host.does("status"))["current"] == SINNERMAN and now)
    assert (ended["state"], ended["length"]) == ("playing", 1)


@pytest.mark.parametrize(("file", "error"), [("Broken/Static.flac", "the track ended at once"), ("Broken/Gone.flac", "No such file or directory")])
def test_what_cannot_be_played_says_so_and_what_follows_it_plays(host, file, error):
    code, [status] = host.run("play", file)
    assert (code, status["kind"], status["state"], status["length"]) == (REFUSED, "status", "stopped", 0)
    assert error in status["error"]
    host.does("play", SINNERMAN)
    host.does("enqueue", file)
    until(lambda: host.does("next")["state"] == "stopped")
    assert host.does("play", MODEL)["error"] is None


def test_hostile_tags_are_text(host):
    _, files = host.finds("hostile")
    assert len(files) == 3
    code, [_, track] = host.run("search", "reboot [%title%]")
    assert (code, track["file"]) == (0, HOSTILE_FILE)
    assert (track["artist"], track["title"]) == ("$(id)`id`", "'; reboot; \" \\ [%title%] {{ Action }}")
    assert host.does("play", HOSTILE_FILE)["current"] == HOSTILE_FILE
    _, [_, track] = host.run("search", "lines.flac")
    assert track["title"] == "OK file: other.flac volume: 3%"
    playing = host.does("play", track["file"])
    assert (playing["volume"], playing["current"], playing["length"]) == (100, track["file"], 1)
    _, [_, track] = host.run("search", "long.flac")
    assert max(len(value) for value in track.values() if isinstance(value, str)) == 200


NO_ARGUMENT = [(action, "x") for action in ("next", "stop", "resume", "status")]
NEEDS_ONE = [(action, "") for action in ("search", "play", "enqueue", "volume")]
NO_TRACK = [
    (action, file)
    for action in ("play", "enqueue")
    for file in (
        "Daft Punk", "Daft Punk/", "/", ".", "..", "*", "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/x.mp3",
        "--help", "-w", "--", "$(id)", "`id`", "'", '"', "\\", "%file%", f"{MODEL} ", MODEL.upper(), f"./{MODEL}", f"'{MODEL}'", "x" * 1000,
    )
]
NO_NUMBER = [("volume", given) for given in ("101", "-1", "+10", "1e1", "010", "5 5", "٥", "50%", "$(id)", "x")]
CONTROL = [
    (action, text)
    for action in ("search", "play", "enqueue", "volume", "status")
    for text in (f"a{control}b" for control in "\0\n\r\t\x1b\x7f\x9b\u2028")
] + [("play", f"{MODEL}\n"), ("play", f"{MODEL}\0"), ("volume", "50\n")]
NOT_UTF8 = [("search", b"\xff\xfe"), ("play", b"\xc0\xaf"), ("search", b"\xed\xa0\x80"), ("search", b"a\x80")]
NO_WORDS = [("search", words) for words in ("   ", "...", "- ' \" \\", "\u3000")]


@pytest.mark.parametrize(("action", "argument"), NO_ARGUMENT + NEEDS_ONE + NO_TRACK + NO_NUMBER + CONTROL + NOT_UTF8 + NO_WORDS)
def test_what_makes_no_sense_is_refused_and_changes_nothing(host, action, argument):
    code, [told] = host.run(action, argument)
    assert (code, told["kind"]) == (REFUSED, "refused")
    assert told["reason"]
    assert host.queue() == []


@pytest.mark.parametrize("argument", ["a", "abcde", "_", "-----"])
def test_what_is_no_base64url_is_refused(host, argument):
    code, [told] = host.given("search", argument)
    assert (code, told["reason"]) == (REFUSED, "the argument is not base64url")


HOSTILE_WORDS = [
    "$(touch bad)", "`touch bad`", "'; touch bad; '", "\"; touch bad; \"", "a|touch bad", "a & touch bad", "> bad", "${HOME}", "~root", "* ?",
    "\\", "a\\", "\\'", "a'b\"c\\d", "--help x", "-f %file%", "%file% [%title%]", "any title", "(artist == 'x')", "{a,b}", "!!", "\u202egnp",
    "a" * 1040, "w " * 500, "\U0001f4a3" * 250,
]


@pytest.mark.parametrize("words", HOSTILE_WORDS)
def test_hostile_words_are_words(host, words):
    code, [head, *_] = host.run("search", words)
    assert (code, head["kind"]) in [(0, "found"), (REFUSED, "refused")]
    assert not list(host.root.rglob("bad"))
    shown = (host.root / "ran.programs").read_text().splitlines()
    assert not [line for line in shown if not line.startswith(("mpc ", "systemctl "))]


def test_a_player_that_is_off_is_told_from_a_refusal_and_comes_back(host):
    host.does("play", SINNERMAN)
    host.unit("stop")
    for action, argument in (("status", ""), ("play", MODEL), ("search", "daft"), ("volume", "5"), ("next", "")):
        code, [told] = host.run(action, argument)
        assert (code, told["kind"], told["reason"]) == (OFF, "off", "Connection refused")
    host.unit("start")
    back = host.does("status")
    assert back["error"] is None
    assert host.does("play", MODEL)["current"] == MODEL
    assert len(host.finds("e")[1]) > 10


def test_a_player_that_hangs_is_off(host):
    (pid,) = [pid for pid in os.listdir("/proc") if pid.isdigit() and is_player(pid, host)]
    os.kill(int(pid), 19)
    try:
        code, [told] = host.run("status")
    finally:
        os.kill(int(pid), 18)
    assert (code, told) == (OFF, {"kind": "off", "reason": "Timeout"})


def is_player(pid: str, host: Host) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0] == b"mpd" and str(host.root).encode() in b" ".join(words)


def test_a_player_that_crashes_has_failed_and_can_be_started(host):
    (pid,) = [pid for pid in os.listdir("/proc") if pid.isdigit() and is_player(pid, host)]
    os.kill(int(pid), 9)
    systemctl = str(MATERIAL / "programs" / "systemctl")
    until(lambda: host.program(systemctl, "is-failed", "mpd").returncode == 0)
    assert host.run("status")[0] == OFF
    host.unit("start")
    assert host.does("play", MODEL)["state"] == "playing"


def test_a_flood_of_tracks_stays_below_what_ssm_keeps(host):
    many = host.root / "music" / "many"
    many.mkdir()
    for number in range(120):
        track = music.Track("", '"\\' * 300, f"flood {number}", "&" * 500, 5)
        (many / f"{'n' * 200}{number}.flac").write_bytes(music.flac(track))
    # Files that nobody could ask for: a control character in the name, or a path that is too long for the argument.
    for name in ("line\nfeed.flac", "tab\tstop.flac", "\u2028.flac", "/".join(["d" * 200] * 6) + "/deep.flac"):
        (many / name).parent.mkdir(parents=True, exist_ok=True)
        (many / name).write_bytes(music.flac(music.Track("", "flood control", "x", "", 5)))
    mpc = str(MATERIAL / "programs" / "mpc")
    try:
        host.program(mpc, "--wait", "update", "many")
        code, [head, *tracks] = host.run("search", "flood")
        assert (code, head["fit"]) == (0, "all")
        assert head["tracks"] == len(tracks) > 10 and head["tracks"] + head["omitted"] == 120
        assert len("\n".join(json.dumps(line, ensure_ascii=False) for line in [head, *tracks])) < 24_000
    finally:
        shutil.rmtree(many)
        host.program(mpc, "--wait", "update")
