"""Shows what a new company would be found in, before it is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.retag import Stored

EXAMPLES = 3  # sentences shown for each spelling
AROUND = 40  # code points shown on both sides of a hit
ALIKE = 0.75  # similarity from which another word looks like the name (difflib's ratio)


@dataclass(slots=True)
class Rehearsal:
    """What the spellings of a company would find in the stored articles."""

    articles: int = 0  # read
    hits: Counter[str] = field(default_factory=Counter)  # spelling → articles
    examples: dict[str, list[str]] = field(default_factory=dict)
    alike: Counter[str] = field(default_factory=Counter)  # other names that look like it → articles


def rehearse(spellings: Sequence[str], articles: Iterable[Stored]) -> Rehearsal:
    """Looks for ``spellings`` as the tagger would: whole words, capitals and accents free."""
    from pipelines.companies import Catalogue, Kind, Spelling
    from pipelines.tag_masks import Masks
    from pipelines.tag_names import Matcher
    from pipelines.tag_spans import spans
    from pipelines.tag_text import fold, key, untwin

    own = tuple(Spelling(text, "new", Kind.NAME) for text in spellings)
    matcher = Matcher(Catalogue({}, own, {}, {}, "rehearsal"))
    wanted = {key(text) for text in spellings}
    heads = tuple({text[:2] for text in wanted})
    found = Rehearsal()
    for article in articles:
        found.articles += 1
        text = untwin(f"{article.title}\n{article.summary or ''}\n{article.body}")
        folded = fold(text)
        masks = Masks(text, folded)
        seen: set[str] = set()
        for hit in matcher.find(text, folded, masks):  # no phrases here: all have spellings
            spelling = hit.spellings[0].text
            if spelling not in seen:
                seen.add(spelling)
                found.hits[spelling] += 1
                shown = found.examples.setdefault(spelling, [])
                if len(shown) < EXAMPLES:
                    around = text[max(0, hit.start - AROUND) : hit.end + AROUND]
                    shown.append(" ".join(around.split()))
        names = {
            text[span.start : span.end]
            for span in spans(text, folded)
            if folded.startswith(heads, span.start)
        }
        for name in names:
            plain = key(name)
            if plain not in wanted and any(
                SequenceMatcher(None, plain, other).ratio() >= ALIKE for other in wanted
            ):
                found.alike[name] += 1
    return found
