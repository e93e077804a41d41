"""Articles are tagged with the companies they are about, and every tag can be pointed at."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.tagging import NEWS, score, traps
from pipelines.companies import Catalogue, load
from pipelines.tag import tag
from pipelines.tag_explain import explain
from techwire.types import Level, Tag, Zone

FLOORS = Path(__file__).parents[2] / "benchmarks" / "floors.json"
TRAP = "Orange peel gives the sauce its bitterness, and an orange moon rose."
TITLE = "Instagram teste un abonnement payant en Europe"
SUMMARY = "La filiale de Meta suit l’exemple de Snapchat."
BODY = (
    "Instagram propose depuis mardi un abonnement à 7 euros par mois. Les utilisateurs d’Instagram "
    "pourront masquer la publicité, annonce Meta.\n\n"
    "La jeune pousse nantaise Veloria, qui mesure l’audience, doute du succès. "
    "« Peu de gens paieront », "
    "assure la directrice de Veloria.\n\nLe même jour, TikTok n'a pas souhaité commenter. "
    "Suivez-nous sur Facebook."
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def tags(catalogue: Catalogue) -> tuple[Tag, ...]:
    return tag(TITLE, SUMMARY, BODY, language="fr", catalogue=catalogue)


def by_name(tags: tuple[Tag, ...], name: str) -> Tag:
    return next(found for found in tags if found.name == name)


def test_the_company_that_carries_the_story_comes_first(tags: tuple[Tag, ...]) -> None:
    assert tags[0].name == "Instagram"
    assert tags[0].level is Level.PRIMARY
    assert by_name(tags, "TikTok").level is Level.PASSING
    assert tags[0].relevance > by_name(tags, "Meta").relevance > by_name(tags, "TikTok").relevance


def test_every_mention_is_the_text_at_its_place(tags: tuple[Tag, ...]) -> None:
    zones = {Zone.TITLE: TITLE, Zone.SUMMARY: SUMMARY, Zone.BODY: BODY}
    for found in tags:
        assert found.mentions
        for mention in found.mentions:
            assert zones[mention.zone][mention.start : mention.end] == mention.surface


def test_a_brand_knows_its_owner(tags: tuple[Tag, ...]) -> None:
    assert by_name(tags, "Instagram").owner == "meta"
    assert by_name(tags, "Meta").owner is None


def test_a_company_nobody_knows_is_found_and_says_so(tags: tuple[Tag, ...]) -> None:
    veloria = by_name(tags, "Veloria")
    assert not veloria.known
    assert veloria.company == "veloria"
    assert len(veloria.mentions) == 2
    assert veloria.mentions[0].rule == "pattern"
    assert 0.5 < veloria.confidence < 1


def test_an_invitation_to_follow_names_nobody(tags: tuple[Tag, ...]) -> None:
    assert "Facebook" not in [found.name for found in tags]


def test_the_owner_is_that_of_the_articles_day(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "companies.toml"
    path.write_text(
        '[[company]]\nid = "zz-old"\nname = "Zzoldane"\n'
        '[[company]]\nid = "zz-new"\nname = "Zznewane"\n'
        '[[company]]\nid = "zz-sold"\nname = "Zzsold"\n'
        'owners = [{ id = "zz-old" }, { id = "zz-new", since = "2022-05-01" }]\n',
        encoding="utf-8",
    )
    own = load(path)

    def owner(on: date) -> str | None:
        found = tag("", None, "Zzsold launches a phone.", language="en", catalogue=own, on=on)
        return by_name(found, "Zzsold").owner

    assert owner(date(2022, 4, 30)) == "zz-old"
    assert owner(date(2022, 5, 1)) == "zz-new"


def test_the_publisher_is_not_tagged_for_naming_itself(catalogue: Catalogue) -> None:
    body = "Netflix told Spotify about it. Netflix then wrote to Deezer."
    named = [found.name for found in tag("", None, body, language="en", catalogue=catalogue)]
    assert "Netflix" in named
    without = tag("", None, body, language="en", catalogue=catalogue, source_name="Netflix")
    assert "Netflix" not in [found.name for found in without]


def test_an_empty_article_has_no_company(catalogue: Catalogue) -> None:
    assert tag("", None, "", language=None, catalogue=catalogue) == ()


def test_tagging_twice_gives_the_same(catalogue: Catalogue, tags: tuple[Tag, ...]) -> None:
    assert tag(TITLE, SUMMARY, BODY, language="fr", catalogue=catalogue) == tags


def test_an_explanation_shows_places_and_reasons(catalogue: Catalogue) -> None:
    said = explain("", None, TRAP, language="en", catalogue=catalogue, company="orange")
    assert said.tag is None
    assert said.lines()[0].startswith("Orange: not tagged")
    unknown = explain(TITLE, SUMMARY, BODY, language="fr", catalogue=catalogue, company="Veloria")
    assert unknown.tag is not None
    assert len(unknown.places) == 2
    assert unknown.places[0].verdict.startswith("believed")
    assert unknown.places[0].reasons
    named = explain(TITLE, SUMMARY, BODY, language="fr", catalogue=catalogue, company="Insta")
    assert named.company == "instagram"
    assert any(place.verdict == "name, sure" for place in named.places)


def test_our_own_sentences_do_not_get_worse(catalogue: Catalogue) -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))["tagging"]
    measured, mistakes = score(traps(), catalogue)
    assert measured.f1 >= floors["own sentences F1"], "\n".join(mistakes)
    assert measured.negatives_tagged <= floors["own sentences wrongly tagged"], "\n".join(mistakes)


def test_ordinary_sentences_of_tech_news_are_tagged_rightly(catalogue: Catalogue) -> None:
    """None of them taught a weight: ambiguous names, new ones, and words that are no names."""
    found, mistakes = score(traps(NEWS), catalogue)
    assert found.f1 >= 0.95, "\n".join(mistakes)
    assert found.recall >= 0.95, "\n".join(mistakes)
    assert found.negatives_tagged <= 1, "\n".join(mistakes)


@pytest.mark.parametrize(
    ("name", "sentence", "language"),
    [
        ("Veltrane", "La jeune pousse lilloise Veltrane lève 8 millions d’euros.", "fr"),
        ("Ocrelis", "Ocrelis, à Grenoble, décroche 12 millions d’euros.", "fr"),
        ("Quillory", "Quillory, a Lisbon-based startup, raised $14 million.", "en"),
        ("Tavex Robotics", "Tavex Robotics Inc. has laid off a fifth of its staff.", "en"),
        ("Nordwerk", "Das Hamburger Start-up Nordwerk erhält 9 Millionen Euro.", "de"),
    ],
)
def test_a_new_company_says_that_no_catalogue_knows_it(
    catalogue: Catalogue, name: str, sentence: str, language: str
) -> None:
    found = by_name(tag("", None, sentence, language=language, catalogue=catalogue), name)
    assert not found.known
    assert {mention.rule for mention in found.mentions} == {"pattern"}


def test_a_plural_of_a_ticker_is_no_company(catalogue: Catalogue) -> None:
    text = "Die Shops bleiben zu. Apps, Chips und Tools kosten Geld, sagt der Verband."
    assert tag("", None, text, language="de", catalogue=catalogue) == ()


def test_a_surname_is_a_person_wherever_the_article_names_him(catalogue: Catalogue) -> None:
    text = "Alan Dupont, 32, runs a repair café. Dupont fixes radios; the town likes Dupont."
    assert tag("", None, text, language="en", catalogue=catalogue) == ()


def test_a_compound_that_opens_a_sentence_is_no_company(catalogue: Catalogue) -> None:
    text = "Sony and Apple lead. Noise cancelling takes 21 decibels off. Block storage is cheap."
    names = [one.name for one in tag("", None, text, language="en", catalogue=catalogue)]
    assert sorted(names) == ["Apple", "Sony"]


def test_a_hyphenated_idiom_hides_only_what_has_its_hyphen(catalogue: Catalogue) -> None:
    named = tag("", None, "Free lance un forfait à 300 Go.", language="fr", catalogue=catalogue)
    assert [one.name for one in named] == ["Free"]
    hidden = tag("", None, "Free-lance depuis 2019, elle code.", language="fr", catalogue=catalogue)
    assert hidden == ()


def test_the_catalogues_own_cues_decide_an_ambiguous_spelling(tmp_path: Path) -> None:
    path = tmp_path / "companies.toml"
    path.write_text(
        '[[company]]\nid = "zz-lamp"\nname = "Lampadaire"\nambiguous = true\n'
        'context = ["écrans"]\nnot_context = ["éteint"]\n',
        encoding="utf-8",
    )
    own = load(path)

    def named(text: str) -> bool:
        found = tag("", None, text, language="fr", catalogue=own)
        return any(one.company == "zz-lamp" for one in found)

    assert named("Lampadaire vend ses écrans en Asie.")
    assert not named("Lampadaire éteint rue de la Gare.")
