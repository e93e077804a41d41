"""More views, and comments on them; they are made by ``db.views`` after every migration."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing in the tables changes."""
