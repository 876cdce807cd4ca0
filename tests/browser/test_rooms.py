"""The rooms that live on what people post: links, what they lead to, and what peers think of them."""

import re
import uuid
from collections.abc import Callable

from chat_page import NARROW
from playwright.sync_api import expect


def test_a_link_shows_what_it_leads_to_and_peers_say_what_they_think(open_room: Callable):
    words = f"Read this {uuid.uuid4().hex[:6]}"
    page = f"https://blog.example/why-we-measure-{uuid.uuid4().hex[:6]}"
    dana, avery = open_room("U0DEPLOYER"), open_room("U0APPROVER", size=NARROW, theme="dark")
    for reader in (dana, avery):
        reader.open("U0DEPLOYER" if reader is dana else "U0APPROVER", "C0BYTES")
    dana.say(f"{words}: {page} #rust")
    posted = dana.messages(words)
    expect(posted).to_have_count(1)
    expect(posted.locator(".unfurl")).to_contain_text("blog.example")
    expect(posted.get_by_role("link", name=re.compile("^Why we measure"))).to_have_attribute("href", page)
    dana.picture("1-shared")

    # Another person hears of it as it happens, and reacts by the bar beside it.
    seen = avery.messages(words)
    expect(seen.locator(".unfurl")).to_be_visible()
    seen.hover()
    seen.get_by_role("button", name="Add a reaction").first.click()
    avery.page.get_by_label("Search emoji").fill("rocket")
    avery.page.get_by_label("Search emoji").press("Enter")
    expect(seen.get_by_test_id("reaction-rocket")).to_have_attribute("aria-pressed", "true")
    avery.picture("2-reacted")
    rocket = posted.get_by_test_id("reaction-rocket")
    expect(rocket).to_have_attribute("aria-pressed", "false")
    rocket.click()
    expect(rocket.locator(".reaction-count")).to_have_text("2")
    rocket.hover()
    expect(rocket.get_by_role("tooltip")).to_contain_text("Avery Approver, You reacted with :rocket:")
    dana.picture("3-who")
    rocket.click()
    expect(rocket.locator(".reaction-count")).to_have_text("1")
    avery.has_room_for_all()

    # Its author takes the link out again: what it led to goes with it.
    more = lambda label: (  # noqa: E731
        posted.hover(),
        posted.get_by_role("button", name="More actions").click(),
        dana.page.get_by_role("menuitem", name=label).click(),
    )
    more("Edit message")
    box = posted.get_by_label("Edit the message")
    box.fill(f"{words}: never mind")
    box.press("Enter")
    expect(posted).to_contain_text("(edited)")
    expect(posted.locator(".unfurl")).to_have_count(0)
    more("Delete message")
    dana.by_id("confirm-yes").click()
    expect(posted).to_have_count(0)
    expect(seen).to_have_count(0)


def test_code_and_quotes_look_like_what_they_are(open_room: Callable):
    mark = uuid.uuid4().hex[:6]
    dana = open_room("U0DEPLOYER", theme="dark")
    dana.by_id("channel-C0LOUNGE").click()
    dana.composer.fill(f"> somebody said {mark}\n`code {mark}` and *bold*\n```\ncurl https://example.com/{mark}\n```\n- one\n- two")
    dana.composer.press("Enter")
    posted = dana.messages(mark)
    expect(posted).to_have_count(1)
    expect(posted.locator("blockquote")).to_have_text(f"somebody said {mark}")
    expect(posted.locator("code")).to_have_text(f"code {mark}")
    expect(posted.locator("pre")).to_have_text(f"curl https://example.com/{mark}")
    expect(posted.locator("li")).to_have_text(["one", "two"])
    expect(posted.locator(".unfurl")).to_have_count(0)
    dana.picture("1-formatted")


def test_a_colleague_shares_a_link_from_the_panel(open_room: Callable):
    words = f"Worth an evening {uuid.uuid4().hex[:6]}"
    dana = open_room("U0DEPLOYER")
    dana.by_id("channel-C0BYTES").click()
    dana.by_id("outside").click()
    dana.by_id("sender-colleague").click()
    dana.by_id("field-link").fill("https://sre.google/sre-book/postmortem-culture/?utm_source=mail")
    dana.by_id("field-words").fill(words)
    dana.by_id("do-colleague-share_link").click()
    expect(dana.by_id("deed")).to_contain_text("Shared a link in #dev-bytes")
    posted = dana.messages(words)
    expect(posted).to_contain_text("Avery Approver")
    expect(posted.locator(".unfurl")).to_contain_text("Postmortem Culture: Learning from Failure")
    dana.picture("1-shared")
