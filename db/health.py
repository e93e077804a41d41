"""How each source is doing: the view ``source_health``, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text


def health(connection: Connection) -> dict[str, Mapping[str, Any]]:
    """The rows of ``source_health`` by slug; times are as the view gives them."""
    rows = connection.execute(text("SELECT * FROM source_health"))
    return {row["source"]: dict(row) for row in rows.mappings()}
