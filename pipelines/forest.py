"""A gradient-boosted forest, evaluated in plain Python: every tree at once, as bits of one integer.

After QuickScorer (Lucchese et al., SIGIR 2015): each leaf of each tree is a bit. A test that fails
rules out the leaves on its left; the failing tests of one feature are those with thresholds below
the value, so their masks are combined beforehand and one bisection finds the right one. The lowest
bit left in a tree's field is its leaf. A row costs one bisection per feature and one addition per
tree; the segments of a page have most of their features in common, in parts, and a part is looked
up once.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate, repeat
from operator import and_, getitem
from typing import Any

from pipelines.rows import Part, Row

FIELD = 16  # bits for the leaves of one tree


class Forest:
    """Scores rows in [0, 1]. Built from the JSON that ``benchmarks/train_body.py`` writes.

    Its ``early`` says after how many trees, and below which sum of theirs, a row is given up."""

    def __init__(self, model: Mapping[str, object]) -> None:
        names, trees, early = model["features"], model["trees"], model.get("early", [0, -math.inf])
        if not isinstance(names, list) or not isinstance(trees, list):
            raise TypeError("no model: features and trees are lists")
        if not isinstance(early, list):
            raise TypeError("no model: early is a list")
        self.features: tuple[str, ...] = tuple(str(name) for name in names)
        count, self._low = int(early[0]), float(early[1])
        even = [*_even(trees[:count]), *_even(trees[count:])]
        leaves: list[list[float]] = []
        tests: list[list[tuple[float, int]]] = [[] for _ in names]
        every = (1 << (FIELD * len(even))) - 1
        for number, tree in enumerate(even):
            values: list[float] = []
            _read(tree, number, every, tests, values)
            leaves.append(values)
        self._ones = sum(1 << (FIELD * number) for number in range(len(even)))
        self._bytes = len(even) * FIELD // 8
        pairs = list(map(_of_two, leaves[::2], leaves[1::2]))
        self._first, self._others = pairs[: (count + 1) // 2], pairs[(count + 1) // 2 :]
        self._thresholds: list[list[float]] = []
        self._masks: list[list[int]] = []
        for of_feature in tests:
            of_feature.sort(key=lambda test: test[0])
            masks = [mask for _, mask in of_feature]
            self._thresholds.append([threshold for threshold, _ in of_feature])
            self._masks.append(list(accumulate(masks, and_, initial=every)))

    def score(self, row: Sequence[float]) -> float:
        """The probability the forest gives a row, in the order of ``features``."""
        return self.scores([((tuple(row),), ())])[0]

    def scores(self, rows: Sequence[Row | None]) -> list[float]:
        """The score of each row, 0 for None. What rows share is worked out once.

        Feature by feature and not row by row: so the loops are those of C."""
        asked = [row for row in rows if row is not None]
        elements = {id(of_element): of_element for _, of_element in asked}
        first = sum(map(len, asked[0][0])) if asked else 0
        of_elements = dict(zip(elements, self._standing(elements.values(), first), strict=True))
        shared = [of_elements[id(of_element)] for _, of_element in asked]
        own = self._standing([of_segment for of_segment, _ in asked], 0)
        given = map(self._settled, map(and_, own, shared))
        return [0.0 if row is None else next(given) for row in rows]

    def _standing(self, rows: Collection[tuple[Part, ...]], first: int) -> list[int]:
        """The leaves that rows of parts leave standing, the features from ``first`` on."""
        standing = [-1] * len(rows)
        for parts in zip(*rows, strict=True):
            distinct = dict.fromkeys(parts)
            known = dict(zip(distinct, self._left(distinct, first), strict=True))
            standing = list(map(and_, standing, map(known.__getitem__, parts)))
            first += len(parts[0])
        return standing

    def _left(self, parts: Collection[Part], first: int) -> list[int]:
        """The same of different parts at one place."""
        standing = [-1] * len(parts)
        for place, column in enumerate(zip(*parts, strict=True), first):
            # as floats, because comparing an integer with one takes three times as long
            at = map(bisect_left, repeat(self._thresholds[place]), map(float, column))
            standing = list(map(and_, standing, map(self._masks[place].__getitem__, at)))
        return standing

    def _settled(self, alive: int) -> float:
        """The probability, once every feature has spoken."""
        lowest = alive & ~(alive - self._ones)
        fields = memoryview(lowest.to_bytes(self._bytes, "little")).cast("I")
        total = sum(map(getitem, self._first, fields))
        if total < self._low:  # what the other trees say no longer matters
            return 1 / (1 + math.exp(-2 * total))
        total += sum(map(getitem, self._others, fields[len(self._first) :]))
        return 1 / (1 + math.exp(-total))


def _even(trees: Sequence[object]) -> Sequence[object]:
    """``trees``, one that says nothing among them where their number is odd."""
    return [*trees, 0.0] if len(trees) % 2 else trees


def _read(
    node: object,
    number: int,
    every: int,
    tests: list[list[tuple[float, int]]],
    values: list[float],
) -> None:
    """A node is a leaf's value or [feature, threshold, left, right]; leftmost leaf first."""
    if not isinstance(node, list):
        values.append(float(str(node)))
        return
    feature, threshold, left, right = node
    first = len(values)
    _read(left, number, every, tests, values)
    leaves = ((1 << (len(values) - first)) - 1) << first
    tests[feature].append((float(threshold), every ^ (leaves << (FIELD * number))))
    _read(right, number, every, tests, values)


def _of_two(one: list[float], other: list[float]) -> dict[int, float]:
    """By the two leaves that two trees end in, as bits, what they say together: half the look-ups
    that each tree alone would take."""
    return {
        1 << leaf | 1 << FIELD + beside: value + more
        for leaf, value in enumerate(one)
        for beside, more in enumerate(other)
    }


class Trees:
    """A few small trees for a few rows, walked one by one: they say what is ruled out."""

    def __init__(self, model: Mapping[str, object]) -> None:
        trees = model["trees"]
        if not isinstance(trees, list):
            raise TypeError("no model: trees is a list")
        self._trees = [_branch(tree) for tree in trees]
        self._below = float(str(model["below"]))

    def rule_out(self, row: Part) -> bool:
        """Whether the trees' sum for a row, in the order of ``rows.KIN_NAMES``, is too low."""
        total = 0.0
        for node in self._trees:
            while type(node) is tuple:
                feature, threshold, left, right = node
                node = left if row[feature] <= threshold else right
            total += node
        return total < self._below


def _branch(node: object) -> Any:
    """A node as it is walked: a leaf's value or (feature, threshold, left, right)."""
    if not isinstance(node, list):
        return float(str(node))
    feature, threshold, left, right = node
    return (int(feature), float(threshold), _branch(left), _branch(right))


@lru_cache(maxsize=1)
def _forests() -> tuple[Trees, Forest]:
    model = json.loads(files("pipelines").joinpath("body_model.json").read_text("utf-8"))
    return Trees(model["first"]), Forest(model)


def first_trees() -> Trees:
    """The committed trees that rule out kins (``pipelines.kin``)."""
    return _forests()[0]


def body_forest() -> Forest:
    """The committed scorer of text segments."""
    return _forests()[1]
