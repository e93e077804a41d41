"""Which open stories have a term."""

from __future__ import annotations

from collections.abc import Sequence


class Holders:
    """Term → labels of the stories that have it, in the order in which they came to have it.

    Most terms are in one story, whose label then stands there itself: a container for each of them
    would be a third of the index."""

    def __init__(self) -> None:
        self._of: dict[str, int | list[int]] = {}

    def __len__(self) -> int:
        return len(self._of)

    def of(self, term: str) -> Sequence[int]:
        """The labels of the stories that have ``term``, the first to have it first."""
        held = self._of.get(term)
        if held is None:
            return ()
        return held if isinstance(held, list) else (held,)

    def add(self, term: str, label: int) -> None:
        """``label``'s story, which did not have it, has ``term``."""
        held = self._of.get(term)
        if held is None:
            self._of[term] = label
        elif isinstance(held, list):
            held.append(label)
        else:
            self._of[term] = [held, label]

    def drop(self, term: str, label: int) -> None:
        """It has not any more. Old stories stand in front, and are found at once."""
        held = self._of[term]
        if isinstance(held, list) and len(held) > 1:
            held.remove(label)
        else:
            del self._of[term]
