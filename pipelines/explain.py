"""Why each piece of a page was kept or left, row by row (``techwire read URL --explain``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import not_html
from pipelines.body import SURE_PAGE
from pipelines.choose import KEEP
from pipelines.decode import decode
from pipelines.extract import Extract, extract
from pipelines.features import features_of
from pipelines.rows import NAMES, Row, values_of
from pipelines.verdict import judge
from techwire.types import BlockKind, Outcome, Page, Rejected, Source

_TOLD = (
    "link_share",
    "vote_steps",
    "main_distance",
    "class_body",
    "class_comment",
    "class_caption",
)


@dataclass(frozen=True, slots=True)
class Explained:
    """One segment of a page, in reading order."""

    kept: bool
    kind: BlockKind
    score: float  # [0, 1]: what the decision was made on
    own_score: float  # [0, 1]: the scorer's own, before a second opinion
    where: str  # "article.post > div.text > p"
    reason: str  # one line for people
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    """A page's pieces in reading order, and what is thought of the whole."""

    rows: list[Explained]
    verdict: str  # "too_short: 83 characters"; empty for an article


def explain_page(page: Page, source: Source) -> ExplainedPage | Rejected:
    """Reads a page as ``pipelines.read`` does; Rejected when it is none that could be read."""
    if problem := not_html(page):
        return Rejected(
            url=page.url,
            source=page.source,
            outcome=Outcome.NOT_HTML,
            detail=problem,
            fetched_at=page.fetched_at,
        )
    text = decode(page.body, page.content_type).text
    found = extract(text, page.final_url or page.url, source, page.fetched_at)
    verdict = judge(found)
    return ExplainedPage(explain(found), f"{verdict[0]}: {verdict[1]}" if verdict else "")


def explain(found: Extract) -> list[Explained]:
    """Every segment of the page ``found`` was taken from."""
    reader = found.reader
    chosen, kept = set(reader.chosen), set(reader.kept)
    every = features_of(reader.page, reader.witnesses)  # what was ruled out early, too
    rows: list[Explained] = []
    for index, segment in enumerate(reader.page.segments):
        own, score = reader.first_scores[index], reader.scores[index]
        rows.append(
            Explained(
                kept=index in chosen,
                kind=reader.block(index).kind,
                score=round(score, 3),
                own_score=round(own, 3),
                where=_where(found, index),
                reason=_reason(found, every, index, index in chosen, index in kept),
                text=segment.text,
            )
        )
    return rows


def _where(found: Extract, index: int) -> str:
    elements = found.reader.page.elements
    at = found.reader.page.segments[index].element
    names: list[str] = []
    while at >= 0 and len(names) < 3:
        tag, _, classes = elements[at].signature.partition(".")
        first = classes.split(" ", maxsplit=1)[0]
        names.append(f"{tag}.{first}" if first else tag)
        at = elements[at].parent
    return " > ".join(reversed(names))


def _reason(
    found: Extract, every: Sequence[Row | None], index: int, is_chosen: bool, is_kept: bool
) -> str:
    reader = found.reader
    if reader.rule_markup is not None:
        return (
            "inside the body selector of the source" if is_chosen else "left by the source's rule"
        )
    if index == reader.dek and not is_chosen:
        return "the lead, set apart: it is the summary"
    if is_kept and not is_chosen:
        return "a byline or a lead above the text"
    row = reader.rows[index]
    if row is None and every[index] is None:
        return "a link far from the text"
    if row is None:
        return "ruled out early, with all that is made like it"
    values = dict(zip(NAMES, values_of(row), strict=True))
    told = ", ".join(f"{name} {values[name]:g}" for name in _TOLD if values[name])
    score = reader.scores[index]
    asked = "; second opinion asked" if reader.confidence < SURE_PAGE else ""
    if is_chosen:
        bar = "" if score >= KEEP else ", with its neighbours or its list"
        return f"scored {score:.2f}{bar} ({told}){asked}"
    return f"scored {score:.2f}, or said before ({told}){asked}"
