"""Stored articles are tagged again: what waits, what is replaced, what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from db import Database, articles, companies, retag
from techwire.types import Company
from tests.db.build import APPLE, META, NOW, TEXT, article, mention, tag, with_sources

FIRST, SECOND = "https://gazette.example/1", "https://gazette.example/2"
NEW = "2"  # version of the catalogue that tags again; the articles were tagged by "1"


def filled(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        companies.sync(connection, [APPLE, META], "1")
        apple = tag("apple", "Apple", mention(TEXT, "usine"))
        articles.save(connection, article(FIRST, tags=(apple,)), NOW)
        other = article(SECOND, body=f"{TEXT} Meta attend.", published_at=NOW - timedelta(days=9))
        articles.save(connection, other, NOW)


def test_articles_wait_until_the_new_catalogue_has_tagged_them(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        ids = retag.waiting(connection, version=NEW)
        assert len(ids) == 2
        first, second = retag.read(connection, ids)
        assert first.body == TEXT
        assert first.is_whole
        meta = tag("meta", "Meta", mention(second.body, "Meta"))
        retag.replace(connection, [(first, ()), (second, (meta,))], NEW)
        retag.replace(connection, [], NEW)
    with database.reading() as connection:
        assert retag.waiting(connection, version=NEW) == []
        assert len(retag.waiting(connection, version=None)) == 2
        found = retag.counts(connection)
    assert (found.articles, found.tags, found.mentions, found.companies) == (2, 1, 1, 1)


def test_a_company_chooses_the_articles_that_have_it_or_write_it(database: Database) -> None:
    filled(database)
    with database.reading() as connection:
        tagged = retag.waiting(connection, version=None, company="apple", names=["Pomme_%"])
        written = retag.waiting(connection, version=None, company="meta", names=["Meta"])
        recent = retag.waiting(connection, version=None, since=NOW - timedelta(days=1))
    assert len(tagged) == len(written) == len(recent) == 1
    assert tagged == recent != written


def test_unknown_names_are_counted_until_a_catalogue_knows_them(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        for stored in retag.read(connection, retag.waiting(connection, version=NEW)):
            found = tag("veloria", "Veloria", mention(stored.body, "usine"))
            retag.replace(connection, [(stored, (replace(found, known=False),))], NEW)
        (veloria,) = retag.unknown(connection)
        assert (veloria.name, veloria.articles, veloria.mentions) == ("Veloria", 2, 2)
        companies.sync(connection, [APPLE, META, Company(id="veloria", name="Veloria")], "3")
        assert retag.unknown(connection) == []
