"""STORE and QUERY: the only room that knows SQLAlchemy and Alembic.

from db import connect, queries, to_dataframe

with connect("techwire.db", read_only=True) as database, database.reading() as connection:
    apple = queries.company(connection, "Apple")
    news = queries.latest(connection, limit=20, company=apple.ids)
    frame = to_dataframe(news)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db import queries
    from db.engine import Database, connect
    from db.frames import to_dataframe

__all__ = ["Database", "connect", "queries", "to_dataframe"]

_HOMES = {"Database": "db.engine", "connect": "db.engine", "to_dataframe": "db.frames"}


def __getattr__(name: str) -> Any:
    """A name of the room, loaded when it is asked for: SQLAlchemy alone takes 0.4 s of CPU, and
    ``db.newest`` does without."""
    import importlib

    if name == "queries":
        return importlib.import_module("db.queries")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'db' has no attribute {name!r}")
