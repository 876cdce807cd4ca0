"""What becomes of Slack's events on their way to the app."""

import json

from .control import Control
from .waiting import until


class Events:
    """Slack's events in one scenario: they can be held, turned round, repeated or lost, as Slack itself may do."""

    def __init__(self, workspace: Control):
        self._workspace = workspace

    def hold(self) -> None:
        """They wait until released."""
        self._go("hold")

    def reverse(self) -> None:
        """They wait until released, and then come last first."""
        self._go("reverse")

    def duplicate(self) -> None:
        """Each comes twice."""
        self._go("duplicate")

    def lose(self) -> None:
        """None comes."""
        self._go("drop")

    def held(self, number: int) -> None:
        """Waits until so many are held."""
        until(f"{number} events are held", lambda: self._state()["held"] >= number)

    def release(self) -> int:
        """Lets go of what is held, and holds no more; how many there were."""
        return self._workspace.post("/events/release")["released"]

    def arrived(self) -> None:
        """Waits until none is on its way and no link is yet to show what it leads to."""
        until("Slack's events have arrived", lambda: not self.underway(), told=lambda: str(self._state()))

    def underway(self) -> int:
        """Events on their way, and previews that are due."""
        return self._state()["underway"]

    def told(self, kind: str) -> list[dict]:
        """The events of one type that the app was sent since the scenario began, each as often as it was."""
        bodies = [one["request"] for one in self._workspace.get("/requests")["requests"] if one["path"] == "/events"]
        events = [json.loads(body)["event"] for body in bodies]
        return [event for event in events if event["type"] == kind]

    def clear(self) -> None:
        """Lets everything through, and forgets what addresses were to show."""
        self._workspace.post("/events/release")
        self._workspace.delete("/unfurls")

    def _go(self, mode: str) -> None:
        self._workspace.post("/events", {"mode": mode})

    def _state(self) -> dict:
        return self._workspace.get("/events")
