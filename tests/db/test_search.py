"""Search: the same question has the same answer on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event, text

from db import Database, articles, companies, connect, queries, search_postgresql
from db.search_query import Question, parse
from techwire.errors import NotFound, UsageError
from tests.db.build import APPLE, HOUR, INSTAGRAM, META, NOW, article, tag, with_sources

TEXTS = {  # name: (source, language, hours ago, title, body, companies)
    "puces": (
        "gazette", "fr", 1, "Une usine de puces à Grenoble",
        "L'entreprise ouvre une usine. L'Élysée s'en félicite, au cœur des Alpes.", "apple",
    ),
    "ia": (
        "gazette", "fr", 5, "L'intelligence artificielle au lycée",
        "Des entreprises proposent des outils. L'intelligence humaine reste.", "meta",
    ),
    "chips": (
        "herald", "en", 3, "Chip makers hire again",
        "Companies are hiring engineers; the factory in Grenoble opens. Un milliard.", "apple meta",
    ),
    "photo": (
        "herald", "en", 700, "Photo sharing grows up",
        "The photo service was opened years ago, and its factory of trends goes on.", "instagram",
    ),
    "japon": (
        "herald", "ja", 9, "東京 の 工場", "新しい 工場 が 開いた。 Straße und Übermut.", "",
    ),
}  # fmt: skip


@pytest.fixture
def archive(database: Database) -> Database:
    with_sources(database)
    with database.writing() as connection:
        companies.sync(connection, [APPLE, META, INSTAGRAM], "1")
        for name, (source, language, hours, title, body, about) in TEXTS.items():
            articles.save(
                connection,
                article(
                    f"https://{source}.example/{name}",
                    source=source,
                    language=language,
                    title=title,
                    body=body,
                    published_at=NOW - hours * HOUR,
                    tags=tuple(tag(company, company.title()) for company in about.split()),
                ),
                NOW,
            )
    return database


def found(database: Database, words: str, **narrowed: object) -> list[str]:
    with database.reading() as connection:
        rows = queries.search(connection, words, now=NOW, **narrowed)  # type: ignore[arg-type]
    return [row.url.rpartition("/")[2] for row in rows]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("entreprise", ["puces", "ia"], id="stem, newest first"),
        pytest.param("ENTREPRISES", ["puces", "ia"], id="capitals, plural"),
        pytest.param("elysee", ["puces"], id="accents need not be typed"),
        pytest.param("l'Élysée", ["puces"], id="elision"),
        pytest.param("coeur", ["puces"], id="ligature"),
        pytest.param("cœur", ["puces"], id="ligature typed"),
        pytest.param("strasse", ["japon"], id="sharp s"),
        pytest.param("工場", ["japon"], id="another script"),
        pytest.param("company", ["chips"], id="english stem"),
        pytest.param('"intelligence artificielle"', ["ia"], id="phrase"),
        pytest.param('"intelligence humaine"', ["ia"], id="phrase in the text"),
        pytest.param('"lycée des entreprises"', [], id="no phrase across title and text"),
        pytest.param('"artificielle intelligence"', [], id="phrase keeps its order"),
        pytest.param("entrepr*", ["puces", "ia"], id="prefix"),
        pytest.param("entreprises*", ["puces", "ia"], id="prefix longer than the stem"),
        pytest.param("grenoble usine", ["puces"], id="both words"),
        pytest.param("lycée OR hiring", ["chips", "ia"], id="either"),
        pytest.param("grenoble -usine", ["chips"], id="exclusion"),
        pytest.param("grenoble NOT (usine OR lycée)", ["chips"], id="exclusion of a group"),
        pytest.param("title:grenoble", ["puces"], id="headline only"),
        pytest.param('title:"photo sharing"', ["photo"], id="phrase in the headline"),
        pytest.param("title:chip*", ["chips"], id="prefix in the headline"),
        pytest.param("factory company:apple", ["chips"], id="company"),
        pytest.param("factory company:meta", ["chips", "photo"], id="company with its brands"),
        pytest.param("factory -company:apple", ["photo"], id="not that company"),
        pytest.param("company:apple company:meta", ["chips"], id="both companies, no word"),
        pytest.param("company:apple,instagram", ["puces", "chips", "photo"], id="either company"),
        pytest.param("company:apple -usine", ["chips"], id="company without a word"),
        pytest.param("source:herald lang:en", ["chips", "photo"], id="filters alone"),
        pytest.param("-lang:en,fr", ["japon"], id="none of these languages"),
        pytest.param("factory since:2d", ["chips"], id="since"),
        pytest.param("factory until:2026-02-20", ["photo"], id="until"),
        pytest.param("lang:fr entreprise", ["puces", "ia"], id="stemmed in the language asked for"),
        pytest.param("nothing-like-this", [], id="nothing"),
    ],
)
def test_a_search_finds(archive: Database, words: str, expected: list[str]) -> None:
    assert found(archive, words) == expected


def test_arguments_narrow_as_fields_do(archive: Database) -> None:
    assert found(archive, "factory", company=["apple"]) == ["chips"]
    assert found(archive, "factory", since=NOW - timedelta(days=2)) == ["chips"]
    assert found(archive, "grenoble", source="gazette") == ["puces"]
    assert found(archive, "grenoble", language="en") == ["chips"]
    assert found(archive, "factory", limit=1) == ["chips"]


def test_a_ranked_search_prefers_the_headline(archive: Database) -> None:
    assert found(archive, "grenoble") == ["puces", "chips"]
    assert found(archive, "photo OR factory", rank=True)[0] == "photo"
    with archive.reading() as connection:
        rows = queries.search(connection, "grenoble OR factory", now=NOW, rank=True)
    ranks = [row.rank or 0.0 for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] > 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ('puces "usine', "position 7: this quotation mark is not closed"),
        ("(puces", "position 1: this parenthesis is not closed"),
        ("puces)", "position 6: this parenthesis closes nothing"),
        ("puces OR", "position 7: OR stands between two words"),
        ("OR puces", "position 1: OR stands between two words"),
        ("titel:puces", "position 1: no field titel:; did you mean title:?"),
        ("xyz:puces", "there are title, company, source, lang, since, until"),
        ("puces source:", "position 7: source: lacks its value"),
        ("pu*ces", r"position 3: a \* stands at the end of a word only"),
        ("puces *", r"position 7: a \* follows the beginning of a word"),
        ("since:soon puces", "position 7: 'soon' is no time: write 7d, 12h or 2026-03-01"),
        ("puces -", None),
        ("-puces", "only exclusions"),
        ("a OR -b", "after OR stands what is sought"),
        ("puces OR company:apple", "position 10: company: holds for the whole search"),
        ("", "nothing to look for"),
        ("—", "nothing to look for"),
        ("(" * 50 + "a" + ")" * 50, "too many parentheses"),
        ("a " * 2000, "at most 2000"),
    ],
)
def test_a_malformed_search_is_told_with_its_place(
    archive: Database, words: str, says: str | None
) -> None:
    if says is None:  # a lonely hyphen is punctuation
        assert found(archive, words) == ["puces"]
        return
    with pytest.raises(UsageError, match=says):
        found(archive, words)


def test_unknown_names_are_told_with_their_neighbours(archive: Database) -> None:
    with pytest.raises(NotFound, match="did you mean herald"):
        found(archive, "x source:herold")
    with pytest.raises(NotFound, match="did you mean Apple"):
        found(archive, "x company:aple")


def test_words_that_are_sql_or_operators_are_words(archive: Database) -> None:
    for words in ("'; drop table article", "NEAR(a b)", "a^b", 'x"" y', "{title} : x", "a:1", "%"):
        try:
            found(archive, words)
        except UsageError as told:
            assert str(told).startswith("search: ")  # noqa: PT017  (either is fine)
    assert found(archive, "near") == []


def test_snippets_show_the_hits_as_they_are_written(archive: Database) -> None:
    with archive.reading() as connection:
        (puces,) = queries.search(connection, "elysee coeur", now=NOW)
        (photo,) = queries.search(connection, "title:sharing", now=NOW)
    assert puces.snippet == (
        "L'entreprise ouvre une usine. L'«Élysée» s'en félicite, au «cœur» des Alpes."
    )
    assert photo.snippet == "Photo «sharing» grows up"


def test_a_snippet_of_a_long_text_is_cut_at_words(database: Database) -> None:
    with_sources(database)
    body = "mot " * 400 + "la fusée décolle enfin " + "suite " * 400
    with database.writing() as connection:
        articles.save(connection, article("https://gazette.example/x", body=body), NOW)
        (row,) = queries.search(connection, "fusées", now=NOW)
    assert row.snippet is not None
    assert "la «fusée» décolle" in row.snippet
    assert row.snippet.startswith("… mot")
    assert row.snippet.endswith("suite …")
    assert len(row.snippet) < 210


def test_an_edited_article_is_found_by_its_new_words_only(database: Database) -> None:
    with_sources(database)
    url = "https://gazette.example/x"
    with database.writing() as connection:
        articles.save(connection, article(url, title="Le chat", body="dort"), NOW)
        articles.save(connection, article(url, title="Le chien", body="aboie"), NOW)
    assert found(database, "chat OR dort") == []
    assert found(database, "chien aboie") == ["x"]


def test_newest_means_published_last_whatever_the_order_of_arrival(database: Database) -> None:
    with_sources(database)
    hours = [(n * 37) % 401 for n in range(400)]
    with database.writing() as connection:
        for n, ago in enumerate(hours):
            arrived = NOW - (1 if n < 200 else 0) * HOUR
            articles.save(
                connection,
                article(
                    f"https://gazette.example/{ago}",
                    body=f"mot {n}" + " treize" * (n % 13 == 0) + " vieux" * (ago > 30),
                    title=f"n{n}",
                    published_at=arrived - ago * HOUR,
                ),
                arrived,
            )
        listed = [row.url for row in queries.latest(connection, limit=400)]
        place = {f"https://gazette.example/{ago}": n for n, ago in enumerate(hours)}
        # Each is found in a way of its own: among the newest, in the index, and neither.
        for word, limit, expected in (
            ("mot", 30, listed),
            ("treize", 30, [url for url in listed if place[url] % 13 == 0]),
            ("vieux", 1, [url for url in listed if hours[place[url]] > 30]),
            ("mot -treize", 20, [url for url in listed if place[url] % 13]),
        ):
            sought = queries.search(connection, word, now=NOW, limit=limit)
            assert [row.url for row in sought] == expected[:limit], word


NUMBERS = (3, 4_095, 4_096, 9_000, 9_001, 40_000, 40_500, 170_000, 171_000, 400_000, 1_000_000)
"""Row numbers far apart: PostgreSQL's index asks for 4,096 at a time."""


