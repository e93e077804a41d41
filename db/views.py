"""The views: the interface for people with plain SQL, the same on SQLite and PostgreSQL.

They are made anew after every migration (a changed view needs an empty one). Their columns stay;
what is added is added at the end. A time ``x_at`` of the first listed table comes with its ``day``,
``week``, ``month`` (text, UTC) and ``age_days``, so that one SQL text runs on both engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

_DAYS = {
    "sqlite": {
        "day": "date({0})",
        "week": "strftime('%Y-W', {0}, '-3 days', 'weekday 4') || substr('0' ||"
        " ((strftime('%j', {0}, '-3 days', 'weekday 4') - 1) / 7 + 1), -2)",
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
"""Parts of a UTC time: ``2026-11-22``, ``2026-W47`` (ISO 8601), ``2026-11``; its age."""

_WORDS = {
    "sqlite": {
        "names": "(SELECT group_concat(name, ', ') FROM (SELECT c.name AS name FROM tag t"
        " JOIN company c ON c.id = t.company_id WHERE t.article_id = {0}"
        " ORDER BY t.relevance DESC, c.id))",
        "hours": "round((julianday({1}) - julianday({0})) * 24, 2)",
        "after": "substr({0}, {1} + 1, {2})",
        "before": "substr({0}, max(1, {1} + 1 - {2}), min({2}, {1}))",
        "percent": "round(100.0 * {0} / nullif({1}, 0), 1)",
        "said": "json_extract({0}, '$.{1}')",
        "moment": "json_extract({0}, '$.{1}')",
        "days_ago": "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{0} days')",
    },
    "postgresql": {
        "names": "(SELECT string_agg(c.name, ', ' ORDER BY t.relevance DESC, c.id) FROM tag t"
        " JOIN company c ON c.id = t.company_id WHERE t.article_id = {0})",
        "hours": "CAST(round(CAST(extract(epoch from {1} - {0}) / 3600 AS numeric), 2)"
        " AS double precision)",
        "after": "substr({0}, {1} + 1, {2})",
        "before": "substr({0}, greatest(1, {1} + 1 - {2}), least({2}, {1}))",
        "percent": "CAST(round(100.0 * {0} / nullif({1}, 0), 1) AS double precision)",
        "said": "({0} ->> '{1}')",
        "moment": "CAST({0} ->> '{1}' AS timestamptz)",
        "days_ago": "now() - interval '{0} days'",
    },
}
"""What else the engines spell differently; ``definition`` puts it in for ``{name:a|b}``."""

_OF_DAY = {
    "day": "its day, UTC: 2026-11-22",
    "week": "its ISO week, UTC: 2026-W47",
    "month": "its month, UTC: 2026-11",
    "age_days": "days since then",
}


@dataclass(frozen=True, slots=True)
class View:
    """A view: what it is for, what its columns mean, how it is made."""

    comment: str
    columns: Mapping[str, str]  # name → meaning, in order
    select: str


VIEWS: dict[str, View] = {
    "latest": View(
        "Articles, newest first, with the companies they are about",
        {
            "id": "article",
            "published_at": "when it was published, UTC",
            **_OF_DAY,
            "source": "slug of the source",
            "language": "ISO 639-1",
            "title": "headline",
            "summary": "lead, when the page sets one apart",
            "url": "canonical address",
            "story_id": "the event it tells",
            "copy_of_id": "the earlier article whose text it is; null of an original",
            "first_seen_at": "when it was first stored",
            "revisions": "earlier versions kept",
            "companies": "names, most relevant first, comma-separated",
            "words": "length of the text",
            "section": "the publisher's section",
        },
        """
        SELECT a.id, a.published_at, {days:a.published_at}, s.slug AS source, a.language, a.title,
               a.summary, a.url, a.story_id, a.copy_of_id, a.first_seen_at, a.revisions,
               {names:a.id} AS companies, a.words, a.section
        FROM article a JOIN source s ON s.id = a.source_id
        ORDER BY a.published_at DESC, a.id DESC
        """,
    ),
    "company_article": View(
        "One row for each company of each article",
        {
            "company_id": "slug of the company",
            "company": "its display name",
            "published_at": "when the article was published, UTC",
            **_OF_DAY,
            "relevance": "0 to 1: how much the article is about it",
            "level": "primary, secondary, passing or source_only",
            "confidence": "0 to 1: is it this company at all?",
            "mention_count": "times it is named",
            "known": "in the catalogue when it was tagged",
            "owner_id": "its owner at the article's date",
            "article_id": "article",
            "source": "slug of the source",
            "language": "of the article, ISO 639-1",
            "title": "headline",
            "url": "canonical address",
            "story_id": "the event the article tells",
            "copy_of_id": "the earlier article whose text it is; null of an original",
        },
        """
        SELECT t.company_id, c.name AS company, t.published_at, {days:t.published_at},
               t.relevance, t.level, t.confidence, t.mention_count, t.known, t.owner_id,
               a.id AS article_id, s.slug AS source, a.language, a.title, a.url, a.story_id,
               a.copy_of_id
        FROM tag t JOIN company c ON c.id = t.company_id JOIN article a ON a.id = t.article_id
        JOIN source s ON s.id = a.source_id
        """,
    ),
    "company_day": View(
        "How much was written about a company on a day",
        {
            "company_id": "slug of the company",
            "company": "its display name",
            "day": "day of publication, UTC: 2026-11-22",
            "week": "ISO week of that day",
            "month": "month of that day",
            "age_days": "days since the day's latest article",
            "articles": "articles that name it, copies included",
            "originals": "of these, not copies of another source's text",
            "primary_articles": "of these, those it carries the story of",
            "stories": "events",
            "sources": "sources that named it",
            "mentions": "times it was named",
        },
        """
        SELECT d.company_id, c.name AS company, d.day, d.week, d.month, min(d.age_days) AS age_days,
               count(*) AS articles, sum(CASE WHEN a.copy_of_id IS NULL THEN 1 ELSE 0 END)
               AS originals, sum(CASE WHEN d.level = 'primary' THEN 1 ELSE 0 END)
               AS primary_articles, count(DISTINCT a.story_id) AS stories,
               count(DISTINCT a.source_id) AS sources, sum(d.mention_count) AS mentions
        FROM (SELECT t.company_id, t.article_id, t.level, t.mention_count, {days:t.published_at}
              FROM tag t) d
        JOIN company c ON c.id = d.company_id JOIN article a ON a.id = d.article_id
        GROUP BY d.company_id, c.name, d.day, d.week, d.month
        """,
    ),
    "story_overview": View(
        "Events: who was first, who followed, how fast, in which languages",
        {
            "story_id": "the event",
            "title": "headline of its first article",
            "first_published_at": "when its first article appeared, UTC",
            **_OF_DAY,
            "last_published_at": "when its latest article appeared, UTC",
            "first_source": "slug of the source that was first",
            "articles": "how many articles tell it",
            "outlets": "how many sources tell it",
            "languages": "ISO 639-1 codes, comma-separated",
            "lag_hours": "hours until a second source followed; null while alone",
            "companies": "names in its first article, most relevant first",
            "url": "address of its first article",
        },
        """
        SELECT y.id AS story_id, y.title, y.first_published_at, {days:y.first_published_at},
               y.last_published_at, s.slug AS first_source, y.articles, y.outlets, y.languages,
               round(y.lag_seconds / 36.0) / 100 AS lag_hours, {names:y.first_article_id}
               AS companies, a.url
        FROM story y JOIN source s ON s.id = y.first_source_id
        JOIN article a ON a.id = y.first_article_id
        """,
    ),
    "story_article": View(
        "The articles of each event in their order",
        {
            "story_id": "the event",
            "place": "1 for the first article",
            "article_id": "article",
            "published_at": "when it was published, UTC",
            **_OF_DAY,
            "lag_hours": "hours after the first article",
            "source": "slug of the source",
            "language": "ISO 639-1",
            "title": "headline",
            "url": "canonical address",
            "copy_of_id": "the earlier article whose text it is; null of an original",
        },
        """
        SELECT a.story_id, row_number() OVER (PARTITION BY a.story_id
               ORDER BY a.published_at, a.id) AS place, a.id AS article_id, a.published_at,
               {days:a.published_at}, {hours:y.first_published_at|a.published_at} AS lag_hours,
               s.slug AS source, a.language, a.title, a.url, a.copy_of_id
        FROM article a JOIN story y ON y.id = a.story_id JOIN source s ON s.id = a.source_id
        """,
    ),
    "source_health": View(
        "How each source is doing",
        {
            "source": "slug of the source",
            "name": "as people call it",
            "is_active": "listed in sources.toml today",
            "paused_at": "since when it is paused by hand",
            "last_visit_at": "end of the last visit, UTC",
            "last_success_at": "end of the last good visit, UTC",
            "last_outcome": "how the last visit ended",
            "last_detail": "and why",
            "failures": "visits failed in a row",
            "next_due_at": "when it is visited next, UTC",
            "articles": "articles stored",
            "articles_7d": "of these, published in the last 7 days",
            "copies": "of all its articles, copies of another source's text",
            "last_published_at": "its latest article, UTC",
            "silent_hours": "hours since its latest article",
            "gap_hours": "usual hours between two of its articles, over the last 90 days",
            "minutes_to_store": "from publication to our database, mean of 7 days (within a day)",
            "with_author_percent": "articles of the last 7 days with an author",
            "visits_7d": "visits in the last 7 days",
            "failed_visits_7d": "of these, failed",
            "waiting": "addresses still to fetch or to read",
            "silence": "alarm: so long nothing has come that it cannot be chance; else null",
            "drift": "alarm: a field that pages have lost, since when, share before; else null",
        },
        """
        SELECT s.slug AS source, s.name, s.is_active, s.paused_at, s.last_visit_at,
               s.last_success_at, s.last_outcome, s.last_detail, s.failures, s.next_due_at,
               coalesce(a.articles, 0) AS articles, coalesce(w.articles, 0) AS articles_7d,
               coalesce(a.copies, 0) AS copies, a.last_published_at,
               {hours:a.last_published_at|{now}} AS silent_hours,
               round(2160.0 / nullif(m.articles, 0) * 100) / 100 AS gap_hours,
               round(l.hours * 60) AS minutes_to_store,
               {percent:w.signed|w.articles} AS with_author_percent,
               coalesce(v.visits, 0) AS visits_7d, coalesce(v.failed, 0) AS failed_visits_7d,
               coalesce(p.waiting, 0) AS waiting, n.silence, n.drift
        FROM source s
        LEFT JOIN (SELECT source_id, min(CASE WHEN kind = 'silence' THEN text END) AS silence,
                   min(CASE WHEN kind = 'drift' THEN text END) AS drift
                   FROM alarm GROUP BY source_id) n
          ON n.source_id = s.id
        LEFT JOIN (SELECT source_id, count(*) AS articles, count(copy_of_id) AS copies,
                   max(published_at) AS last_published_at FROM article GROUP BY source_id) a
          ON a.source_id = s.id
        LEFT JOIN (SELECT source_id, count(*) AS articles, sum(CASE WHEN EXISTS (SELECT 1 FROM
                   author u WHERE u.article_id = r.id) THEN 1 ELSE 0 END) AS signed
                   FROM article r WHERE published_at >= {days_ago:7} GROUP BY source_id) w
          ON w.source_id = s.id
        LEFT JOIN (SELECT source_id, count(*) AS articles FROM article
                   WHERE published_at >= {days_ago:90} GROUP BY source_id) m
          ON m.source_id = s.id
        LEFT JOIN (SELECT source_id, avg(hours) AS hours FROM (SELECT source_id,
                   {hours:published_at|first_seen_at} AS hours FROM article
                   WHERE published_at >= {days_ago:7} AND published_origin <> 'first_seen') f
                   WHERE hours <= 24 GROUP BY source_id) l
          ON l.source_id = s.id
        LEFT JOIN (SELECT source_id, count(*) AS visits, sum(CASE WHEN outcome IN
                   ('ok', 'unchanged', 'empty') THEN 0 ELSE 1 END) AS failed FROM visit
                   WHERE started_at >= {days_ago:7} GROUP BY source_id) v
          ON v.source_id = s.id
        LEFT JOIN (SELECT source_id, count(*) AS waiting FROM address
                   WHERE state IN ('new', 'fetched') GROUP BY source_id) p
          ON p.source_id = s.id
        """,
    ),
    "mention_context": View(
        "Each place where a company is named, with the words around it",
        {
            "article_id": "article",
            "company_id": "slug of the company",
            "company": "its display name",
            "published_at": "when the article was published, UTC",
            "zone": "title, summary or body",
            "start": "code points into that zone",
            "end": "exclusive",
            "surface": "the name as written",
            "rule": "what decided that it is this company",
            "before": "up to 60 characters before it",
            "after": "up to 60 characters after it",
            "title": "headline",
            "url": "canonical address",
        },
        """
        SELECT m.article_id, m.company_id, c.name AS company, m.published_at, m.zone, m.start,
               m."end", m.surface, m.rule, {before:m.said|m.start|60} AS before,
               {after:m.said|m."end"|60} AS after, m.title, m.url
        FROM (SELECT n.article_id, n.company_id, n.zone, n.start, n."end", n.surface, n.rule,
                     a.published_at, a.title, a.url, CASE n.zone WHEN 'title' THEN a.title
                     WHEN 'summary' THEN coalesce(a.summary, '') ELSE a.body END AS said
              FROM mention n JOIN article a ON a.id = n.article_id) m
        JOIN company c ON c.id = m.company_id
        """,
    ),
    "revision_diff": View(
        "Each edit of an article: the version before and the version after",
        {
            "article_id": "article",
            "number": "number of the version that was replaced, from 1",
            "replaced_at": "when the later version was fetched, UTC",
            **_OF_DAY,
            "hours_online": "hours from publication to the edit being seen",
            "source": "slug of the source",
            "url": "canonical address",
            "old_title": "headline before",
            "new_title": "headline after",
            "title_changed": "the headline is another",
            "old_summary": "lead before",
            "new_summary": "lead after",
            "old_body": "text before",
            "new_body": "text after",
            "body_changed": "the text is another",
            "characters_added": "length of the text after, minus before",
        },
        """
        SELECT r.article_id, r.number, r.replaced_at, {days:r.replaced_at},
               {hours:a.published_at|r.replaced_at} AS hours_online, s.slug AS source, a.url,
               r.title AS old_title, coalesce(n.title, a.title) AS new_title,
               r.title <> coalesce(n.title, a.title) AS title_changed, r.summary AS old_summary,
               CASE WHEN n.number IS NULL THEN a.summary ELSE n.summary END AS new_summary,
               r.body AS old_body, coalesce(n.body, a.body) AS new_body,
               r.body <> coalesce(n.body, a.body) AS body_changed,
               length(coalesce(n.body, a.body)) - length(r.body) AS characters_added
        FROM revision r JOIN article a ON a.id = r.article_id
        JOIN source s ON s.id = a.source_id
        LEFT JOIN revision n ON n.article_id = r.article_id AND n.number = r.number + 1
        """,
    ),
    "refused": View(
        "Pages that gave no article: what their feed said of them, and why they are not here",
        {
            "url": "canonical address",
            "ended_at": "when it was last asked for, or not to be asked for, UTC",
            **_OF_DAY,
            "source": "slug of the source that offered it",
            "outcome": "paywall, robots, reserved, gone, not_article …",
            "detail": "and why, in one line",
            "title": "headline, as the feed has it",
            "summary": "lead, as the feed has it",
            "language": "ISO 639-1, as the feed has it",
            "published_at": "as the feed has it, UTC",
            "first_seen_at": "when it was first offered, UTC",
            "found_in": "channel that named it first",
        },
        """
        SELECT d.url, d.ended_at, {days:d.ended_at}, s.slug AS source, d.outcome, d.detail,
               {said:d.entry|title} AS title, {said:d.entry|summary} AS summary,
               {said:d.entry|language} AS language, {moment:d.entry|published_at} AS published_at,
               d.first_seen_at, d.found_in
        FROM address d JOIN source s ON s.id = d.source_id
        WHERE d.state IN ('rejected', 'failed') AND d.article_id IS NULL
          AND d.next_try_at IS NULL AND d.outcome <> 'forgotten'
        """,
    ),
}
"""Every view by its name, in the order in which they are made."""

_NOW = {"sqlite": "'now'", "postgresql": "now()"}


def drop(connection: Connection) -> None:
    """Drops every view, so that tables can change under them."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def recreate(connection: Connection) -> None:
    """Makes every view anew, as this version of techwire has it."""
    drop(connection)
    dialect = connection.dialect.name
    for name, view in VIEWS.items():
        _run(connection, f"CREATE VIEW {name} AS {definition(view.select, dialect)}")
        if dialect == "postgresql":
            _run(connection, f"COMMENT ON VIEW {name} IS {_quoted(view.comment)}")
            for column, comment in view.columns.items():
                _run(connection, f'COMMENT ON COLUMN {name}."{column}" IS {_quoted(comment)}')


def _run(connection: Connection, sql: str) -> None:
    # psycopg reads % as the beginning of a parameter
    percent = "%%" if connection.dialect.name == "postgresql" else "%"
    connection.exec_driver_sql(sql.replace("%", percent))


def _quoted(comment: str) -> str:
    return "'" + comment.replace("'", "''") + "'"


def definition(select: str, dialect: str) -> str:
    """``select`` with its ``{days:column}``, ``{hours:from|to}`` … spelled for ``dialect``."""
    sql = " ".join(select.split()).replace("{now}", _NOW[dialect])
    while (start := sql.find("{")) >= 0:
        end = sql.index("}", start)
        name, _, arguments = sql[start + 1 : end].partition(":")
        sql = sql[:start] + _spelled(name, arguments.split("|"), dialect) + sql[end + 1 :]
    return sql


def _spelled(name: str, arguments: list[str], dialect: str) -> str:
    if name == "days":
        return ", ".join(
            f"{sql.format(*arguments)} AS {part}" for part, sql in _DAYS[dialect].items()
        )
    return _WORDS[dialect][name].format(*arguments)
