"""What the daemon's tests share."""

import socket

import pytest


@pytest.fixture
def free_port() -> int:
    """A port of loopback nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
