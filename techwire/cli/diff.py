"""``techwire diff ID``: what an edited article said before, and what it says now."""

from __future__ import annotations

import difflib
import itertools
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError

if TYPE_CHECKING:
    from db.answers import Version

_PIECES = re.compile(r"\s+|[^\W_]+|[\W_]")


@click.command()
@click.argument("article_id", type=show.ID, metavar="ID")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@pass_desk
def diff(desk: Desk, article_id: int, shape: str) -> None:
    """The edits of article ID (`techwire latest --format csv` tells it), in words.

    [-taken out-] {+put in+}; unchanged paragraphs are left out."""
    from db.versions import versions as versions_of

    with desk.database(read_only=True) as database, database.reading() as connection:
        versions = versions_of(connection, article_id)
    if len(versions) == 1:
        raise TechwireError(f"article {article_id} was never edited since it was first seen")
    edits = list(itertools.pairwise(versions))
    if shape == "json":
        told = [
            {
                "from": before.number,
                "to": after.number,
                "seen_at": after.fetched_at,
                "title": [before.title, after.title],
                "changes": list(changes(before, after)),
            }
            for before, after in edits
        ]
        click.echo(show.as_json(told))
        return
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for before, after in edits:
        click.echo(f"version {before.number} → {after.number}, seen {desk.local(after.fetched_at)}")
        for line in changes(before, after):
            click.echo(f"  {_coloured(line) if colours else line}")
        click.echo()


def changes(before: Version, after: Version) -> Iterator[str]:
    """What changed, a line for each changed part: title, summary, paragraphs of the text."""
    if before.title != after.title:
        yield f"title: {in_words(before.title, after.title)}"
    if before.summary != after.summary:
        yield f"summary: {in_words(before.summary or '', after.summary or '')}"
    old, new = before.body.split("\n\n"), after.body.split("\n\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield in_words(" ¶ ".join(old[a:b]), " ¶ ".join(new[c:d]))


def in_words(before: str, after: str) -> str:
    """Both texts in one: ``[-taken out-]`` and ``{+put in+}``, whole words."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[str] = []
    for kind, a, b, c, d in _merged(old, new):
        if kind == "equal":
            pieces += old[a:b]
            continue
        if a < b:
            pieces.append(f"[-{''.join(old[a:b])}-]")
        if c < d:
            pieces.append(f"{{+{''.join(new[c:d])}+}}")
    return "".join(pieces)


Opcode = tuple[str, int, int, int, int]


def _merged(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """The way from ``old`` to ``new``; two changes with only white space between them are one."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Opcode] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if found and kind != "equal" and len(found) > 1:
            between, last = found[-1], found[-2]
            same = "".join(old[between[1] : between[2]])
            if between[0] == "equal" and last[0] != "equal" and not same.strip():
                found[-2:] = [("replace", last[1], b, last[3], d)]
                continue
        found.append((kind, a, b, c, d))
    return found


def _coloured(line: str) -> str:
    line = re.sub(r"\[-.*?-\]", lambda m: click.style(m[0], fg="red"), line)
    return re.sub(r"\{\+.*?\+\}", lambda m: click.style(m[0], fg="green"), line)
