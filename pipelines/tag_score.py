"""Turns evidence into probabilities, with weights learned offline (benchmarks/train_tagging.py)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp


@dataclass(frozen=True, slots=True)
class Weights:
    """Four logistic regressions: feature → weight. Unknown features weigh nothing."""

    unknown: dict[str, float]  # is this name that no catalogue has a company?
    claimed: dict[str, float]  # does this ambiguous spelling mean the catalogue's company?
    primary: dict[str, float]  # does this company carry the story?
    taking_part: dict[str, float]  # … or at least take part in it?


@cache
def weights() -> Weights:
    """The shipped weights, read once in a process."""
    path = files("pipelines") / "tagging" / "weights.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    return Weights(found["unknown"], found["claimed"], found["primary"], found["taking_part"])


def probability(model: dict[str, float], features: dict[str, float]) -> float:
    """The logistic of the weighted sum."""
    total = 0.0
    for name, value in features.items():
        weight = model.get(name)
        if weight is not None:
            total += weight * value
    if total < -30:
        return 0.0
    return 1 / (1 + exp(-total))
