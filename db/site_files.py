"""What sites tell machines: their robots.txt and tdmrep.json, kept across processes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from db.rows import write_over
from db.tables import SiteFileRow
from techwire.types import SiteFile


def site_file(connection: Connection, url: str) -> SiteFile | None:
    """The file at ``url`` as it last answered; None when it was never asked for."""
    row = connection.execute(select(SiteFileRow).where(SiteFileRow.url == url)).first()
    if row is None:
        return None
    return SiteFile(url=row.url, status=row.status, body=bytes(row.body), fetched_at=row.fetched_at)


def save_site_file(connection: Connection, file: SiteFile) -> None:
    """Remember what ``file`` answered, in place of what it said before."""
    values = {
        "url": file.url,
        "status": file.status,
        "body": file.body,
        "fetched_at": file.fetched_at,
    }
    write_over(connection, SiteFileRow, [values], by=("url",))
