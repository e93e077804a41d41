"""STORE and QUERY: the only room that knows SQLAlchemy and Alembic.

from db import connect, queries, to_dataframe

with connect("techwire.db", read_only=True) as database, database.reading() as connection:
    apple = queries.company(connection, "Apple")
    news = queries.latest(connection, limit=20, company=apple.ids)
    frame = to_dataframe(news)
"""

from typing import TYPE_CHECKING, Any

from db.engine import Database, connect
from db.frames import to_dataframe

if TYPE_CHECKING:
    from db import queries

__all__ = ["Database", "connect", "queries", "to_dataframe"]


def __getattr__(name: str) -> Any:
    """``db.queries``, loaded when it is asked for: a command that only writes does without."""
    if name == "queries":
        import importlib

        return importlib.import_module("db.queries")
    raise AttributeError(f"module 'db' has no attribute {name!r}")
