"""Builds what the local cloud runs: the functions and programs with cargo, the room page with npm."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

from . import derived_template, room
from .layout import Layout

PROGRAMS = ("opsctl", "opsroom-local-aws", "opsroom-local-outside", "opsroom-local-slack")


class BuildFailed(Exception):
    """A build tool said no; its own output, already shown, says why."""


def build(layout: Layout) -> dict[str, Path]:
    """Builds all of it; returns the path of each program of `PROGRAMS`."""
    template = derived_template.read(layout.template)
    functions = derived_template.functions(template)
    executables = _cargo(layout, [*functions.values(), *PROGRAMS])
    for logical_id, binary in functions.items():
        _lay_out(layout, executables[binary], logical_id)
    derived_template.write(derived_template.derive(template, layout.build), layout.build / "template.json")
    room.build(layout)
    return {name: executables[name] for name in PROGRAMS}


def _cargo(layout: Layout, binaries: list[str]) -> dict[str, Path]:
    """Builds the binaries; returns where cargo put them.

    All of the workspace's, though not all are used: cargo unites the features of what it builds at once, so a choice of packages would
    compile the AWS SDKs a second time when `cargo test --workspace` comes along.
    """
    command = ["cargo", "build", "--locked", "--workspace", "--bins", "--message-format=json-render-diagnostics"]
    result = subprocess.run(command, cwd=layout.root, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if result.returncode != 0:
        raise BuildFailed("cargo build failed")
    messages = (json.loads(line) for line in result.stdout.splitlines() if line.startswith("{"))
    found = {
        message["target"]["name"]: Path(message["executable"])
        for message in messages
        if message["reason"] == "compiler-artifact" and message["executable"]
    }
    missing = [binary for binary in binaries if binary not in found]
    if missing:
        raise BuildFailed(f"cargo built no executable named {', '.join(missing)}")
    return found


def _lay_out(layout: Layout, executable: Path, name: str) -> None:
    """Puts an executable where `sam deploy` takes it from: as `bootstrap`, without symbols, in an archive.

    SAM would make the archive itself, at every deployment anew; made here it is made once for each build.
    """
    status = executable.stat()
    fingerprint = f"{executable} {status.st_size} {status.st_mtime_ns}"
    stamp = layout.stamps / name
    bootstrap = layout.build / name / "bootstrap"
    archive = derived_template.archive(layout.build, name)
    if archive.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    layout.stamps.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    strip = shutil.which("strip")
    if strip:
        subprocess.run([strip, "-o", bootstrap, executable], check=True)  # noqa: S603
    else:
        shutil.copyfile(executable, bootstrap)
    bootstrap.chmod(0o755)
    # Little compression: the bytes travel over the loopback interface only.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.write(bootstrap, bootstrap.name)
    stamp.write_text(fingerprint)
