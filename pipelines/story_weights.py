"""How likely a headline tells a story, given what the two have in common."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from operator import mul

# What a headline and a story have in common, in the order of the values that `common` gives.
FEATURES = (
    *("best", "second", "three", "mean", "centroid", "covered", "best_overlap", "best_terms"),
    *("terms", "first_weight", "second_weight", "third_weight", "first_idf", "second_idf"),
    *("first_part", "second_part", "pairs", "best_pair", "numbers", "strangest"),
    *("since_last", "since_first", "size", "same_host", "length", "since_best", "weight", "total"),
)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic function of what a headline and a story have in common."""

    threshold: float  # likelihood from which a headline joins a story
    constant: float
    of: tuple[float, ...]  # in the order of FEATURES

    def likelihood(self, values: tuple[float, ...]) -> float:
        """How likely the headline tells the story, 0 to 1."""
        score = self.constant + sum(map(mul, self.of, values))
        return 1 / (1 + exp(-score)) if score > -500 else 0.0


@cache
def shipped_weights() -> Weights:
    """The weights of ``story_weights.toml``."""
    table = tomllib.loads(files("pipelines").joinpath("story_weights.toml").read_text("utf-8"))
    of = tuple(float(table["weights"][name]) for name in FEATURES)
    return Weights(float(table["threshold"]), float(table["constant"]), of)
