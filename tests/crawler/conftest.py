"""The town and the reactor, for every test of fetching."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

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


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs certificates; a key takes a while to make."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the tests' crawler trusts."""
    authority.cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return authority
