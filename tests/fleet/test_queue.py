"""The queue's tables come with the first daemon that dispatches, and follow Procrastinate's."""

from __future__ import annotations

import runpy
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from procrastinate.schema import SchemaManager
from sqlalchemy import make_url, text

from db import Database, connect
from db import fleet as rows
from fleet import queue
from fleet.dispatch import hold
from techwire.cli import cli
from techwire.errors import AlreadyRunning, DatabaseError, OtherVersion, SchemaTooNew, UsageError
from tests.conftest import Postgres

EARLIER = "03.00.00_50_post_cancel_notification.sql"  # Procrastinate 3.0: without heartbeats


@pytest.fixture
def without_queue(postgres: Postgres) -> Iterator[Database]:
    """A database nobody has dispatched with."""
    name = postgres.lend()
    with connect(postgres.url(name)) as database:
        yield database
    postgres.drop(name)


def test_the_queue_of_an_earlier_procrastinate_is_brought_up_to_date(
    without_queue: Database,
) -> None:
    with without_queue.writing() as connection:
        folder = Path(SchemaManager.get_migrations_path())
        files = sorted(folder.glob("*.sql"))
        rows.run_scripts(
            connection, (path.read_text("utf-8") for path in files if path.name <= EARLIER)
        )
        rows.state(connection, rows.QUEUE_SCHEMA, EARLIER)
    hold(without_queue).release()
    with without_queue.reading() as connection:
        assert rows.facts(connection)[rows.QUEUE_SCHEMA] == queue.scripts(None)[1]
        assert rows.queue(connection, connection.scalar(text("SELECT now()"))).waiting == 0
    hold(without_queue).release()  # and the next time there is nothing to do


def test_a_queue_of_a_later_procrastinate_is_refused() -> None:
    with pytest.raises(SchemaTooNew, match=r"99\.00\.00_01_later\.sql.*upgrade techwire"):
        queue.scripts("99.00.00_01_later.sql")


def test_daemons_that_dispatch_share_and_one_that_visits_does_not(database: Database) -> None:
    from db import lock

    first, second = hold(database), hold(database)
    with pytest.raises(AlreadyRunning):
        lock.hold(database)
    with database.writing() as connection:
        rows.state(connection, rows.VERSION, "9.9.9")
    with pytest.raises(OtherVersion, match=r"9\.9\.9 dispatches"):
        hold(database)
    first.release()
    second.release()
    alone = lock.hold(database)
    with pytest.raises(AlreadyRunning):
        hold(database)
    alone.release()
    hold(database).release()
    with database.reading() as connection:
        assert rows.facts(connection)[rows.VERSION] != "9.9.9"  # nobody was left to disagree


def test_a_lock_that_a_restarted_server_forgot_is_taken_again(database: Database) -> None:
    from db import lock

    held = hold(database)
    with database.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    held.keep()
    assert lock.is_held(database)
    held.release()


def test_a_lock_is_taken_again_however_long_the_server_was_away(
    database: Database, postgres: Postgres
) -> None:
    from db import lock

    held = hold(database)
    with postgres.away(str(make_url(database.url).database)):
        for _ in range(2):
            with pytest.raises(DatabaseError):
                held.keep()
    held.keep()
    assert lock.is_held(database)
    with postgres.away(str(make_url(database.url).database)), pytest.raises(DatabaseError):
        held.keep()
    held.release()  # of a server that is away as well
    assert not lock.is_held(database)


@pytest.mark.parametrize("words", [("daemon", "--dispatch", "procrastinate"), ("worker",)])
def test_sqlite_is_told_the_way_to_move(
    words: tuple[str, ...], sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "news.db"
    path.write_bytes(sqlite_template.read_bytes())
    (tmp_path / "techwire.toml").write_text(f'[database]\nurl = "sqlite:///{path}"\n')
    (tmp_path / "sources.toml").write_text("")
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert done.exception.exit_code == 2
    assert f"techwire db copy sqlite:///{path} postgresql://" in str(done.exception)
    assert "\n" not in str(done.exception)


def test_a_worker_before_any_daemon_says_so(
    without_queue: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.toml").write_text("")
    words = ["--db", without_queue.address, "worker"]
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    assert isinstance(done.exception, OtherVersion)
    assert "start `techwire daemon --dispatch procrastinate` first" in str(done.exception)
    assert done.exception.exit_code == 3


def test_workers_and_what_waits_are_listed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO procrastinate_workers (id) OVERRIDING SYSTEM VALUE VALUES (1);"
                "INSERT INTO worker VALUES (1, 'north:12', '0.1.0', 16, now())"
            ).execution_options(no_parameters=True)
        )
        connection.execute(
            text(
                "INSERT INTO source (slug, name, url, keep, is_active, failures, added_at,"
                " next_due_at, leased_by) VALUES"
                " ('gazette', 'G', 'https://g.example/', 'full', true, 0, now(), now(),"
                "  'north:12/5'),"
                " ('octet', 'O', 'https://o.example/', 'full', true, 0, now(),"
                "  now() - interval '5 min', null)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status, worker_id)"
                " VALUES (5, 'techwire', 'techwire.visit', 'doing', 1),"
                " (6, 'techwire', 'techwire.visit', 'todo', null)"
            )
        )
    words = ["--db", database.address, "workers", "--format", "csv"]
    done = CliRunner().invoke(cli, words, standalone_mode=False, catch_exceptions=False)
    head, line = done.stdout.splitlines()
    assert head == "worker,version,since,heartbeat_seconds,visits,of,visiting"
    assert line.startswith("north:12,0.1.0,")
    assert line.endswith(",1,16,gazette")
    assert "1 worker; 1 visit under way, 1 waiting; 1 source due, the longest for 5 min" in (
        click.unstyle(done.stderr)
    )


def test_a_machine_without_linux_s_clock_has_a_queue_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    assert runpy.run_path(str(Path(queue.__file__)))["now"]() > 0
