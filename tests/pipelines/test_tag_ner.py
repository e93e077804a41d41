"""A spaCy pipeline, where there is one, is a witness for names that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.pool import preparation
from pipelines.companies import load
from pipelines.tag import Reading
from pipelines.tag_ner import of_pipeline, witness
from pipelines.tag_score import weights
from techwire.config import Config
from techwire.config import load as load_config
from techwire.errors import ConfigError
from techwire.types import Article, Page, Source

TEXT = "On Monday the visitors saw Zorvella beside the bridge, and nobody minded."


FILL = (
    "The river was high that week, and the ferry stayed on its side, so people walked, talked "
    "and bought bread, as they had done in every other year that anyone could remember."
)


def test_a_witness_makes_an_unknown_name_likelier() -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ORG", "pattern": "Zorvella"}])
    catalogue = load()
    alone = Reading("", None, TEXT, "en", catalogue).probabilities(weights())
    heard = Reading("", None, TEXT, "en", catalogue, of_pipeline(pipeline))
    assert heard.organisations == {"zorvella"}
    assert heard.probabilities(weights())["zorvella"] > alone["zorvella"]


PAGE = Page(
    url="https://gazette.example/1",
    final_url="https://gazette.example/1",
    source="gazette",
    fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    body=(
        "<html lang=en><title>By the bridge</title><article><h1>By the bridge</h1>"
        "<p>Customers of Zorvella like the new ferry, and rivals of Zorvella do not. "
        f"{FILL}</p><p>{FILL} Nobody had told them of it before.</p></article>"
    ).encode(),
)


def configured(folder: Path, model: str) -> Config:
    path = folder / "techwire.toml"
    path.write_text(f'[tagging]\nspacy = "{model}"\n')
    return load_config(path, environ={})


def test_the_configuration_names_the_witness_that_reading_asks(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Zorvella"}])
    pipeline.to_disk(tmp_path / "names")
    source = Source(slug="gazette", name="Gazette", url="https://gazette.example/")

    def confidence(model: str) -> float:
        config = configured(tmp_path, model)
        found = preparation(config)()(PAGE, source)
        assert isinstance(found, Article)
        return max((tag.confidence for tag in found.tags if tag.name == "Zorvella"), default=0.0)

    assert confidence("names") > confidence("")


def test_a_pipeline_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"tagging\.spacy"):
        witness("no_such_pipeline_anywhere")
    with pytest.raises(ConfigError, match=r"tagging\.spacy"):
        preparation(configured(tmp_path, "no_such_pipeline_anywhere"))


def test_nobody_is_asked_unless_the_configuration_says_so(tmp_path: Path) -> None:
    assert configured(tmp_path, "").spacy is None
