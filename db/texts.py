"""Text as both engines can store it."""

from __future__ import annotations

import json
from typing import Any, overload


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
@overload
def storable(text: str | None) -> str | None: ...
def storable(text: str | None) -> str | None:
    """``text`` without NUL, which PostgreSQL refuses, and lone surrogates, which UTF-8 has not."""
    if text is None:
        return None
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_WRITTEN = json.JSONEncoder().encode


def storable_json(value: Any) -> Any:
    """``value``, of lists, dictionaries and plain values, with every text made ``storable``."""
    if not value:
        return _storable_json(value)
    said = _WRITTEN(value)  # in C: where these do not stand escaped, nothing has to be done
    if "\\u0000" in said or "\\ud" in said:
        return _storable_json(value)
    return list(value) if isinstance(value, tuple) else value


def _storable_json(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _storable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_json(item) for item in value]
    return value
