"""The walls between the crates that deny.toml can't hold, because it sees direct dependents only."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What a decision has no business with: clouds, networks, runtimes.
OUTSIDE = ("aws-", "aws_", "lambda_", "reqwest", "hyper", "rustls", "mio")


@pytest.fixture(scope="module")
def metadata() -> dict:
    """Cargo's own account of the workspace: its resolved dependency graph."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def reached(metadata: dict, package: str) -> Iterator[str]:
    """Names of the packages that a package is built from, directly or not; what only its tests use is left out."""
    names = {entry["id"]: entry["name"] for entry in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    (start,) = [identity for identity, name in names.items() if name == package]
    seen, pending = {start}, [start]
    while pending:
        for dependency in nodes[pending.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                pending.append(dependency["pkg"])
                yield names[dependency["pkg"]]


@pytest.mark.parametrize("package", ["opsroom-domain", "opsroom-application", "opsroom-grammar"])
def test_deciding_needs_no_cloud(metadata: dict, package: str):
    assert sorted(name for name in reached(metadata, package) if name.startswith(OUTSIDE)) == []


def test_the_walls_would_be_seen_to_fall(metadata: dict):
    assert "aws-sdk-dynamodb" in set(reached(metadata, "opsroom-aws-table"))


@pytest.mark.parametrize("function", ["slack-ingress", "commands", "activity", "delivery", "schedule"])
def test_no_function_carries_the_administrators_credential_chain(metadata: dict, function: str):
    assert not {"aws-config", "aws-sdk-sso", "aws-sdk-sts"} & set(reached(metadata, f"opsroom-{function}"))
