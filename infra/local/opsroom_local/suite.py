"""Runs every test there is, whichever fails, and ends with each runner's own closing lines together."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from . import ministack, room
from .layout import Layout
from .network import HOST, choose_port

# Colours would stand between a line's beginning and the pattern that looks for it.
PLAIN = {"CARGO_TERM_COLOR": "never", "NO_COLOR": "1", "FORCE_COLOR": "0", "PY_COLORS": "0"}


CONTRACTS = "contract-tests"


@dataclass(frozen=True)
class Runner:
    """A test runner: its command, and the lines in which it says how it went."""

    name: str
    command: list[str]
    closing: re.Pattern[str]
    folder: str = "."
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a runner's run went."""

    name: str
    passed: bool
    seconds: float
    closing: list[str]


def run(layout: Layout) -> bool:
    """Runs all; whether all passed."""
    room.install(layout)
    node, npm = room.npm_command()
    pytest = [sys.executable, "-m", "pytest", "tests"]
    runners = [
        Runner("room, types", [node, npm, "run", "check"], re.compile(r".*error TS"), "infra/local/room"),
        Runner("room", [node, npm, "test"], re.compile(r"\s*(Test Files|Tests) "), "infra/local/room"),
        Runner("template, stand-ins, scenarios, browser", pytest, re.compile(r"=+ .* in [\d.]+s.*=+$|FAILED |ERROR ")),
    ]
    with _aws_for_contracts(layout) as environment:
        outcomes = [_run(layout, _rust(layout, environment))]
    outcomes += [_run(layout, runner) for runner in runners]
    print("\n" + "=" * 100)
    for outcome in outcomes:
        print(f"\n{outcome.name}: {'passed' if outcome.passed else 'FAILED'} in {outcome.seconds:.0f} s")
        for line in outcome.closing:
            print(line)
    passed = all(outcome.passed for outcome in outcomes)
    print(f"\nmake test: {'all passed' if passed else 'FAILED'}", flush=True)
    return passed


def _rust(layout: Layout, environment: dict[str, str]) -> Runner:
    """All of the workspace's tests; those of the adapters' contracts are behind a feature, as they need an AWS to talk to."""
    metadata = subprocess.run(  # noqa: S603
        ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"], cwd=layout.root, stdout=subprocess.PIPE, check=True
    )
    packages = json.loads(metadata.stdout)["packages"]
    contracts = ",".join(f"{package['name']}/{CONTRACTS}" for package in packages if CONTRACTS in package["features"])
    command = ["cargo", "test", "--locked", "--workspace", "--no-fail-fast", "--features", contracts]
    return Runner("Rust", command, re.compile(r"test result: |test .* FAILED$|error(\[|: )"), environment=environment)


@contextmanager
def _aws_for_contracts(layout: Layout) -> Iterator[dict[str, str]]:
    """An empty account for the adapters' contract tests; yields the environment that names it."""
    address = f"http://{HOST}:{choose_port(0, set())}"
    data = layout.shared / "contracts"
    shutil.rmtree(data, ignore_errors=True)
    part = ministack.start(address, data, data / "ministack.log", address)
    try:
        part.wait_ready()
        yield {"OPSROOM_TEST_AWS_ENDPOINT": address}
    finally:
        part.stop()


def _run(layout: Layout, runner: Runner) -> Outcome:
    print(f"\n==> {runner.name}: {' '.join(runner.command)}", flush=True)
    started = time.monotonic()
    path = f"{room.NODE_HOME / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **PLAIN, "PATH": path, **runner.environment}
    closing = []
    with subprocess.Popen(  # noqa: S603
        runner.command,
        cwd=layout.root / runner.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or []:
            print(line, end="", flush=True)
            if runner.closing.match(line):
                closing.append(line.rstrip())
    return Outcome(runner.name, process.returncode == 0, time.monotonic() - started, _worth_repeating(closing))


def _worth_repeating(closing: list[str]) -> list[str]:
    """A workspace has dozens of crates without a test of a kind; their empty results say nothing."""
    return [line for line in closing if not line.startswith("test result: ok. 0 passed")]
