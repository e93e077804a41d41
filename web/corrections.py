"""The lines of ``companies.toml`` that correct a tag, ready to paste."""

from __future__ import annotations

import json

from techwire.types import Tag

MOST_SPELLINGS = 5


def correction(tag: Tag) -> str:
    """TOML for one company of an article: stricter when it is known, adopted when it is not."""
    spellings = list(dict.fromkeys(mention.surface for mention in tag.mentions))[:MOST_SPELLINGS]
    lines = ["[[company]]", f"id = {_quoted(tag.company)}"]
    if tag.known:
        named = ", ".join(_quoted(spelling) for spelling in spellings or [tag.name])
        lines += [
            f"ambiguous = [{named}]  # believed only where the sentence speaks of a company",
            "# not_context = []  # words near it that speak against the company",
            "# remove = true     # or: never tag it",
        ]
    else:
        lines += [
            f"name = {_quoted(tag.name)}  # adopts it: from now on it is known",
            '# owner = ""        # id of the company that owns it',
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
