"""Every payload that GitHub publishes as an example goes through the deployed door: none is an error, and what is shown is valid."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from harness.room import DANA, GITHUB, Room
from harness.transcript import matches_transcript
from harness.waiting import until
from opsroom_local.room import npm_command
from slack_sdk.models.blocks import Block

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FEATURES = "commits pulls issues reviews comments releases deployments branches checks workflows discussions"


@pytest.fixture(scope="module")
def examples() -> list[dict]:
    """The events, each with its payloads, as locked in tests/examples."""
    installed = subprocess.run([*npm_command(), "ci", "--no-audit", "--no-fund"], cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    published = EXAMPLES / "node_modules" / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
    return json.loads(published.read_text())


def test_every_published_example(room: Room, examples: list[dict]):
    payloads = [(event["name"], payload) for event in examples for payload in event["examples"]]
    assert len(payloads) > 300
    repositories = {payload["repository"]["full_name"].lower() for _, payload in payloads if "repository" in payload}
    owners = sorted({name.split("/")[0] for name in repositories})
    for owner in owners:
        room.types(DANA, f"gh subscribe {owner}/* {FEATURES} branches:**", GITHUB)
        room.message(f"{owner}/*", GITHUB)
    told_before = len(room.messages(GITHUB))

    # All in one second, with a hook of the repository and one of its organisation, as it is where both are set up.
    for name, payload in payloads:
        room.webhooks.takes("github", name, payload)
    for name, payload in payloads[:40]:
        room.webhooks.takes("github", name, payload)
    until("all are worked off", lambda: not room.cloud.waiting()["webhooks"] and not room.cloud.behind(), 90)

    shown = room.sees_all(GITHUB)[told_before:]
    doubled = [key for key, count in Counter(message.key for message in shown).items() if count > 1]
    assert doubled == []
    for message in shown:
        blocks = list(message.blocks())
        assert [block.to_dict() for block in Block.parse_all(blocks)] == blocks, message
    matches_transcript("github_examples", {message.key: message.text for message in shown})
