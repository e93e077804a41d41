"""The schemas there have been, for those who must know without loading SQLAlchemy."""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every schema there has been, oldest first; each is a file in ``db/migrations/versions``.

Kept here too, so that opening a database does not have to load Alembic (0.2 s)."""

HEAD = REVISIONS[-1]
