"""The town and the reactor, for every test of fetching."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.reactor import Background, in_background
from tests.crawler.town import Kit, Town


@pytest.fixture
def town() -> Iterator[Town]:
    """An empty town."""
    town = Town()
    yield town
    town.close()


@pytest.fixture(scope="session")
def reactor() -> Background:
    """The reactor of the test process."""
    return in_background()


@pytest.fixture
def kit(town: Town) -> Kit:
    """What most tests start from."""
    return Kit(town)
