"""A server that answers on loopback, over each engine in turn."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from db import Database, connect
from tests.conftest import Postgres
from tests.web.news import NOW, fill
from web.app import create
from web.settings import Settings

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that only speak plain HTTP: loading the authorities would cost each one 30 ms."""


@contextlib.contextmanager
def running(database: Database, settings: Settings | None = None) -> Iterator[str]:
    """The address of a real server over ``database``."""
    taken = socket.create_server(("127.0.0.1", 0))
    app = create(database, settings or Settings(keep_seconds=0.0), clock=lambda: NOW)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", access_log=False)
    )
    thread = threading.Thread(target=server.run, args=([taken],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        taken.close()


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def news(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database with the news in it, on each engine in turn; nobody writes to it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("web") / "techwire.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        with connect(str(path)) as database:
            fill(database)
            yield database
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.lend()
    with connect(server.url(name)) as database:
        fill(database)
        yield database
    server.take_back(name)


@pytest.fixture(scope="module")
def address(news: Database) -> Iterator[str]:
    """Where a server over ``news`` answers."""
    with running(news) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """Asks that server, with a jar of its own for cookies."""
    with httpx.Client(base_url=address, timeout=30, verify=NO_TLS) as asked:
        yield asked
