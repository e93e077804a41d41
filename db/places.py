"""Where the page of an article was really found: what a person's click should lead to.

``article.url`` is the identity, a spelling of ours (https, no www): not every server answers to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from db.tables import AddressRow, PageRow
from techwire.urls import canonical

_FETCHED = (
    select(AddressRow.article_id, PageRow.final_url, AddressRow.fetch_url)
    .outerjoin(PageRow, PageRow.address_id == AddressRow.id)
    .where(AddressRow.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(AddressRow.id)
)


def places(connection: Connection, urls: Mapping[int, str]) -> dict[int, str]:
    """Row number and url of articles → their address as it was fetched. One statement.

    An address counts when it is another spelling of the url, the one after redirects first;
    otherwise (an archive brought from elsewhere, a page that names another address as its own) the
    url itself.
    """
    if not urls:
        return {}
    found: dict[int, str] = {}
    rows: Sequence[Any] = connection.execute(_FETCHED, {"ids": list(urls)}).all()
    for article_id, *tried in rows:
        for address in tried:
            if address and article_id not in found and canonical(address) == urls[article_id]:
                found[article_id] = address
    return {**urls, **found}
