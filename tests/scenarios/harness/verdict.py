"""The check at the end of every scenario: nothing unexpected was said, nothing was left behind, nothing secret was logged."""

from collections import Counter
from typing import TYPE_CHECKING

from .message import Message
from .waiting import until

if TYPE_CHECKING:
    from .room import Room

PATIENCE = 45
"""Seconds: what failed once comes back after fifteen."""


class Verdict:
    """What a scenario may leave, and whether it left more."""

    def __init__(self, room: "Room"):
        self._room = room
        self.door_may_fail = False
        """Whether the scenario itself made the door fail."""

    def calm(self) -> None:
        """Waits until nothing moves any more; what earlier events should have ended, the clock ends."""
        try:
            self._quiet(10)
        except AssertionError:
            self._room.tick(3)
            self._room.tick(6)
            self._quiet(PATIENCE)

    def _quiet(self, seconds: float) -> None:
        until("the room is quiet", lambda: not self._moving(), seconds, lambda: f"Left: {self._moving()}")

    def _moving(self) -> dict:
        cloud = self._room.cloud
        waiting = {name: count for name, count in cloud.waiting().items() if count}
        left = {"slots": cloud.slots(), "behind": cloud.behind(), "queues": waiting, "slack": self._room.events.underway()}
        return {name: value for name, value in left.items() if value}

    def give(self) -> None:
        """Fails with all that is wrong."""
        self._room.faults.lift()
        self._quiet(PATIENCE)
        wrong = [*self._said(), *self._dead(), *self._door(), *self._logged()]
        assert not wrong, "\n".join(wrong)

    def _said(self) -> list[str]:
        """By the stand-in's own view, which leaves nothing out."""
        room, said = self._room, []
        for channel, content in room.workspace.get("/history")["channels"].items():
            said += [Message(channel, raw) for raw in content["messages"] if raw.get("bot_id")]
            said += [Message(channel, raw, raw["only_for"]) for raw in content["ephemerals"]]
        new = [message for message in said if message.ts > room.since]
        unseen = [f"nobody expected: {message}" for message in new if (message.channel, message.ts) not in room.seen]
        keys = Counter(message.key for message in new if message.key)
        return unseen + [f"said {count} times: {key}" for key, count in keys.items() if count > 1]

    def _dead(self) -> list[str]:
        before = self._room.dead_before
        now = self._room.cloud.dead_letters()
        return [f"dead letters of {name}: {count}" for name, count in now.items() if count > before[name]]

    def _door(self) -> list[str]:
        if self.door_may_fail:
            return []
        requests = self._room.workspace.get("/requests")["requests"]
        return [f"the door failed: {request}" for request in requests if request["status"] != 200 or request["failure"]]

    def _logged(self) -> list[str]:
        endpoints = self._room.endpoints
        secrets = {
            "the signing secret": endpoints["slack_signing_secret"],
            "the bot's token": endpoints["slack_bot_token"],
            **{f"the secret of {name}": secret for name, secret in endpoints.items() if name.endswith("_webhook_secret")},
            "a response_url": endpoints["slack_api"].removesuffix("api/") + "response/",
            "a panic": "panicked",
        }
        return [
            f"the log holds {what}: {line[:300]}"
            for line in self._room.cloud.logs(self._room.began)
            for what, secret in secrets.items()
            if secret in line
        ]
