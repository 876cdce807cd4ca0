"""The room, for each scenario."""

from collections.abc import Iterator

import pytest
from harness.room import Room


@pytest.fixture
def room(endpoints: dict, aws, slack, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A quiet room; at the end it is asked whether everything went as the scenario expected."""
    room = Room(endpoints, aws, slack)
    room.begin()
    try:
        yield room
    finally:
        # After a failure its own words matter, not the traces that it left.
        if request.session.testsfailed > request.node.session.stash.get(FAILED, 0):
            request.node.session.stash[FAILED] = request.session.testsfailed
            room.restore()
        else:
            room.finish()


FAILED = pytest.StashKey[int]()
