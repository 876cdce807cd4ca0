"""The local workspace tells people of the commands that there are."""

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def test_the_room_suggests_every_command_and_no_other():
    """The room completes what a command's usage hint names; docs/commands.md is written from the grammar itself."""
    workspace = json.loads((ROOT / "infra/local/workspace.json").read_text())
    (hint,) = [one["usage_hint"] for one in workspace["app"]["commands"] if one["command"] == "/ops"]
    usages = re.findall(r"^```text\n/ops (.*)\n```$", (ROOT / "docs/commands.md").read_text(), re.MULTILINE)
    assert usages
    assert sorted(hint.split(" | ")) == sorted(usages)


def test_the_local_app_is_registered_as_the_manifest_says():
    """An event or a scope that only the local Slack gives would be missing in a real workspace."""
    workspace = json.loads((ROOT / "infra/local/workspace.json").read_text())
    manifest = yaml.safe_load((ROOT / "infra/slack/manifest.yaml").read_text())
    assert workspace["app"]["events"] == manifest["settings"]["event_subscriptions"]["bot_events"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) <= set(workspace["app"]["bot_scopes"])
