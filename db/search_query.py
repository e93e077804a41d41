"""What people type into a search: parsed into a question, or refused with the place of the mistake.

climat électricité          both words, in any form (électricités, Electricite)
"intelligence artificielle" a phrase
entrepri*                   words that begin so
apple -iphone               not this one; also: apple NOT iphone
puces OR chips              either; parentheses group
title:rachat                in the headline; also title:"…" and title:rach*
company:apple               about Apple; company:apple,meta either; twice: both
source:gazette lang:fr      of this source, in this language; -source:… not
since:7d until:2026-03-01   published after, before
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches

from db.words import folded_words
from techwire.durations import parse_since
from techwire.errors import UsageError

FILTERS = ("company", "source", "lang", "since", "until")
FIELDS = ("title", *FILTERS)
LONGEST = 2_000  # characters of a search; more is a paste, not a question


@dataclass(frozen=True, slots=True)
class Words:
    """Words in this order: one alone, or a phrase."""

    words: tuple[str, ...]  # folded, never empty
    is_prefix: bool = False  # the last word stands for all that begin so
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What must not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them."""

    nodes: tuple[Node, ...]


Node = Words | Not | And | Or


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition beside the text: any of ``values``, or none of them."""

    field: str  # company, source or lang
    values: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A search, understood."""

    text: Node | None = None  # None: filters alone
    filters: tuple[Filter, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def language(self) -> str | None:
        """The one language asked for, when there is one: its stemmer alone is needed then."""
        asked = [f for f in self.filters if f.field == "lang" and not f.is_negated]
        if len(asked) == 1 and len(asked[0].values) == 1:
            return asked[0].values[0]
        return None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, phrase, (, ), or, not, field
    text: str
    at: int  # 1-based position


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<paren>[()])
    | (?P<minus>-(?=\S))
    | (?P<field>[^\W\d_]\w*):
    | "(?P<phrase>[^"]*)(?P<close>"\*?|$)
    | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)


def parse(text: str, *, now: datetime, zone: tzinfo = UTC) -> Question:
    """The question ``text`` asks; UsageError with a position when it cannot be understood.

    ``zone`` is where ``since:2026-03-01`` begins."""
    if len(text) > LONGEST:
        raise UsageError(f"search: {len(text)} characters; at most {LONGEST}")
    parser = _Parser(list(_tokens(text)), text, now, zone)
    node = parser.either(depth=0)
    if parser.token is not None:
        raise parser.wrong(parser.token.at, "this parenthesis closes nothing")
    question = replace(parser.question, text=node)
    if node is None and question == Question():
        raise UsageError('search: nothing to look for; try: techwire search "rachat -rumeur"')
    return question


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while found := _TOKEN.match(text, place):
        if found.end() == place:
            break
        kind = found.lastgroup or ""
        at = found.start(kind if kind != "close" else "phrase") + 1
        place = found.end()
        if kind == "paren":
            yield _Token(found["paren"], found["paren"], at)
        elif kind == "minus":
            yield _Token("not", "-", at)
        elif kind == "field":
            yield _Token("field", found["field"].lower(), at)
        elif kind == "close":
            if not found["close"]:
                raise UsageError(f"search: position {at - 1}: this quotation mark is not closed")
            yield _Token("phrase", found["phrase"] + found["close"][1:], at - 1)
        elif found["word"] in ("OR", "|", "||"):
            yield _Token("or", found["word"], at)
        elif found["word"] == "NOT":
            yield _Token("not", "NOT", at)
        elif found["word"] not in ("AND", "&&", "&"):
            yield _Token("word", found["word"], at)


