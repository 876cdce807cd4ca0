"""The DJ room: songs that are posted are really played, by the music player on its host."""

import os
import re
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
        self._address = Path(room.endpoints["logs"]).parent / "run" / "hosts" / HOST / "mpd.address"
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

    def step() -> bool:
        waiting = ask(room, "dj queue").text
        if "Nothing waits" not in waiting:
            ask(room, "dj remove 1")
        elif "Now: " in waiting:
            skip(room)
        elif "Stopped by" in waiting:
            ask(room, "dj resume")
        else:
            return True
        return False

    until("nothing plays and nothing waits", step, 60)
    room.sees_all(DJ)


def skip(room: Room) -> None:
    """Skips what plays, as a DJ; the room is told, and nobody alone. It may have ended just before."""
    def words() -> dict[str, Message]:
        messages = [*room.messages(DJ), *room.private_messages(DJ, DANA)]
        return {m.ts: m for m in messages if "was skipped by" in m.text or "That isn't done" in m.text}

    before = words()
    room.types(DANA, "dj skip", DJ)
    for message in until("a word on the skip", lambda: [m for ts, m in words().items() if ts not in before]):
        room.seen.add((message.channel, message.ts))


def ask(room: Room, line: str, person: str = DANA) -> Message:
    """Types a line and returns its answer, which the person alone sees."""
    before = {message.ts for message in room.private_messages(DJ, person)}
    room.types(person, line, DJ)
    (answer,) = until(f"an answer to {line!r}", lambda: [m for m in room.private_messages(DJ, person) if m.ts not in before])
    room.seen.add((answer.channel, answer.ts))
    return answer


def told(room: Room, ts: str, says: str) -> Message:
    """The word under a posted song, once the song was looked for and the word says this."""

    def found() -> list[Message]:
        return [m for m in room.messages(DJ) if m.thread == ts and says in m.text and not m.text.startswith("Looking for")]

    def instead() -> str:
        return str([m.text for m in room.messages(DJ) if m.thread == ts])

    (message,) = until(f"{says!r} under the song", found, 60, instead)
    room.seen.add((message.channel, message.ts))
    return message


def test_a_posted_song_is_really_played(room: Room, player: Player):
    ts = room.posts(DANA, "Daft Punk One More Time", DJ)
    told(room, ts, "One More Time")
    player.plays("One More Time")
    shown = room.message("Now playing: Daft Punk – One More Time", DJ, about="dj/C0DJ/playing/", seconds=60)
    assert "asked by Dana Deployer" in shown.text and "0:20 long · until" in shown.text
    room.sees_all(DJ)


def test_people_take_turns(room: Room, player: Player):
    ask(room, "dj stop")
    for person, words in (
        (DANA, "Harder, Better, Faster, Stronger"),
        (DANA, "Sinnerman"),
        (AVERY, "Under Pressure"),
        (AVERY, "The Model"),
        (ROBIN, "Jóga"),
    ):
        told(room, room.posts(person, words, DJ), words)
    lines = [line for line in ask(room, "dj queue").text.split("\n") if line[:1].isdigit() and ". " in line]
    order = [re.fullmatch(r"\d+\. .+ – (.+) · (\w+) \w+ · \d+:\d\d", line).groups() for line in lines]
    people = [person for _, person in order]
    assert sorted(people[:3]) == ["Avery", "Dana", "Robin"] and sorted(people[3:]) == ["Avery", "Dana"], lines
    assert [title.split(",")[0] for title, person in order if person == "Dana"] == ["Harder", "Sinnerman"], "each in their own order"
    ask(room, "dj resume")
    player.plays(order[0][0])
    titles = [title for title, _ in order]

    def played() -> list[str]:
        lines = ask(room, "dj history").text.split("\n")
        return [title for line in reversed(lines) for title in titles if f"– {title}" in line]

    # All of them are less than a minute of music; what is short may be over before anybody asks.
    until("all are played in that order", lambda: played() == titles, 120, lambda: str(played()))
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
    room.posts(DANA, "Around the World Live", DJ)
    player.plays("Around the World (Live)")
    told(room, room.posts(ROBIN, "First Love", DJ), "First Love")
    # Dana, Robin and Avery are there: two of three are enough, and Avery alone is not.
    assert "1 of 2" in ask(room, "dj skip", AVERY).text
    assert "voted for that already" in ask(room, "dj skip", AVERY).text
    player.plays("Around the World (Live)")
    shown = room.message("Now playing: Daft Punk – Around the World (Live)", DJ, about="dj/C0DJ/playing/", seconds=60)
    room.presses(ROBIN, shown, "⏭ Skip (1 of 2)")
    player.plays("First Love")
    room.message("was skipped: 2 wanted the next song", DJ)
    room.sees_all(DJ)


def test_only_a_dj_sets_the_volume_and_stops(room: Room, player: Player):
    for line in ("dj volume 30", "dj stop", "dj ban np"):
        assert "none of your roles (operator, lead) allows to dj the music" in ask(room, line, AVERY).text, line
    assert "30 %" in ask(room, "dj volume 30").text
    told(room, room.posts(ROBIN, "Around the World Homework", DJ), "Around the World")
    until("mpd is that loud", lambda: "volume: 30%" in player.tell("status"), 60, lambda: player.tell("status"))
    ask(room, "dj volume 80")
    room.sees_all(DJ)


def test_songs_wait_while_the_player_is_off(room: Room, player: Player):
    player.unit("stop")
    first = room.posts(DANA, "Don't Stop Me Now", DJ)
    told(room, first, "The player is off")
    second = room.posts(ROBIN, "Feeling Good Muse", DJ)
    told(room, second, "The player is off")
    assert len([m for m in room.messages(DJ) if not m.thread and m.text.startswith("The player is off.")]) == 1, "the room is told once"
    player.unit("start")
    room.tick(2)
    player.plays("Don't Stop Me Now")
    told(room, first, "Don't Stop Me Now")
    told(room, second, "Feeling Good")
    room.message("The player is back", DJ)
    room.sees_all(DJ)


def test_a_song_that_cannot_be_played_is_skipped_with_a_note(room: Room, player: Player):
    ts = room.posts(ROBIN, "The Broken Files Static", DJ)
    told(room, ts, "Static")
    told(room, room.posts(ROBIN, "Computer Love", DJ), "Computer Love")
    room.message("can't be played and is skipped", DJ, seconds=60)
    player.plays("Computer Love")
    room.sees_all(DJ)


def test_hostile_words_are_words(room: Room, player: Player):
    for words in ("'; reboot #", "$(id) `id`", '"; status; "', "--help", "{{ Action }} x"):
        ts = room.posts(DANA, words, DJ)
        until(f"an answer to {words!r}", lambda ts=ts: [m for m in room.messages(DJ) if m.thread == ts and "Looking for" not in m.text])
    assert player.tell("status"), "it is as it was"
    room.sees_all(DJ)
