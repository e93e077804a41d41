"""STORE and QUERY: the only room that knows SQLAlchemy and Alembic."""

from db.engine import Database, connect

__all__ = ["Database", "connect"]
