"""Where everything of the local cloud lives, so that no other module joins paths of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Layout:
    """The folders of one local cloud.

    Tools and built artifacts are shared by all clouds of a checkout; `state` is one cloud's own, so that the tests can run theirs
    beside a person's.
    """

    root: Path
    state: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """The checkout's own cloud, or the one that `OPSROOM_LOCAL_DIR` names (relative to the checkout)."""
        return cls(root=ROOT, state=ROOT / os.environ.get("OPSROOM_LOCAL_DIR", ".local"))

    @property
    def shared(self) -> Path:
        """What all clouds of this checkout share."""
        return self.root / ".local"

    @property
    def build(self) -> Path:
        """The functions as they are uploaded, one folder each, and the derived template."""
        return self.shared / "build"

    @property
    def stamps(self) -> Path:
        """Fingerprints of what was built from what."""
        return self.shared / "stamps"

    @property
    def room(self) -> Path:
        """The room page's sources."""
        return self.root / "infra" / "local" / "room"

    @property
    def room_dist(self) -> Path:
        """The room page as it is served."""
        return self.room / "dist"

    @property
    def template(self) -> Path:
        """The system as deployed."""
        return self.root / "template.yaml"

    @property
    def endpoints(self) -> Path:
        """Every address and secret of the running cloud; exists only while it is ready."""
        return self.state / "endpoints.json"

    @property
    def log(self) -> Path:
        """One log file per part."""
        return self.state / "log"

    @property
    def data(self) -> Path:
        """The parts' data; emptied at every start."""
        return self.state / "run"

    @property
    def lock(self) -> Path:
        """Locked by the process that runs the cloud, for as long as it does; holds its process id."""
        return self.state / "cloud.lock"
