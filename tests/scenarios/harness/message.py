"""A message as a person sees it: the words of its blocks and attachments, and its buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Message:
    """A message of a channel; `only_for` names the one person who sees it, if it is private."""

    channel: str
    raw: dict
    only_for: str | None = None

    @property
    def ts(self) -> str:
        """Its place in the channel."""
        return self.raw["ts"]

    @property
    def thread(self) -> str | None:
        """The thread it is a reply in."""
        thread = self.raw.get("thread_ts")
        return None if thread == self.ts else thread

    @property
    def key(self) -> str | None:
        """What it is about, by its metadata."""
        return self.raw.get("metadata", {}).get("event_payload", {}).get("key")

    @property
    def summary(self) -> str:
        """What a notification says."""
        return self.raw.get("text", "")

    @cached_property
    def text(self) -> str:
        """Everything that can be read in it, a line per block."""
        lines = [words_of(block) for block in self.blocks()]
        return "\n".join(line for line in lines if line)

    def blocks(self) -> Iterator[dict]:
        """Its blocks, also those of its attachments."""
        yield from self.raw.get("blocks") or []
        for attachment in self.raw.get("attachments") or []:
            yield from attachment.get("blocks") or []

    def buttons(self) -> list[tuple[str, dict]]:
        """Its buttons, each with the id of its block."""
        return [
            (block["block_id"], element)
            for block in self.blocks()
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "button"
        ]

    def menus(self) -> dict[str, tuple[str, dict]]:
        """Its menus by what they ask for, each with the id of its block."""
        return {
            element["placeholder"]["text"]: (block["block_id"], element)
            for block in self.blocks()
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "static_select"
        }

    def offers(self, menu: str) -> list[str]:
        """What one of its menus offers."""
        _, element = self.menus()[menu]
        groups = element.get("option_groups") or [element]
        return [option["value"] for group in groups for option in group["options"]]

    def links(self) -> list[str]:
        """Where its links lead."""
        return [element["url"] for block in self.blocks() for element in parts_of(block) if element.get("type") == "link"]

    def __str__(self) -> str:
        to = f" to {self.only_for}" if self.only_for else ""
        return f"[{self.channel} {self.ts}{to} {self.key or 'no key'}] {self.text or self.summary}"


def words_of(block: dict) -> str:
    """What can be read in a block; each entry of a list is a line."""
    if block["type"] == "rich_text":
        sections = []
        for element in block["elements"]:
            sections += element["elements"] if element["type"] == "rich_text_list" else [element]
        return "\n".join("".join(map(_word, parts_of(section))) for section in sections)
    return "".join(map(_word, parts_of(block)))


def parts_of(value: dict | list) -> Iterator[dict]:
    """The innermost parts of a block that say something, in their order."""
    if isinstance(value, list):
        for item in value:
            yield from parts_of(item)
        return
    if value["type"] in ("text", "link", "user", "channel", "date", "emoji", "mrkdwn", "plain_text"):
        yield value
        return
    for name in ("text", "fields", "elements"):
        if isinstance(value.get(name), dict | list):
            yield from parts_of(value[name])


def _word(part: dict) -> str:
    match part["type"]:
        case "user":
            return f"<@{part['user_id']}>"
        case "channel":
            return f"<#{part['channel_id']}>"
        case "link":
            return part.get("text") or part["url"]
        case "date":
            return part.get("fallback", "")
        case "emoji":
            return f":{part['name']}:"
        case _:
            return part["text"]
