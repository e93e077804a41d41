"""An optional witness: a spaCy pipeline of the user's, asked which names are organisations.

``pip install techwire[ner]`` and a model of one's choice; never required. It does not tag by
itself: what it calls an organisation counts as one more cue for a name that nobody knows.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

from techwire.errors import ConfigError

Witness = Callable[[str], list[tuple[int, int]]]  # text → spans of organisations, code points
LABELS = frozenset(("ORG", "ORGANIZATION", "COMPANY"))  # as spaCy's models of all languages say it


@cache
def witness(model: str) -> Witness:
    """The pipeline called ``model`` (a package, or a folder), loaded once in a process.

    ConfigError when spaCy or the model is not installed."""
    try:
        spacy = importlib.import_module("spacy")
    except ImportError:
        raise ConfigError(
            "spaCy is not installed", key="tagging.ner", hint="pip install 'techwire[ner]'"
        ) from None
    try:
        pipeline = spacy.load(model)
    except OSError as problem:
        raise ConfigError(f"no spaCy pipeline: {problem}", key="tagging.ner") from None
    return of_pipeline(pipeline)


def of_pipeline(pipeline: Callable[[str], object]) -> Witness:
    """A witness made of any loaded spaCy pipeline."""

    def spans(text: str) -> list[tuple[int, int]]:
        document = pipeline(text)
        entities = getattr(document, "ents", ())
        return [(e.start_char, e.end_char) for e in entities if e.label_ in LABELS]

    return spans
