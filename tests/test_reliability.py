"""The forty faults of docs/reliability.md name the tests that show what happens: they exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(
    r"^\| (F\d+) \|.*\| ([^|]+) \|$", (ROOT / "docs/reliability.md").read_text(), re.MULTILINE
)
FILES = {path.name: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}


def test_every_fault_has_a_row() -> None:
    assert [name for name, _ in ROWS] == [f"F{number}" for number in range(1, 41)]


@pytest.mark.parametrize(("fault", "shown_by"), ROWS, ids=[name for name, _ in ROWS])
def test_what_shows_a_fault_exists(fault: str, shown_by: str) -> None:
    named = re.findall(r"`(?:tests/\w+/)?(test_\w+\.py)(?:: (\w+))?`", shown_by)
    assert named, f"{fault} names no test"
    for file, name in named:
        assert file in FILES, f"{fault}: there is no {file}"
        assert re.search(rf"^(?:def )?{name}\b", FILES[file], re.MULTILINE), (
            f"{fault}: no {name} in {file}"
        )
    also = re.findall(r"(?:, |; )`(test_\w+)`", shown_by)  # further tests of the file named before
    for name in also:
        assert any(f"def {name}(" in text for text in FILES.values()), f"{fault}: no {name}"
