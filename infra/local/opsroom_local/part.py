"""One process of the local cloud: started in a session of its own, logged to a file, stopped with all its children."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path

from .network import answers, wait_until

TAIL_LINES = 25
PR_SET_PDEATHSIG = 1


class PartFailed(Exception):
    """A part did not do what it was started for; the text says which, and what it last logged."""


def tail(log: Path) -> str:
    """The last lines of a log, to be shown where something failed."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"  | {line}" for line in lines[-TAIL_LINES:]) or "  | (nothing was logged)"


def _die_with_parent() -> None:
    """Runs in the child before exec: should this program be killed outright, its parts end too."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Part:
    """A running part."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path, probe: str) -> None:
        self.name = name
        self.log = log
        self._probe = probe
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C in the terminal reaches only us, and stopping reaches the part's children.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509
            )

    def wait_ready(self, seconds: float = 60) -> None:
        """Returns once the part answers; raises `PartFailed` if it ends or stays silent."""
        wait_until(lambda: not self._running() or answers(self._probe), seconds)
        self.check()
        if not answers(self._probe):
            raise PartFailed(f"{self.name} did not answer at {self._probe} within {seconds:.0f} s. {self._last_words()}")

    def check(self) -> None:
        """Raises `PartFailed` if the part has ended."""
        if not self._running():
            raise PartFailed(f"{self.name} ended (exit status {self._process.returncode}). {self._last_words()}")

    def stop(self, seconds: float = 5) -> None:
        """Ends the part and every process it started."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        # Also when the part itself went quietly: what it started may still be there.
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _last_words(self) -> str:
        return f"Its log ({self.log}) ends:\n{tail(self.log)}"

    def _running(self) -> bool:
        return self._process.poll() is None

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return
