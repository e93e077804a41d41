"""The views: the interface for people with plain SQL, the same on SQLite and PostgreSQL.

They are made anew after every migration. Their columns stay; what is added is added at the end.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_DAYS = {
    "sqlite": {
        "day": "date({0})",
        "week": "strftime('%Y-W', {0}, 'weekday 0', '-3 days')"
        " || substr('0' || ((strftime('%j', {0}, 'weekday 0', '-3 days') - 1) / 7 + 1), -2)",
        "month": "strftime('%Y-%m', {0})",
        "age_days": "round(julianday('now') - julianday({0}), 2)",
    },
    "postgresql": {
        "day": "to_char({0}, 'YYYY-MM-DD')",
        "week": "to_char({0}, 'IYYY-\"W\"IW')",
        "month": "to_char({0}, 'YYYY-MM')",
        "age_days": "CAST(round(CAST(extract(epoch from now() - {0}) / 86400 AS numeric), 2)"
        " AS double precision)",
    },
}
"""Parts of a UTC time as text (``2026-11-22``, ``2026-W47``, ``2026-11``), and its age in days."""

VIEWS = {
    "latest": """
        SELECT a.id, a.published_at, {days:a.published_at}, s.slug AS source, a.language, a.title,
               a.summary, a.url, a.story_id, a.copy_of_id, a.first_seen_at, a.revisions
        FROM article a JOIN source s ON s.id = a.source_id
    """,
    "company_article": """
        SELECT t.company_id, c.name AS company, t.published_at, {days:t.published_at},
               t.relevance, t.level, t.confidence, t.mention_count, t.known, t.owner_id,
               a.id AS article_id, s.slug AS source, a.language, a.title, a.url, a.story_id,
               a.copy_of_id
        FROM tag t JOIN company c ON c.id = t.company_id JOIN article a ON a.id = t.article_id
        JOIN source s ON s.id = a.source_id
    """,
}
"""Name → its SELECT. ``{days:column}`` stands for the columns day, week, month and age_days."""


def recreate(connection: Connection) -> None:
    """Makes every view anew, as this version of techwire has it."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    for name, select in VIEWS.items():
        body = definition(select, connection.dialect.name)
        connection.exec_driver_sql(
            f"CREATE VIEW {name} AS {body}".replace("%", _percent(connection))
        )


def definition(select: str, dialect: str) -> str:
    """``select`` with the columns of a time spelled for ``dialect``."""
    while (start := select.find("{days:")) >= 0:
        end = select.index("}", start)
        column = select[start + len("{days:") : end]
        days = ", ".join(f"{sql.format(column)} AS {name}" for name, sql in _DAYS[dialect].items())
        select = select[:start] + days + select[end + 1 :]
    return " ".join(select.split())


def _percent(connection: Connection) -> str:
    return "%%" if connection.dialect.name == "postgresql" else "%"
