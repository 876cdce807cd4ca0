"""The commands behind the Makefile's targets."""

import argparse
import json
import os
import sys
from pathlib import Path

from . import function_logs, suite, supervisor
from .build import BuildFailed, build
from .cloud import Cloud
from .layout import Layout
from .network import HOST
from .part import PartFailed
from .room import RoomFailed
from .supervisor import AlreadyRunning

WELCOME = """
Opsroom is up. Open the room:

    {room}

Three things to try there, in #ops:

    /ops help                     what you may do
    /ops deploy api to staging    watch one message go from requested to deployed
    @ops status                   the same works as a mention, also in a thread

Every address and secret is in {endpoints}, every log in {log}."""


def main() -> int:
    """Parses the command line and runs one command; its exit status."""
    parser = argparse.ArgumentParser(prog="opsroom_local", description="Opsroom's cloud on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="build, start, deploy; stay until Ctrl-C")
    up.add_argument("--detach", action="store_true", help="return when ready and leave it running")
    up.add_argument("--until-end-of", type=int, metavar="PID", help="stop when this process ends")
    commands.add_parser("down", help="stop what `up --detach` left running")
    commands.add_parser("build", help="build what the local cloud runs")
    logs = commands.add_parser("logs", help="print the functions' logs")
    logs.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    commands.add_parser("test", help="run every test")
    serve = commands.add_parser("serve", help="the process that `up --detach` leaves behind")
    serve.add_argument("--progress", type=int, required=True)
    serve.add_argument("--programs", type=json.loads, required=True)
    serve.add_argument("--until-end-of", type=int)
    arguments = parser.parse_args()
    layout = Layout.from_environment()
    # Everything here is on this machine; a proxy that the environment names for the world outside must not see it.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, [os.environ.get("NO_PROXY"), HOST, "localhost"]))
    try:
        return _run(arguments, layout)
    except (BuildFailed, RoomFailed, PartFailed) as failure:
        print(f"\nerror: {failure}", file=sys.stderr)
        return 1
    except AlreadyRunning:
        print("error: this cloud is already running; `make down` ends it", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace, layout: Layout) -> int:
    if arguments.command == "down":
        print("stopped" if supervisor.stop(layout) else "nothing was running")
    elif arguments.command == "build":
        build(layout)
    elif arguments.command == "logs":
        if not layout.endpoints.exists():
            print("error: no cloud is running; `make up` starts one", file=sys.stderr)
            return 1
        function_logs.show(layout, arguments.follow)
    elif arguments.command == "test":
        return 0 if suite.run(layout) else 1
    elif arguments.command == "serve":
        _serve(arguments, layout)
    else:
        return _up(arguments, layout)
    return 0


def _up(arguments: argparse.Namespace, layout: Layout) -> int:
    if supervisor.running(layout) is not None:
        raise AlreadyRunning
    programs = build(layout)
    if arguments.detach:
        return 0 if supervisor.leave_behind(layout, programs, arguments.until_end_of) else 1
    supervisor.run(
        layout, programs, _say, lambda cloud: print(f"{_welcome(cloud, layout)} Ctrl-C stops it all.", flush=True), arguments.until_end_of
    )
    print("\nstopped")
    return 0


def _serve(arguments: argparse.Namespace, layout: Layout) -> None:
    programs = {name: Path(path) for name, path in arguments.programs.items()}
    os.set_inheritable(arguments.progress, False)
    progress = os.fdopen(arguments.progress, "w", buffering=1)

    def ready(cloud: Cloud) -> None:
        print(f"{_welcome(cloud, layout)} `make down` stops it.", file=progress)
        progress.close()

    supervisor.run(layout, programs, lambda line: print(f"==> {line}", file=progress), ready, arguments.until_end_of)


def _say(line: str) -> None:
    print(f"==> {line}", flush=True)


def _welcome(cloud: Cloud, layout: Layout) -> str:
    def shown(path: Path) -> Path:
        return path.relative_to(layout.root) if path.is_relative_to(layout.root) else path

    return WELCOME.format(room=cloud.room, endpoints=shown(layout.endpoints), log=shown(layout.log))


if __name__ == "__main__":
    sys.exit(main())
