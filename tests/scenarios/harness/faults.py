"""Faults in front of AWS and in Slack, of which each must strike: one that doesn't tests nothing."""

from .control import Control
from .waiting import until


class Faults:
    """All faults of one scenario."""

    def __init__(self, gateway: Control, workspace: Control):
        self._gateway, self._workspace = gateway, workspace

    def aws(self, service: str, operation: str, effect: dict, caller: str | None = None, times: int = 1) -> str:
        """Sets a fault on AWS calls; returns its id."""
        order = {"service": service, "operation": operation, "times": times, "effect": effect}
        if caller:
            order["caller"] = caller
        return self._gateway.post("/faults", order)["id"]

    def slack(self, method: str, effect: dict, channel: str | None = None, times: int = 1) -> None:
        """Sets a fault on Web API calls."""
        order = {"method": method, "times": times, "effect": effect}
        if channel:
            order["channel"] = channel
        self._workspace.post("/faults", order)

    def held(self, fault: str) -> None:
        """Waits until a fault holds a call."""
        until(f"{fault} holds a call", lambda: [one for one in self._of_aws() if one["id"] == fault and one["holding"]])

    def release(self, fault: str) -> None:
        """Lets go of what a fault holds."""
        self._gateway.post(f"/faults/{fault}/release")

    def struck(self, times: int = 1) -> None:
        """Waits until the faults have struck so often, all together."""
        hits = lambda: sum(one["hits"] for one in self._of_aws() + self._of_slack())  # noqa: E731
        until(f"faults strike {times} times", lambda: hits() >= times, told=lambda: f"They struck {hits()} times.")

    def lift(self) -> None:
        """Takes all faults away; fails if one of them never struck."""
        missed = self.missed()
        self.clear()
        assert not missed, f"never struck: {missed}"

    def missed(self) -> list[dict]:
        """Those that never struck."""
        return [one for one in self._of_aws() + self._of_slack() if not one["hits"]]

    def clear(self) -> None:
        """Takes everything away, without a question."""
        self._gateway.delete("/faults")
        self._workspace.delete("/faults")
        events = self._gateway.get("/events")
        if events["mode"] != "deliver" or events["pause"] or events["held"]:
            self._gateway.post("/events/release")

    def _of_aws(self) -> list[dict]:
        return self._gateway.get("/faults")["faults"]

    def _of_slack(self) -> list[dict]:
        return self._workspace.get("/faults")["faults"]
