"""Pages whose reading failed twice: kept, listed, and read again when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from db.tables import AddressRow, PageRow, SourceRow
from techwire.types import Outcome


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page nobody could read."""

    url: str
    source: str
    detail: str  # what happened to its readers
    ended_at: datetime | None
    has_page: bool  # its raw bytes are still kept


def quarantined(connection: Connection) -> list[Quarantined]:
    """The pages that ended UNREADABLE, the latest first."""
    kept = exists().where(PageRow.address_id == AddressRow.id)
    rows = connection.execute(
        select(
            AddressRow.url, SourceRow.slug, AddressRow.detail, AddressRow.ended_at, kept.label("k")
        )
        .join(SourceRow, SourceRow.id == AddressRow.source_id)
        .where(AddressRow.outcome == Outcome.UNREADABLE.value)
        .order_by(AddressRow.ended_at.desc())
    )
    return [Quarantined(url, slug, detail or "", at, bool(k)) for url, slug, detail, at, k in rows]


def retry(connection: Connection, url: str | None = None) -> int:
    """Lets quarantined pages (one, or all) be read again at the next visit; returns how many.

    A page whose raw bytes are gone is fetched again."""
    chosen = AddressRow.outcome == Outcome.UNREADABLE.value
    if url is not None:
        chosen &= AddressRow.url == url
    kept = exists().where(PageRow.address_id == AddressRow.id)
    ended = {"outcome": None, "detail": None, "ended_at": None, "tries": 0}
    gone = update(AddressRow).where(chosen, ~kept)
    count = connection.execute(
        gone.values(state="new", next_try_at=AddressRow.first_seen_at, **ended)
    ).rowcount
    there = update(AddressRow).where(chosen, kept).values(state="fetched", **ended)
    return count + connection.execute(there).rowcount
