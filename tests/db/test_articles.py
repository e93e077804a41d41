"""Articles: one per address, revisions of edits, copies, what a source lets us keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from db import Database, articles, companies, connect, pages, queries
from db.article_rows import FIRST_SEEN
from db.blocks import unpack
from db.tables import (
    AddressRow,
    ArticleRow,
    AuthorRow,
    Base,
    MentionRow,
    PageRow,
    RevisionRow,
    StoryRow,
    TagRow,
)
from db.why import facts, why
from techwire.errors import NotFound
from techwire.types import Article, Block, BlockKind, Entry, Outcome, Rejected, Zone
from tests.db.build import (
    APPLE,
    GAZETTE,
    HERALD,
    HOUR,
    INSTAGRAM,
    META,
    NOW,
    TEXT,
    article,
    mention,
    page,
    tag,
    with_sources,
)

URL = "https://gazette.example/usine"


def tagged(url: str = URL, **changes: object) -> Article:
    places = (mention("Une usine ouvre à Grenoble", "usine", Zone.TITLE), mention(TEXT, "puces"))
    changes.setdefault("tags", (tag("apple", "Apple", *places), tag("zork", "Zork")))
    return article(url, **changes)


def rows_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_saving_twice_changes_nothing(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        assert articles.save(connection, tagged(), NOW) is Outcome.NEW
    before = rows_of(database)
    with database.writing() as connection:
        assert articles.save(connection, tagged(), NOW + HOUR) is Outcome.UNCHANGED
    assert rows_of(database) == before
    assert before["article"] == before["story"] == before["address"] == 1
    assert (before["tag"], before["mention"], before["author"]) == (2, 2, 2)


def test_an_article_ends_its_address(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        pages.offer(connection, "gazette", [Entry(url=URL)], "https://gazette.example/f", NOW)
        pages.keep(connection, page(URL))
        articles.save(connection, tagged(), NOW)
        assert pages.unread(connection, 10) == []
        assert pages.pending(connection, ["gazette"], NOW + 99 * HOUR, 10) == []
        row = connection.execute(select(AddressRow)).one()
    assert (row.state, row.outcome, row.next_try_at) == ("stored", "new", None)


def test_an_edit_is_a_revision_of_the_same_article(database: Database) -> None:
    with_sources(database)
    edited = tagged(title="Une usine ferme à Grenoble", fetched_at=NOW + HOUR, tags=())
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW)
        assert articles.save(connection, edited, NOW + HOUR) is Outcome.UPDATED
        row = connection.execute(select(ArticleRow)).one()
        old = connection.execute(select(RevisionRow)).one()
        assert connection.execute(select(TagRow)).all() == []
    assert (row.title, row.revisions, row.first_seen_at) == (edited.title, 1, NOW)
    assert (old.number, old.title, old.fetched_at, old.replaced_at) == (
        1,
        "Une usine ouvre à Grenoble",
        NOW,
        NOW + HOUR,
    )


def test_an_edit_that_loses_the_date_keeps_the_one_we_had(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW)
        articles.save(connection, tagged(body=TEXT + " Fin.", published_at=None), NOW + HOUR)
        row = connection.execute(select(ArticleRow)).one()
    assert (row.published_at, row.published_origin) == (NOW - HOUR, "json-ld, zone in the text")


def test_a_page_without_a_date_is_dated_when_first_seen_and_says_so(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        articles.save(connection, tagged(published_at=None, published_origin=None), NOW)
        row = connection.execute(select(ArticleRow)).one()
        assert connection.scalars(select(TagRow.published_at).distinct()).all() == [NOW]
    assert (row.published_at, row.published_origin) == (NOW, FIRST_SEEN)


def test_the_text_of_another_source_is_a_copy_in_the_same_story(database: Database) -> None:
    with_sources(database)
    copy = article("https://herald.example/x", source="herald", title="Grenoble: une usine")
    with database.writing() as connection:
        assert articles.save(connection, tagged(), NOW) is Outcome.NEW
        assert articles.save(connection, copy, NOW + HOUR) is Outcome.COPY
        first, second = connection.execute(select(ArticleRow).order_by(ArticleRow.id)).all()
        story = connection.execute(select(StoryRow)).one()
    assert (second.copy_of_id, second.story_id) == (first.id, first.story_id)
    assert (story.articles, story.outlets, story.languages) == (2, 2, "fr")
    assert (story.first_article_id, story.lag_seconds) == (first.id, 0)


@pytest.mark.parametrize(("flipped", "outcome"), [(3, Outcome.COPY), (4, Outcome.NEW)])
def test_near_copies_differ_in_three_bits_at_most(
    database: Database, flipped: int, outcome: Outcome
) -> None:
    with_sources(database)
    fingerprint = -0x1234_5678_9ABC_DEF0
    bits = (1 << 3 | 1 << 20 | 1 << 40) if flipped == 3 else (1 << 3 | 1 << 20 | 1 << 40 | 1 << 50)
    near = article(
        "https://herald.example/x",
        source="herald",
        body=TEXT + " (AFP)",
        fingerprint=fingerprint ^ bits,
    )
    with database.writing() as connection:
        articles.save(connection, article(URL, fingerprint=fingerprint), NOW)
        assert articles.save(connection, near, NOW) is outcome


def test_the_same_text_months_later_is_no_copy(database: Database) -> None:
    with_sources(database)
    late = article("https://herald.example/x", source="herald", published_at=NOW + 2000 * HOUR)
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW)
        assert articles.save(connection, late, NOW + 2000 * HOUR) is Outcome.NEW


def test_the_callers_choice_of_story_is_kept_and_counted(database: Database) -> None:
    with_sources(database)
    asked: list[int] = []

    def choose(article: Article, article_id: int, published_at: datetime) -> int:
        asked.append(article_id)
        return asked[0]

    other = article(
        "https://herald.example/x",
        source="herald",
        language="en",
        title="A factory opens",
        body="Quite another text.",
        published_at=NOW - 2 * HOUR,
    )
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW, story=choose)
        articles.save(connection, other, NOW, story=choose)
        story = connection.execute(select(StoryRow)).one()
    assert (story.id, story.articles, story.languages) == (asked[0], 2, "en,fr")
    assert (story.title, story.first_article_id) == ("A factory opens", asked[1])
    assert (story.lag_seconds, story.first_published_at) == (3600, NOW - 2 * HOUR)


def test_a_canonical_address_gathers_its_aliases(database: Database) -> None:
    with_sources(database)
    alias = "https://gazette.example/usine-amp"
    with database.writing() as connection:
        pages.keep(connection, page(alias))
        assert articles.save(connection, tagged(), NOW, address=alias) is Outcome.NEW
        assert articles.save(connection, tagged(), NOW) is Outcome.UNCHANGED
        assert pages.unread(connection, 10) == []
        found, asked = why(connection, alias), why(connection, URL)
    assert found.article == asked.article
    assert found.article is not None


@pytest.mark.parametrize(
    ("keep", "length"), [("full", 2 * len(TEXT)), ("excerpt", 402), ("metadata", 0)]
)
def test_a_source_says_how_much_of_its_text_is_kept(
    database: Database, keep: str, length: int
) -> None:
    with_sources(database, replace(GAZETTE, keep=keep))
    last = replace(mention(TEXT, "Alpes"), start=600, end=605)
    with database.writing() as connection:
        pages.keep(connection, page(URL))
        articles.save(
            connection, article(URL, body=TEXT * 2, tags=(tag("apple", "Apple", last),)), NOW
        )
        body = connection.scalars(select(ArticleRow.body)).one()
        assert len(connection.execute(select(PageRow)).all()) == (keep == "full")
        assert len(connection.execute(select(MentionRow)).all()) == (keep == "full")
        assert connection.scalars(select(TagRow.mention_count)).one() == 1
    assert (len(body) <= length) if keep == "excerpt" else len(body) == length


def test_text_that_no_engine_stores_is_mended(database: Database) -> None:
    with_sources(database)
    odd = article(URL, title="Un\x00 titre \ud83d", body="\udfff" + TEXT, authors=("A\x00na",))
    with database.writing() as connection:
        assert articles.save(connection, odd, NOW) is Outcome.NEW
        row = connection.execute(select(ArticleRow)).one()
        assert connection.scalars(select(AuthorRow.name)).all() == ["Ana"]
    assert row.title == "Un titre \ufffd"


def test_blocks_come_back_without_being_stored_twice(database: Database) -> None:
    with_sources(database)
    paragraphs = [Block(BlockKind.PARAGRAPH, piece) for piece in TEXT.split("\n\n")]
    blocks = (Block(BlockKind.CAPTION, "Une photo"), *paragraphs)
    with database.writing() as connection:
        articles.save(connection, article(URL, blocks=blocks), NOW)
        row = connection.execute(select(ArticleRow)).one()
    assert unpack(row.blocks, row.body) == blocks
    assert len(str(row.blocks)) < 150


def test_a_rejected_page_is_told(database: Database) -> None:
    with_sources(database)
    no = Rejected(
        url=URL, source="gazette", outcome=Outcome.TOO_SHORT, detail="83 characters", fetched_at=NOW
    )
    with database.writing() as connection:
        pages.keep(connection, page(URL))
        articles.reject(connection, no, NOW)
        life = why(connection, URL)
    assert (life.state, life.outcome, life.detail) == ("rejected", Outcome.TOO_SHORT, no.detail)
    assert life.page is not None
    assert life.article is None


def test_why_tells_the_whole_life(database: Database) -> None:
    with_sources(database)
    entry = Entry(url=f"{URL}?utm_source=rss", title="Une usine", published_at=NOW)
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry], "https://gazette.example/f", NOW)
        pages.keep(connection, page(URL))
        articles.save(connection, tagged(), NOW)
        articles.save(connection, tagged(title="Une usine de puces ouvre"), NOW + HOUR)
        life = why(connection, "http://www.gazette.example/usine/?utm_medium=x#a")
        with pytest.raises(NotFound):
            why(connection, "https://gazette.example/other")
    assert (life.entry, life.found_in) == (entry, "https://gazette.example/f")
    assert life.article is not None
    assert life.article.authors == ("Ana Roux", "Luc Blé")
    assert [version.title for version in life.article.versions] == ["Une usine ouvre à Grenoble"]
    assert [(found.company, len(found.mentions)) for found in life.article.tags] == [
        ("apple", 2),
        ("zork", 0),
    ]
    assert life.article.tags[0] == tagged().tags[0]


def test_a_company_is_found_by_any_of_its_names_and_with_its_brands(database: Database) -> None:
    with database.writing() as connection:
        companies.sync(connection, [APPLE, META, INSTAGRAM], "1")
        for name in ("apple", "APPLE INC.", "Âpple"):
            assert queries.company(connection, name).id == "apple"
        assert queries.company(connection, "Meta").owned == ("instagram",)
        with pytest.raises(NotFound) as told:
            queries.company(connection, "Aple")
    assert told.value.nearest[0] == "Apple"


def test_a_company_that_left_the_catalogue_keeps_its_articles(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        companies.sync(connection, [APPLE, META], "1")
        articles.save(connection, tagged(), NOW)
        companies.sync(connection, [META], "2")
        assert not connection.scalar(text("SELECT known FROM company WHERE id = 'apple'"))
        (found,) = queries.latest(connection, company=["apple"])
    assert [company.name for company in found.companies] == ["Apple", "Zork"]


def test_lists_are_newest_first_and_filtered(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        for hours, source, language in (
            (3, "gazette", "fr"),
            (1, "herald", "en"),
            (2, "herald", "fr"),
        ):
            articles.save(
                connection,
                article(
                    f"https://{source}.example/{hours}",
                    source=source,
                    language=language,
                    body=f"Texte {hours}",
                    title=f"h{hours}",
                    published_at=NOW - hours * HOUR,
                    tags=(tag("meta" if hours == 3 else "apple", "X"),),
                ),
                NOW,
            )

        def titles(**question: object) -> list[str]:
            return [found.title for found in queries.latest(connection, **question)]  # type: ignore[arg-type]

        assert titles() == ["h1", "h2", "h3"]
        assert titles(limit=1) == ["h1"]
        assert titles(since=NOW - 2 * HOUR) == ["h1", "h2"]
        assert titles(language="fr") == ["h2", "h3"]
        assert titles(source="herald") == ["h1", "h2"]
        assert titles(company=["apple"]) == ["h1", "h2"]
        assert titles(company=["apple", "meta"]) == ["h1", "h2", "h3"]
        assert titles(company=["apple", "meta"], limit=2) == ["h1", "h2"]
        assert titles(company=["apple"], language="fr", since=NOW - 2 * HOUR) == ["h2"]
        with pytest.raises(NotFound, match="did you mean herald"):
            titles(source="herold")


def test_counts_add_up(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW)
        counted = queries.counts(connection)
    assert (counted.articles, counted.tags, counted.mentions, counted.companies) == (1, 2, 2, 2)
    assert counted.states == {"stored": 1}
    assert counted.last_published_at == NOW - HOUR


def test_the_views_answer_plain_sql(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        articles.save(connection, tagged(), NOW)
        row = connection.execute(
            text("SELECT day, week, month, source, title FROM latest WHERE age_days > 0 OR id > 0")
        ).one()
        company = connection.scalar(
            text("SELECT company FROM company_article WHERE level = 'primary'")
        )
    assert tuple(row) == (
        "2026-03-02",
        "2026-W10",
        "2026-03",
        "gazette",
        "Une usine ouvre à Grenoble",
    )
    assert company == "Apple"


def test_facts_of_a_number_nobody_has(database: Database) -> None:
    with database.reading() as connection:
        assert facts(connection, 7) is None
    assert HERALD.slug == "herald"


def test_many_at_once_end_as_they_would_one_by_one(
    database: Database, new_database_url: Callable[[str], str]
) -> None:
    long = TEXT * 2
    batch = [
        articles.Saving(each, NOW + n * HOUR)
        for n, each in enumerate(
            [
                tagged(URL, body=long),
                article("https://herald.example/1", source="herald", body=long),  # a copy of it
                tagged(URL, body=long),  # again
                tagged(URL, body=long, title="Corrigé"),
                article("https://gazette.example/2", title="Autre", body="Rien de commun."),
                article("https://herald.example/1", source="herald", body=long, title="Neu"),
            ]
        )
    ]
    with_sources(database)
    with database.writing() as connection:
        together = articles.save_many(connection, batch)
        there = queries.latest(connection)
    assert [outcome.value for outcome in together] == [
        "new",
        "copy",
        "unchanged",
        "updated",
        "new",
        "updated",
    ]
    with connect(new_database_url(database.dialect)) as other:
        with_sources(other)
        with other.writing() as connection:
            alone = [articles.save(connection, one.article, one.now) for one in batch]
            assert queries.latest(connection) == there
    assert alone == together
