"""Companies in the database: the catalogue's, and those a pattern found in a text."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, or_, update

from db.dialects import insert_new, upsert
from db.tables import CompanyRow
from db.texts import storable, storable_json
from techwire.types import Company, Tag


def sync(connection: Connection, companies: Iterable[Company], version: str) -> None:
    """Makes the rows follow the catalogue. Companies it no longer holds stay, as not known."""
    rows = [_row(company, version) for company in companies]
    if rows:
        columns = [name for name in rows[0] if name != "id"]
        connection.execute(upsert(connection, CompanyRow, ["id"], columns), rows)
    connection.execute(
        update(CompanyRow)
        .where(
            CompanyRow.known,
            or_(CompanyRow.catalogue_version.is_(None), CompanyRow.catalogue_version != version),
        )
        .values(known=False)
    )


def _row(company: Company, version: str) -> dict[str, object]:
    return {
        "id": company.id,
        "name": storable(company.name),
        "owner_id": company.owner,
        "country": company.country,
        "sector": company.sector,
        "ticker": company.ticker,
        "domain": company.domain,
        "wikidata": company.wikidata,
        "aliases": storable_json(company.aliases),
        "products": storable_json(company.products),
        "known": True,
        "catalogue_version": version,
    }


def meet(connection: Connection, tags: Iterable[Tag]) -> None:
    """Adds the companies of ``tags`` that have no row yet; those that have one stay as they are."""
    rows: dict[str, dict[str, object]] = {
        tag.company: {
            "id": tag.company,
            "name": storable(tag.name),
            "owner_id": tag.owner,
            "aliases": [],
            "products": [],
            # the catalogue says which it knows; a tag made by a later one may come first
            "known": False,
            "catalogue_version": None,
        }
        for tag in tags
    }
    if rows:
        connection.execute(insert_new(connection, CompanyRow), list(rows.values()))