def number_on(connection: Connection, number: int) -> None:
    """The next article gets this number."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval('article_id_seq', :number, false)"), {"number": number}
        )
    else:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'article'"))
        connection.execute(
            text("INSERT INTO sqlite_sequence VALUES ('article', :last)"), {"last": number - 1}
        )


def test_the_newest_of_an_archive_are_found_wherever_they_stand_in_it(database: Database) -> None:
    with_sources(database)
    published: dict[str, datetime] = {}
    with database.writing() as connection:
        for n, number in enumerate(NUMBERS):
            number_on(connection, number)
            arrived = NOW - (20 - n) * HOUR
            url = f"https://gazette.example/{number}"
            published[url] = arrived - (n * 7 % 11) * HOUR  # some long before they arrived
            text_of = f"mot n{n}" + " pair" * (n % 2 == 0)
            new = article(
                url,
                body=text_of,
                language=("fr", "en")[n % 3 == 0],
                published_at=published[url],
            )
            articles.save(connection, new, arrived)
        newest = sorted(published, key=lambda url: published[url], reverse=True)
        place = {f"https://gazette.example/{number}": n for n, number in enumerate(NUMBERS)}
        for words, expected in (
            ("mot", newest),
            ("pair", [url for url in newest if place[url] % 2 == 0]),
            ("mot lang:en", [url for url in newest if place[url] % 3 == 0]),
            ("mot since:13h", [url for url in newest if published[url] >= NOW - 13 * HOUR]),
            ("mot -pair", [url for url in newest if place[url] % 2]),
            ("mo*", newest),
        ):
            for limit in (1, 2, 5, 50):
                sought = queries.search(connection, words, now=NOW, limit=limit)
                assert [row.url for row in sought] == expected[:limit], (words, limit)
        ranked = queries.search(connection, "pair", now=NOW, rank=True)
        assert {row.url for row in ranked} == {url for url in newest if place[url] % 2 == 0}


def test_postgresql_finds_the_latest_matches_in_its_index_alone(
    new_database_url: Callable[[str], str],
) -> None:
    with connect(new_database_url("postgresql")) as database, database.reading() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        values = {"query": "'usin'", "shelves": [0, 1], "below": 9, "count": 9}
        plan = connection.scalars(text(f"EXPLAIN {search_postgresql._ON_SHELVES}"), values).all()
    (asked,) = [line for line in plan if "Index Cond" in line]
    assert "words @@" in asked
    assert "&& '{0,1}'" in asked


def test_what_a_question_costs_does_not_depend_on_what_it_finds(archive: Database) -> None:
    statements: list[str] = []
    event.listen(
        archive.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
    )
    for words in ("entreprise", "factory OR grenoble OR photo", "factory company:meta"):
        for limit in (1, 50):
            statements.clear()
            found(archive, words, limit=limit)
            assert len(statements) <= 12, statements
    listed = []
    for limit in (1, 50):
        statements.clear()
        with archive.reading() as connection:
            queries.latest(connection, limit=limit, company=["apple", "meta"])
        listed.append(len(statements))
    assert listed[0] == listed[1]


def test_every_field_is_understood_together() -> None:
    asked = parse("a company:x source:y lang:fr since:7d until:2026-01-01", now=NOW)
    assert isinstance(asked, Question)
    assert [f.field for f in asked.filters] == ["company", "source", "lang"]
    assert asked.since == NOW - timedelta(days=7)
    assert asked.until == datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    assert asked.language == "fr"
