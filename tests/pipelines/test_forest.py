"""The bit-parallel forest gives what walking each tree gives."""

from __future__ import annotations

import math
import random

import pytest

from pipelines.forest import Forest, Trees, body_forest
from pipelines.rows import NAMES, Row, values_of


def walked(node: object, row: list[float]) -> float:
    while isinstance(node, list):
        feature, threshold, left, right = node
        node = left if row[feature] <= threshold else right
    assert isinstance(node, float)
    return node


def tree(rng: random.Random, leaves: int) -> object:
    if leaves == 1:
        return round(rng.uniform(-1, 1), 3)
    left = rng.randint(1, leaves - 1)
    return [rng.randrange(5), rng.randrange(10), tree(rng, left), tree(rng, leaves - left)]


def test_a_forest_scores_a_row_as_its_trees_do_one_by_one() -> None:
    rng = random.Random(7)
    trees = [tree(rng, rng.randint(1, 16)) for _ in range(40)]
    forest = Forest({"features": list("abcde"), "trees": trees})
    for _ in range(200):
        row = [float(rng.randrange(10)) for _ in range(5)]  # thresholds are hit exactly, too
        expected = 1 / (1 + math.exp(-sum(walked(t, row) for t in trees)))
        assert math.isclose(forest.score(row), expected, rel_tol=1e-9)


def test_the_committed_model_was_trained_on_the_features_we_compute() -> None:
    assert body_forest().features == NAMES


def test_rows_that_share_parts_are_scored_as_if_they_stood_alone() -> None:
    rng = random.Random(11)
    trees = [tree(rng, rng.randint(1, 16)) for _ in range(39)]  # an odd number, and early trees
    forest = Forest({"features": list("abcde"), "trees": trees, "early": [7, 0.0]})
    elements = [((float(i), 3.0), (float(i % 2),)) for i in range(4)]
    rows: list[Row | None] = []
    for _ in range(60):
        own = ((float(rng.randrange(3)),), (float(rng.randrange(10)),))
        rows.append((own, rng.choice(elements)) if rng.random() < 0.9 else None)
    expected = []
    for row in rows:
        values = values_of(row) if row else []
        first = sum(walked(t, values) for t in trees[:7]) if row else 0.0
        rest = first if first < 0 else sum(walked(t, values) for t in trees[7:]) if row else 0.0
        expected.append(1 / (1 + math.exp(-first - rest)) if row else 0.0)
    assert forest.scores(rows) == pytest.approx(expected)
    assert forest.scores([]) == []


def test_trees_rule_out_what_their_sum_leaves_too_low() -> None:
    rng = random.Random(5)
    trees = [tree(rng, rng.randint(1, 16)) for _ in range(8)]
    first = Trees({"trees": trees, "below": 0.2})
    rows = [tuple(float(rng.randrange(10)) for _ in range(5)) for _ in range(200)]
    expected = [sum(walked(t, list(row)) for t in trees) < 0.2 for row in rows]
    assert [first.rule_out(row) for row in rows] == expected
    assert True in expected
    assert False in expected
