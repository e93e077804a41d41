"""Per-site rules, and the account of why a piece of a page was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipelines.explain import explain
from pipelines.extract import extract
from pipelines.selectors import problem_of
from techwire.types import Selectors, Source

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(slug="bulletin", name="Le Bulletin", url="https://bulletin.example/", country="fr")
PAGE = """<html lang="fr"><head><title>Une page mal faite</title></head><body>
<div class="top"><b>Ferrand Lou</b> <i class="when">4 mars 2024 à 18h</i></div>
<div class="odd"><p>Court.</p><p>Très court.</p><div class="promo"><p>Achetez notre hors-série.</p></div></div>
<div class="long"><p>Ce long paragraphe, qui parle d’autre chose, n’a rien à faire dans l’article, et pourtant il
en a tout l’air, avec ses virgules, ses phrases. Il y en a même une deuxième, pour faire bonne mesure.</p></div>
</body></html>"""
RULE = Selectors(body=".odd", authors=".top b", published=".when", remove=(".promo",))


def test_a_rule_of_the_source_overrules_the_reader() -> None:
    found = extract(PAGE, "https://bulletin.example/a", replace(SOURCE, selectors=(RULE,)), NOW)
    assert found.body == "Court.\n\nTrès court."
    assert found.metadata.authors is not None
    assert found.metadata.authors.value == ("Ferrand Lou",)
    assert found.metadata.published is not None
    assert found.metadata.published.value.at == datetime(2024, 3, 4, 17, 0, tzinfo=UTC)


def test_a_rule_ends_on_its_date() -> None:
    old = replace(RULE, until=datetime(2023, 1, 1, tzinfo=UTC))
    found = extract(PAGE, "https://bulletin.example/a", replace(SOURCE, selectors=(old,)), NOW)
    assert "paragraphe" in found.body


def test_the_first_rule_that_is_later_than_the_page_holds() -> None:
    """A redesign: the page of March 4 is read by the rule that held until the day after."""
    rules = (
        Selectors(body=".gone", until=datetime(2024, 3, 4, 12, tzinfo=UTC)),
        replace(RULE, until=datetime(2024, 3, 5, tzinfo=UTC)),
        Selectors(body=".long"),
    )
    dated = PAGE.replace("<head>", '<head><meta property="article:published_time" '
                         'content="2024-03-04T18:00:00+01:00">')  # fmt: skip
    source = replace(SOURCE, selectors=rules)
    assert extract(dated, "https://bulletin.example/a", source, NOW).body.startswith("Court.")
    later = dated.replace("2024-03-04T18", "2024-03-05T08")
    assert extract(later, "https://bulletin.example/a", source, NOW).body.startswith("Ce long")


def test_a_rule_that_finds_nothing_leaves_the_reader_to_it() -> None:
    rule = Selectors(body=".gone", authors=".gone")
    found = extract(PAGE, "https://bulletin.example/a", replace(SOURCE, selectors=(rule,)), NOW)
    assert "paragraphe" in found.body


def test_a_wrong_selector_has_a_line_that_says_so() -> None:
    assert problem_of("div.article > p") is None
    problem = problem_of("div[[")
    assert problem is not None
    assert "div[[" in problem


def test_every_segment_of_a_page_is_accounted_for() -> None:
    found = extract(PAGE, "https://bulletin.example/a", SOURCE, NOW)
    rows = explain(found)
    assert [r.text for r in rows if r.kept] == [b.text for b in found.blocks]
    assert {r.text for r in rows} >= {"Court.", "Très court."}
    assert all(r.reason and r.where and 0 <= r.score <= 1 for r in rows)
