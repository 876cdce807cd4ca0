"""The local workspace tells people of the commands that there are."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_room_suggests_every_command_and_no_other():
    """The room completes what a command's usage hint names; docs/commands.md is written from the grammar itself."""
    workspace = json.loads((ROOT / "infra/local/workspace.json").read_text())
    (hint,) = [one["usage_hint"] for one in workspace["app"]["commands"] if one["command"] == "/ops"]
    usages = re.findall(r"^```text\n/ops (.*)\n```$", (ROOT / "docs/commands.md").read_text(), re.MULTILINE)
    assert usages
    assert sorted(hint.split(" | ")) == sorted(usages)
