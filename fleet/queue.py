"""The queue of visits: Procrastinate on the user's PostgreSQL, and what we ask of it.

A job is one visit of one source. Its ``lock`` is the host that the visit asks first, so no host's
sources are visited by two workers at once; its ``queueing_lock`` is the source, so it waits once
however many daemons dispatch. Jobs that ended are deleted: what came of them is in ``visit``.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import LiteralString

from procrastinate import App, JobContext, PsycopgConnector, exceptions
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager

from techwire.errors import DatabaseError, SchemaTooNew

log = logging.getLogger(__name__)

QUEUE = "techwire"
TASK = "techwire.visit"
BATCH = 500  # jobs in one statement
BEAT_SECONDS = 2.5  # between two heartbeats of a worker
SILENT_SECONDS = 10.0  # a worker without a heartbeat for so long is taken for dead
SURE_SECONDS = 7.5  # so long after a heartbeat a worker may be sure that it is not
OVER_SECONDS = 30.0  # without a heartbeat a worker need not hope any more
POLL_SECONDS = 1.0  # a notification wakes workers; this is for jobs whose lock has become free
FIRST = 1  # priority of what a dead worker left
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS: MONOTONIC is like it
KEPT_IDLE = 3_600.0  # seconds after which Procrastinate itself would forget a worker: we are first

Visiting = Callable[[str, int, float], Awaitable[None]]
"""Visits a source (slug, job number, patience)."""


class Pulse:
    """Whether a worker may be sure that nobody takes it for dead."""

    def __init__(self) -> None:
        self._confirmed_at = now()
        self.is_lost = False  # the others have buried us: our visits are theirs now

    def confirm(self, asked_at: float) -> None:
        """A heartbeat asked for at ``asked_at`` has arrived."""
        self._confirmed_at = max(self._confirmed_at, asked_at)

    def is_sure(self) -> bool:
        """Whether the last heartbeat is young enough."""
        return not self.is_lost and now() - self._confirmed_at < SURE_SECONDS

    def is_over(self) -> bool:
        """Whether we are certainly taken for dead."""
        return self.is_lost or now() - self._confirmed_at > OVER_SECONDS


def now() -> float:
    """Seconds of a clock that also runs while the machine sleeps or the process is frozen."""
    return time.clock_gettime(_CLOCK)


class _Manager(JobManager):
    """Procrastinate's, which tells us when it registers and when its heartbeats arrive."""

    def __init__(
        self, connector: PsycopgConnector, registered: Callable[[int], Awaitable[None]]
    ) -> None:
        super().__init__(connector)
        self._registered = registered
        self.pulse = Pulse()

    async def register_worker(self) -> int:
        number = await super().register_worker()
        await self._registered(number)
        return number

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        try:
            await super().finish_job(job, status, delete_job)
        except exceptions.ConnectorException as problem:
            # ended by a daemon that took us for dead, or the database is away: a daemon will see
            log.warning("job %s could not be ended: %s", job.id, one_line(problem))

    async def update_heartbeat(self, worker_id: int) -> None:
        asked_at = now()
        try:
            await super().update_heartbeat(worker_id)
            row = await self.connector.execute_query_one_async(_IS_KNOWN, number=worker_id)
        except exceptions.ConnectorException as problem:
            # Procrastinate's heart would stop here, and nobody would notice
            log.warning("a heartbeat was lost: %s", one_line(problem))
            return
        if row["is_known"]:
            self.pulse.confirm(asked_at)
        else:
            self.pulse.is_lost = True


_IS_KNOWN: LiteralString = (
    "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE id = %(number)s) AS is_known"
)


async def _nobody(_: int) -> None:
    """A process that is no worker has nothing to tell."""


