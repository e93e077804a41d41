"""Companies in the database: the catalogue's, and those a pattern found in a text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sqlalchemy import Connection, String, bindparam, func, or_, select, update

from db.answers import FoundCompany
from db.rows import write_new, write_over
from db.tables import CompanyRow
from db.texts import storable, storable_json
from db.words import fold
from techwire.errors import NotFound
from techwire.types import Company, Tag

_MET = "techwire_companies"  # key in the connection's own notes: ids that have a row


def sync(connection: Connection, companies: Iterable[Company], version: str) -> None:
    """Makes the rows follow the catalogue. Companies it no longer holds stay, as not known.

    Nothing is written when all of them stand there in this ``version`` already."""
    listed = list(companies)
    here = select(func.count()).where(CompanyRow.known, CompanyRow.catalogue_version == version)
    if listed and connection.scalar(here) == len({company.id for company in listed}):
        return
    rows = [_row(company, version) for company in listed]
    write_over(connection, CompanyRow, rows, by=("id",))
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
    met: set[str] = connection.info.setdefault(_MET, set())
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
        if tag.company not in met
    }
    write_new(connection, CompanyRow, list(rows.values()))
    met.update(rows)


def forget(connection: Connection) -> None:
    """Drops what the connection remembers: after a rollback it may never have been true."""
    if not connection.invalidated:  # a new one remembers nothing
        connection.info.pop(_MET, None)


def find(connection: Connection, name: str) -> FoundCompany:
    """The company called ``name`` (id, name or alias; case and accents do not matter).

    Quick when it is an id, whatever its case, as most are; else every name is read. NotFound with
    the three nearest names when there is none.
    """
    wanted = fold(name).strip()
    known = connection.execute(_NAMED, {"key": wanted}).first()
    if known is not None:
        owned = tuple(key for key in family(connection, known.id) if key != known.id)
        return FoundCompany(id=known.id, name=known.name, owned=owned)
    return _called(connection, name, wanted)


def family(connection: Connection, key: str) -> list[str]:
    """The ids of ``key`` and what it owns at any depth; a circle of owners ends."""
    return list(connection.scalars(_FAMILY, {"key": key}))


_NAMED = select(CompanyRow.id, CompanyRow.name).where(CompanyRow.id == bindparam("key"))
_owner = select(bindparam("key", type_=String).label("id")).cte("family", recursive=True)
_owned = select(CompanyRow.id).join(_owner, CompanyRow.owner_id == _owner.c.id)
_FAMILY = select(_owner.union(_owned).c.id)


def _called(connection: Connection, name: str, wanted: str) -> FoundCompany:
    rows = connection.execute(
        select(CompanyRow.id, CompanyRow.name, CompanyRow.owner_id, CompanyRow.aliases)
    ).all()
    by_name = {fold(alias): row for row in reversed(rows) for alias in row.aliases}
    by_name |= {fold(row.name): row for row in reversed(rows)}
    by_name |= {row.id: row for row in rows}
    chosen = by_name.get(wanted)
    if chosen is None:
        near = difflib.get_close_matches(wanted, by_name, n=9, cutoff=0.5)
        near += [known for known in by_name if wanted and wanted in known]
        raise NotFound("company", name, list(dict.fromkeys(by_name[n].name for n in near))[:3])
    owned = tuple(key for key in family(connection, chosen.id) if key != chosen.id)
    return FoundCompany(id=chosen.id, name=chosen.name, owned=owned)
