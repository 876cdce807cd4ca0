"""Links in a room of bytes: kept from what Slack tells, ranked by peers, found again, sent at their hour."""

from datetime import timedelta
from uuid import uuid4

from harness.message import Message
from harness.room import AVERY, BYTES, DANA, LOUNGE, OPS, ROBIN, Room
from harness.waiting import until


def page() -> str:
    """An address that nobody has posted before."""
    return f"https://read.example/{str(uuid4().int)[:14]}"


def name(url: str) -> str:
    """What it is called until Slack finds something better: the end of its path."""
    return url.rsplit("/", 1)[1]


def settled(room: Room) -> None:
    until(
        "all is worked off",
        lambda: not room.events.underway() and not any(room.cloud.waiting().values()) and not room.cloud.behind(),
    )


def ask(room: Room, person: str, line: str, channel: str = BYTES) -> Message:
    """Types a line and returns its answer, which the person alone sees."""
    before = {message.ts for message in room.private_messages(channel, person)}
    room.types(person, line, channel)

    def answers() -> list[Message]:
        return [message for message in room.private_messages(channel, person) if message.ts not in before]

    (answer,) = until(f"an answer to {line!r}", answers)
    room.seen.add((answer.channel, answer.ts))
    return answer


def finds(room: Room, person: str, line: str, says: str, channel: str = BYTES) -> Message:
    """Asks until the answer says this: what Slack finds out about a link comes a little later than the link."""
    answers: list[Message] = []

    def found() -> Message | None:
        answers.append(ask(room, person, line, channel))
        return answers[-1] if says in answers[-1].text else None

    return until(f"{line!r} finds {says!r}", found, 60, lambda: str(answers[-1]))


def test_the_same_page_by_another_address_is_told_quietly(room: Room):
    url = page()
    tag = f"t{name(url)}"
    first = room.posts(DANA, f"worth reading {url}?utm_source=newsletter&utm_medium=mail #{tag}", BYTES)
    room.reacts(AVERY, first, "fire", BYTES)
    room.reacts(ROBIN, first, "tada", BYTES)
    settled(room)
    again = room.posts(AVERY, f"has anybody seen {url}/?fbclid=abc#conclusion", BYTES)
    told = room.message("Shared by Dana Deployer", BYTES, thread=again)
    assert "2 reactions" in told.text and "the first post" in told.text
    assert f"<@{DANA}>" not in str(told.raw), "nobody is called for it"
    settled(room)
    found = finds(room, ROBIN, f"bytes top 20 1d #{tag}", name(url))
    assert "1. " in found.text and "2. " not in found.text, found.text


def test_what_slack_finds_out_and_what_people_change_is_followed(room: Room):
    url, title = page(), f"Queues {uuid4().hex[:8]}"
    room.unfurls(url, title=title, text="Why they fill, and what then", service_name="read.example")
    ts = room.posts(DANA, f"a good one {url}", BYTES)
    settled(room)
    word = title.split()[1]
    finds(room, ROBIN, f"bytes search {word}", title)
    other = page()
    room.edits(DANA, ts, f"rather this {other}", BYTES)
    settled(room)
    finds(room, ROBIN, f"bytes search {word}", "Nothing that was shared has such a word")
    finds(room, ROBIN, f"bytes search {name(other)} rather", name(other))
    room.deletes(DANA, ts, BYTES)
    settled(room)
    finds(room, ROBIN, f"bytes search {name(other)}", "Nothing that was shared has such a word")


def test_what_is_no_recommendation_is_not_kept(room: Room):
    code, quote, bot, file, elsewhere = (page() for _ in range(5))
    mark = uuid4().hex[:10]
    room.posts(DANA, f"{mark} in code `{code}`\n```\n{code}\n```\n> {quote}", BYTES)
    room.slack().chat_postMessage(channel=BYTES, text=f"{mark} by an app <{bot}>")
    room.seen |= {(message.channel, message.ts) for message in room.messages(BYTES)}
    room.shares(DANA, "notes.txt", f"{file}\n", channel=BYTES)
    room.posts(DANA, f"{mark} javascript:alert(1) ftp://files.example/x", BYTES)
    room.posts(DANA, f"{mark} {elsewhere}", LOUNGE)
    settled(room)
    kept = page()
    room.posts(DANA, f"{mark} {kept}", BYTES)
    settled(room)
    found = finds(room, AVERY, f"bytes search {mark}", name(kept))
    for url in (code, quote, bot, file, elsewhere):
        assert name(url) not in found.text
    assert "2. " not in found.text, found.text


def test_hostile_words_stay_words(room: Room):
    url = page()
    room.unfurls(url, title="<!channel> *bold* <https://evil.example|click> & `code`", text="<@U0APPROVER> look")
    room.posts(DANA, f"<!here> {url}", BYTES)
    settled(room)
    found = finds(room, ROBIN, f"bytes search {name(url)}", "bold")
    elements = [one for block in found.blocks() for section in block.get("elements", []) for one in section.get("elements", [])]
    assert {one["type"] for one in elements} == {"text", "link"}, "nobody is called, whatever is written"
    assert [one["url"] for one in elements if one["type"] == "link"] == [url]


