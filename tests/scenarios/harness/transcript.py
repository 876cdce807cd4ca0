"""What people see, held against what they saw when somebody last looked at it and found it good.

`OPSROOM_ACCEPT=1 pytest …` writes the transcript anew; the difference is then in the commit, to be read.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "transcripts"


def matches_transcript(name: str, said: dict[str | None, str]) -> None:
    """Compares messages, by what they are about, with the transcript of that name."""
    text = "".join(f"## {key}\n{said[key]}\n\n" for key in sorted(said, key=str))
    path = FOLDER / f"{name}.md"
    if os.environ.get("OPSROOM_ACCEPT") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"there is no {path.name}; look at what is said, then accept it with OPSROOM_ACCEPT=1"
    assert text == path.read_text()
