"""What the rooms of peers look like in use: links that are remembered and ranked, songs that are played."""

import uuid
from collections.abc import Callable

from chat_page import NARROW, identity
from playwright.sync_api import expect

# Songs that no scenario asks for: none is played again so soon.
SONG, NAME = "La femme d'argent", "Air – La femme d'argent"
NEXT, NEXT_NAME = "Roads Portishead", "Portishead – Roads"


def test_a_link_posted_again_is_known_and_peers_rank_it(open_room: Callable):
    mark = uuid.uuid4().hex[:6]
    page = f"https://tokio.example/blog/tracing-{mark}"
    dana, robin = open_room("U0DEPLOYER"), open_room("U0READER", theme="dark")
    dana.open("U0DEPLOYER", "C0BYTES")
    robin.open("U0READER", "C0BYTES")
    dana.say(f"How to trace {mark}: {page}?utm_source=mail #rust")
    first = dana.messages(f"How to trace {mark}")
    expect(first.locator(".unfurl")).to_be_visible()
    since = identity(first).removeprefix("message-")
    first.hover()
    first.get_by_role("button", name="Add a reaction").first.click()
    dana.page.get_by_label("Search emoji").fill("fire")
    dana.page.get_by_label("Search emoji").press("Enter")
    expect(first.get_by_test_id("reaction-fire")).to_be_visible()

    # Another one finds the same, by another way.
    robin.say(f"Look at this {mark}: {page}#top")
    again = robin.messages(f"Look at this {mark}")
    again.get_by_test_id(f"replies-{identity(again).removeprefix('message-')}").click()
    expect(robin.by_id("thread-pane")).to_contain_text("Shared by Dana Deployer")
    robin.picture("1-shared-before")

    dana.say("/ops bytes top 10 7d #rust")
    top = dana.answers(since, f"tracing {mark}").last
    expect(top).to_contain_text("#rust")
    dana.picture("2-top")
    dana.say("/ops bytes search tracing tokio")
    expect(dana.answers(since, "tracing tokio").last).to_be_visible()
    dana.say("/ops bytes catchup")
    expect(dana.answers(since, "What you missed").last).to_be_visible()
    dana.picture("3-search-and-catch-up")


def test_a_posted_song_plays_and_its_message_tells(open_room: Callable):
    dana, robin = open_room("U0DEPLOYER"), open_room("U0READER", size=NARROW, theme="dark")
    dana.open("U0DEPLOYER", "C0DJ")
    robin.open("U0READER", "C0DJ")
    robin.say(SONG)
    playing = dana.messages(f"Now playing: {NAME}").last
    expect(playing).to_be_visible(timeout=60_000)
    expect(playing).to_contain_text("asked by Robin Reader")
    dana.say(NEXT)
    expect(playing).to_contain_text(NEXT_NAME, timeout=60_000)
    dana.picture("1-playing")
    robin.picture("2-on-a-phone")
    robin.has_room_for_all()
    playing.get_by_role("button", name="👍 Like").click()
    expect(playing).to_contain_text("👍 1")
    # Dana runs the room.
    playing.get_by_role("button", name="⏭ Skip").click()
    now = dana.messages(f"Now playing: {NEXT_NAME}").last
    expect(now).to_be_visible(timeout=60_000)
    dana.say("/ops dj queue")
    dana.picture("3-skipped")
    dana.say("/ops dj skip")
    expect(dana.messages("Silence. Post a song").last).to_be_visible(timeout=60_000)
    dana.picture("4-over")
