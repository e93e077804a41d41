"""The units and the image of deploy/: what they call exists, and systemd understands them."""

import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from techwire.cli import cli
from techwire.cli.commands import COMMANDS
from techwire.config import _TOP, SECTIONS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = ["compose.yaml", "compose.fleet.yaml"]
UNITS = [*sorted(path.name for path in DEPLOY.glob("*.service")), "techwire-once.timer"]


def parsed(words: list[str]) -> None:
    """Raises click.UsageError unless ``words`` are a command with options it has."""
    with cli.make_context("techwire", list(words)) as context:
        name, command, rest = cli.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert command is not None
        command.make_context(name, rest, parent=context).close()


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_starts_a_command_there_is(name: str) -> None:
    text = (DEPLOY / name).read_text()
    line = re.search(r"^ExecStart=\S+/techwire (.*)$", text, re.MULTILINE)
    assert line is not None
    parsed(line[1].split())
    for wanted in ("User=techwire", "NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryMax="):
        assert wanted in text


def test_the_daemon_tells_systemd_that_it_lives() -> None:
    text = (DEPLOY / "techwire.service").read_text()
    assert "Type=notify" in text
    watchdog = re.search(r"^WatchdogSec=(\d+)$", text, re.MULTILINE)
    assert watchdog is not None
    assert int(watchdog[1]) >= 8 * 15  # as many ticks as the daemon itself forgives
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > 10  # schedule.grace_seconds


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name in UNITS:  # the program need not be installed here
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(re.sub(r"=\S+/bin/techwire", "=/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "techwire" in line]
    assert ours == []


def test_the_image_runs_as_nobody_in_particular_and_is_checked() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    last = text[text.rindex("FROM ") :]
    assert last.index("\nUSER techwire") < last.index("\nENTRYPOINT")
    check = re.search(r'^HEALTHCHECK .*CMD \["techwire", "(\w+)"\]$', last, re.MULTILINE)
    start = re.search(r'^CMD \["(\w+)"\]$', last, re.MULTILINE)
    assert check is not None
    assert start is not None
    assert {check[1], start[1]} <= COMMANDS.keys()


def test_the_image_is_built_from_files_and_extras_there_are() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    install = re.search(r"--constraint (\S+) '\.\[([\w,]+)\]'", text)
    assert install is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(install[2].split(",")) <= project["optional-dependencies"].keys()
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = {line[1:] for line in let_in if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    needed = {install[1], "pyproject.toml", project["readme"], *project["license-files"]}
    assert needed | set(wheel["targets"]["wheel"]["only-include"]) <= kept


@pytest.fixture(params=COMPOSE)
def compose(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """A compose file: its text, and what it says."""
    yaml = pytest.importorskip("yaml")
    text = (DEPLOY / request.param).read_text()
    return text, yaml.safe_load(text)


def test_compose_runs_commands_there_are(compose: tuple[str, dict[str, Any]]) -> None:
    text, said = compose
    services = {name: of for name, of in said["services"].items() if "build" in of}
    for of in services.values():
        parsed(of.get("command", ["daemon"]))
        folder = (DEPLOY / of["build"]["context"]).resolve()
        assert (folder / of["build"]["dockerfile"]).exists()
    asides = re.findall(r"docker compose -f deploy/\S+ (?:run --rm|exec) (\S+) (.*)", text)
    assert asides
    for service, words in asides:
        assert service in services
        parsed([word for word in shlex.split(words) if word != "techwire"])


def test_compose_sets_only_what_the_configuration_has(
    compose: tuple[str, dict[str, Any]],
) -> None:
    _, said = compose
    known = {f"TECHWIRE_{name}".upper() for name in _TOP} | {
        f"TECHWIRE_{section}_{field.name}".upper()
        for section, kind in SECTIONS.items()
        for field in fields(kind)
    }
    for of in said["services"].values():
        ours = [name for name in of["environment"] if name.startswith("TECHWIRE_")]
        assert {name.removesuffix("_FILE") for name in ours} <= known


def test_compose_names_no_volume_secret_or_service_it_has_not(
    compose: tuple[str, dict[str, Any]],
) -> None:
    _, said = compose
    for of in said["services"].values():
        named = {volume.partition(":")[0] for volume in of["volumes"]}
        assert named <= said["volumes"].keys()
        assert set(of["secrets"]) <= said["secrets"].keys()
        assert set(of.get("depends_on", ())) <= said["services"].keys()
        files = [v for k, v in of["environment"].items() if k.endswith("_FILE")]
        assert {file.rpartition("/")[2] for file in files} <= set(of["secrets"])


def test_compose_gives_the_daemon_time_to_end_what_is_in_flight(
    compose: tuple[str, dict[str, Any]],
) -> None:
    _, said = compose
    daemons = [
        of
        for of in said["services"].values()
        if "build" in of and of.get("command", ["daemon"])[0] in ("daemon", "worker")
    ]
    assert daemons
    assert all(int(of["stop_grace_period"].removesuffix("s")) > 10 for of in daemons)


def test_the_timer_starts_a_service_there_is() -> None:
    assert (DEPLOY / "techwire-once.timer").with_suffix(".service").exists()
