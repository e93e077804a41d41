"""Addresses and raw pages: what is known, what is to fetch, what was fetched and not yet read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import zstandard
from sqlalchemy import Connection, delete, insert, select, update

from db import rows, sources, tombstones
from db.dialects import chunks
from db.entries import entry_hash, entry_of, entry_row
from db.tables import AddressRow, PageRow, SourceRow
from db.texts import storable, storable_json
from techwire.types import Entry, Outcome, Page, Pending
from techwire.urls import canonical

LEVEL = 3  # of zstd: 5.1 times smaller at 0.8 ms a page; level 9 wins 6 % more for four times that
FIRST_RETRY = timedelta(minutes=15)
LAST_RETRY = timedelta(days=7)
MAX_TRIES = 10  # then the address rests until its source says something new about it

_REJECTED = frozenset(
    {
        Outcome.NOT_HTML,
        Outcome.NOT_ARTICLE,
        Outcome.LISTING,
        Outcome.LIVE,
        Outcome.VIDEO,
        Outcome.TOO_SHORT,
        Outcome.PAYWALL,
        Outcome.UNREADABLE,
        Outcome.FORGOTTEN,
    }
)
"""Read, or refused to be read, and no article: state ``rejected``; other ends are ``failed``."""


def retry_after(tries: int) -> timedelta | None:
    """How long to wait after the ``tries``-th failure in a row: doubling; None: no more."""
    if tries >= MAX_TRIES:
        return None
    return min(FIRST_RETRY * float(2 ** (tries - 1)), LAST_RETRY)


def offer(
    connection: Connection, slug: str, entries: Iterable[Entry], found_in: str, now: datetime
) -> list[Pending]:
    """Notes what a channel lists; returns what is to be fetched, in the order of the list.

    That is every address nobody knew, and those whose entry in this same channel (``found_in``)
    has another title or modification time than before. Two channels often word one entry
    differently, so only the channel that named an address first is believed about changes.
    """
    offered: dict[str, Entry] = {}
    for entry in entries:
        offered.setdefault(canonical(entry.url), entry)
    if tombstones.are_there(connection):
        for url in tombstones.covered(connection, offered):
            del offered[url]
    known = _known(connection, list(offered))
    source_id = sources.row_id(connection, slug)
    fresh = [url for url in offered if url not in known]
    if fresh:
        found = [_fresh_row(url, offered[url], source_id, found_in, now) for url in fresh]
        rows.write_new(connection, AddressRow, found)
    changed = [
        url
        for url, row in known.items()
        if row.found_in == found_in
        and row.state not in ("new", "fetched")
        and row.entry_hash != entry_hash(offered[url])
    ]
    if changed:
        rows.change(
            connection,
            AddressRow,
            [
                {
                    rows.KEY: known[url].id,
                    "entry": entry_row(offered[url]),
                    "entry_hash": entry_hash(offered[url]),
                    "next_try_at": now,
                    "tries": 0,
                }
                for url in changed
            ],
        )
    wanted = {*fresh, *changed}
    return [
        _pending_of(url, entry, slug, known.get(url))
        for url, entry in offered.items()
        if url in wanted
    ]


def _known(connection: Connection, urls: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in chunks(urls):
        rows = connection.execute(
            select(
                AddressRow.id,
                AddressRow.url,
                AddressRow.fetch_url,
                AddressRow.state,
                AddressRow.found_in,
                AddressRow.entry_hash,
                AddressRow.etag,
                AddressRow.last_modified,
            ).where(AddressRow.url.in_(part))
        )
        found.update((row.url, row) for row in rows)
    return found


def _fresh_row(
    url: str, entry: Entry, source_id: int, found_in: str, now: datetime
) -> dict[str, object]:
    return {
        "url": url,
        "fetch_url": entry.url,
        "source_id": source_id,
        "state": "new",
        "tries": 0,
        "next_try_at": now,
        "found_in": found_in,
        "first_seen_at": now,
        "entry": entry_row(entry),
        "entry_hash": entry_hash(entry),
    }


def _pending_of(url: str, entry: Entry, slug: str, row: Any) -> Pending:
    return Pending(
        url=url,
        fetch_url=row.fetch_url if row else entry.url,
        source=slug,
        entry=entry,
        etag=row.etag if row else None,
        last_modified=row.last_modified if row else None,
    )


def pending(
    connection: Connection, slugs: Sequence[str], now: datetime, limit: int
) -> list[Pending]:
    """Addresses of ``slugs`` still to fetch: left over, or due for another try; newest first."""
    rows = connection.execute(
        select(AddressRow, SourceRow.slug)
        .join(SourceRow, SourceRow.id == AddressRow.source_id)
        .where(SourceRow.slug.in_(slugs), AddressRow.next_try_at <= now)
        .order_by(AddressRow.first_seen_at.desc(), AddressRow.id)
        .limit(limit)
    )
    return [
        Pending(
            url=row.url,
            fetch_url=row.fetch_url,
            source=row.slug,
            entry=entry_of(row.entry),
            etag=row.etag,
            last_modified=row.last_modified,
            tries=row.tries,
        )
        for row in rows
    ]


def keep(connection: Connection, page: Page) -> None:
    """Stores the raw page in the place of an earlier one; its address is ``fetched`` now.

    A page that is to be forgotten is not stored; ``articles.save`` says so of its article.
    """
    keep_many(connection, [page])


def keep_many(connection: Connection, pages: Sequence[Page]) -> None:
    """Stores pages as ``keep`` does; of several with one address the last stays."""
    latest = {page.url: page for page in pages}
    if tombstones.are_there(connection):
        for url in tombstones.covered(connection, latest):
            del latest[url]
    known: dict[str, int] = {}
    for part in chunks(list(latest)):
        found = select(AddressRow.url, AddressRow.id).where(AddressRow.url.in_(part))
        known.update({row.url: row.id for row in connection.execute(found)})
    fetched = [
        {
            rows.KEY: known[page.url],
            "state": "fetched",
            "next_try_at": None,
            "last_fetched_at": page.fetched_at,
            "etag": storable(page.headers.get("etag")),
            "last_modified": storable(page.headers.get("last-modified")),
        }
        for page in latest.values()
        if page.url in known
    ]
    rows.change(connection, AddressRow, fetched)
    for page in latest.values():
        if page.url not in known:
            known[page.url] = _met(
                connection, page.url, page.source, page.fetched_at, state="fetched"
            )
    squeeze = zstandard.ZstdCompressor(level=LEVEL).compress
    kept = [
        {
            "address_id": known[page.url],
            "final_url": storable(page.final_url),
            "fetched_at": page.fetched_at,
            "status": page.status,
            "content_type": storable(page.content_type),
            "headers": storable_json(dict(page.headers)),
            "size": len(page.body),
            "body": squeeze(page.body),
        }
        for page in latest.values()
    ]
    rows.write_over(connection, PageRow, kept, by=("address_id",))


def _met(connection: Connection, url: str, slug: str, now: datetime, state: str) -> int:
    """Notes an address that no channel named, such as one given by hand; returns its row number."""
    statement = (
        insert(AddressRow)
        .values(
            url=url,
            fetch_url=url,
            source_id=sources.row_id(connection, slug),
            state=state,
            found_in="",
            first_seen_at=now,
            last_fetched_at=now if state == "fetched" else None,
        )
        .returning(AddressRow.id)
    )
    return connection.scalars(statement).one()


def unread(
    connection: Connection,
    limit: int,
    *,
    slugs: Sequence[str] | None = None,
    after: Page | None = None,
) -> list[Page]:
    """Pages fetched and not yet read, oldest first: what a crash left behind.

    ``slugs``: of these sources only; ``after``: the last page of an earlier answer."""
    found = (
        select(PageRow, AddressRow.url, AddressRow.entry, SourceRow.slug)
        .join(AddressRow, AddressRow.id == PageRow.address_id)
        .join(SourceRow, SourceRow.id == AddressRow.source_id)
        .where(AddressRow.state == "fetched")
        .order_by(AddressRow.last_fetched_at, AddressRow.url)
        .limit(limit)
    )
    if slugs is not None:
        found = found.where(SourceRow.slug.in_(slugs))
    if after is not None:
        later = AddressRow.last_fetched_at > after.fetched_at
        same = AddressRow.last_fetched_at == after.fetched_at
        found = found.where(later | (same & (AddressRow.url > after.url)))
    return [page_of(row) for row in connection.execute(found)]


def page_of(row: Any) -> Page:
    """The page of a row that joins ``page`` with its address (url, entry) and source (slug)."""
    return Page(
        url=row.url,
        final_url=row.final_url,
        source=row.slug,
        fetched_at=row.fetched_at,
        body=zstandard.decompress(row.body, max_output_size=row.size),
        status=row.status,
        content_type=row.content_type,
        headers=row.headers,
        entry=entry_of(row.entry),
    )


def end(
    connection: Connection,
    url: str,
    source: str,
    outcome: Outcome,
    detail: str | None,
    now: datetime,
    *,
    next_try_at: datetime | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Notes how an address ended without a new article (304, failures, refusals).

    What may pass is tried again: at ``next_try_at`` when the server said so, else after a pause
    that doubles up to a week, ten times. An article stored earlier stays, whatever its page says.
    """
    row = connection.execute(
        select(AddressRow.id, AddressRow.article_id, AddressRow.tries).where(AddressRow.url == url)
    ).first()
    if row is None:
        key, has_article, tries = _met(connection, url, source, now, state="new"), False, 0
    else:
        key, has_article, tries = row.id, row.article_id is not None, row.tries
    changed: dict[str, object] = {"outcome": outcome.value, "detail": storable(detail)}
    changed |= {"ended_at": now, "next_try_at": None, "tries": 0}
    if outcome.is_stored or has_article:
        changed["state"] = "stored"
    else:
        changed["state"] = "rejected" if outcome in _REJECTED else "failed"
    if not outcome.is_final:
        pause = retry_after(tries + 1)
        changed["tries"] = tries + 1
        changed["next_try_at"] = (next_try_at or now + pause) if pause else None
    if etag or last_modified:
        changed |= {"etag": storable(etag), "last_modified": storable(last_modified)}
    connection.execute(update(AddressRow).where(AddressRow.id == key).values(changed))


def drop(connection: Connection, url: str) -> None:
    """Drops the raw page of an address."""
    fetched = select(AddressRow.id).where(AddressRow.url == url)
    connection.execute(delete(PageRow).where(PageRow.address_id.in_(fetched)))


def prune(connection: Connection, before: datetime) -> int:
    """Drops raw pages fetched before ``before`` that have been read; returns how many."""
    old = (
        select(PageRow.address_id)
        .join(AddressRow, AddressRow.id == PageRow.address_id)
        .where(PageRow.fetched_at < before, AddressRow.state != "fetched")
    )
    return connection.execute(delete(PageRow).where(PageRow.address_id.in_(old))).rowcount
