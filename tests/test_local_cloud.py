"""The orchestrator's promises: free ports, no orphans, and a failure that names the part and shows its log."""

import os
import socket
import sys
from pathlib import Path

import pytest
from opsroom_local.network import HOST, choose_port, wait_until
from opsroom_local.part import Part, PartFailed

# Serves HTTP like a part, with a child that would outlive it.
SERVING = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""

FAILING = "print('the disk is full', flush=True); raise SystemExit(3)"


def start(tmp_path: Path, program: str, port: int) -> Part:
    """A part that runs a Python program."""
    return Part("keeper", [sys.executable, "-c", program, str(port)], dict(os.environ), tmp_path / "keeper.log", f"http://{HOST}:{port}/")


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_taken_port_is_passed_over():
    with socket.create_server((HOST, 0)) as taken:
        usual = taken.getsockname()[1]
        assert choose_port(usual, set()) != usual


def test_no_port_is_given_twice():
    with socket.create_server((HOST, 0)) as free:
        usual = free.getsockname()[1]
    given: set[int] = set()
    assert choose_port(usual, given) == usual
    assert choose_port(usual, given) != usual
    assert len(given) == 2


def test_stopping_a_part_stops_what_it_started(tmp_path: Path):
    part = start(tmp_path, SERVING, choose_port(0, set()))
    part.wait_ready(30)
    child = int((tmp_path / "keeper.log").read_text().splitlines()[0])
    assert alive(child)
    part.stop()
    assert wait_until(lambda: not alive(child), 10)
    with pytest.raises(PartFailed):
        part.check()


def test_a_part_that_ends_is_named_with_its_last_words(tmp_path: Path):
    part = start(tmp_path, FAILING, choose_port(0, set()))
    with pytest.raises(PartFailed, match=r"keeper ended \(exit status 3\)(.|\n)*the disk is full"):
        part.wait_ready(30)
    part.stop()


def test_a_silent_part_is_named(tmp_path: Path):
    part = start(tmp_path, "import time; time.sleep(600)", choose_port(0, set()))
    try:
        with pytest.raises(PartFailed, match="keeper did not answer"):
            part.wait_ready(0.5)
    finally:
        part.stop()
