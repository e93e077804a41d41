"""The sources in the database: which are due, who visits them, how their visits ended."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Update, delete, insert, or_, select, update

from db.dialects import chunks, upsert
from db.rows import write_over
from db.tables import ChannelRow, SourceRow, VisitOutcomeRow, VisitRow
from db.texts import storable
from techwire.errors import NotFound
from techwire.types import Channel, ChannelKind, Outcome, Source, Visit, VisitOutcome

_REMEMBERED = "techwire_sources"  # key in the connection's own notes


@dataclass(frozen=True, slots=True)
class Known:
    """What saving needs to know of a source."""

    id: int  # row number
    keep: str  # full, excerpt or metadata


def known(connection: Connection, slug: str) -> Known:
    """A source by its slug; remembered by the connection until a rollback or ``sync``.

    NotFound when it was never synchronised: articles of a source nobody declared are a mistake.
    """
    remembered: dict[str, Known] = connection.info.setdefault(_REMEMBERED, {})
    if slug not in remembered:
        rows = connection.execute(select(SourceRow.slug, SourceRow.id, SourceRow.keep))
        remembered.update({row.slug: Known(row.id, row.keep) for row in rows})
    if slug not in remembered:
        raise NotFound("source", slug, difflib.get_close_matches(slug, remembered))
    return remembered[slug]


def remember(connection: Connection, slug: str, row_id: int, keep: str) -> None:
    """Has the connection remember a source, so that ``known`` need not ask for all of them."""
    remembered: dict[str, Known] = connection.info.setdefault(_REMEMBERED, {})
    remembered[slug] = Known(row_id, keep)


def row_id(connection: Connection, slug: str) -> int:
    """Row number of a source (see ``known``)."""
    return known(connection, slug).id


def forget(connection: Connection) -> None:
    """Drops what the connection remembers: after a rollback it may never have been true."""
    if not connection.invalidated:  # a new one remembers nothing
        connection.info.pop(_REMEMBERED, None)


def sync(connection: Connection, sources: Iterable[Source], now: datetime) -> None:
    """Makes the rows follow the files; a new source is due at once.

    One that is no longer listed stays, inactive, with its articles.
    """
    forget(connection)
    listed = [_row(source, now) for source in sources]
    connection.execute(
        update(SourceRow)
        .where(SourceRow.slug.not_in([row["slug"] for row in listed]), SourceRow.is_active)
        .values(is_active=False)
    )
    if listed:
        statement = upsert(
            connection,
            SourceRow,
            key=["slug"],
            replacing=["name", "url", "language", "country", "timezone", "keep", "is_active"],
        )
        connection.execute(statement, listed)


def _row(source: Source, now: datetime) -> dict[str, object]:
    return {
        "slug": source.slug,
        "name": source.name,
        "url": source.url,
        "language": source.language,
        "country": source.country,
        "timezone": source.timezone,
        "keep": source.keep,
        "is_active": True,
        "next_due_at": now,
        "due_reason": "new",
        "failures": 0,
        "added_at": now,
    }


def claim_due(
    connection: Connection, now: datetime, holder: str, lease: timedelta, limit: int
) -> list[str]:
    """Slugs of sources that are due and free, the longest overdue first, leased to ``holder``."""
    due = (
        select(SourceRow.id)
        .where(
            SourceRow.is_active,
            SourceRow.paused_at.is_(None),
            SourceRow.next_due_at <= now,
            or_(SourceRow.leased_until.is_(None), SourceRow.leased_until <= now),
        )
        .order_by(SourceRow.next_due_at)
        .limit(limit)
        # two workers on one PostgreSQL take different sources instead of waiting for each other
        .with_for_update(skip_locked=True)
        .cte("due")  # not a subquery: PostgreSQL may run that once a row, each time with its limit
    )
    wanted = update(SourceRow).where(SourceRow.id.in_(select(due.c.id)))
    return _leased(connection, wanted, holder, now + lease)


def claim(
    connection: Connection, slugs: Sequence[str], now: datetime, holder: str, lease: timedelta
) -> list[str]:
    """Those of ``slugs`` that nobody else holds, due or not, leased to ``holder``."""
    free = or_(
        SourceRow.leased_until.is_(None),
        SourceRow.leased_until <= now,
        SourceRow.leased_by == holder,
    )
    wanted = update(SourceRow).where(SourceRow.slug.in_(slugs), free)
    return _leased(connection, wanted, holder, now + lease)


def _leased(connection: Connection, wanted: Update, holder: str, until: datetime) -> list[str]:
    statement = wanted.values(leased_by=holder, leased_until=until).returning(
        SourceRow.slug, SourceRow.next_due_at
    )
    rows = connection.execute(statement).all()
    return [slug for slug, due in sorted(rows, key=lambda row: (row[1] is None, row[1], row[0]))]


def release(connection: Connection, holder: str) -> list[str]:
    """Frees what ``holder`` still holds, as when it is stopped; returns the slugs."""
    statement = (
        update(SourceRow)
        .where(SourceRow.leased_by == holder)
        .values(leased_by=None, leased_until=None)
        .returning(SourceRow.slug)
    )
    return sorted(connection.scalars(statement))


def give_back(connection: Connection, slugs: Sequence[str]) -> None:
    """Frees claimed sources that are not going to be visited after all; they stay due."""
    free = update(SourceRow).where(SourceRow.slug.in_(slugs))
    connection.execute(free.values(leased_by=None, leased_until=None))


def ask(connection: Connection, slugs: Sequence[str], now: datetime) -> list[str]:
    """Makes sources due at once, for a daemon to find; returns the slugs it will visit."""
    wanted = (
        update(SourceRow)
        .where(SourceRow.slug.in_(slugs), SourceRow.is_active)
        .values(next_due_at=now, due_reason="asked for", paused_at=None)
        .returning(SourceRow.slug)
    )
    return sorted(connection.scalars(wanted))


def paused(connection: Connection) -> set[str]:
    """The slugs of the sources that wait to be resumed."""
    return set(connection.scalars(select(SourceRow.slug).where(SourceRow.paused_at.is_not(None))))


def visits_since(connection: Connection, slugs: Sequence[str], since: datetime) -> list[Visit]:
    """The visits of ``slugs`` that ended at ``since`` or later, in their order."""
    rows = connection.execute(
        select(SourceRow.slug, *VisitRow.__table__.columns)
        .join(VisitRow, SourceRow.id == VisitRow.source_id)
        .where(SourceRow.slug.in_(slugs), VisitRow.finished_at >= since)
        .order_by(VisitRow.id)
    ).all()
    ended = select(VisitOutcomeRow.visit_id, VisitOutcomeRow.outcome, VisitOutcomeRow.pages).where(
        VisitOutcomeRow.visit_id.in_([row.id for row in rows])
    )
    counts: dict[int, dict[Outcome, int]] = {}
    for visit_id, outcome, pages in connection.execute(ended):
        counts.setdefault(visit_id, {})[Outcome(outcome)] = pages
    return [
        Visit(
            source=row.slug,
            started_at=row.started_at,
            finished_at=row.finished_at,
            outcome=VisitOutcome(row.outcome),
            detail=row.detail,
            found=row.found,
            fresh=row.fresh,
            requests=row.requests,
            bytes_received=row.bytes_received,
            not_modified=row.not_modified,
            counts=counts.get(row.id, {}),
        )
        for row in rows
    ]


def mend_clock(connection: Connection, latest_due: datetime, latest_lease: datetime) -> list[str]:
    """Makes due what a clock that stood in the future put off: no plan and no lease reaches that
    far. Returns the slugs."""
    far = or_(SourceRow.next_due_at > latest_due, SourceRow.leased_until > latest_lease)
    mended = (
        update(SourceRow)
        .where(SourceRow.is_active, far)
        .values(next_due_at=SourceRow.added_at, leased_by=None, leased_until=None)
        .values(due_reason="the clock had been wrong")
        .returning(SourceRow.slug)
    )
    return sorted(connection.scalars(mended))


def prune_visits(connection: Connection, before: datetime) -> int:
    """Drops the log of visits that ended before ``before``; returns how many."""
    return connection.execute(delete(VisitRow).where(VisitRow.finished_at < before)).rowcount


def holders(connection: Connection) -> list[str]:
    """Who holds a lease, run out or not."""
    held = select(SourceRow.leased_by).where(SourceRow.leased_by.is_not(None)).distinct()
    return [holder for holder in connection.scalars(held) if holder is not None]


def extend(connection: Connection, holder: str, slugs: Sequence[str], until: datetime) -> int:
    """Prolongs what ``holder`` holds of ``slugs``, while they are visited; returns how many."""
    held = update(SourceRow).where(SourceRow.leased_by == holder, SourceRow.slug.in_(slugs))
    return connection.execute(held.values(leased_until=until)).rowcount


def channels(connection: Connection, slugs: Sequence[str]) -> dict[str, list[Channel]]:
    """What we remember of the feeds, sitemaps and listings of ``slugs``; every slug is a key."""
    found: dict[str, list[Channel]] = {slug: [] for slug in slugs}
    for part in chunks(slugs):
        rows = connection.execute(
            select(SourceRow.slug, ChannelRow)
            .join(SourceRow, SourceRow.id == ChannelRow.source_id)
            .where(SourceRow.slug.in_(part))
            .order_by(ChannelRow.id)
        )
        for row in rows:
            found[row.slug].append(
                Channel(
                    url=row.url,
                    kind=ChannelKind(row.kind),
                    etag=row.etag,
                    last_modified=row.last_modified,
                    content_hash=row.content_hash,
                    full_answer_at=row.full_answer_at,
                    hint_seconds=row.hint_seconds,
                )
            )
    return found


def save_channel(connection: Connection, slug: str, channel: Channel, now: datetime) -> None:
    """Remembers how a channel answered, in the place of what we knew of it."""
    row = {
        "source_id": row_id(connection, slug),
        "url": channel.url,
        "kind": channel.kind.value,
        "etag": storable(channel.etag),
        "last_modified": storable(channel.last_modified),
        "content_hash": channel.content_hash,
        "full_answer_at": channel.full_answer_at,
        "hint_seconds": channel.hint_seconds,
        "asked_at": now,
    }
    write_over(connection, ChannelRow, [row], by=("source_id", "url"))


def finish(connection: Connection, visit: Visit, next_due_at: datetime, due_reason: str) -> None:
    """Writes the visit down, says when the next one is due, frees the lease, counts failures."""
    source_id = row_id(connection, visit.source)
    visit_id = connection.scalars(
        insert(VisitRow)
        .values(
            source_id=source_id,
            started_at=visit.started_at,
            finished_at=visit.finished_at,
            outcome=visit.outcome.value,
            detail=storable(visit.detail),
            found=visit.found,
            fresh=visit.fresh,
            pages=visit.pages,
            requests=visit.requests,
            bytes_received=visit.bytes_received,
            not_modified=visit.not_modified,
        )
        .returning(VisitRow.id)
    ).one()
    counts = [
        {"visit_id": visit_id, "outcome": outcome.value, "pages": pages}
        for outcome, pages in visit.counts.items()
        if pages
    ]
    if counts:
        connection.execute(insert(VisitOutcomeRow), counts)
    changed: dict[str, object] = {
        "next_due_at": next_due_at,
        "due_reason": due_reason,
        "leased_by": None,
        "leased_until": None,
        "last_visit_at": visit.finished_at,
        "last_outcome": visit.outcome.value,
        "last_detail": storable(visit.detail),
    }
    if visit.outcome.is_success:
        changed["failures"] = 0
    elif not visit.is_offline and visit.outcome is not VisitOutcome.INTERRUPTED:
        changed["failures"] = SourceRow.failures + 1  # the others are no fault of the source
    if visit.outcome.is_success:
        changed["last_success_at"] = visit.finished_at
    connection.execute(update(SourceRow).where(SourceRow.id == source_id).values(changed))


def failures(connection: Connection, slugs: Sequence[str]) -> Mapping[str, int]:
    """Visits failed in a row, per source."""
    found: dict[str, int] = {}
    for part in chunks(slugs):
        statement = select(SourceRow.slug, SourceRow.failures).where(SourceRow.slug.in_(part))
        found.update((slug, count) for slug, count in connection.execute(statement))
    return found


def pause(connection: Connection, slug: str, now: datetime) -> None:
    """Visits the source no more until ``resume``; kept in the database, not in the file."""
    key = row_id(connection, slug)
    connection.execute(update(SourceRow).where(SourceRow.id == key).values(paused_at=now))


def resume(connection: Connection, slug: str, now: datetime) -> None:
    """Ends a pause; the source is due at once."""
    key = row_id(connection, slug)
    connection.execute(
        update(SourceRow)
        .where(SourceRow.id == key)
        .values(paused_at=None, next_due_at=now, due_reason="resumed")
    )
