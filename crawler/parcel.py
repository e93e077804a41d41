"""Articles, pages and addresses packed: for another process, or to wait in a third of the memory.

Pickled as it is, a frozen dataclass is asked for the list of its fields, in Python, and put
together again field by field: each mention of a company, each paragraph. Here its values travel as
one tuple, in a third of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from io import BytesIO
from operator import attrgetter
from pickle import HIGHEST_PROTOCOL, Pickler, loads
from typing import Any

from techwire.types import Article, Block, Entry, Mention, Page, Pending, Rejected, Source, Tag

_NAMES: dict[type[Any], tuple[str, ...]] = {
    of: tuple(field.name for field in fields(of))
    for of in (Article, Block, Entry, Mention, Page, Pending, Rejected, Source, Tag)
}
_VALUES: dict[type[Any], Callable[[Any], tuple[Any, ...]]] = {
    of: attrgetter(*names) for of, names in _NAMES.items()
}
# As ``object.__setattr__`` does, which is how a frozen dataclass is made, but twice as fast.
_SETTERS = {of: tuple(getattr(of, name).__set__ for name in names) for of, names in _NAMES.items()}
_BLOCKS, _TAGS = _NAMES[Article].index("blocks"), _NAMES[Article].index("tags")
_MENTIONS = _NAMES[Tag].index("mentions")

Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


def pack(thing: object) -> bytes:
    """``thing``, to be opened with ``pickle.loads`` where this module can be imported."""
    target = BytesIO()
    _Packer(target, HIGHEST_PROTOCOL).dump(thing)
    return target.getvalue()


def unpack(parcel: bytes) -> Any:
    """What was packed; a pipe's ``recv`` does the same."""
    return loads(parcel)  # noqa: S301 - our own, from this process or one it has forked


def _made(of: type[Any], values: tuple[Any, ...]) -> Any:
    thing = object.__new__(of)
    for put, value in zip(_SETTERS[of], values, strict=True):
        put(thing, value)
    return thing


def _reduced(thing: Any) -> Reduced:
    of = type(thing)
    return _made, (of, _VALUES[of](thing))


def _reduced_article(article: Article) -> Reduced:
    """With what it holds as plain values: no call for each mention."""
    values = list(_VALUES[Article](article))
    values[_BLOCKS] = list(map(_VALUES[Block], article.blocks))
    values[_TAGS] = tags = list(map(list, map(_VALUES[Tag], article.tags)))
    for tag in tags:
        tag[_MENTIONS] = list(map(_VALUES[Mention], tag[_MENTIONS]))
    return _article, (values,)


def _article(values: list[Any]) -> Article:
    for tag in values[_TAGS]:
        tag[_MENTIONS] = tuple([_made(Mention, mention) for mention in tag[_MENTIONS]])
    values[_TAGS] = tuple([_made(Tag, tag) for tag in values[_TAGS]])
    values[_BLOCKS] = tuple([_made(Block, block) for block in values[_BLOCKS]])
    article: Article = _made(Article, tuple(values))
    return article


class _Packer(Pickler):
    dispatch_table = dict.fromkeys(_NAMES, _reduced) | {Article: _reduced_article}