class _Parser:
    """Reads tokens from the left; filters go into ``question``, the text comes back as a tree."""

    def __init__(self, tokens: list[_Token], text: str, now: datetime, zone: tzinfo) -> None:
        self._tokens, self._text, self._now, self._zone = tokens, text, now, zone
        self._place = 0
        self.question = Question()

    @property
    def token(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def wrong(self, at: int, problem: str) -> UsageError:
        return UsageError(f"search: position {at}: {problem}")

    def either(self, depth: int) -> Node | None:
        """``a b OR c``: a run of words, or several."""
        nodes = [self._all(depth)]
        while self.token is not None and self.token.kind == "or":
            at = self.token.at
            self._place += 1
            nodes.append(self._all(depth))
            if nodes[-1] is None or nodes[-2] is None:
                raise self.wrong(at, "OR stands between two words")
        return _joined(Or, nodes)

    def _all(self, depth: int) -> Node | None:
        nodes: list[Node | None] = []
        while self.token is not None and self.token.kind not in (")", "or"):
            nodes.append(self._one(depth))
        return _joined(And, nodes)

    def _one(self, depth: int, *, is_negated: bool = False) -> Node | None:
        token = self._tokens[self._place]
        self._place += 1
        if token.kind == "not":
            if self.token is None or self.token.kind in (")", "or", "not"):
                raise self.wrong(token.at, "nothing to exclude follows")
            node = self._one(depth, is_negated=not is_negated)
            return Not(node) if node is not None else None
        if token.kind == "(":
            if depth >= 20:
                raise self.wrong(token.at, "too many parentheses")
            node = self.either(depth + 1)
            if self.token is None:
                raise self.wrong(token.at, "this parenthesis is not closed")
            self._place += 1
            return node
        if token.kind == "field":
            return self._field(token, depth, is_negated)
        return self._words(token)

    def _field(self, field: _Token, depth: int, is_negated: bool) -> Node | None:
        if field.text not in FIELDS:
            near = get_close_matches(field.text, FIELDS, n=1)
            hint = f"did you mean {near[0]}:?" if near else f"there are {', '.join(FIELDS)}"
            raise self.wrong(field.at, f"no field {field.text}:; {hint}")
        value = self.token
        if value is None or value.kind not in ("word", "phrase"):
            raise self.wrong(field.at, f"{field.text}: lacks its value")
        self._place += 1
        if field.text == "title":
            node = self._words(value)
            return replace(node, in_title=True) if node else None
        if depth or (self.token is not None and self.token.kind == "or") or self._after_or(field):
            raise self.wrong(
                field.at,
                f"{field.text}: holds for the whole search: write it outside of parentheses "
                f"and OR ({field.text}:a,b means either)",
            )
        self._filter(field, value, is_negated)
        return None

    def _after_or(self, field: _Token) -> bool:
        before = self._tokens.index(field) - 1
        return before >= 0 and self._tokens[before].kind == "or"

    def _filter(self, field: _Token, value: _Token, is_negated: bool) -> None:
        if field.text in ("since", "until"):
            if is_negated:
                raise self.wrong(field.at, f"-{field.text}: makes no sense")
            moment = parse_since(value.text, now=self._now, zone=self._zone)
            if moment is None:
                raise self.wrong(
                    value.at, f"{value.text!r} is no time: write 7d, 12h or 2026-03-01"
                )
            if field.text == "since":
                self.question = replace(self.question, since=moment)
            else:
                self.question = replace(self.question, until=moment)
            return
        values = tuple(piece.strip() for piece in value.text.split(",") if piece.strip())
        if not values:
            raise self.wrong(value.at, f"{field.text}: lacks its value")
        if field.text == "lang":
            values = tuple(piece.lower() for piece in values)
        found = Filter(field.text, values, is_negated)
        self.question = replace(self.question, filters=(*self.question.filters, found))

    def _words(self, token: _Token) -> Words | None:
        """The words of a token; None of one that holds no letter or digit ("–", "&")."""
        found = tuple(folded_words(token.text))
        is_prefix = token.text.endswith("*")
        if not found:
            if is_prefix:
                raise self.wrong(token.at, "a * follows the beginning of a word")
            return None
        if "*" in token.text[:-1]:
            raise self.wrong(
                token.at + token.text.index("*"), "a * stands at the end of a word only"
            )
        return Words(found, is_prefix)


def _joined(kind: type[And] | type[Or], nodes: list[Node | None]) -> Node | None:
    there = tuple(node for node in nodes if node is not None)
    if len(there) <= 1:
        return there[0] if there else None
    return kind(there)
