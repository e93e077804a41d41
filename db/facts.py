"""Small facts the house remembers about itself, by name: rows of ``property``."""

from __future__ import annotations

from sqlalchemy import Connection, select

from db.dialects import upsert
from db.tables import PropertyRow


def recall(connection: Connection, name: str) -> str | None:
    """What was remembered under ``name``; None when nothing was."""
    return connection.scalar(select(PropertyRow.value).where(PropertyRow.name == name))


def remember(connection: Connection, name: str, value: str) -> None:
    """Remembers ``value`` under ``name``."""
    row = {"name": name, "value": value}
    connection.execute(upsert(connection, PropertyRow, ["name"], ["value"]), row)
