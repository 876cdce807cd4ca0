"""Starts MiniStack, the AWS emulator, as a part."""

import os
import sys
from pathlib import Path

from .deploy import ACCESS_KEY, REGION, SECRET_KEY
from .network import HOST
from .part import Part


def start(address: str, data: Path, log: Path, functions_call: str) -> Part:
    """Starts it at `address`, its data below `data`; the functions it runs send their AWS calls to `functions_call`."""
    temporary, state = data / "tmp", data / "state"
    temporary.mkdir(parents=True, exist_ok=True)
    state.mkdir(parents=True, exist_ok=True)
    # It hands its own environment to the functions, so it gets nothing but what is listed here.
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(data),
        "TMPDIR": str(temporary),
        "STATE_DIR": str(state),
        "GATEWAY_PORT": address.rsplit(":", 1)[1],
        "BIND_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        # IAM is enforced: a function may do what its role in template.yaml says and nothing else.
        "AUTH": "true",
        "AWS_ENDPOINT_URL": functions_call,
    }
    return Part("ministack", [sys.executable, "-m", "ministack"], environment, log, f"{address}/_ministack/health")
