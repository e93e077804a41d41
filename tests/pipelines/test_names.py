"""Names in bylines, freed of what stands around them."""

from __future__ import annotations

import pytest

from pipelines.clean import authors


@pytest.mark.parametrize(
    ("line", "names"),
    [
        pytest.param("Zeige alle Beiträge von Lene Voss →", ("Lene Voss",), id="German archive"),
        pytest.param("View all posts by Lene Voss", ("Lene Voss",), id="English archive"),
        pytest.param("Voir tous les articles de Lene Voss", ("Lene Voss",), id="French archive"),
        pytest.param("© Lene Voss", ("Lene Voss",), id="rights"),
        pytest.param("Interview: Lene Voss", ("Lene Voss",), id="what she did"),
        pytest.param("Lene Voss am Samstag", ("Lene Voss",), id="German weekday"),
        pytest.param("Lene Voss Thursday", ("Lene Voss",), id="English weekday"),
        pytest.param("Lene Voss, PhD", ("Lene Voss",), id="degree"),
        pytest.param("Nicolás Rey C.", ("Nicolás Rey C.",), id="last initial"),
        pytest.param("schraube84", ("schraube84",), id="pen name with a number"),
        pytest.param("Lene Voss 12.03.2024", ("Lene Voss",), id="date behind"),
        pytest.param("Last modified", (), id="no name"),
        pytest.param("Nachrichten", (), id="section"),
    ],
)
def test_names_are_freed_of_what_stands_around_them(line: str, names: tuple[str, ...]) -> None:
    assert authors([line]) == names
