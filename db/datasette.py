"""What Datasette shows of the database: titles, facets, and the cookbook as ready questions."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from db.tables import Base
from db.views import VIEWS

_QUESTION = re.compile(r"\n([^\n]+)\n\n```sql\n(.*?)```", re.DOTALL)
_FACETS = {
    "refused": ["source", "outcome", "day"],
    "latest": ["source", "language", "day"],
    "company_article": ["company", "source", "level", "language"],
    "company_day": ["company", "month"],
    "story_overview": ["first_source", "languages", "outlets"],
    "mention_context": ["company", "zone", "rule"],
    "revision_diff": ["source", "title_changed"],
}
_UNITS = {
    "source_health": {"silent_hours": "h", "gap_hours": "h", "minutes_to_store": "min"},
    "story_overview": {"lag_hours": "h"},
    "story_article": {"lag_hours": "h"},
    "revision_diff": {"hours_online": "h"},
}
_SORT = {
    "latest": "published_at",
    "company_article": "published_at",
    "story_overview": "first_published_at",
    "revision_diff": "replaced_at",
    "refused": "ended_at",
}
_HIDDEN = ("address", "page", "fingerprint", "property", "tombstone", "channel", "alembic_version")


def metadata(database: str) -> dict[str, Any]:
    """The metadata of a Datasette that serves ``database`` (its file's name without ending)."""
    tables: dict[str, Any] = {}
    for name, view in VIEWS.items():
        tables[name] = {"description": view.comment, "columns": dict(view.columns)}
        if name in _FACETS:
            tables[name]["facets"] = _FACETS[name]
        if name in _UNITS:
            tables[name]["units"] = _UNITS[name]
        if name in _SORT:
            tables[name]["sort_desc"] = _SORT[name]
    for table in Base.metadata.sorted_tables:
        tables[table.name] = {
            "description": table.comment,
            "columns": {column.name: column.comment for column in table.columns},
        }
    tables["article"]["label_column"] = "title"
    tables["company"]["label_column"] = tables["source"]["label_column"] = "name"
    for name in _HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    return {
        "title": "techwire",
        "description": "The tech press, by company",
        "databases": {database: {"tables": tables, "queries": _queries()}},
    }


def _queries() -> dict[str, Any]:
    """The questions of the cookbook, and two that ask for a name."""
    found: dict[str, Any] = {
        "company": {
            "title": "One company",
            "sql": "select published_at, source, title, url, level, relevance from company_article"
            " where company_id = :company order by published_at desc limit 100",
        },
        "together": {
            "title": "Two companies in one article",
            "sql": "select one.published_at, one.source, one.title, one.url"
            " from company_article one join company_article other"
            " on other.article_id = one.article_id where one.company_id = :one"
            " and other.company_id = :other order by one.published_at desc limit 100",
        },
    }
    for question, sql in questions():
        name = re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-")[:60]
        found[name] = {"title": question, "sql": sql.strip()}
    return found


def questions() -> list[tuple[str, str]]:
    """The cookbook's questions with their SQL (``db/questions.md``, shown as docs/queries.md)."""
    return _QUESTION.findall((files("db") / "questions.md").read_text("utf-8"))
