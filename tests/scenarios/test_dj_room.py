"""The DJ room: songs that are posted are really played, by the music player on its host."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.message import Message
from harness.room import AVERY, DANA, DJ, ROBIN, Room
from harness.waiting import until

HOST = "i-06a8e4d3f0b92c781"


class Player:
    """The music player of the DJ's host, asked by Debian's own client."""

    def __init__(self, room: Room):
        state = Path(room.endpoints["state"]) if "state" in room.endpoints else Path(os.environ["OPSROOM_ENDPOINTS"]).parent
        self._address = state / "run" / "hosts" / HOST / "mpd.address"
        self._gateway = room.gateway

    def tell(self, *words: str) -> str:
        environment = {**os.environ, "MPD_HOST": self._address.read_text().strip(), "LC_ALL": "C.UTF-8"}
        return subprocess.run(["mpc", *words], env=environment, capture_output=True, text=True, check=False, timeout=20).stdout  # noqa: S603, S607

    def plays(self, title: str) -> None:
        """Waits until it says itself that it plays this."""
        until(f"mpd plays {title!r}", lambda: "[playing]" in (said := self.tell("--format", "%title%")) and said.startswith(title), 60, self.tell)

    def unit(self, action: str) -> None:
        self._gateway.post(f"/hosts/{HOST}/unit", {"action": action})


@pytest.fixture
def player(room: Room) -> Iterator[Player]:
    """The player, well and silent, before and after."""
    player = Player(room)
    quiet(room)
    yield player
    player.unit("start")
    quiet(room)
    room.sees_all(DJ)


def quiet(room: Room) -> None:
    """Takes every song out: a DJ may."""
    for _ in range(12):
        settled(room)
        waiting = ask(room, "dj queue").text
        if "Now: " in waiting:
            room.types(DANA, "dj skip", DJ)
        elif "Nothing waits" not in waiting:
            room.types(DANA, "dj remove 1", DJ)
        else:
            break
    settled(room)
    room.sees_all(DJ)
    room.seen |= {(m.channel, m.ts) for m in room.private_messages(DJ, DANA)}


def settled(room: Room) -> None:
    until("all is worked off", lambda: not any(room.cloud.waiting().values()) and not room.cloud.behind())


def ask(room: Room, line: str, person: str = DANA) -> Message:
    """Types a line and returns its answer, which the person alone sees."""
    before = {message.ts for message in room.private_messages(DJ, person)}
    room.types(person, line, DJ)
    (answer,) = until(f"an answer to {line!r}", lambda: [m for m in room.private_messages(DJ, person) if m.ts not in before])
    room.seen.add((answer.channel, answer.ts))
    return answer


def told(room: Room, ts: str, says: str) -> Message:
    """The word under a posted song, once it says this."""
    return room.message(says, DJ, thread=ts, seconds=60)


def test_a_posted_song_is_really_played(room: Room, player: Player):
    ts = room.posts(DANA, "Daft Punk One More Time", DJ)
    told(room, ts, "One More Time")
    player.plays("One More Time")
    shown = room.message("Now playing: Daft Punk – One More Time", DJ, about="dj/C0DJ/playing/", seconds=60)
    assert "asked by Dana Deployer" in shown.text and "of 0:20" in shown.text
    room.sees_all(DJ)


def test_people_take_turns(room: Room, player: Player):
    first = room.posts(DANA, "Harder, Better, Faster, Stronger", DJ)
    told(room, first, "Stronger")
    player.plays("Harder")
    for words in ("Sinnerman", "Computer Love", "The Model"):
        told(room, room.posts(DANA, words, DJ), words)
    told(room, room.posts(AVERY, "Under Pressure", DJ), "Under Pressure")
    told(room, room.posts(ROBIN, "Jóga", DJ), "Jóga")
    order = [line.split("**")[0] for line in ask(room, "dj queue").text.split("\n") if line[:1].isdigit() and ". " in line]
    names = [next(name for name in ("Sinnerman", "Computer Love", "The Model", "Under Pressure", "Jóga") if name in line) for line in order]
    assert names[:2] in (["Under Pressure", "Jóga"], ["Jóga", "Under Pressure"]), order
    assert set(names[2:]) == {"Sinnerman", "Computer Love", "The Model"}
    room.sees_all(DJ)


def test_several_songs_are_a_choice_and_none_names_the_nearest(room: Room, player: Player):
    ts = room.posts(ROBIN, "feeling good", DJ)
    offer = told(room, ts, "Which feeling good?")
    room.presses(ROBIN, offer, "Nina Simone – Feeling Good")
    told(room, ts, "Nina Simone – Feeling Good")
    player.plays("Feeling Good")
    other = room.posts(DANA, "Undr Pressur", DJ)
    assert any("Under Pressure" in button["text"]["text"] for _, button in told(room, other, "There is no Undr Pressur. The nearest").buttons())
    third = room.posts(DANA, "qqqq zzzz", DJ)
    told(room, third, "There is no")
    room.sees_all(DJ)


def test_votes_skip(room: Room, player: Player):
    room.posts(ROBIN, "Around the World Live", DJ)
    player.plays("Around the World (Live)")
    told(room, room.posts(ROBIN, "First Love", DJ), "First Love")
    # Robin, Avery and Dana are there: two of three are enough, and Avery alone is not.
    assert "1 of 2" in ask(room, "dj skip", AVERY).text
    player.plays("Around the World (Live)")
    shown = room.message("Now playing: Daft Punk – Around the World (Live)", DJ, about="dj/C0DJ/playing/", seconds=60)
    room.presses(DANA, shown, "⏭ Skip (1 of 2)")
    player.plays("First Love")
    room.sees_all(DJ)


def test_songs_wait_while_the_player_is_off(room: Room, player: Player):
    player.unit("stop")
    ts = room.posts(DANA, "Don't Stop Me Now", DJ)
    told(room, ts, "The player is off")
    settled(room)
    player.unit("start")
    room.tick(2)
    player.plays("Don't Stop Me Now")
    told(room, ts, "Don't Stop Me Now")
    room.sees_all(DJ)


def test_a_song_that_cannot_be_played_is_skipped_with_a_note(room: Room, player: Player):
    ts = room.posts(ROBIN, "The Broken Files Static", DJ)
    told(room, ts, "Static")
    told(room, room.posts(ROBIN, "The Model", DJ), "The Model")
    room.message("can't be played and is skipped", DJ, seconds=60)
    player.plays("The Model")
    room.sees_all(DJ)


def test_hostile_words_are_words(room: Room, player: Player):
    for words in ("'; reboot #", "$(id) `id`", '"; status; "', "--help", "{{ Action }} x"):
        ts = room.posts(DANA, words, DJ)
        until(f"an answer to {words!r}", lambda ts=ts: [m for m in room.messages(DJ) if m.thread == ts and "Looking for" not in m.text])
    assert player.tell("status"), "it is as it was"
    room.sees_all(DJ)
