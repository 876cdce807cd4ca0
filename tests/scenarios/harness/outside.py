"""The outside world, by the buttons that the room's page has for it."""

import json
import urllib.error
from dataclasses import dataclass

from .control import Control


@dataclass(frozen=True)
class Outside:
    """What the panel of the page offers, asked for as the page does."""

    page: Control

    def senders(self) -> dict[str, dict]:
        """What there is now, by the senders' ids."""
        return {sender["id"]: sender for sender in self.page.get("/outside/senders")["senders"]}

    def choices(self, sender: str, action: str, field: str) -> list[str]:
        """What can be chosen now."""
        (found,) = [one for one in self.senders()[sender]["actions"] if one["id"] == action]
        (asked,) = [one for one in found["fields"] if one["id"] == field]
        return [choice["value"] for choice in asked["choices"]]

    def does(self, sender: str, action: str, **fields: str) -> dict:
        """Does something; fails unless every request that tells of it was taken."""
        answer = self.page.post(f"/outside/senders/{sender}/{action}", fields)
        refused = [sent for sent in answer["sent"] if not sent["taken"]]
        assert answer["sent"], answer
        assert not refused, refused
        return answer

    def refuses(self, sender: str, action: str, **fields: str) -> dict:
        """Asks for something that can't be done; returns why not."""
        try:
            done = self.page.post(f"/outside/senders/{sender}/{action}", fields)
        except urllib.error.HTTPError as refusal:
            return json.loads(refusal.read())
        raise AssertionError(f"that was done: {done}")
