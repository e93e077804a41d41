"""Per-site rules: the CSS selectors of a source, where the generic reader gets its pages wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipelines import clean
from pipelines.clean import tidy
from pipelines.dates import read_moment
from pipelines.document import Document
from pipelines.found import Found
from pipelines.machinedates import read_machine
from pipelines.metadata import Metadata
from pipelines.moment import TOLERANCE, zone_of
from pipelines.zones import page_zone
from techwire.types import Selectors, Source

SURE = 0.99  # the user wrote the rule for this very site
_PROBE = LexborHTMLParser("<p></p>")


def problem_of(selector: str) -> str | None:
    """Why a CSS selector cannot be used, in one line; None for a good one."""
    try:
        _PROBE.css(selector)
    except (SelectolaxError, ValueError, RuntimeError) as error:
        return f"not a CSS selector: {selector!r} ({str(error).splitlines()[0][:80]})"
    return None


def rule_for(source: Source, published: datetime | None, fetched_at: datetime) -> Selectors | None:
    """The source's rule that holds for a page: the first whose ``until`` is later than the page.

    A page without a date is as old as its fetch.
    """
    moment = published or fetched_at
    for rule in source.selectors:
        if rule.until is None or moment < rule.until:
            return rule
    return None


def prune(document: Document, rule: Selectors) -> None:
    """Takes out of the tree what the rule says is never to be read."""
    for selector in rule.remove:
        for node in document.tree.css(selector):
            node.decompose()


def body_markup(document: Document, rule: Selectors) -> str | None:
    """The markup of the elements that hold the paragraphs; None when the rule finds none."""
    if rule.body is None:
        return None
    nodes = _outermost(document.tree.css(rule.body))
    markup = "".join(node.html or "" for node in nodes)
    return f"<body>{markup}</body>" if markup.strip() else None


def _outermost(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    """Without the elements that stand inside another one of them."""
    chosen = {node.mem_id for node in nodes}
    kept = []
    for node in nodes:
        above = node.parent
        while above is not None and above.mem_id not in chosen:
            above = above.parent
        if above is None:
            kept.append(node)
    return kept


def apply(
    document: Document, rule: Selectors, metadata: Metadata, source: Source, fetched_at: datetime
) -> Metadata:
    """The metadata with what the rule's selectors find; a selector that finds nothing is silent."""
    if text := _text(document, rule.title):
        metadata = replace(metadata, title=Found(text, f"selector:{rule.title}", SURE))
    if text := _text(document, rule.summary):
        metadata = replace(metadata, summary=Found(text, f"selector:{rule.summary}", SURE))
    if rule.authors:
        texts = [tidy(n.text(separator=" ")) for n in document.tree.css(rule.authors)[:12]]
        if named := clean.authors(texts, [source.name]):
            metadata = replace(metadata, authors=Found(named, f"selector:{rule.authors}", SURE))
    if rule.published and (node := document.tree.css_first(rule.published)) is not None:
        zone = page_zone(
            timezone=source.timezone,
            country=source.country,
            host=document.host,
            locale=metadata.locale,
        )
        here, attributes = zone_of(zone.name), node.attributes
        told = attributes.get("datetime") or attributes.get("content")
        moment = read_machine(told, here, fetched_at) or read_moment(
            tidy(node.text(separator=" ")), language=metadata.locale, zone=here, now=fetched_at
        )
        if moment and moment.at <= fetched_at + TOLERANCE:
            found = Found(moment, f"selector:{rule.published}", SURE)
            metadata = replace(metadata, published=found, zone=zone)
    return metadata


def _text(document: Document, selector: str | None) -> str | None:
    node = document.tree.css_first(selector) if selector else None
    return (tidy(node.text(separator=" ")) or None) if node is not None else None
