"""Markup split into its tags and the texts behind them, without what is plainly a menu."""

from __future__ import annotations

from collections.abc import Iterator

MENU = 3  # items in a row that are a menu
MENU_LINK = 80  # characters of such an item at most
_ITEMS = {"</li": ("<li", "<li "), "</div": ("<div", "<div ")}  # how an item ends → begins


def tokens_of(markup: str) -> tuple[list[str], list[str]] | None:
    """The tags of ``markup``, each with the bracket that opens it, and the text behind each.

    None where brackets do not come in turns. That each tag begins with one is not looked at: who
    knows most of them sees it sooner. One split gives both, in half the time of two."""
    parts = markup.replace("<", "><").split(">")
    tags, texts = parts[1::2], parts[2::2]
    return (tags, texts) if len(tags) == len(texts) == markup.count("<") else None


def tokens_with_brackets(markup: str) -> tuple[list[str], list[str]]:
    """The same where an attribute's value, or a text, holds ``<`` or ``>``; takes four times as
    long."""
    tags: list[str] = []
    texts: list[str] = []
    pieces = iter(markup.split("<"))
    next(pieces)
    for piece in pieces:
        tag, _, text = piece.partition(">")
        if tag.count('"') & 1:
            tag, text = _with_brackets(tag, text, pieces)
        tags.append(f"<{tag}")
        texts.append(text)
    return tags, texts


def without_menus(tags: list[str], texts: list[str]) -> tuple[list[str], list[str]]:
    """The tokens without ``MENU`` short links or more, each alone in an item: menus, tags.

    A third of a page's segments; of the true texts one line in a thousand."""
    runs: list[list[int]] = []
    end = -1
    links = [at for at, tag in enumerate(tags) if tag == "</a"]
    for at in links if len(links) >= MENU else ():
        if _is_item(tags, texts, at):
            if at - 2 == end and not texts[end - 1].strip():
                runs[-1].append(at)
            else:
                runs.append([at])
            end = at + 2
    kept_tags: list[str] = []
    kept_texts: list[str] = []
    start = 0
    for run in runs:
        if len(run) >= MENU:
            kept_tags += tags[start : run[0] - 2]
            kept_texts += texts[start : run[0] - 2]
            start = run[-1] + 2
            if kept_texts:
                kept_texts[-1] += texts[start - 1]
    if not start:
        return tags, texts
    return kept_tags + tags[start:], kept_texts + texts[start:]


def _is_item(tags: list[str], texts: list[str], at: int) -> bool:
    """Whether the link that ends at ``at`` is short and all that an item holds."""
    if at < 2 or at + 1 >= len(tags) or (begin := _ITEMS.get(tags[at + 1])) is None:
        return False
    opening, label = tags[at - 2], texts[at - 1]
    return (
        (opening == begin[0] or opening.startswith(begin[1]))
        and 0 < len(label) <= MENU_LINK
        and tags[at - 1][:3] in ("<a", "<a ")
        and (not texts[at] or texts[at].isspace())
        and (not texts[at - 2] or texts[at - 2].isspace())
    )


def _with_brackets(tag: str, text: str, pieces: Iterator[str]) -> tuple[str, str]:
    """A tag and the text behind it, where an attribute's value may hold ``<`` and ``>``.

    ``pieces`` are those that follow in the markup; an odd quote in a tag may also be an
    attribute's name, as sloppy pages have it."""
    while (at := tag.rfind('="')) >= 0 and '"' not in tag[at + 2 :]:
        value = [text]
        while '"' not in value[-1]:
            if (following := next(pieces, None)) is None:
                return tag, ""
            value.append(following)
        rest, _, text = value[-1].partition('"')[2].partition(">")
        tag = f'{tag}{"<".join(value[:-1])}"{rest}'
    return tag, text
