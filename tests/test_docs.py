"""What README.md and docs/ tell people to type, open and set exists as it is written."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from techwire import config
from techwire.cli import cli
from techwire.cli.commands import COMMANDS
from techwire.config import SECTIONS, Config

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in PAGES}
STOPS = ("|", ">", "&&", ";", "||")


def _commands(text: str) -> set[tuple[str, bool]]:
    """(command line, is a line of its own) of a page; in running text arguments may be left out."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = {line.removeprefix("$ ") for block in blocks for line in block.splitlines()}
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    inline = {" ".join(code.split()) for code in re.findall(r"`([^`]+)`", outside)}
    return {(line, True) for line in lines} | {(code, False) for code in inline}


TYPED = sorted(
    (page, line, is_whole)
    for page, text in TEXTS.items()
    for line, is_whole in _commands(text)
    if re.match(r"(?:\.venv/bin/)?techwire \S", line)
)


def _parsed(words: list[str]) -> None:
    """Takes a command line as far as the command's own code. Raises click.UsageError."""
    command: click.Command = cli
    context = click.Context(cli, info_name="techwire")
    while words and words[0].startswith("-"):  # of techwire itself: --db URL, --help
        words = words[2 if words[0] in ("--config", "--db") else 1 :]
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words[0])
        if found is None:
            raise click.UsageError(f"no command {words[0]}")
        command, words = found, words[1:]
    if not isinstance(command, click.Group):
        command.make_context(command.name, words, parent=context)


def test_there_are_commands_to_look_at() -> None:
    assert len(TYPED) > 60


@pytest.mark.parametrize(("page", "line", "is_whole"), TYPED)
def test_a_command_line_is_one_the_command_takes(page: str, line: str, is_whole: bool) -> None:
    words = shlex.split(line, comments=True)[1:]
    words = words[: next((i for i, word in enumerate(words) if word in STOPS), len(words))]
    words = ["1" if word in ("ID", "N", "12") else word for word in words]
    try:
        _parsed(words)
    except click.MissingParameter:
        assert not is_whole, f"{page}: {line}"
    except click.BadParameter as error:  # a file of the reader's does not exist here
        if error.param is None or not isinstance(error.param.type, click.Path):
            raise


def test_every_command_is_listed_in_a_line_that_fits() -> None:
    for one in COMMANDS.values():
        assert len(one.does) <= 80 - len("  healthcheck  "), one.name
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    assert "..." not in shown.replace("[ARGS]...", "")
    assert all(f"\n  {name}  " in shown for name in COMMANDS)


def test_a_link_leads_to_a_file() -> None:
    for page, text in TEXTS.items():
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / page).parent.joinpath(link).exists(), f"{page}: {link}"


def test_a_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page, text in TEXTS.items():
        for target in re.findall(r"^(?:\$ )?make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE):
            assert "".join(target) in targets, f"{page}: make {''.join(target)}"


def test_a_module_to_run_exists() -> None:
    for page, text in TEXTS.items():
        for name in re.findall(r"python -m ((?:benchmarks|pipelines|db|crawler|web)[\w.]*)", text):
            path = ROOT / name.replace(".", "/")
            assert path.with_suffix(".py").exists() or path.is_dir(), f"{page}: {name}"


def test_a_file_that_is_named_exists() -> None:
    rooms = "techwire|crawler|pipelines|db|web|alerts|fleet|benchmarks|tests|deploy|docs"
    for page, text in TEXTS.items():
        for path in re.findall(rf"`((?:{rooms})/[\w./-]+\.\w+)\b", text):
            assert (ROOT / path).exists(), f"{page}: {path}"


def test_a_setting_exists() -> None:
    for page, text in TEXTS.items():
        for section, key in re.findall(r"`\[(\w+)\] (\w+)", text):
            assert section in SECTIONS, f"{page}: [{section}]"
            names = {field.name for field in fields(SECTIONS[section])}
            assert key in names, f"{page}: [{section}] {key}"


def test_the_number_of_questions_is_the_one_that_is_told() -> None:
    questions = TEXTS["docs/queries.md"].count("```sql")
    assert 40 <= questions < 45, f"README.md says forty, docs/queries.md answers {questions}"


def test_the_template_shows_every_setting_and_its_default(tmp_path: Path) -> None:
    shown = (ROOT / "techwire/templates/techwire.toml").read_text("utf-8")
    lines = [
        re.sub(r"^# (?=\w+ = )", "", line)
        for line in shown.splitlines()
        if not re.match(r"# \w+ = .*# e\.g\.", line)
    ]
    (tmp_path / "techwire.toml").write_text("\n".join(lines))
    found = config.load(tmp_path / "techwire.toml", environ={})
    usual = Config(folder=tmp_path)
    for section, kind in SECTIONS.items():
        part = re.search(rf"^\[{section}\]\n(.*?)(?=^\[|\Z)", shown, re.MULTILINE | re.DOTALL)
        assert part is not None, section
        named = set(re.findall(r"^(?:# )?(\w+) = ", part[1], re.MULTILINE))
        assert named == {field.name for field in fields(kind)}, section
        if section != "database":
            assert getattr(found, section) == getattr(usual, section)
