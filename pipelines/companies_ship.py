"""Writes the snapshot of the shipped catalogue: ``python -m pipelines.companies_ship``.

To be run after every change of ``pipelines/companies/*.toml``; a test fails until it is. One
company a line, in the order of the files, so that a change of the catalogue is a small diff.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.companies import Catalogue, parse, shipped
from pipelines.companies_snapshot import FIELDS, KINDS, digest, path_beside

_LETTERS = {kind: letter for letter, kind in KINDS.items()}


def written(paths: Sequence[Path]) -> str:
    """The snapshot of these files, as text; the same for the same files."""
    made = parse(paths)
    head = {"files": digest(paths), "version": made.version}
    lines = [json.dumps(line, ensure_ascii=False) for line in (head, *_rows(made))]
    return "[" + ",\n".join(lines) + "]\n"


def _rows(made: Catalogue) -> list[list[Any]]:
    """One row a company: id, fields, spellings, and — where there are any — owners and cues."""
    spellings: dict[str, list[Any]] = {company: [] for company in made.companies}
    for spelling in made.spellings:
        letter = _LETTERS[spelling.kind]
        company = made.companies[spelling.company]
        text = "" if spelling.text == company.name and letter == "n" else spelling.text
        short = (letter.upper() if spelling.ambiguous else letter) + text
        span = [_iso(spelling.since), _iso(spelling.until)]
        spellings[spelling.company].append([short, *span] if any(span) else short)
    rows: list[list[Any]] = []
    for id_, company in made.companies.items():
        row = [id_, *(getattr(company, name) for name in FIELDS), spellings[id_]]
        owners = [[span.id, _iso(span.since)] for span in made.owners.get(id_, ())]
        cues = made.context.get(id_)
        if owners or cues:
            row.append(owners)
        if cues:
            row += cues
        rows.append(row)
    return rows


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


if __name__ == "__main__":
    path_beside(shipped()).write_text(written(shipped()), encoding="utf-8")
