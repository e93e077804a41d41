"""Sites whose text no selector reaches have a class, and lose it on its last day."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipelines import sites
from pipelines.extract import extract
from pipelines.sites import arc, site_of
from techwire.types import BlockKind, Source

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(slug="agency", name="Agency", url="https://www.reuters.com/")
URL = "https://www.reuters.com/technology/bridge-2026-03-05/"
PIECES: list[dict[str, object]] = [
    {"type": "paragraph", "content": "The harbour of Vellmar will run its cranes on batteries."},
    {"type": "text", "content": "Its supplier, <b>Korbal</b>, has built two of them so far."},
    {"type": "image", "url": "https://images.example/crane.jpg", "caption": "A crane at rest"},
    {"type": "header", "content": "Slow at first"},
    {"type": "text", "content": "The first crane lifts half of what the old one did, for now."},
    {"type": "list", "items": [{"content": "Two cranes in May"}, {"content": "Six by 2028"}]},
    {"type": "quote", "content_elements": [{"type": "text", "content": "We shall see, he said."}]},
]


def page(content: object, shown: str = "<p>Our standards: the principles of trust.</p>") -> str:
    return (
        "<html lang=en><head><title>Harbour cranes go electric</title></head><body>"
        f"<h1>Harbour cranes go electric</h1>{shown}"
        f"<script>window.Fusion=1;Fusion.globalContent={json.dumps(content)};"
        "Fusion.contentCache={};</script></body></html>"
    )


def body(html: str, url: str = URL) -> str:
    return extract(html, url, SOURCE, NOW).body


@pytest.mark.parametrize("wrapped", [False, True])
def test_text_that_stands_in_the_script_is_read_in_its_order(wrapped: bool) -> None:
    content: object = {"content_elements": PIECES}
    found = extract(page({"result": content} if wrapped else content), URL, SOURCE, NOW)
    assert found.body.split("\n\n") == [
        "The harbour of Vellmar will run its cranes on batteries.",
        "Its supplier, Korbal, has built two of them so far.",
        "Slow at first",
        "The first crane lifts half of what the old one did, for now.",
        "Two cranes in May",
        "Six by 2028",
        "We shall see, he said.",
    ]
    assert [block.kind for block in found.blocks][2] is BlockKind.HEADING


def test_a_page_that_shows_its_text_is_read_as_any_other() -> None:
    long = "".join(
        f"<p>Paragraph {n} of what the page shows, long enough to be one, with commas.</p>"
        for n in range(9)
    )
    assert "Korbal" not in body(page({"content_elements": PIECES}, f"<article>{long}</article>"))


@pytest.mark.parametrize(
    "script",
    [
        "Fusion.globalContent={broken",
        "Fusion.globalContent=[];",
        'Fusion.globalContent={"content_elements": 3};',
        'Fusion.globalContent={"content_elements": [1, {"type": "list", "items": [2]}, null]};',
        "Fusion.globalContent=" + "[" * 5000,
    ],
)
def test_a_script_that_is_something_else_is_left_alone(script: str) -> None:
    assert isinstance(
        body(f"<html><body><p>Short.</p><script>{script}</script></body></html>"), str
    )


def test_other_sites_have_no_class() -> None:
    assert "Korbal" not in body(page({"content_elements": PIECES}), "https://other.example/a")
    assert site_of("notreuters.com", NOW) is None
    assert site_of("", NOW) is None


def test_a_class_holds_for_subdomains_and_until_its_last_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert site_of("uk.reuters.com", NOW) is not None
    monkeypatch.setattr(arc.Arc, "until", datetime(2026, 1, 1, tzinfo=UTC))
    assert site_of("uk.reuters.com", NOW) is None
    assert site_of("reuters.com", datetime(2025, 12, 31, tzinfo=UTC)) is not None


def test_no_host_has_two_classes() -> None:
    hosts = [host for site in sites.SITES for host in site.hosts]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower() and not host.startswith("www.") for host in hosts)
