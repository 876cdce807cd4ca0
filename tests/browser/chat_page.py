"""The room's page in terms of what people do there, and a watch over what the page does behind their backs."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect

MESSAGE = re.compile(r"^message-")
# As wide and as high as a phone.
NARROW = (420, 860)

# Keeps each title that a message shows. Watching from inside misses nothing, however short it stands there.
WATCH_TITLES = """
() => {
  window.titles = [];
  const note = () => {
    for (const lead of document.querySelectorAll("[data-testid^='message-'] .message-lead")) {
      const seen = [lead.closest("[data-testid^='message-']").dataset.testid, lead.textContent.trim()];
      if (!window.titles.some((one) => one[0] === seen[0] && one[1] === seen[1])) window.titles.push(seen);
    }
  };
  note();
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""


def identity(message: Locator) -> str:
    """Which message it is."""
    expect(message).to_be_visible()
    name = message.get_attribute("data-testid")
    assert name
    return name


class ChatPage:
    """One browser page showing the room."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page = page
        self.address = address
        self.pictures = pictures
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"a request to elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")

    def open(self, person: str, channel: str) -> None:
        """Goes to a channel as a person, and waits until one could type there."""
        self.page.goto(f"{self.address}?as={person}#{channel}")
        expect(self.composer).to_be_editable()
        expect(self.by_id(f"persona-{person}")).to_have_attribute("aria-pressed", "true")
        self.page.evaluate(WATCH_TITLES)

    def become(self, person: str) -> None:
        """Switches to another person by the side bar."""
        self.by_id(f"persona-{person}").click()
        expect(self.by_id(f"persona-{person}")).to_have_attribute("aria-pressed", "true")
        expect(self.composer).to_be_editable()

    def by_id(self, name: str | re.Pattern[str]) -> Locator:
        """By the `data-testid` that infra/local/room/README.md lists."""
        return self.page.get_by_test_id(name)

    @property
    def composer(self) -> Locator:
        """Where one types in a channel."""
        return self.by_id("composer")

    def say(self, line: str, where: str = "composer") -> None:
        """Types a line as hands do, and sends it."""
        self.by_id(where).click()
        self.by_id(where).press_sequentially(line)
        self.by_id(where).press("Enter")

    def messages(self, text: str | re.Pattern[str]) -> Locator:
        """The messages on the page that hold a text, oldest first."""
        return self.by_id(MESSAGE).filter(has_text=text)

    def answers(self, since: str, text: str) -> Locator:
        """What only the reader sees and holds a text, below the message that was posted at `since`."""
        below = self.by_id(f"message-{since}").locator("xpath=following::article")
        return below.filter(has_text=text).filter(has=self.page.get_by_test_id("ephemeral"))

    def below(self, since: str, text: str) -> Locator:
        """What all see and holds a text, below the message that was posted at `since`."""
        return self.by_id(f"message-{since}").locator("xpath=following::article").filter(has_text=text)

    def button(self, within: Locator, action: str) -> Locator:
        """A message's button by what it does."""
        return within.get_by_test_id(re.compile(rf"^button-{action}\b"))

    def titles(self, message_id: str) -> list[str]:
        """The titles that a message has had so far."""
        return [title for name, title in self.page.evaluate("window.titles") if name == message_id]

    def has_room_for_all(self) -> None:
        """Fails if the page is wider than a narrow window."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW[0], f"{width} px wide"

    def picture(self, step: str) -> None:
        """Keeps what the page looks like now."""
        self.page.screenshot(path=self.pictures.with_name(f"{self.pictures.name}-{step}.png"), animations="disabled")