class Queue:
    """An open connection to the queue."""

    def __init__(
        self,
        address: str,
        session: str,
        *,
        visiting: Visiting | None = None,
        registered: Callable[[int], Awaitable[None]] = _nobody,
    ) -> None:
        """``address``: of the database, as libpq reads it. ``session``: what the server calls our
        connections. For a worker: ``visiting`` makes the visits, ``registered`` is told its number
        whenever it begins."""
        connector = PsycopgConnector(
            conninfo=address,
            kwargs={"application_name": session, "connect_timeout": 10},
            min_size=1,
            max_size=3,
            timeout=20.0,
        )
        self._app = App(connector=connector)
        self._manager = _Manager(connector, registered)
        self._app.job_manager = self._manager
        for name in ("procrastinate", "psycopg.pool"):  # what goes wrong is said by us, in one line
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if visiting is not None:

            async def visit(context: JobContext, source: str, patience: float) -> None:
                await visiting(source, context.job.id or 0, patience)

            self._app.task(name=TASK, queue=QUEUE, pass_context=True)(visit)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Queue]:
        """The queue, connected. DatabaseError when it cannot be."""
        with told():
            await self._app.open_async()
        try:
            yield self
        finally:
            await self._app.close_async()

    @property
    def pulse(self) -> Pulse:
        """Of the worker that runs here."""
        return self._manager.pulse

    async def put(self, visits: Sequence[tuple[str, str]], patience: float) -> int:
        """Have sources visited: (slug, host) each. Returns how many were put into the queue.

        Fewer than given when another daemon was faster: then the next call makes up for it."""
        done = 0
        for start in range(0, len(visits), BATCH):
            jobs = [_job(slug, host, patience) for slug, host in visits[start : start + BATCH]]
            try:
                with told():
                    await self._manager.batch_defer_jobs_async(jobs)
            except exceptions.AlreadyEnqueued:
                continue
            done += len(jobs)
        return done

    async def stalled(self) -> list[Job]:
        """Jobs whose worker is dead or frozen."""
        with told():
            jobs = await self._manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=SILENT_SECONDS
            )
        return list(jobs)

    async def end(self, jobs: Sequence[Job]) -> list[Job]:
        """End jobs for their workers; returns those that were still under way."""
        ended = []
        for job in jobs:
            try:
                await self._manager.finish_job_by_id_async(
                    job_id=job.id or 0, status=Status.FAILED, delete_job=True
                )
            except exceptions.ConnectorException:
                continue  # another daemon was faster, or its worker after all
            ended.append(job)
        return ended

    async def again(self, jobs: Sequence[Job]) -> None:
        """The visits of ``jobs`` once more, before all others, as jobs of their own: whoever had
        the old ones cannot end the new ones."""
        for job in jobs:
            try:
                with told():
                    await self._manager.defer_job_async(
                        job.evolve(id=None, status=None, priority=FIRST, worker_id=None)
                    )
            except exceptions.AlreadyEnqueued:
                continue

    async def bury(self) -> None:
        """Forget workers that are silent."""
        with told():
            await self._manager.prune_stalled_workers(SILENT_SECONDS)

    async def work(self, concurrency: int, name: str, grace: float) -> None:
        """Be a worker until cancelled, or until the database was away; DatabaseError then.

        Begins with a new pulse: what an earlier life was taken for counts no more."""
        self._manager.pulse = Pulse()
        with told():
            await self._app.run_worker_async(
                queues=[QUEUE],
                name=name,
                concurrency=concurrency,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=grace,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=BEAT_SECONDS,
                stalled_worker_timeout=KEPT_IDLE,
            )


def _job(slug: str, host: str, patience: float) -> Job:
    return Job(
        queue=QUEUE,
        task_name=TASK,
        lock=host,
        queueing_lock=slug,
        task_kwargs={"source": slug, "patience": patience},
    )


class told:  # noqa: N801 - reads as the verb it is, like ``contextlib.suppress``
    """Turns what Procrastinate says of a database it cannot use into a DatabaseError."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        if isinstance(problem, exceptions.ConnectorException) and not isinstance(
            problem, exceptions.UniqueViolation
        ):
            raise DatabaseError(f"the queue cannot be used: {one_line(problem)}") from problem


def one_line(problem: BaseException) -> str:
    """The driver's own words."""
    cause = problem.__cause__ or problem
    said = str(cause).partition("\nCONTEXT:")[0]
    return " ".join(said.split()) or type(cause).__name__


def scripts(found: str | None) -> tuple[list[str], str]:
    """SQL that brings the queue's tables up to date, and the name of the schema they have then.

    ``found`` is the name they have now, None when there are none. SchemaTooNew when this
    Procrastinate does not know it."""
    folder = Path(SchemaManager.get_migrations_path())
    files = sorted(path for path in folder.glob("*.sql") if re.match(r"\d", path.name))
    latest = files[-1].name
    if found is None:
        return [SchemaManager.get_schema()], latest
    if found > latest:
        raise SchemaTooNew(
            f"the queue was made by a later Procrastinate ({found}, this one knows {latest}): "
            "upgrade techwire[distributed]"
        )
    return [path.read_text("utf-8") for path in files if path.name > found], latest


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but no longer than until ``stopping``."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
