"""Which schema a database has, and the way from an older one to ours."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, text

from db import views, words
from db.revisions import HEAD, REVISIONS
from db.tables import PropertyRow
from techwire.errors import DatabaseError, SchemaTooNew

SEARCH_VERSION = "search_version"  # property: ``words.version()`` that made the full-text index
UPGRADE_LOCK = 7_310_571  # PostgreSQL advisory lock: one process upgrades at a time


def revision(connection: Connection, shown: str) -> str | None:
    """The schema's revision; None when the database is empty."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise DatabaseError(f"{shown} holds tables that are not techwire's: use another one")
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found not in REVISIONS:
        raise SchemaTooNew(
            f"{shown} was made by a later version of techwire (schema {found}, "
            f"this one knows {HEAD}): upgrade techwire"
        )
    return str(found) if found is not None else None


def refusal(found: str | None, shown: str) -> str:
    """Why a database that must not be changed cannot be used as it is."""
    if found is None:
        return f"{shown} is empty: create its tables with techwire init"
    return f"{shown} has schema {found}, older than {HEAD}: run techwire db upgrade"


def upgrade(connection: Connection, shown: str, to: str = "head") -> str | None:
    """Runs the missing migrations in the caller's transaction; returns the revision it found."""
    # Alembic's templates would load pygments, to colour error pages that nobody sees: 0.06 s of CPU
    # and 4 MiB at the first start.
    sys.modules.setdefault("mako.ext.pygmentplugin", None)  # type: ignore[arg-type]
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
    found = revision(
        connection, shown
    )  # again, under the lock: another process may have been first
    if found != HEAD:
        config = Config()
        config.set_main_option(
            "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
        )
        config.attributes["connection"] = connection
        views.drop(connection)  # a view holds on to its tables' columns
        command.upgrade(config, to)
        if to == "head":  # an older schema may lack what today's views look at
            views.recreate(connection)
        if found is None:
            connection.execute(
                insert(PropertyRow), {"name": SEARCH_VERSION, "value": words.version()}
            )
    return found
