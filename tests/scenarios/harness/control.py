"""JSON over HTTP, for the control APIs of the stand-ins and for the API of the room's page."""

import json
import urllib.request


class Control:
    """One API, by its base address."""

    def __init__(self, base: str):
        self.base = base

    def get(self, path: str) -> dict:
        """GET."""
        return self._call("GET", path)

    def post(self, path: str, body: dict | None = None) -> dict:
        """POST."""
        return self._call("POST", path, body or {})

    def delete(self, path: str) -> dict:
        """DELETE."""
        return self._call("DELETE", path)

    def _call(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, method=method, data=data, headers={"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")
