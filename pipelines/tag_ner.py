"""An optional witness: a spaCy pipeline of the user's, asked which names are organisations.

``pip install techwire[ner]`` and a model of one's choice; never required. It does not tag by
itself: what it calls an organisation counts as one more cue for a name that nobody knows.
``[tagging] spacy`` of ``techwire.toml`` names it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path

from techwire.errors import ConfigError

Witness = Callable[[str], list[tuple[int, int]]]  # text → spans of organisations, code points
LABELS = frozenset(("ORG", "ORGANIZATION", "COMPANY"))  # as spaCy's models of all languages say it


def check(model: str) -> None:
    """ConfigError when spaCy or the pipeline called ``model`` is not there; loads neither."""
    if importlib.util.find_spec("spacy") is None:
        raise ConfigError(
            "spaCy is not installed", key="tagging.spacy", hint="pip install 'techwire[ner]'"
        )
    is_package = model.isidentifier() and importlib.util.find_spec(model) is not None
    if not is_package and not Path(model).is_dir():
        raise ConfigError(
            f"no spaCy pipeline {model!r}: neither a package nor a folder", key="tagging.spacy"
        )


@cache
def witness(model: str) -> Witness:
    """The pipeline called ``model`` (a package, or a folder), loaded once in a process.

    ConfigError when spaCy or the model is not installed."""
    check(model)
    spacy = importlib.import_module("spacy")
    try:
        pipeline = spacy.load(model)
    except (OSError, ValueError) as problem:
        said = str(problem).splitlines()[0]
        raise ConfigError(f"no spaCy pipeline: {said}", key="tagging.spacy") from None
    return of_pipeline(pipeline)


def of_pipeline(pipeline: Callable[[str], object]) -> Witness:
    """A witness made of any loaded spaCy pipeline."""

    def spans(text: str) -> list[tuple[int, int]]:
        document = pipeline(text)
        entities = getattr(document, "ents", ())
        return [(e.start_char, e.end_char) for e in entities if e.label_ in LABELS]

    return spans
