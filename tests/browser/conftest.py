"""Headless Chromium, and a room opened in it as one of the workspace's people."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chat_page import ChatPage
from playwright.sync_api import Browser, expect, sync_playwright

# An answer passes two queues and three functions, which a busy machine starts slowly.
DEADLINE_MS = 30_000
WIDE = (1440, 900)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; Playwright brings none that is pinned by a lock file."""
    chromium = shutil.which("chromium")
    assert chromium, "the browser tests need chromium; `make browser` installs it"
    expect.set_options(timeout=DEADLINE_MS)
    # Chromium's sandbox refuses to run as root, which is who a container's user is.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()


@pytest.fixture
def open_room(browser: Browser, endpoints: dict, artifacts: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., ChatPage]]:
    """`open_room("U0DEPLOYER")`: the room as that person sees it in #ops. At the end, no page may have complained or gone elsewhere."""
    pages: list[ChatPage] = []

    def open_as(person: str, size: tuple[int, int] = WIDE, theme: str = "light") -> ChatPage:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US", timezone_id="Europe/Berlin"
        )
        context.set_default_timeout(DEADLINE_MS)
        folder = artifacts / "browser"
        folder.mkdir(exist_ok=True)
        page = ChatPage(context.new_page(), endpoints["room"], folder / request.node.name.removeprefix("test_"))
        pages.append(page)
        page.open(person, "C0OPS")
        return page

    yield open_as
    for number, page in enumerate(pages):
        page.picture(f"end-{number}")
        page.page.context.close()
    complaints = [complaint for page in pages for complaint in page.complaints]
    assert not complaints, complaints
