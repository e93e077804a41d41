"""A database with a queue, and machines in this process that share its work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.office import Office
from crawler.pool import Inline
from crawler.settings import Network
from crawler.store import DatabaseStore
from crawler.telling import Telling
from crawler.tools import Tools
from db import Database, connect
from db import sources as source_rows
from db.writer import Writer
from fleet.dispatch import Dispatcher, hold
from fleet.worker import Worker
from techwire.config import Config
from techwire.types import Source
from tests.conftest import EMPTY_ALL, Postgres
from tests.crawler.conftest import reactor as reactor
from tests.crawler.conftest import town as town
from tests.crawler.town import Town, prepare_plain

EMPTY_QUEUE = "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE"


@pytest.fixture(scope="module")
def queue_url(postgres: Postgres) -> Iterator[str]:
    """A database that a daemon has dispatched with, for the tests of a module."""
    name = postgres.lend()
    with connect(postgres.url(name)) as database:
        hold(database).release()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="module")
def properties(queue_url: str) -> list[dict[str, str]]:
    """What that daemon left in ``property``: tests write other versions there."""
    with connect(queue_url) as opened, opened.reading() as connection:
        kept = connection.execute(text("SELECT name, value FROM property"))
        return [row._asdict() for row in kept]


@pytest.fixture
def database(queue_url: str, properties: list[dict[str, str]]) -> Iterator[Database]:
    """That database, with a queue and without rows."""
    with connect(queue_url) as opened:
        with opened.writing() as connection:
            connection.execute(text("; ".join([EMPTY_QUEUE, *EMPTY_ALL])))
            connection.execute(text("INSERT INTO property VALUES (:name, :value)"), properties)
        yield opened


class Fleet:
    """Machines that share the work of watching a town; in this process, each with its own tools."""

    def __init__(self, database: Database, town: Town, folder: Path) -> None:
        self.database, self._town, self._folder = database, town, folder
        self.sources: dict[str, Source] = {}
        self._writers: list[Writer] = []

    def watch(self, *sources: Source) -> None:
        """Make ``sources`` known, and due."""
        self.sources = {source.slug: source for source in sources}
        with self.database.writing() as connection:
            source_rows.sync(connection, sources, datetime.now(UTC))

    def office(self) -> Office:
        """What one more machine works with."""
        writer = Writer(self.database)
        self._writers.append(writer)
        hosts = {url.split("/")[0] for url in self._town.answers}
        network = Network(
            delay_seconds=0.05,
            timeout_seconds=5.0,
            backoff_seconds=0.02,
            contact="desk@techwire.example",
            host_map=dict.fromkeys(hosts, f"127.0.0.1:{self._town.port}"),
        )
        tools = Tools(
            network=network,
            reader=Inline(prepare_plain),
            database=self.database,
            writer=writer,
        )
        tools.store = DatabaseStore(writer, tools.now, telling=Telling(is_shared=True))
        config = Config(folder=self._folder)
        return Office(config, self.database, writer, tools, dict(self.sources))

    def dispatcher(self) -> Dispatcher:
        """One more daemon."""
        return Dispatcher(self.office())

    def worker(self, name: str, concurrency: int = 4) -> Worker:
        """One more worker."""
        return Worker(self.office(), name=name, concurrency=concurrency)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the database."""
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def do(self, sql: str) -> None:
        """Change the database behind everybody's back."""
        with self.database.writing() as connection:
            connection.execute(text(sql))

    def close(self) -> None:
        """Every machine is switched off."""
        for writer in self._writers:
            writer.close()


@pytest.fixture
def fleet(database: Database, town: Town, tmp_path: Path) -> Iterator[Fleet]:
    """Machines that share ``database`` and watch ``town``."""
    fleet = Fleet(database, town, tmp_path)
    yield fleet
    fleet.close()
