"""Runs a cloud until it is told to stop or a part of it ends, in this process or in one left behind."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .cloud import Cloud
from .layout import Layout
from .network import wait_until
from .part import PartFailed, tail

STOP_SECONDS = 40


class AlreadyRunning(Exception):
    """Another process runs this cloud."""


def running(layout: Layout) -> int | None:
    """The id of the process that runs this cloud, if one does. The lock tells, so a stale id can't be mistaken for one."""
    if not layout.lock.exists():
        return None
    with layout.lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
    return None


def run(
    layout: Layout,
    programs: dict[str, Path],
    say: Callable[[str], None],
    ready: Callable[[Cloud], None],
    until_end_of: int | None,
) -> None:
    """Starts the cloud, calls `ready`, and stays until SIGINT, SIGTERM or the end of process `until_end_of`."""
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        # Once only: a second Ctrl-C must not cut the stopping short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    with _locked(layout), Cloud(layout, programs, say) as cloud:
        try:
            signal.signal(signal.SIGINT, stop)
            signal.signal(signal.SIGTERM, stop)
            cloud.start()
            ready(cloud)
            while until_end_of is None or _alive(until_end_of):
                cloud.check()
                stopping.wait(0.5)
        except KeyboardInterrupt:
            if not stopping.is_set():
                raise
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def leave_behind(layout: Layout, programs: dict[str, Path], until_end_of: int | None) -> bool:
    """Runs the cloud in a process of its own and returns once it is ready; whether it became so."""
    log = layout.state / "cloud.log"
    layout.state.mkdir(parents=True, exist_ok=True)
    progress, theirs = os.pipe()
    command = [sys.executable, "-m", "opsroom_local", "serve", "--progress", str(theirs)]
    command += ["--programs", json.dumps({name: str(path) for name, path in programs.items()})]
    if until_end_of is not None:
        command += ["--until-end-of", str(until_end_of)]
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, pass_fds=[theirs], start_new_session=True
        )
    os.close(theirs)
    try:
        with os.fdopen(progress) as lines:
            for line in lines:
                print(line, end="", flush=True)
    except KeyboardInterrupt:
        child.terminate()
        child.wait(STOP_SECONDS)
        raise
    if layout.endpoints.exists() and child.poll() is None:
        return True
    child.wait(STOP_SECONDS)
    print(tail(log), file=sys.stderr)
    return False


def stop(layout: Layout) -> bool:
    """Ends the cloud, whoever runs it; whether there was one."""
    process = running(layout)
    if process is None:
        # Left by one that was killed outright; its parts ended with it.
        layout.endpoints.unlink(missing_ok=True)
        return False
    os.kill(process, signal.SIGTERM)
    if not wait_until(lambda: running(layout) is None, STOP_SECONDS):
        raise PartFailed(f"the process that runs the cloud ({process}) did not end within {STOP_SECONDS} s")
    return True


@contextmanager
def _locked(layout: Layout) -> Iterator[None]:
    layout.state.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
