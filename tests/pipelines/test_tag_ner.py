"""A spaCy pipeline, where there is one, is a witness for names that nobody knows."""

from __future__ import annotations

import pytest

from pipelines.companies import load
from pipelines.tag import Reading
from pipelines.tag_ner import of_pipeline, witness
from pipelines.tag_score import weights
from techwire.errors import ConfigError

TEXT = "On Monday the visitors saw Zorvella beside the bridge, and nobody minded."


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


def test_a_pipeline_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(ConfigError, match=r"tagging\.ner"):
        witness("no_such_pipeline_anywhere")
