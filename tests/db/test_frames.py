"""The Python interface: typed answers, and frames for those who have pandas."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from db import articles, connect, queries, to_dataframe
from db.frames import records
from techwire.errors import UsageError
from tests.db.build import APPLE, NOW, article, tag, with_sources


@pytest.fixture
def news(tmp_path: Path) -> list[object]:
    with connect(str(tmp_path / "frames.db")) as database:
        with_sources(database)
        about = (tag(APPLE.id, APPLE.name),)
        with database.writing() as connection:
            articles.save(connection, article("https://gazette.example/1", tags=about), NOW)
        with database.reading() as connection:
            return list(
                queries.latest(connection, company=queries.company(connection, "Apple").ids)
            )


def test_answers_become_flat_records(news: list[object]) -> None:
    (row,) = records(news)
    assert (row["title"], row["companies"], row["company_ids"]) == (
        "Une usine ouvre à Grenoble",
        ["Apple"],
        ["apple"],
    )
    with pytest.raises(TypeError, match="is no answer"):
        records([1])


def test_a_frame_needs_pandas_and_says_so(news: list[object]) -> None:
    if importlib.util.find_spec("pandas") is None:
        with pytest.raises(UsageError, match="pip install pandas"):
            to_dataframe(news)
    else:
        frame = to_dataframe(news)
        assert list(frame["companies"]) == [["Apple"]]
        assert str(frame["published_at"].dtype).endswith("UTC]")
