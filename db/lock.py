"""One daemon per database: a lock that ends with the process that holds it.

For SQLite an exclusive ``flock`` on ``<database>.lock``, for PostgreSQL a session's advisory lock.
The kernel, or the server, lets go of it when the holder dies, however it dies: there is no stale
lock to remove. Who holds it is written beside it, for messages and signals only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, make_url, select, text
from sqlalchemy.exc import DBAPIError

from db.dialects import upsert
from db.engine import Database, told
from db.tables import PropertyRow
from techwire.errors import AlreadyRunning

_ADVISORY = 0x7465636877697265  # "techwire" in ASCII: the number of our advisory lock
_TURN = _ADVISORY + 2  # of what only one of several daemons does at a time
ASKED_FOR = 0.3  # seconds: somebody may just be asking whether the lock is held
_PROPERTY = "daemon"  # its row: host:process of the daemon, true while the lock is held


@dataclass(slots=True)
class Lock:
    """The right to be the daemon of a database."""

    _file: IO[str] | None = None
    _session: Connection | None = None
    _database: Database | None = None
    _is_shared: bool = False

    def keep(self) -> None:
        """See that it is still ours: a server that was restarted has let go of it.

        AlreadyRunning when another daemon was faster, DatabaseError while the server is away."""
        if self._session is None or self._database is None:
            return
        if not self._session.closed:  # closed: the server was still away when we last looked
            try:
                self._session.execute(text("SELECT 1"))
                return
            except DBAPIError:
                self._session.invalidate()
                self._session.close()
        again = _advisory_lock(self._database, is_shared=self._is_shared)
        if again is None:
            raise AlreadyRunning(f"another daemon watches with {self._database.url}")
        self._session = again._session

    def release(self) -> None:
        """Let another daemon start."""
        if self._file is not None:
            self._file.close()
        if self._session is not None and not self._session.closed:
            with suppress(DBAPIError):  # a server that is gone has let go by itself
                self._session.execute(text("SELECT pg_advisory_unlock_all()"))
            self._session.invalidate()
            self._session.close()


def hold(database: Database, *, is_shared: bool = False) -> Lock:
    """Become the daemon of ``database``. AlreadyRunning, with its process, when there is one.

    ``is_shared`` (PostgreSQL only): beside others that share it too."""
    lock = _tried(database, is_shared=is_shared)
    if lock is None:
        time.sleep(ASKED_FOR)
        lock = _tried(database, is_shared=is_shared)
    if lock is None:
        who = holder(database)
        raise AlreadyRunning(
            f"another daemon{f' ({who})' if who else ''} already watches with {database.url}"
        )
    name = f"{socket.gethostname()}:{os.getpid()}"
    with database.writing() as connection:
        statement = upsert(connection, PropertyRow, key=["name"], replacing=["value"])
        connection.execute(statement, {"name": _PROPERTY, "value": name})
    return lock


def is_held(database: Database) -> bool:
    """Whether a daemon runs on ``database``, here or on another machine."""
    lock = _tried(database)
    if lock is not None:
        lock.release()
    return lock is None


def turn(database: Database) -> Lock | None:
    """The right to do what one daemon at a time does; None while another has it."""
    return Lock() if database.dialect == "sqlite" else _advisory_lock(database, number=_TURN)


def _tried(database: Database, *, is_shared: bool = False) -> Lock | None:
    if database.dialect == "sqlite":
        return _file_lock(database)
    return _advisory_lock(database, is_shared=is_shared)


def holder(database: Database) -> str | None:
    """``host:process`` of the latest daemon; it runs if ``is_held``."""
    with database.reading() as connection:
        return connection.scalar(select(PropertyRow.value).where(PropertyRow.name == _PROPERTY))


def _file_lock(database: Database) -> Lock | None:
    path = Path(f"{make_url(database.url).database}.lock")
    try:
        file = path.open("a")
    except OSError as error:  # only looking, in a folder of somebody else's or that nobody writes
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        if not path.exists():
            return Lock()
        file = path.open("r")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return Lock(_file=file)


def _advisory_lock(
    database: Database, *, number: int = _ADVISORY, is_shared: bool = False
) -> Lock | None:
    kind = "_shared" if is_shared else ""
    with told(database.url):
        session = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        held = session.scalar(text(f"SELECT pg_try_advisory_lock{kind}({number})"))
    if not held:
        session.close()
        return None
    return Lock(_session=session, _database=database, _is_shared=is_shared)
