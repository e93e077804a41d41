"""Which story an article belongs to."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest

from pipelines import story
from pipelines.fingerprint import fingerprint
from pipelines.story import LEAD, WINDOW, Item, StoryIndex
from pipelines.story_terms import common_terms, terms
from pipelines.story_weights import FEATURES, Weights, shipped_weights

NOON = 1_789_380_000.0  # 2026-09-14, seconds since the epoch
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
PAGES = Path(__file__).parent.parent.parent / "techwire" / "demo" / "pages"


def grouped(items: list[Item]) -> list[int]:
    """The label of each item, added in order to a new index; labels are their places."""
    index = StoryIndex()
    return [index.add(item, place) for place, item in enumerate(items)]


def told(title: str, minutes: float = 0, host: str = "gazette", **more: object) -> Item:
    return Item(title, host, NOON + minutes * MINUTE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param(
            (
                "Calanque raises 42 million euros for harbour robots",
                "Marseille's Calanque lands €42 million to put robots in harbours",
                "Harbour robot maker Calanque secures 42 million euros",
            ),
            id="English",
        ),
        pytest.param(
            (
                "Calanque lève 42 millions d’euros pour ses robots portuaires",
                "Robots portuaires : la levée de 42 millions de Calanque",
                "Calanque : 42 millions d'euros pour des robots dans les ports",
            ),
            id="French",
        ),
        pytest.param(
            (
                "Nordlicht eröffnet Rechenzentrum in Kiel",
                "Kiel: Nordlicht nimmt neues Rechenzentrum in Betrieb",
                "Das neue Rechenzentrum von Nordlicht in Kiel heizt ein Schwimmbad",
            ),
            id="German",
        ),
    ],
)
def test_headlines_about_one_event_are_one_story(titles: tuple[str, ...]) -> None:
    noise = [
        told("Ferrotec recalls a charger", 1, "labo"),
        told("Brightwell hires a new chief of security", 2, "comptoir"),
    ]
    items = [told(title, 30 * n, f"outlet{n}") for n, title in enumerate(titles)]
    labels = grouped([*noise, *items])
    assert len(set(labels[2:])) == 1
    assert len(set(labels)) == 3


def test_other_events_of_the_same_company_are_other_stories() -> None:
    labels = grouped(
        [
            told("Brightwell recalls 40,000 chargers over fire risk", 0, "a"),
            told("Brightwell names Ada Moreau chief executive", 60, "b"),
            told("Brightwell opens a repair school in Nantes", 90, "c"),
            told("Fire risk: Brightwell to recall 40,000 chargers", 120, "d"),
        ]
    )
    assert labels == [0, 1, 2, 0]


def test_an_event_told_in_two_languages_is_one_story() -> None:
    labels = grouped(
        [
            told(
                "Calanque lève 42 millions d’euros pour ses robots portuaires",
                language="fr",
                companies=("calanque",),
                lead="La jeune pousse de Marseille livrera Gdansk et Anvers ; Ada Moreau dirige.",
            ),
            told(
                "Harbour robots: a French start-up gets a war chest",
                45,
                "lantern",
                language="en",
                companies=("calanque",),
                lead="Calanque of Marseille, led by Ada Moreau, raised 42 million euros.",
            ),
            told(
                "Calanque hires fifty engineers",
                50,
                "devicedesk",
                language="en",
                companies=("calanque",),
                lead="The company wants more people for its software by spring.",
            ),
        ]
    )
    assert labels[0] == labels[1] != labels[2]


def newsroom() -> Iterator[tuple[str, Item]]:
    """The articles of the bundled newsroom, with the story their author put them in."""
    number = count()
    for path in sorted(PAGES.rglob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("+++", 2)
        page = tomllib.loads(head)
        site = path.relative_to(PAGES).parts[0]
        yield (
            page.get("story", f"alone {next(number)}"),
            Item(
                page["title"],
                site,
                page["published"].timestamp(),
                language="fr" if site in ("comptoir", "gazette", "labo") else "en",
                lead=f"{page.get('lead', '')} {body.strip()[:LEAD]}",
                companies=tuple(page.get("companies", ())),
            ),
        )


def test_the_newsroom_of_five_outlets_and_two_languages_is_grouped_as_its_authors_did() -> None:
    pages = sorted(newsroom(), key=lambda page: page[1].at)
    labels = grouped([item for _, item in pages])
    by_label = {
        label: {name for found, (name, _) in zip(labels, pages, strict=True) if found == label}
        for label in labels
    }
    assert all(len(names) == 1 for names in by_label.values()), by_label
    assert len(by_label) == len({name for name, _ in pages})


def test_a_copy_joins_its_original_whatever_its_headline() -> None:
    text = " ".join(f"Sentence {n} of the agency's dispatch about port {n * n}." for n in range(40))
    copy = text + " Read more on our site."
    labels = grouped(
        [
            told("Calanque raises 42 million", fingerprint=fingerprint(text)),
            told("Why the harbour will be quiet", 600, "b", fingerprint=fingerprint(copy)),
        ]
    )
    assert labels == [0, 0]


def test_a_story_nobody_tells_any_more_is_closed_and_forgotten() -> None:
    index = StoryIndex()
    title = "Calanque raises 42 million euros for harbour robots"
    assert index.add(told(title), 1) == 1
    assert index.add(told(title, 10, "b"), 2) == 1
    later = (WINDOW.total_seconds() + DAY) / MINUTE
    assert index.add(told(title, later, "c"), 3) == 3
    assert len(index) == 1


def test_the_index_does_not_grow_with_the_archive() -> None:
    random = Random(1)
    words = ["".join(random.choices("abcdefghijklmnop", k=7)) for _ in range(600)]
    index = StoryIndex()
    sizes = []
    for n in range(3000):  # ten days hold 300
        title = " ".join(random.choices(words, k=7))
        index.add(told(title, n * 48, fingerprint=random.getrandbits(63)), n)
        sizes.append(len(index))
    assert max(sizes) <= 310
    held = index._telling, index._crossing, index._copies._by_band
    assert all(len(part) <= 4 * 310 for part in held)


def test_an_archive_read_newest_first_is_looked_for_across_languages_only_in_its_last_stories(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(story, "CROSSING_MOST", 20)
    random = Random(1)
    index = StoryIndex()
    for n in range(60):
        title = " ".join("".join(random.choices("abcdefghijklmnop", k=7)) for _ in range(5))
        index.add(told(title, -30 * n, language="en"), n)
    assert len(index) == 60
    assert len(index._fresh) <= 21  # the last joins after the others were looked at
    assert sum(bool(one.crossing) for one in index._stories.values()) == len(index._fresh)


def test_a_rebuilt_index_decides_as_the_old_one_would() -> None:
    titles = [
        "Calanque raises 42 million euros for harbour robots",
        "Brightwell recalls 40,000 chargers over fire risk",
        "Calanque secures 42 million euros for robots in harbours",
        "Nordlicht opens data centre in Kiel",
    ]
    items = [told(title, 30 * n, f"outlet{n}") for n, title in enumerate(titles)]
    labels = grouped(items)
    rebuilt = StoryIndex()
    for item, label in zip(items, labels, strict=True):
        rebuilt.remember(item, label)
    again = [replace(item, host="late", at=item.at + HOUR) for item in items]
    assert [rebuilt.add(item, 100 + n) for n, item in enumerate(again)] == labels


@pytest.mark.parametrize("title", ["", "…", "12", "🚀🚀", "the of and", "a\ud83d"])
def test_a_headline_that_says_nothing_opens_a_story_of_its_own(title: str) -> None:
    assert grouped([told(title), told(title, 5, "b")])[0] == 0


def test_terms_are_stems_without_what_says_nothing() -> None:
    assert terms("L’Élysée annonce : les levées de 42,5 millions …") == (
        *("elyse", "annonc", "leve", "42,5", "million"),
    )
    assert terms("Apple's new chargers") == terms("APPLE charger")


def test_terms_that_cross_languages_are_names_and_numbers() -> None:
    french, english = map(common_terms, ("Calanque lève 42 millions", "Calanque raises 42 million"))
    assert set(french) & set(english) == {"calanque", "42"}


def test_terms_that_cross_languages_keep_the_order_in_which_they_are_read() -> None:
    assert common_terms("Nortel et Calanque, Marseille et Kiel, puis Nortel à 4.4.2") == (
        *("nortel", "calanque", "marseille", "kiel", "puis", "4.4.2"),
    )


def test_of_two_stories_alike_in_another_language_the_last_told_is_joined() -> None:
    lead = "Nortel Calanque Marseille Hambourg 42 1871 Brightwell"
    words = ("harbour robots bought", "quayside takeover agreed")
    english = [
        told(title, 30 * n, f"outlet{n}", language="en", lead=lead) for n, title in enumerate(words)
    ]
    french = told("Rachat surprise dans le port", 90, "gazette", language="fr", lead=lead)
    assert grouped([*english, french]) == [0, 1, 1]
    others = [replace(item, at=NOON) for item in reversed(english)]
    assert grouped([*others, french]) == [0, 1, 1]


def test_the_shipped_weights_name_every_feature() -> None:
    weights = shipped_weights()
    assert len(weights.of) == len(FEATURES)
    assert 0 < weights.threshold < 1
    assert Weights(0.5, -1e6, weights.of).likelihood((0.0,) * len(FEATURES)) == 0.0


def test_headlines_of_one_mould_about_other_companies_are_other_stories() -> None:
    labels = grouped(
        [
            told(f"{name} launches a new messaging service", 10 * n, name, companies=(name,))
            for n, name in enumerate(("calanque", "nordlicht", "brightwell", "calanque"))
        ]
    )
    assert labels == [0, 1, 2, 0]


def test_a_sign_that_folds_to_nothing_is_no_term() -> None:
    assert common_terms("\uff9e Nortel 4.4.2") == ("nortel", "4.4.2")
