"""A question's text as each engine spells it: an FTS5 MATCH, a PostgreSQL ``tsquery``."""

from __future__ import annotations

from db.search_query import And, Node, Not, Or, Words
from db.words import LANGUAGES, sought
from techwire.errors import UsageError


def fts5(node: Node, language: str | None) -> str:
    """``node`` for MATCH. FTS5 has "a NOT b" and no "NOT b": something must be sought."""
    if isinstance(node, Words):
        forms = " OR ".join(
            '"' + " ".join(form) + '"' + (" *" if prefix else "")
            for form, prefix in _forms(node, language)
        )
        return f"({{title}} : ({forms}))" if node.in_title else f"({forms})"
    if isinstance(node, Or):
        if any(isinstance(part, Not) for part in node.nodes):
            raise UsageError("search: after OR stands what is sought, not what is excluded")
        return "(" + " OR ".join(fts5(part, language) for part in node.nodes) + ")"
    wanted, excluded = _split(node)
    if not wanted:
        raise UsageError("search: only exclusions: name something to look for as well")
    found = " AND ".join(fts5(part, language) for part in wanted)
    if not excluded:
        return f"({found})"
    return f"(({found}) NOT ({' OR '.join(fts5(part, language) for part in excluded)}))"


def tsquery(node: Node, language: str | None) -> str:
    """``node`` for ``CAST(… AS tsquery)``; refuses what FTS5 refuses, so that both are alike."""
    if isinstance(node, Words):
        forms = " | ".join(
            "(" + " <-> ".join(_lexemes(form, prefix, node.in_title)) + ")"
            for form, prefix in _forms(node, language)
        )
        return f"({forms})"
    fts5(node, language)
    if isinstance(node, Or):
        return "(" + " | ".join(tsquery(part, language) for part in node.nodes) + ")"
    wanted, excluded = _split(node)
    parts = [tsquery(part, language) for part in wanted]
    parts += [f"!{tsquery(part, language)}" for part in excluded]
    return "(" + " & ".join(parts) + ")"


def _split(node: And | Not) -> tuple[list[Node], list[Node]]:
    """What is wanted and what is excluded."""
    parts = node.nodes if isinstance(node, And) else (node,)
    wanted: list[Node] = []
    excluded: list[Node] = []
    for part in parts:
        if isinstance(part, Not):
            (wanted if isinstance(part.node, Not) else excluded).append(
                part.node.node if isinstance(part.node, Not) else part.node
            )
        else:
            wanted.append(part)
    return wanted, excluded


def _forms(node: Words, language: str | None) -> list[tuple[tuple[str, ...], bool]]:
    """The forms in which the words may stand in the index, and whether the last is a beginning.

    A text was stemmed in one language as a whole, so a phrase has one form per language.
    """
    per_word = [_by_language(word, language) for word in node.words]
    forms = [tuple(forms) for forms in zip(*per_word, strict=True)]
    found = dict.fromkeys(forms, False)
    if node.is_prefix:  # entreprises*: also what begins so unstemmed
        found |= {(*form[:-1], node.words[-1]): True for form in forms}
    return list(found.items())


def _by_language(word: str, language: str | None) -> list[str]:
    if language is not None:
        return sought(word, language)
    return [word, *(sought(word, code)[0] for code in LANGUAGES)]


def _lexemes(form: tuple[str, ...], prefix: bool, in_title: bool) -> list[str]:
    last = len(form) - 1
    weight = "A" if in_title else ""
    return [
        f"'{word}'" + (f":{'*' if prefix and place == last else ''}{weight}").rstrip(":")
        for place, word in enumerate(form)
    ]
