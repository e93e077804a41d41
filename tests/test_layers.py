"""The plan of the house, enforced: who may import whom, and which framework lives where."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# room → rooms it may import (besides itself)
MAY_IMPORT: dict[str, set[str]] = {
    "techwire": set(),
    "techwire.demo": {"techwire"},
    "techwire.__main__": {"techwire.cli"},  # the front door's other handle
    "pipelines": {"techwire"},
    "db": {"techwire"},
    "crawler": {"techwire", "pipelines", "db"},
    "alerts": {"techwire", "db"},
    "scheduler": {"techwire", "crawler", "pipelines", "db", "alerts"},
    "fleet": {"techwire", "crawler", "db", "scheduler"},
    "web": {"techwire", "db"},
    "techwire.cli": {
        "techwire",
        "techwire.demo",
        "crawler",
        "pipelines",
        "db",
        "scheduler",
        "fleet",
        "web",
        "alerts",
    },
}

# framework → the rooms that may import it
LIVES_IN = {
    "scrapy": {"crawler"},
    "twisted": {"crawler"},
    "sqlalchemy": {"db"},
    "alembic": {"db"},
    "psycopg": {"db"},
    "apscheduler": {"scheduler"},
    "procrastinate": {"fleet"},
    "click": {"techwire.cli"},
    "rich": {"techwire.cli"},
    "trafilatura": {"pipelines"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "jinja2": {"web"},
    "apprise": {"alerts"},
    "playwright": {"crawler"},
}

# pipelines are pure: none of these may be imported there
IMPURE = {"socket", "subprocess", "logging", "requests", "urllib.request", "http.client", "sqlite3"}


def room_of(module: str) -> str | None:
    """The longest room name that ``module`` lies in, or None for somebody else's package."""
    names = [room for room in MAY_IMPORT if module == room or module.startswith(room + ".")]
    return max(names, key=len, default=None)


def modules() -> list[tuple[str, Path]]:
    files = [
        path
        for room in ("techwire", "pipelines", "db", "crawler", "web", "alerts", "fleet")
        for path in sorted((ROOT / room).rglob("*.py"))
    ]
    files.append(ROOT / "scheduler.py")
    return [
        (".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), p)
        for p in files
    ]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


each_module = pytest.mark.parametrize(
    ("module", "path"), [pytest.param(module, path, id=module) for module, path in modules()]
)


@each_module
def test_a_module_imports_only_downwards(module: str, path: Path) -> None:
    room = room_of(module)
    assert room is not None
    allowed = MAY_IMPORT[room] | {room}
    wrong = {n for n in imports(path) if (r := room_of(n)) is not None and r not in allowed}
    assert not wrong, f"{module} ({room}) may not import {sorted(wrong)}"


@each_module
def test_each_framework_stays_in_its_room(module: str, path: Path) -> None:
    room = room_of(module)
    wrong = {
        name
        for name in imports(path)
        if (home := LIVES_IN.get(name.split(".")[0])) is not None and room not in home
    }
    assert not wrong, f"{sorted(wrong)} has no place in {room}"


@pytest.mark.parametrize(
    ("module", "path"),
    [pytest.param(m, p, id=m) for m, p in modules() if m.startswith("pipelines")],
)
def test_pipelines_are_pure(module: str, path: Path) -> None:
    wrong = {n for n in imports(path) if any(n == bad or n.startswith(bad + ".") for bad in IMPURE)}
    assert not wrong, f"{module} imports {sorted(wrong)}"


def test_the_top_level_is_the_users() -> None:
    for name in ("pyproject.toml", "crawler", "pipelines", "db", "scheduler.py", "tests"):
        assert (ROOT / name).exists(), name
