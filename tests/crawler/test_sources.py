"""sources.toml: what it says, and what is wrong with it, by file and line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import sources
from crawler.patterns import Pattern, slow_on
from techwire.errors import ConfigError

GOOD = """\
# our sources
[[source]]
slug = "gazette"
name = "La Gazette"
url = "https://gazette.example/"
language = "fr"
country = "FR"
timezone = "Europe/Paris"
feeds = ["https://gazette.example/feed.xml"]
every = "15m"
delay = 1.5
max_articles = 50
headers = { X-Key = "k" }
groups = ["fr", "startups"]

[[source.selectors]]
body = "div.texte"
remove = [".pub"]
until = 2026-01-31

[[source]]
slug = "octet"
name = "Octet"
url = "https://octet.example/"
cron = "0 7 * * 1-5"
"""


def written(folder: Path, text: str) -> Path:
    """``text`` in a file."""
    path = folder / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_source_is_a_table(tmp_path: Path) -> None:
    gazette, octet = sources.load(written(tmp_path, GOOD))
    assert gazette.slug == "gazette"
    assert gazette.every_seconds == 900
    assert gazette.delay_seconds == 1.5
    assert gazette.feeds == ("https://gazette.example/feed.xml",)
    assert gazette.headers == {"X-Key": "k"}
    assert gazette.selectors[0].body == "div.texte"
    assert gazette.selectors[0].until == datetime(2026, 1, 31, tzinfo=UTC)
    assert octet.cron == "0 7 * * 1-5"


HEAD = '[[source]]\nslug = "a"\nname = "A"\nurl = "https://a.example/"\n'


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD + 'feed = ["https://a.example/f"]', 5, "did you mean feeds?"),
        (HEAD + "feeds = 3", 5, "list of texts"),
        (HEAD + 'feeds = ["ftp://a.example/f"]', 5, "no web address"),
        (HEAD + 'every = "soon"', 5, "no duration"),
        (HEAD + 'cron = "99 * * * *"', 5, "99 * * * *"),
        (HEAD + 'timezone = "Paris"', 5, "no time zone"),
        (HEAD + 'include = "("', 5, "no regular expression"),
        (HEAD + 'language = "french"', 5, "two-letter"),
        (HEAD + 'keep = "some"', 5, "one of full, excerpt, metadata"),
        (HEAD + "max_articles = 0", 5, "1 or more"),
        (HEAD + "delay = nan", 5, "no delay"),
        (HEAD + "delay = -1", 5, "no delay"),
        (HEAD + 'every = "99999999d"', 5, "no duration"),
        (HEAD + 'render = "yes"', 5, "true or false"),
        (HEAD + "[source.selectors]\nbdy = 'p'", 6, "did you mean body?"),
        (HEAD + "[source.selectors]\nbody = 'p['", 6, "selectors.body: not a CSS selector: 'p['"),
        (HEAD + "[[source.selectors]]\nremove = ['.a', 'b >']", 6, "remove: not a CSS selector"),
        (HEAD + HEAD, 6, "there twice"),
        (HEAD.replace('slug = "a"', 'slug = "A b"'), 2, "no slug"),
        (HEAD.replace('name = "A"\n', ""), 1, "is missing"),
        ("[[sources]]\n", 1, "[[source]]"),
        ("[source]\nslug = 'a'\n", 1, "[[source]]"),
        (HEAD + "feeds = [", 5, "sources.toml:5"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        sources.load(path)
    assert caught.value.line == line
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_a_page_that_needs_a_browser_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"sources.toml:5: .*render: needs a Chromium on PATH"):
        sources.load(written(tmp_path, HEAD + "render = true"))


def test_a_pattern_that_would_take_for_ever_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sources.toml:5: .*takes too long on addresses such as"):
        sources.load(written(tmp_path, HEAD + "include = '/(a|aa)+/x'"))


@pytest.mark.parametrize(
    "pattern",
    [
        r"/(?:\d+/)+", r"^https://[^/]+/(?:news|tech)/\d{4}/", "", r"(?i)\.html?$",
        "/a(?=/b)|[^x]+",
        r"/(?!video)(?:[\w-]+/)*[\w-]{20,}$", r"\bpuce\b", r"([a-z]+-){3,}\d+",
    ],
)  # fmt: skip
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert slow_on(pattern) is None


def test_a_pattern_gives_up_in_time() -> None:
    assert Pattern(r"/(a|aa)+/x").finds(f"https://a.example/{'a' * 100}/!", 0.01) is None
    assert Pattern(r"/tech/").finds("https://a.example/tech/1") is True
    assert Pattern(r"/tech/").finds("https://a.example/foot/1") is False


def test_a_secret_may_stay_out_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cookie").write_text("abc\n")
    monkeypatch.setenv("GAZETTE_PASSWORD", "geheim")
    monkeypatch.setenv("GAZETTE_COOKIE_FILE", str(tmp_path / "cookie"))
    text = HEAD + 'password = "env:GAZETTE_PASSWORD"\ncookies = {session = "env:GAZETTE_COOKIE"}'
    (one,) = sources.load(written(tmp_path, text))
    assert (one.password, one.cookies) == ("geheim", {"session": "abc"})
    with pytest.raises(ConfigError, match=r"sources.toml:5: .*NOWHERE is not set"):
        sources.load(written(tmp_path, HEAD + 'proxy = "env:NOWHERE"'))


def test_no_source_is_no_error(tmp_path: Path) -> None:
    assert sources.load(written(tmp_path, "")) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        sources.load(tmp_path / "sources.toml")
