"""The configuration complains in one line that says where, what and what to write instead."""

from pathlib import Path

import pytest

from techwire import config
from techwire.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "techwire.toml"
    path.write_text(text, "utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.load(write(folder, text), environ={})
    return str(caught.value).replace(str(folder), "")


def test_a_full_file_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'contact = "me@example.org"\ntimezone = "Europe/Paris"\n'
        '[network]\ndelay_seconds = 0.5\nallow_private_networks = ["127.0.1.0/24"]\n'
        'host_map = { "gazette.example" = "127.0.0.1:8123" }\n'
        '[schedule]\nevery = "15m"\n',
    )
    found = config.load(path, environ={})
    assert found.contact == "me@example.org"
    assert str(found.zone) == "Europe/Paris"
    assert found.network.delay_seconds == 0.5
    assert found.network.host_map == {"gazette.example": "127.0.0.1:8123"}
    assert found.schedule.every is not None
    assert found.schedule.every.total_seconds() == 900
    assert found.sources_path == tmp_path / "sources.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact = \n", "/techwire.toml:1: "),
        (
            "\n[network]\ndelay_secnds = 3\n",
            "/techwire.toml:3: network.delay_secnds: unknown key; "
            "did you mean network.delay_seconds?",
        ),
        (
            '[shedule]\nevery = "1h"\n',
            "/techwire.toml:1: shedule: unknown key; did you mean schedule?",
        ),
        (
            '[schedule]\nevery = "soon"\n',
            '/techwire.toml:2: schedule.every: \'soon\' is no duration; write "15m", "2h" or "7d"',
        ),
        ('timezone = "Mars/Phobos"\n', "/techwire.toml:1: timezone: 'Mars/Phobos' is no time zone"),
        (
            "[network]\nconcurrency = 0\n",
            "/techwire.toml:2: network.concurrency: must be more than 0",
        ),
        ("[network]\ntimeout_seconds = true\n", ": network.timeout_seconds: True is no number"),
        (
            '[network]\nallow_private_networks = ["10.0.0.1/8"]\n',
            ":2: network.allow_private_networks: '10.0.0.1/8' is no network",
        ),
        ('[log]\nlevel = "loud"\n', ":2: log.level: 'loud' is not one of debug, info"),
        ('network = "fast"\n', ":1: network: must be a table; write [network]"),
        ("[network]\ndelay_seconds = nan\n", ":2: network.delay_seconds: nan is no number"),
        ("[network]\nconcurrency = inf\n", ":2: network.concurrency: inf is more than"),
        ("# un saut\u2028de ligne\n[network]\nconcurrency = 0\n", "/techwire.toml:3: network"),
        (
            '[schedule]\nat_least = "2h"\nat_most = "1h"\n',
            "/techwire.toml: schedule.at_least: is longer than schedule.at_most",
        ),
        ("[web]\nport = 99999\n", ":2: web.port: 99999 is more than 65,535"),
        ('[health]\nlisten = "127.0.0.1:99999"\n', ":2: health.listen: '127.0.0.1:99999' is no"),
        ('[storage]\nkeep_pages = "999999999999d"\n', "'999999999999d' is no duration"),
        pytest.param(f"x = {'9' * 5000}\n", "/techwire.toml: cannot be read", id="digits"),
        pytest.param(f"x = {'[' * 5000}\n", "/techwire.toml: cannot be read", id="brackets"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in complaint(tmp_path, text)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `techwire init` writes one"):
        config.load(tmp_path / "nowhere.toml", environ={})


def test_the_environment_beats_the_file_and_a_flag_beats_both(tmp_path: Path) -> None:
    path = write(tmp_path, '[database]\nurl = "sqlite:///file.db"\n[reading]\nworkers = 1\n')
    environ = {"TECHWIRE_DATABASE_URL": "sqlite:///env.db", "TECHWIRE_READING_WORKERS": "3"}
    assert config.load(path, environ=environ).database.url == "sqlite:///env.db"
    assert config.load(path, environ=environ).reading.workers == 3
    flagged = config.load(path, environ=environ, database_url="sqlite:///flag.db")
    assert flagged.database.url == "sqlite:///flag.db"


def test_a_secret_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://me:pw@db/tech\n")
    found = config.load(write(tmp_path, ""), environ={"TECHWIRE_DATABASE_URL_FILE": str(secret)})
    assert found.database.url == "postgresql://me:pw@db/tech"
    assert config.masked(found)["database"]["url"] == "postgresql://me:***@db/tech"


def test_a_secret_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="TECHWIRE_CONTACT_FILE: names a file that is not UTF-8"):
        config.load(write(tmp_path, ""), environ={"TECHWIRE_CONTACT_FILE": str(secret)})


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"TECHWIRE_SCHEDULE_EVERY: schedule\.every: 'x'"):
        config.load(write(tmp_path, ""), environ={"TECHWIRE_SCHEDULE_EVERY": "x"})
