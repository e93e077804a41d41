"""Answers as a pandas DataFrame, for people who have pandas."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from typing import Any

from techwire.errors import UsageError


def records(answers: Iterable[Any]) -> list[dict[str, Any]]:
    """Answers of ``db.queries`` as flat dictionaries: companies by their names, ids in a column."""
    found = []
    for answer in answers:
        if not is_dataclass(answer) or isinstance(answer, type):
            raise TypeError(f"{type(answer).__name__} is no answer of a question")
        row = asdict(answer)
        if "companies" in row:
            row["company_ids"] = [company["id"] for company in row["companies"]]
            row["companies"] = [company["name"] for company in row["companies"]]
        found.append(row)
    return found


def to_dataframe(answers: Iterable[Any]) -> Any:
    """A DataFrame with a row for each answer; times are aware. UsageError without pandas."""
    rows = records(answers)  # first: a mistake in the question is told without pandas too
    try:
        pandas = importlib.import_module("pandas")
    except ModuleNotFoundError:
        raise UsageError("to_dataframe needs pandas: pip install pandas") from None
    return pandas.DataFrame(rows)
