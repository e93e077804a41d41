"""``sources.toml`` → sources. A complaint names file, line, key, and what was probably meant."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from techwire import toml
from techwire.config import variable
from techwire.durations import parse_duration
from techwire.errors import ConfigError
from techwire.types import Selectors, Source
from techwire.urls import fetchable

# What people write → the field it fills, in seconds.
_DURATIONS = {
    "every": "every_seconds",
    "at_least": "at_least_seconds",
    "at_most": "at_most_seconds",
    "delay": "delay_seconds",
}
DAY_SECONDS = 86_400

_FIELDS = {f.name: str(f.type) for f in fields(Source)}
_KEYS = [name for name in _FIELDS if name not in _DURATIONS.values()] + [*_DURATIONS]
_SELECTOR_KEYS = [f.name for f in fields(Selectors)]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEEP = ("full", "excerpt", "metadata")


def load(path: Path) -> list[Source]:
    """The sources of a file, in its order. Raises ConfigError."""
    values, text = toml.read(path)
    return parse(values, text, path)


def parse(values: Mapping[str, Any], text: str, path: Path) -> list[Source]:
    """The sources of a file already read; ``text`` is for finding lines."""
    reader = _Reader(text, path)
    for key in values:
        if key != "source":
            raise reader.wrong("unknown key", (key,), hint="sources are [[source]] tables")
    tables = values.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise reader.wrong("must be a list of tables", ("source",), hint="write [[source]]")
    found: list[Source] = []
    seen: dict[str, int] = {}
    for number, table in enumerate(tables):
        source = reader.source(table, number)
        if source.slug in seen:
            line = toml.line_of(text, ("source", seen[source.slug]))
            raise reader.wrong(
                f"{source.slug!r} is there twice",
                ("source", number, "slug"),
                hint=f"the other one is in line {line}",
            )
        seen[source.slug] = number
        found.append(source)
    return found


def shipped() -> list[Source]:
    """The catalogue that comes with techwire; see its first lines."""
    return load(Path(__file__).parent / "catalogue.toml")


def nearest(slug: str, known: Collection[str]) -> list[str]:
    """Up to three slugs that ``slug`` may be a slip of."""
    return difflib.get_close_matches(slug, known, n=3, cutoff=0.4)


_SECRETS = frozenset({"headers", "cookies", "username", "password", "proxy"})
_FROM_ENVIRONMENT = "env:"  # such a value is kept out of the file


class _Reader:
    """One file being read."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path

    def wrong(self, problem: str, where: toml.Path_, hint: str | None = None) -> ConfigError:
        line = toml.line_of(self._text, where) or toml.line_of(self._text, (*where, 0))
        if line is None and len(where) > 2:
            line = toml.line_of(self._text, where[:2])
        key = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in where)
        return ConfigError(problem, path=self._path, line=line, key=key.lstrip("."), hint=hint)

    def source(self, table: Mapping[str, Any], number: int) -> Source:
        here: toml.Path_ = ("source", number)
        given: dict[str, Any] = {}
        for key, value in table.items():
            self._known(key, _KEYS, (*here, key))
            if key in _DURATIONS:
                given[_DURATIONS[key]] = self._duration(key, value, (*here, key))
            elif key == "selectors":
                given[key] = self._selectors(value, (*here, key))
            else:
                given[key] = self._value(key, value, (*here, key))
                if key in _SECRETS:
                    given[key] = self._secret(given[key], (*here, key))
        for key in ("slug", "name", "url"):
            if key not in given:
                raise self.wrong("is missing", (*here, key))
        self._check(given, here)
        return Source(**given)

    def _secret(self, value: Any, where: toml.Path_) -> Any:
        """What "env:NAME" stands for: the variable NAME, or the file that NAME_FILE names."""
        if isinstance(value, dict):
            return {name: self._secret(inner, (*where, name)) for name, inner in value.items()}
        if not value.startswith(_FROM_ENVIRONMENT):
            return value
        name = value.removeprefix(_FROM_ENVIRONMENT)
        found = variable(os.environ, name)
        if not found:
            raise self.wrong(f"{name} is not set in the environment, nor {name}_FILE", where)
        return found

    def _known(self, key: str, keys: list[str], where: toml.Path_) -> None:
        if key not in keys:
            close = toml.nearest(key, keys)
            hint = f"did you mean {close}?" if close else f"known: {', '.join(sorted(keys))}"
            raise self.wrong("unknown key", where, hint)

    def _duration(self, key: str, value: Any, where: toml.Path_) -> float | int:
        if key == "delay" and isinstance(value, int | float) and not isinstance(value, bool):
            if not 0 <= value <= DAY_SECONDS:  # nor NaN
                raise self.wrong(f"{value!r} is no delay", where, "write 0 to 86400, in seconds")
            return float(value)
        span = parse_duration(value) if isinstance(value, str) else None
        if span is None:
            raise self.wrong(f"{value!r} is no duration", where, 'write "15m", "2h" or "7d"')
        seconds = span.total_seconds()
        return seconds if key == "delay" else int(seconds)

    def _value(self, key: str, value: Any, where: toml.Path_) -> Any:
        kind = _FIELDS[key]
        if kind.startswith("tuple[str"):
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise self.wrong("must be a list of texts", where, f'{key} = ["…"]')
            return tuple(value)
        if kind.startswith("Mapping"):
            if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
                raise self.wrong("must be a table of texts", where)
            return dict(value)
        if kind == "bool":
            if not isinstance(value, bool):
                raise self.wrong("must be true or false", where)
            if key == "render" and value:
                from crawler.browser import missing  # its asyncio is not needed to read a file

                if lacks := missing():
                    raise self.wrong(lacks, where)
            return value
        if kind == "int":
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise self.wrong("must be a whole number of 1 or more", where)
            return value
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("must be a text", where)
        return value

    def _selectors(self, value: Any, here: toml.Path_) -> tuple[Selectors, ...]:
        tables = value if isinstance(value, list) else [value]
        if not all(isinstance(table, dict) for table in tables):
            raise self.wrong("must be a table", here, "write [source.selectors]")
        if not isinstance(value, list):
            return (self._rule(value, here),)
        return tuple(self._rule(table, (*here, number)) for number, table in enumerate(value))

    def _rule(self, table: Mapping[str, Any], here: toml.Path_) -> Selectors:
        given: dict[str, Any] = {}
        for key, value in table.items():
            where = (*here, key)
            self._known(key, _SELECTOR_KEYS, where)
            if key == "remove":
                listed = [value] if isinstance(value, str) else value
                if not isinstance(listed, list) or not all(isinstance(v, str) for v in listed):
                    raise self.wrong("must be a list of selectors", where)
                for selector in listed:
                    self._selector(selector, where)
                given[key] = tuple(listed)
            elif key == "until":
                given[key] = self._until(value, where)
            elif isinstance(value, str) and value.strip():
                self._selector(value, where)
                given[key] = value
            else:
                raise self.wrong("must be a CSS selector", where)
        return Selectors(**given)

    def _selector(self, selector: str, where: toml.Path_) -> None:
        from pipelines.selectors import problem_of  # lxml and lexbor: only where there are rules

        if problem := problem_of(selector):
            raise self.wrong(problem, where)

    def _until(self, value: Any, where: toml.Path_) -> datetime:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        raise self.wrong("must be a date", where, "write until = 2026-01-31")

    def _check_pattern(self, text: str, where: toml.Path_) -> None:
        import regex

        from crawler.patterns import slow_on

        try:
            slow = slow_on(text)
        except (re.error, regex.error) as error:
            raise self.wrong(f"no regular expression: {error}", where) from None
        if slow is not None:
            raise self.wrong(
                f"takes too long on addresses such as {slow}…",
                where,
                "no repeat within a repeat: [^/]+ instead of (\\w+-?)+",
            )

    def _check(self, given: dict[str, Any], here: toml.Path_) -> None:
        """What a value must be beyond its type."""
        if not _SLUG.fullmatch(given["slug"]):
            raise self.wrong(
                f"{given['slug']!r} is no slug",
                (*here, "slug"),
                "lower case letters, digits and single hyphens",
            )
        for key in ("url", "feeds", "sitemaps", "listings"):
            values = given.get(key, ())
            for address in (values,) if isinstance(values, str) else values:
                if fetchable(address) is None:
                    raise self.wrong(f"{address!r} is no web address", (*here, key))
        for key in ("include", "exclude"):
            if key in given:
                self._check_pattern(given[key], (*here, key))
        if given.get("keep", "full") not in _KEEP:
            raise self.wrong(f"must be one of {', '.join(_KEEP)}", (*here, "keep"))
        if zone := given.get("timezone"):
            try:
                ZoneInfo(zone)
            except (KeyError, ValueError, OSError):
                hint = 'write one like "Europe/Paris"'
                raise self.wrong(f"{zone!r} is no time zone", (*here, "timezone"), hint) from None
        if cron := given.get("cron"):
            try:
                CronSim(cron, datetime.now(UTC))
            except CronSimError as error:
                raise self.wrong(f"{cron!r}: {error}", (*here, "cron")) from None
        for key, pattern in (("language", "[a-z]{2}"), ("country", "[A-Z]{2}")):
            if key in given and not re.fullmatch(pattern, given[key]):
                raise self.wrong(f"{given[key]!r} is no two-letter code", (*here, key))
