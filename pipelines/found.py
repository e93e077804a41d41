"""A field of a page: its value, the rule that gave it, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A field's value, the rule that gave it ("json-ld:headline") and how sure we are, [0, 1]."""

    value: T
    rule: str
    confidence: float
