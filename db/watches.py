"""What people want to be told of: their rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from db import companies
from db.tables import ArticleRow, WatchRow
from techwire.errors import NotFound, UsageError

RULES = {
    "primary": "an article carries its story",
    "secondary": "it carries a story or takes part in one",
    "mention": "it is named",
    "first": "it is named for the first time (with another company: beside it)",
    "spike": "more is written of it on a day than its own rhythm lets expect",
    "edited": "an article it carries was edited",
}
LONGEST_NAME = 200  # letters of a watch's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A rule, and whom it tells."""

    id: int
    name: str
    company: str  # id
    beside: str | None  # id of another company that has to be named too
    rule: str  # of RULES
    language: str | None
    target: str
    secret: str
    quiet: str | None  # "22:00-07:00" in the configured zone
    allows_private: bool
    created_at: datetime
    seen_article_id: int
    seen_at: datetime


def add(
    connection: Connection,
    *,
    company: str,
    rule: str,
    target: str,
    secret: str,
    now: datetime,
    name: str | None = None,
    beside: str | None = None,
    language: str | None = None,
    quiet: str | None = None,
    allows_private: bool = False,
) -> Watch:
    """Adds a watch that looks at what comes from now on; UsageError when the name is taken."""
    about = companies.find(connection, company)
    other = companies.find(connection, beside).id if beside else None
    named = name or f"{about.id} {rule}" + (f" with {other}" if other else "")
    last = connection.scalar(select(func.max(ArticleRow.id))) or 0
    row = {
        "name": named,
        "company_id": about.id,
        "with_id": other,
        "rule": rule,
        "language": language,
        "target": target,
        "secret": secret,
        "quiet": quiet,
        "allows_private": allows_private,
        "created_at": now,
        "seen_article_id": last,
        "seen_at": now,
    }
    if len(named) > LONGEST_NAME or not named.isprintable():
        raise UsageError(f"watch: a name is one line of at most {LONGEST_NAME} letters")
    if connection.scalar(select(WatchRow.id).where(WatchRow.name == named)) is not None:
        raise UsageError(f"watch: there is one named {named!r}: choose another --name")
    connection.execute(insert(WatchRow), row)
    return find(connection, named)


def listed(connection: Connection) -> list[Watch]:
    """Every watch, by name."""
    return [watch_of(row) for row in connection.execute(select(WatchRow).order_by(WatchRow.name))]


def find(connection: Connection, name: str) -> Watch:
    """The watch called ``name``; NotFound with the others."""
    known = {watch.name: watch for watch in listed(connection)}
    if name not in known:
        raise NotFound("watch", name, list(known)[:3])
    return known[name]


def remove(connection: Connection, watch: Watch) -> None:
    """Forgets a watch, its alerts and their deliveries."""
    connection.execute(delete(WatchRow).where(WatchRow.id == watch.id))


def watch_of(row: Any) -> Watch:
    """A row of the table, or of a join with it, as a watch."""
    return Watch(
        id=row.id,
        name=row.name,
        company=row.company_id,
        beside=row.with_id,
        rule=row.rule,
        language=row.language,
        target=row.target,
        secret=row.secret,
        quiet=row.quiet,
        allows_private=row.allows_private,
        created_at=row.created_at,
        seen_article_id=row.seen_article_id,
        seen_at=row.seen_at,
    )
