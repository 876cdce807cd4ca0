"""A running local cloud and the clients of those who use it, for every test that asks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from slack_sdk import WebClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "infra" / "local"))

TEST_CLOUD = ".local/test-cloud"


def load_endpoints() -> tuple[dict, bool]:
    """Every address and secret of a cloud, and whether it was started for this.

    OPSROOM_ENDPOINTS names the endpoints.json of a running one, which saves the start while writing a test.
    """
    given = os.environ.get("OPSROOM_ENDPOINTS")
    if given:
        return json.loads(Path(given).read_text()), False
    # An aborted run may have left its cloud behind; this one starts from nothing.
    local("down")
    local("up", "--detach", "--until-end-of", str(os.getpid()))
    return json.loads((ROOT / TEST_CLOUD / "endpoints.json").read_text()), True


@pytest.fixture(scope="session")
def endpoints() -> Iterator[dict]:
    """The cloud under test: one of the tests' own, beside whatever a person has running."""
    loaded, own = load_endpoints()
    try:
        yield loaded
    finally:
        if own:
            local("down")


def local(*arguments: str) -> None:
    """Runs a command of the orchestrator on the tests' own cloud; its output is the test run's."""
    environment = os.environ | {"OPSROOM_LOCAL_DIR": TEST_CLOUD, "PYTHONPATH": str(ROOT / "infra" / "local")}
    result = subprocess.run([sys.executable, "-m", "opsroom_local", *arguments], cwd=ROOT, env=environment, check=False)
    if result.returncode != 0:
        pytest.exit(f"the local cloud: {' '.join(arguments)} failed; the log is in {TEST_CLOUD}", returncode=1)


@pytest.fixture(scope="session")
def aws(endpoints: dict) -> Callable:
    """`aws("dynamodb")`: an unmodified boto3 client, as the account's administrator."""

    def client(service: str):
        return boto3.client(
            service,
            endpoint_url=endpoints["aws"],
            region_name=endpoints["aws_region"],
            aws_access_key_id=endpoints["aws_access_key_id"],
            aws_secret_access_key=endpoints["aws_secret_access_key"],
        )

    return client


@pytest.fixture(scope="session")
def slack(endpoints: dict) -> Callable:
    """`slack("U0DEPLOYER")`: an unmodified slack_sdk client, as that person; without a name, as the bot."""

    def client(person: str | None = None) -> WebClient:
        token = endpoints["user_tokens"][person] if person else endpoints["slack_bot_token"]
        return WebClient(base_url=endpoints["slack_api"], token=token)

    return client


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where a test leaves what a person may want to look at: screenshots, transcripts."""
    folder = ROOT / ".local" / "test-artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that did not run proves nothing: skipping fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
