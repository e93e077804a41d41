"""Names are found as people write them, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.companies import Catalogue, load
from pipelines.tag_masks import Masks
from pipelines.tag_names import Matcher
from pipelines.tag_spans import WORD, capitalised
from pipelines.tag_text import fold, untwin

FILE = """
[[company]]
id = "orlane"
name = "Orlane"
products = ["Orlane Watch", "orPhone"]
ticker = "ORLN"
[[company]]
id = "hm"
name = "Hum & Moe"
aliases = ["H&M"]
[[company]]
id = "telefania"
name = "Telefanía"
[[company]]
id = "meto"
name = "Meto"
[[company]]
id = "gofast"
name = "Gofast.com"
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    path: Path = tmp_path_factory.mktemp("catalogue") / "companies.toml"
    path.write_text(FILE, encoding="utf-8")
    return load(path)


def surfaces(catalogue: Catalogue, text: str, *, german: bool = False) -> list[str]:
    plain = untwin(text)
    hits = Matcher(catalogue).find(plain, fold(plain), Masks(plain, fold(plain)), german=german)
    wanted = {"orlane", "hm", "telefania", "meto", "gofast"}
    return [text[hit.start : hit.end] for hit in hits if hit.spellings[0].company in wanted]


WRITTEN = [
    pytest.param("La montre d'Orlane plaît.", ["Orlane"], id="elision, straight apostrophe"),
    pytest.param(
        "Ce qu’Orlane prépare, l’Orlane Watch", ["Orlane", "Orlane Watch"], id="elision, curly"
    ),
    pytest.param("An Orlane-designed chip, anti-Orlane", ["Orlane", "Orlane"], id="hyphens"),
    pytest.param("Orlane's and Orlane’s", ["Orlane", "Orlane"], id="possessives"),
    pytest.param("two orPhones, one orphone", ["orPhone", "orphone"], id="plural and lower case"),
    pytest.param("ORLANE VA LICENCIER", ["ORLANE"], id="all capitals"),
    pytest.param(
        "$ORLN fell (Euronext: ORLN)", ["ORLN", "ORLN"], id="cashtag and ticker in brackets"
    ),
    pytest.param("ORLN alone", [], id="a bare ticker is a word"),
    pytest.param("Оrlаne with Cyrillic letters", ["Оrlаne"], id="look-alikes"),
    pytest.param("Ｏｒｌａｎｅ full width", ["Ｏｒｌａｎｅ"], id="full width"),
    pytest.param("H&M, H and M, h m", ["H&M"], id="the sign counts"),
    pytest.param(
        "Telefania and TELEFANÍA", ["Telefania", "TELEFANÍA"], id="accents may be left out"
    ),
    pytest.param("un roman méto", [], id="but not added"),
    pytest.param("Un Méto", [], id="not even after a capital"),
    pytest.param("OrlaneAdapter, orlane_id, Orlanes", [], id="inside a longer word"),
    pytest.param("mail a@orlane.example, see www.orlane.com/x and orlane.fr", [], id="addresses"),
    pytest.param(
        "Gofast.com grows, see gofast.com/deals", ["Gofast.com"], id="a name that is a domain"
    ),
    pytest.param("the orlane tree", [], id="a lower-case word"),
    pytest.param("Follow us on Orlane and Meto.\nOrlane grows.", ["Orlane"], id="follow us"),
    pytest.param("Photo: Orlane\nMeto grows.", ["Meto"], id="photo credit"),
    pytest.param("© Orlane 2024", [], id="copyright line"),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_a_name_is_found_as_it_is_written(
    catalogue: Catalogue, text: str, expected: list[str]
) -> None:
    assert surfaces(catalogue, text) == expected


def test_a_german_genitive_is_the_name(catalogue: Catalogue) -> None:
    assert surfaces(catalogue, "Orlanes Fahrer streiken", german=True) == ["Orlane"]


def test_folding_moves_no_letter() -> None:
    for text in ("İstanbul ẞtraße ﬁn ½ № ℃ ǆ", "L’Oréal — « d’Ÿnsect » 👩‍💻"):
        assert len(fold(untwin(text))) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "L'Oréal et QU'IL, d’Orange à Rive+Droite.",
        "the iPhone, an eBay seller, abcD, R&D, AT&T, 3&4, x&Y, 12GB, 1234G",
        "@Nova #Nova $Nova _Nova Nova_Labs Ünal İzmir ßA ²X",
        "Saint-Gobain-Ost C.A.L.M Node.js O'Neill’S A",
    ],
)
def test_looking_only_where_capitals_stand_finds_every_name(text: str) -> None:
    found = list(capitalised(text))
    assert found == [match.span() for match in WORD.finditer(text)]
