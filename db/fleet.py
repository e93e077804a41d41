"""What machines that share the work tell each other through PostgreSQL: leases, hosts, workers.

A lease names its holder as ``worker/job`` and is worth what its job is: a job that is no longer
under way has no lease (``sweep``), whoever wrote it down. Every write of a visit asks first whether
the lease is still its own (``check``), so a worker that was frozen, taken for dead and thawed
writes nothing. Times are the server's, for the machines' clocks differ. PostgreSQL only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from db import sources
from db.dialects import upsert
from db.tables import PropertyRow, SourceRow, WorkerRow
from techwire.errors import LeaseLost

VERSION = "fleet_version"  # property: of techwire, that dispatches; workers must be the same
QUEUE_SCHEMA = "queue_schema"  # property: the latest of Procrastinate's migrations in this database
_SAVING = 0x7465636877697266  # advisory lock: articles are saved by one worker at a time


@dataclass(frozen=True, slots=True)
class Manners:
    """How a host is to be asked, as the last visit left it."""

    wait: float  # seconds until it may be asked
    crawl_delay: float | None  # seconds, of its robots.txt
    failures: int  # in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker, as ``techwire workers`` lists it."""

    name: str  # machine:process
    version: str  # of techwire
    concurrency: int  # visits at a time
    started_at: datetime
    silent_seconds: float  # since its last heartbeat
    visits: int  # under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for workers."""

    waiting: int  # jobs
    running: int  # jobs
    due: int  # sources whose time has come, queued or not
    lag_seconds: float  # how long the longest overdue of them waits


def facts(connection: Connection) -> dict[str, str]:
    """The properties of this database; with the schema's revision as ``schema``."""
    rows = connection.execute(select(PropertyRow.name, PropertyRow.value))
    found = {row.name: row.value for row in rows}
    found["schema"] = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    return found


def state(connection: Connection, name: str, value: str) -> None:
    """Writes a property down."""
    statement = upsert(connection, PropertyRow, key=["name"], replacing=["value"])
    connection.execute(statement, {"name": name, "value": value})


def run_scripts(connection: Connection, scripts: Iterable[str]) -> None:
    """Runs SQL scripts of many statements in the caller's transaction, one process at a time."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_SAVING})"))
    cursor: Any = connection.connection.cursor()
    for script in scripts:
        cursor.execute(script)  # without parameters, or it would have to be one statement
    cursor.close()


# which sources ─────────────────────────────────────────────────────────────────────────────────


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Slugs of sources that are due, free and not in the queue yet, the longest overdue first."""
    queued = "SELECT FROM procrastinate_jobs j WHERE j.queueing_lock = slug AND j.status = 'todo'"
    statement = (
        select(SourceRow.slug)
        .where(
            SourceRow.is_active,
            SourceRow.paused_at.is_(None),
            SourceRow.next_due_at <= now,
            SourceRow.leased_by.is_(None) | (SourceRow.leased_until <= now),
            text(f"NOT EXISTS ({queued})"),
        )
        .order_by(SourceRow.next_due_at, SourceRow.id)
        .limit(limit)
    )
    return list(connection.scalars(statement))


def claim(connection: Connection, slug: str, now: datetime, holder: str, lease: timedelta) -> bool:
    """Leases ``slug`` to ``holder`` (``worker/job``) if it is still due, free, and the job's."""
    under_way = text(
        "EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = :job AND j.status = 'doing')"
    ).bindparams(job=int(holder.rpartition("/")[2]))
    statement = (
        update(SourceRow)
        .where(
            SourceRow.slug == slug,
            SourceRow.is_active,
            SourceRow.paused_at.is_(None),
            SourceRow.next_due_at <= now,
            SourceRow.leased_by.is_(None) | (SourceRow.leased_until <= now),
            under_way,
        )
        .values(leased_by=holder, leased_until=now + lease)
        .returning(SourceRow.id, SourceRow.keep)
    )
    row = connection.execute(statement).first()
    if row is not None:
        sources.remember(connection, slug, row.id, row.keep)
    return row is not None


def check(connection: Connection, slug: str, holder: str) -> None:
    """Nothing, and until the transaction ends nobody can take ``slug`` from ``holder``; LeaseLost
    when somebody has."""
    statement = select(SourceRow.leased_by).where(SourceRow.slug == slug)
    found = connection.scalar(statement.with_for_update(read=True))
    if found != holder:
        raise LeaseLost(f"{slug}: {holder} visits it no longer ({found or 'nobody'} does)")


def sweep(connection: Connection, pause: float) -> list[str]:
    """Frees sources and hosts whose visit's job is no longer under way, forgets workers that
    Procrastinate no longer knows; returns the slugs.

    Such a host rests ``pause`` seconds: nobody knows when the visit last asked it."""
    connection.execute(_SWEEP_HOSTS, {"pause": pause})
    freed = sorted(connection.scalars(_SWEEP_SOURCES))
    buried = text("id NOT IN (SELECT id FROM procrastinate_workers)")
    connection.execute(delete(WorkerRow).where(buried))
    return freed


_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
_ORPHANED = (
    "{0} ~ '/[0-9]+$' AND NOT EXISTS (SELECT FROM procrastinate_jobs j"
    " WHERE j.id = CAST(substring({0} FROM '[0-9]+$') AS bigint) AND j.status = 'doing')"
)
_SWEEP_HOSTS = text(
    "UPDATE host SET held_by = NULL, not_before = greatest(coalesce(not_before, 0),"  # noqa: S608
    f" {_CLOCK} + :pause) WHERE {_ORPHANED.format('held_by')}"
)
_SWEEP_SOURCES = text(
    "UPDATE source SET leased_by = NULL, leased_until = NULL"  # noqa: S608
    f" WHERE {_ORPHANED.format('leased_by')} RETURNING slug"
)


