"""Ports and plain HTTP on the loopback interface."""

import http.client
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

HOST = "127.0.0.1"


def choose_port(usual: int, taken: set[int]) -> int:
    """The usual port when nobody listens there, else one the system says is free; remembers it in `taken`."""
    for candidate in (usual, 0, 0, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # Without this a port of a cloud stopped a moment ago would count as taken (TIME_WAIT); parts set it too.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            port = probe.getsockname()[1]
        if port not in taken:
            taken.add(port)
            return port
    raise OSError("found no free port on the loopback interface")


def answers(url: str) -> bool:
    """Whether anything speaks HTTP at `url`; any status will do."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        return False


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Polls `condition` until it holds or the time is up; whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
