"""Writes docs/schema.md from the tables and views: ``python -m db.schema_doc > docs/schema.md``."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Column, Dialect, Table, make_url

from db.revisions import HEAD
from db.tables import Base
from db.views import VIEWS

DIALECTS: dict[str, Dialect] = {
    "sqlite": make_url("sqlite://").get_dialect()(),
    "postgresql": make_url("postgresql+psycopg://").get_dialect()(),
}

_INTRODUCTION = f"""\
# The schema

Made from the code by `python -m db.schema_doc`; schema revision {HEAD}. The views are the
interface: their names and columns stay. The tables may change with a version; migrations carry the
rows over.

- Times end in `_at` and are UTC. SQLite holds them as text `YYYY-MM-DDTHH:MM:SSZ`, which sorts and
  compares as time does and is understood by `date()`, `strftime()`, `julianday()`; PostgreSQL as
  `timestamptz`. Seconds are whole.
- The views give the `day`, `week` (ISO 8601) and `month` of a time as text and its `age_days`, so
  that one SQL text runs on both engines.
- A company is a slug (`apple`, `mistral-ai`), a source is a slug in the views and a row number in
  the tables.
- Foreign keys are on. In SQLite switch them on yourself before you write:
  `PRAGMA foreign_keys = ON`.
- [queries.md](queries.md) is a cookbook over these views; every query in it is tested on both.
"""

_SEARCH = """\
### article_search

The full-text index, kept by techwire. Words are lower case, without accents, stemmed by the
article's language (`db/words.py`), so plain SQL must look for stems: `entrepris`, not
`entreprises`. `techwire search` does that for you.

- SQLite: an FTS5 table without content; `rowid` is the article's id, the columns are `title` and
  `text` (summary and body):
  `SELECT rowid FROM article_search WHERE article_search MATCH 'entrepris'`.
- PostgreSQL: `article_id` and `words`, a `tsvector` with a GIN index; the title has weight A:
  `SELECT article_id FROM article_search WHERE words @@ 'entrepris'::tsquery`.
  The index knows shelves of 4,096 articles by number as well, so that the latest can be asked
  alone: `… AND ARRAY[article_id / 4096] && ARRAY[243, 244]::bigint[]`.
"""


def document() -> str:
    """The whole document, Markdown."""
    parts = [_INTRODUCTION, "## Views\n"]
    for name, view in VIEWS.items():
        rows = [f"| `{column}` | {comment} |" for column, comment in view.columns.items()]
        parts.append(_section(name, view.comment, ["column", "meaning"], rows))
    parts.append("## Tables\n")
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    parts += [_table(table) for table in tables]
    parts.append(_SEARCH)
    return "\n".join(parts)


def _table(table: Table) -> str:
    rows = [
        f"| `{column.name}` | {_type(column, 'sqlite')} | {_type(column, 'postgresql')} |"
        f" {_meaning(column)} |"
        for column in table.columns
    ]
    section = _section(
        table.name, table.comment or "", ["column", "SQLite", "PostgreSQL", "meaning"], rows
    )
    indexes = sorted(
        ", ".join(f"`{column.name}`" for column in index.columns) for index in table.indexes
    )
    return section + (f"\nIndexes: {'; '.join(indexes)}.\n" if indexes else "")


def _section(name: str, comment: str, heads: list[str], rows: list[str]) -> str:
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    return "\n".join([f"### {name}\n", f"{comment}.\n", head, *rows]) + "\n"


def _type(column: Column[Any], dialect: str) -> str:
    spelled: Dialect = DIALECTS[dialect]
    return str(column.type.compile(spelled)).lower()


def _meaning(column: Column[Any]) -> str:
    notes = [column.comment or ""]
    if column.primary_key:
        notes.append("part of the key" if len(column.table.primary_key.columns) > 1 else "key")
    notes += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    if column.nullable:
        notes.append("or null")
    return "; ".join(notes)


if __name__ == "__main__":
    sys.stdout.write(document())
