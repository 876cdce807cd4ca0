"""The local fleet, as its administrator sees it: what is wrong with a host, and what it was given to run."""

from .control import Control
from .waiting import until

API_STAGING = ["i-0a51c3e97d20b4f11", "i-0a51c3e97d20b4f12"]
API_PRODUCTION = ["i-0c7be01924fd8a301", "i-0c7be01924fd8a302", "i-0c7be01924fd8a303"]
WEB_STAGING = ["i-04e6d8f2a9b371c21"]
WORKER_STAGING = ["i-0d2f7719c5ae60b41"]


class Fleet:
    """All hosts."""

    def __init__(self, gateway: Control):
        self._gateway = gateway

    def mend(self) -> None:
        """All hosts well, a second a second, none that a scenario has added, nothing remembered of what ran."""
        self._gateway.post("/fleet/second", {"ms": 1000})
        self._gateway.delete("/fleet/grown")
        for host in self.hosts():
            self._gateway.delete(f"/hosts/{host['id']}/trouble")
            self._gateway.delete(f"/hosts/{host['id']}/ran")
            if host["agent"] != "online":
                self.agent(host["id"], "online")

    def hosts(self) -> list[dict]:
        """What each host is, and how its unit stands."""
        return self._gateway.get("/fleet")["hosts"]

    def trouble(self, host: str, kind: str, **details: object) -> None:
        """Something is wrong from now on."""
        self._gateway.post(f"/hosts/{host}/trouble", {"kind": kind, **details})

    def mended(self, host: str) -> None:
        """Nothing is wrong any more."""
        self._gateway.delete(f"/hosts/{host}/trouble")

    def agent(self, host: str, state: str) -> None:
        """Whether a host's agent answers: `online`, `lost` or `gone`."""
        self._gateway.post(f"/hosts/{host}/agent", {"state": state})

    def hurry(self, milliseconds: int) -> None:
        """How long a second of SSM's timeouts takes."""
        self._gateway.post("/fleet/second", {"ms": milliseconds})

    def grow(self, service: str, environment: str, count: int) -> None:
        """Many more hosts."""
        self._gateway.post("/fleet", {"service": service, "environment": environment, "count": count})

    def scripts(self, host: str) -> list[dict]:
        """What a host was given to run: `document`, `step`, `script`."""
        return self._gateway.get(f"/hosts/{host}/ran")["scripts"]

    def documents(self, host: str) -> list[str]:
        """The documents that a host was given."""
        return [script["document"] for script in self.scripts(host)]

    def runs(self, host: str) -> None:
        """Waits until a host was given something."""
        until(f"{host} is given something to run", lambda: self.scripts(host))
