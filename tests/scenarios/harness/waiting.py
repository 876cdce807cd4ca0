"""Waiting by looking again, up to a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(what: str, look: Callable[[], T], seconds: float = 30, told: Callable[[], str] = str) -> T:
    """The first true value of `look`; fails after `seconds` with what was waited for and what `told` says instead."""
    deadline = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}. {told()}")
        time.sleep(0.05)