def save_alone(connection: Connection) -> None:
    """Until the transaction ends no other worker saves articles.

    Which story an article tells depends on all that came before; and rows that articles share
    (stories, companies, copies) are never waited for crosswise."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_SAVING})"))


# hosts ─────────────────────────────────────────────────────────────────────────────────────────


def borrow(connection: Connection, name: str, holder: str) -> Manners | None:
    """Makes ``holder`` the one who asks the host ``name``; None while somebody else does."""
    row = connection.execute(_BORROW, {"name": name, "holder": holder}).first()
    return Manners(row.wait, row.crawl_delay, row.failures) if row is not None else None


_BORROW = text(
    "INSERT INTO host (name, held_by, failures) VALUES (:name, :holder, 0)"  # noqa: S608
    " ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by"
    " WHERE host.held_by IS NULL OR host.held_by = excluded.held_by"
    f" RETURNING greatest(0, coalesce(not_before - {_CLOCK}, 0)) AS wait, crawl_delay, failures"
)


def give_back(connection: Connection, holder: str, hosts: Mapping[str, Manners]) -> None:
    """Others may ask ``hosts`` now, with these manners; those of others stay as they are."""
    rows = [
        {
            "name": name,
            "holder": holder,
            "wait": manners.wait,
            "crawl_delay": manners.crawl_delay,
            "failures": manners.failures,
        }
        for name, manners in sorted(hosts.items())
    ]
    if rows:
        connection.execute(_GIVE_BACK, rows)


_GIVE_BACK = text(
    f"UPDATE host SET held_by = NULL, not_before = {_CLOCK} + :wait,"  # noqa: S608
    " crawl_delay = :crawl_delay, failures = :failures"
    " WHERE name = :name AND held_by = :holder"
)


# workers ───────────────────────────────────────────────────────────────────────────────────────


def register(connection: Connection, number: int, worker: Worker) -> None:
    """Writes a worker down under its ``number`` in ``procrastinate_workers``."""
    connection.execute(
        insert(WorkerRow),
        {
            "id": number,
            "name": worker.name,
            "version": worker.version,
            "concurrency": worker.concurrency,
            "started_at": worker.started_at,
        },
    )


def has_just_begun(connection: Connection, seconds: float) -> bool:
    """Whether the server started within ``seconds``: nobody's heart could beat before."""
    age = text("SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())")
    return float(connection.scalar(age) or 0) < seconds


def cut_off(connection: Connection, seconds: float) -> list[str]:
    """Ends the database sessions of workers silent for ``seconds``; returns their names.

    A frozen process may hold locks in the middle of a transaction; so it holds none."""
    rows = connection.execute(_CUT_OFF, {"prefix": SESSION, "seconds": seconds})
    return sorted(row.name for row in rows)


SESSION = "techwire worker "  # before a worker's name: what its database sessions are called
_FRESH = "p.last_heartbeat >= now() - make_interval(secs => :seconds)"
_CUT_OFF = text(
    "SELECT w.name, count(pg_terminate_backend(a.pid))"  # noqa: S608
    " FROM worker w JOIN procrastinate_workers p ON p.id = w.id"
    " LEFT JOIN pg_stat_activity a ON a.application_name = left(:prefix || w.name, 63)"
    " AND a.datname = current_database()"
    f" WHERE NOT {_FRESH} AND NOT EXISTS (SELECT FROM worker w2"
    " JOIN procrastinate_workers p2 ON p2.id = w2.id"
    f" WHERE w2.name = w.name AND {_FRESH.replace('p.', 'p2.')}) GROUP BY w.name"
)


def workers(connection: Connection) -> list[Worker]:
    """The workers that are registered, by name."""
    rows = connection.execute(
        text(
            "SELECT w.name, w.version, w.concurrency, w.started_at,"
            " CAST(extract(epoch FROM now() - p.last_heartbeat) AS double precision) AS silent,"
            " (SELECT count(*) FROM procrastinate_jobs j"
            "  WHERE j.worker_id = w.id AND j.status = 'doing') AS visits"
            " FROM worker w JOIN procrastinate_workers p ON p.id = w.id ORDER BY w.name"
        )
    )
    return [
        Worker(
            name=row.name,
            version=row.version,
            concurrency=row.concurrency,
            started_at=row.started_at,
            silent_seconds=row.silent,
            visits=row.visits,
        )
        for row in rows
    ]


def queue(connection: Connection, now: datetime) -> Queue:
    """How much waits, and how long the longest overdue source has waited."""
    jobs = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE status = 'todo') AS waiting,"
            " count(*) FILTER (WHERE status = 'doing') AS running FROM procrastinate_jobs"
        )
    ).one()
    late = connection.execute(
        text(
            "SELECT count(*) AS due, min(next_due_at) AS oldest FROM source WHERE is_active"
            " AND paused_at IS NULL AND leased_by IS NULL AND next_due_at <= :now"
        ).bindparams(bindparam("now", now))
    ).one()
    lag = (now - late.oldest).total_seconds() if late.oldest is not None else 0.0
    return Queue(waiting=jobs.waiting, running=jobs.running, due=late.due, lag_seconds=lag)


def under_way(connection: Connection) -> Sequence[tuple[str, str]]:
    """Sources that are being visited and who visits them, ``worker/job``."""
    held = select(SourceRow.slug, SourceRow.leased_by).where(SourceRow.leased_by.is_not(None))
    return [(row.slug, row.leased_by) for row in connection.execute(held.order_by(SourceRow.slug))]
