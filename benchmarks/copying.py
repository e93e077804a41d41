"""Multiplies the articles of a generated archive inside the database, on either engine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from db.tables import AddressRow, ArticleRow, AuthorRow, Base, MentionRow, StoryRow, TagRow

_SHIFTED = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, '+{1} seconds')",
    "postgresql": "({0} + interval '{1} seconds')",
}
_DAY = {
    "sqlite": "strftime('%Y/%m/%d', {0})",
    "postgresql": "to_char({0} at time zone 'UTC', 'YYYY/MM/DD')",
}
_HEX = {"sqlite": "printf('%016x', {0})", "postgresql": "lpad(to_hex({0}), 16, '0')"}
_BITS = {"sqlite": "random()", "postgresql": "(random() * 9e18)::bigint"}
_GIN = "ix_article_search_words"


def hurry(connection: Connection) -> None:
    """Settings of a connection that fills a database nobody else uses."""
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA synchronous = OFF").close()
        raw.execute("PRAGMA foreign_keys = OFF").close()
        raw.execute("PRAGMA cache_size = -1000000").close()
        connection.execute(text("CREATE TEMP TABLE seed_words (title TEXT, text TEXT)"))
    else:
        connection.execute(text("SET synchronous_commit = off"))
        connection.execute(text("SET session_replication_role = replica"))  # the keys are right
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        made = text("SELECT indexdef FROM pg_indexes WHERE indexname = :name")
        connection.info[_GIN] = connection.scalar(made, {"name": _GIN})
        connection.execute(text(f"DROP INDEX {_GIN}"))


def finish(connection: Connection) -> None:
    """Makes what ``hurry`` took away."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(connection.info.pop(_GIN))
        connection.execute(text("SELECT setval('article_id_seq', (SELECT max(id) FROM article))"))


def repeat(connection: Connection, offset: int, seconds: int, seed: int) -> None:
    """The articles 1 to ``seed`` again: ``offset`` numbers and ``seconds`` later."""
    dialect = connection.dialect.name

    def later(*columns: str) -> dict[str, str]:
        return {name: _SHIFTED[dialect].format(name, seconds) for name in columns}

    def number(*columns: str) -> dict[str, str]:
        return {name: f"{name} + {offset}" for name in columns}

    def address(key: str, moment: str) -> str:
        day = _DAY[dialect].format(_SHIFTED[dialect].format(moment, seconds))
        host = f"'https://s' || (({key} - 1) % 200) || '.example/'"
        return f"{host} || {day} || '/article-' || ({key} + {offset} - 1)"

    digest = _HEX[dialect].format(f"id + {offset} - 1")
    url = address("id", "published_at")
    _copy(
        connection,
        StoryRow,
        f"id <= {seed}",
        number("id", "first_article_id") | later("first_published_at", "last_published_at"),
    )
    _copy(
        connection,
        ArticleRow,
        f"id <= {seed}",
        number("id", "story_id", "copy_of_id")
        | later("published_at", "first_seen_at", "fetched_at")
        | {"url": url, "content_hash": digest, "body_hash": f"'x' || {digest}"}
        | {"fingerprint": _BITS[dialect]},
    )
    for table in (AuthorRow, MentionRow):
        _copy(connection, table, f"article_id <= {seed}", number("article_id"))
    _copy(
        connection,
        TagRow,
        f"article_id <= {seed}",
        number("article_id", "story_id") | later("published_at"),
    )
    from_address = address("article_id", "first_seen_at")
    _copy(
        connection,
        AddressRow,
        f"article_id <= {seed}",
        number("article_id")
        | later("first_seen_at", "last_fetched_at", "ended_at")
        | {"url": from_address, "fetch_url": from_address, "id": ""},
    )
    if dialect == "sqlite":
        columns, origin = "rowid, title, text", f"rowid + {offset}, title, text FROM seed_words"
    else:
        columns = "article_id, words"
        origin = f"article_id + {offset}, words FROM article_search WHERE article_id <= {seed}"
    connection.execute(text(f"INSERT INTO article_search ({columns}) SELECT {origin}"))


def _copy(connection: Connection, table: type[Base], where: str, changed: dict[str, str]) -> None:
    """Copies rows; a column changed into nothing is left to the database."""
    names = [c.name for c in table.__table__.columns if changed.get(c.name, c.name)]
    quoted = {name: f'"{name}"' for name in names}
    columns = ", ".join(quoted[name] for name in names)
    values = ", ".join(changed.get(name, quoted[name]) for name in names)
    sql = f"INSERT INTO {table.__tablename__} ({columns}) SELECT {values}"
    percent = "%%" if connection.dialect.name == "postgresql" else "%"
    full = f"{sql} FROM {table.__tablename__} WHERE {where}"
    connection.exec_driver_sql(full.replace("%", percent))