def test_each_catches_up_alone(room: Room):
    settled(room)
    for person in (AVERY, ROBIN):
        assert "What you missed" in ask(room, person, "bytes catchup").text
    url = page()
    room.posts(DANA, f"new {url}", BYTES)
    settled(room)
    assert name(url) in ask(room, AVERY, "bytes catchup").text
    finds(room, AVERY, "bytes catchup", "you have seen it all")
    assert name(url) in ask(room, ROBIN, "bytes catchup").text


def test_a_reading_list_by_emoji_and_by_word(room: Room):
    url, other = page(), page()
    ts = room.posts(DANA, f"keep {url}", BYTES)
    settled(room)
    room.reacts(ROBIN, ts, "bookmark", BYTES)
    settled(room)
    room.types(ROBIN, f"bytes save {other}", OPS)
    room.private(ROBIN, "It is on your list now", OPS)
    room.types(ROBIN, "bytes mine", OPS)
    mine = room.private(ROBIN, "Your reading list", OPS)
    assert name(url) in mine.text and name(other) in mine.text
    room.unreacts(ROBIN, ts, "bookmark", BYTES)
    room.types(ROBIN, f"bytes unsave {other}", OPS)
    room.private(ROBIN, "It is off your list", OPS)
    settled(room)
    room.types(ROBIN, "bytes mine", OPS)
    left = room.private(ROBIN, "Your reading list", OPS, unlike=mine)
    assert name(url) not in left.text and name(other) not in left.text


def test_peers_hide_and_who_posted_hides(room: Room):
    url = page()
    ts = room.posts(DANA, f"not so good {url}", BYTES)
    settled(room)
    shown = finds(room, ROBIN, f"bytes search {name(url)}", name(url))
    room.reacts(AVERY, ts, "see_no_evil", BYTES)
    room.reacts(ROBIN, ts, "see_no_evil", BYTES)
    settled(room)
    assert shown.only_for == ROBIN
    finds(room, ROBIN, f"bytes search {name(url)}", "Nothing that was shared")
    room.unreacts(ROBIN, ts, "see_no_evil", BYTES)
    settled(room)
    room.types(DANA, f"bytes hide {url}", BYTES)
    room.private(DANA, "It is shown no more", BYTES)
    room.types(DANA, f"bytes unhide {url}", BYTES)
    room.private(DANA, "It is shown again", BYTES)


def test_a_digest_at_its_hour_once(room: Room):
    url = page()
    room.posts(DANA, f"for the digest {url}", BYTES)
    settled(room)
    hour, minutes = soon(room)
    room.says(DANA, f"@ops bytes digest daily {hour} UTC", BYTES)
    room.message(f"This room's digest comes every day at {hour} (UTC)", BYTES)
    room.tick(minutes - 3)
    settled(room)
    assert not [m for m in room.messages(BYTES) if "The best of this room" in m.text]
    room.tick(minutes + 0.1)
    room.tick(minutes + 0.1)
    room.tick(minutes + 1)
    digest = room.message("The best of this room", BYTES)
    assert "since the last digest" in digest.text
    settled(room)
    assert len([m for m in room.messages(BYTES) if "The best of this room" in m.text]) == 1
    room.says(DANA, "@ops bytes digest off", BYTES)
    room.message("This room's digest doesn't come", BYTES)
    room.tick(minutes + 24 * 60 + 1)
    settled(room)
    assert len([m for m in room.messages(BYTES) if "The best of this room" in m.text]) == 1


def soon(room: Room) -> tuple[str, float]:
    """A time of the day some minutes from now in UTC, and how many minutes that is."""
    at = (room.began + timedelta(minutes=30)).replace(second=0, microsecond=0)
    return f"{at:%H:%M}", (at - room.began).total_seconds() / 60


def test_a_personal_digest_comes_as_a_direct_message(room: Room):
    url = page()
    ts = room.posts(DANA, f"for robin {url}", BYTES)
    settled(room)
    room.reacts(ROBIN, ts, "eyes", BYTES)
    settled(room)
    hour, minutes = soon(room)
    room.types(ROBIN, f"bytes digest me daily {hour} UTC", BYTES)
    room.private(ROBIN, f"Your digest comes every day at {hour} (UTC)", BYTES)
    room.tick(minutes + 0.2)
    room.message("The best of your rooms", room.direct(ROBIN))
    room.types(ROBIN, "bytes digest me off", BYTES)
    room.private(ROBIN, "Your digest doesn't come", BYTES)


def test_a_room_made_in_chat_keeps_links_until_it_is_none_any_more(room: Room):
    url = page()
    room.says(DANA, "@ops bytes on", LOUNGE)
    room.message("are kept from now on", LOUNGE)

    def kept() -> bool:
        # The door knows within a quarter of a minute; until then nothing of the room reaches the table.
        room.posts(DANA, f"in the lounge {url}", LOUNGE)
        settled(room)
        return "1. " in ask(room, AVERY, f"bytes search {name(url)}", LOUNGE).text

    until("the link is kept", kept, 60)
    room.sees_all(LOUNGE)
    room.says(DANA, "@ops bytes off", LOUNGE)
    room.message("are kept no longer", LOUNGE)
