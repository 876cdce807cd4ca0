"""The room, for each scenario."""

from collections.abc import Iterator

import pytest
from harness.room import Room


@pytest.fixture
def room(endpoints: dict, aws, slack, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A quiet room; at the end it is asked whether everything went as the scenario expected."""
    room = Room(endpoints, aws, slack)
    room.begin()
    failed_before = request.session.testsfailed
    yield room
    # After a failure its own words matter, not the traces that it left.
    if request.session.testsfailed > failed_before:
        room.restore()
    else:
        room.finish()
