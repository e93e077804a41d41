"""What a page or an API path may be asked with: one declaration checks it and documents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from techwire.durations import parse_since
from techwire.errors import UsageError

LONGEST = 2_000  # characters of a value
BIGGEST = 2**63 - 1  # of a number: what either engine holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value of the query string, or a part of the path."""

    name: str
    says: str  # for the OpenAPI document
    kind: str = "string"  # string, integer, moment
    default: str | int | None = None
    least: int | None = None
    most: int | None = None
    choices: Sequence[str] = ()
    example: str | int | None = None
    is_path: bool = False
    is_required: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        kind = "integer" if self.kind == "integer" else "string"
        found: dict[str, Any] = {"type": kind}
        if self.choices:
            found["enum"] = list(self.choices)
        if self.default is not None:
            found["default"] = self.default
        if kind == "integer":
            found["minimum"] = self.least if self.least is not None else 0
            found["maximum"] = self.most if self.most is not None else BIGGEST
        elif not self.choices:
            found["maxLength"] = LONGEST
            if self.is_required or self.is_path:
                found["minLength"] = 1
        return found

    def read(self, text: str | None, *, now: datetime, zone: tzinfo, strict: bool = False) -> Any:
        """The value ``text`` stands for; UsageError in a sentence when it stands for none.

        A form sends what was left empty; with ``strict`` that is no number and no choice."""
        is_left_out = text == "" and not (strict and (self.choices or self.kind == "integer"))
        if text is None or (is_left_out and not self.is_required):
            if self.is_required:
                raise UsageError(f"{self.name}: is needed: {self.says}")
            return self.default
        if len(text) > LONGEST:
            raise UsageError(f"{self.name}: {len(text)} characters; at most {LONGEST}")
        if "\0" in text:
            raise UsageError(f"{self.name}: holds a null character")
        return _READ[self.kind](self, text, now, zone)


def _string(parameter: Parameter, text: str, now: datetime, zone: tzinfo) -> str:
    if parameter.choices and text not in parameter.choices:
        raise UsageError(
            f"{parameter.name}: {text[:40]!r} is not one of {', '.join(parameter.choices)}"
        )
    return text


def _integer(parameter: Parameter, text: str, now: datetime, zone: tzinfo) -> int:
    least = parameter.least if parameter.least is not None else 0
    most = parameter.most if parameter.most is not None else BIGGEST
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise UsageError(f"{parameter.name}: {text[:40]!r} is no whole number")
    if not least <= int(text) <= most:
        raise UsageError(f"{parameter.name}: {text} is not between {least} and {most}")
    return int(text)


def _moment(parameter: Parameter, text: str, now: datetime, zone: tzinfo) -> datetime:
    try:
        moment = parse_since(text, now=now, zone=zone)
    except OverflowError:
        moment = None
    if moment is None or not 1 < moment.year < 9999:
        raise UsageError(
            f"{parameter.name}: {text[:40]!r} is no time: write 7d, 24h, today or 2026-01-01"
        )
    return moment.astimezone(UTC)


_READ: Mapping[str, Callable[[Parameter, str, datetime, tzinfo], Any]] = {
    "string": _string,
    "integer": _integer,
    "moment": _moment,
}


def read(
    parameters: Sequence[Parameter],
    given: Mapping[str, str],
    *,
    now: datetime,
    zone: tzinfo,
    strict: bool = False,
) -> dict[str, Any]:
    """The values of all ``parameters``; with ``strict`` a name that is none of them is refused."""
    if strict:
        unknown = sorted(set(given) - {parameter.name for parameter in parameters})
        if unknown:
            known = ", ".join(p.name for p in parameters if not p.is_path) or "none"
            raise UsageError(f"no parameter {unknown[0][:40]!r}; there are: {known}")
    return {
        p.name: p.read(given.get(p.name), now=now, zone=zone, strict=strict) for p in parameters
    }
