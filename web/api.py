"""The JSON API: the same answers as the pages, for programs; lists as CSV too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from db import companies, front, listing, movement, profile, pulse, search, tabular
from db.answers import FoundCompany, Listed
from db.front import Choice, StoryCard
from db.reading import Reading, reading
from techwire.errors import NotFound
from web.house import House, answered
from web.links import link
from web.openapi import BASE, Operation, document
from web.params import Parameter, read
from web.plain import as_csv, as_json, flat

SHAPE = Parameter(
    name="format", says="How the answer is written", choices=("json", "csv"), default="json"
)
LIMIT = Parameter(
    name="limit", says="At most this many", kind="integer", default=50, least=1, most=1_000
)
SINCE = Parameter(
    name="since",
    says="Published at or after: 7d, 24h, today, 2026-01-01, 2026-01-01T08:00Z",
    kind="moment",
    example="7d",
)
UNTIL = Parameter(name="until", says="Published before, written likewise", kind="moment")
COMPANY = Parameter(
    name="company", says="Id or name of a company; its brands count too", example="apple"
)
SOURCE = Parameter(name="source", says="Slug of a source")
LANGUAGE = Parameter(name="lang", says="Language, ISO 639-1", example="fr")
SECTOR = Parameter(name="sector", says="Line of business of one of its companies")
QUERY = Parameter(
    name="q",
    says='What to look for: words, "a phrase", prefix*, -without, title:, company:, source:, lang:',
    is_required=True,
    example='"levée de fonds" lang:fr',
)
NUMBER = Parameter(name="number", says="Its number", kind="integer", is_path=True, example=1)
NAME = Parameter(name="name", says="Id, name or alias", is_path=True, example="apple")
DAYS = Parameter(name="days", says="How many days", kind="integer", default=90, least=7, most=365)
ROWS = Parameter(
    name="limit",
    says="At most this many rows, by primary key",
    kind="integer",
    default=10_000,
    least=1,
    most=10_000_000,
)
TABLE = Parameter(
    name="table", says="Which table", choices=tabular.OPEN, is_path=True, example="tag"
)
AFTER = Parameter(
    name="after", says="Only those that follow this slug: the last one of the part before"
)
PART = Parameter(
    name="limit",
    says="At most this many; next leads to the others",
    kind="integer",
    default=50,
    least=1,
    most=1_000,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a long answer."""

    rows: list[Any]
    next: dict[str, Any] | None  # what to ask with for the part that follows; None: the last


class Api:
    """One method a path."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._paths: dict[str, tuple[Operation, Callable[[dict[str, Any]], Any]]] = {}
        for operation, answer in self._declared():
            self._paths[operation.path] = (operation, answer)
        told = document([op for op, _ in self._paths.values()])
        self._document = json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def routes(self) -> list[Route]:
        """Path → answer."""
        made = [
            Route(BASE + path, self._endpoint(operation, answer))
            for path, (operation, answer) in self._paths.items()
        ]
        return [*made, Route(BASE + "/openapi.json", self.openapi)]

    def _declared(self) -> list[tuple[Operation, Callable[[dict[str, Any]], Any]]]:
        choosing = (COMPANY, SECTOR, SOURCE, LANGUAGE, SINCE, UNTIL, LIMIT, SHAPE)
        return [
            (
                Operation(
                    "/stories", "Stories, newest first", choosing, "stories", list[StoryCard], True
                ),
                self._stories,
            ),
            (
                Operation("/stories/{number}", "One story", (NUMBER,), "story", StoryCard),
                self._story,
            ),
            (
                Operation(
                    "/articles",
                    "Articles, newest first",
                    (COMPANY, SOURCE, LANGUAGE, SINCE, LIMIT, SHAPE),
                    "articles",
                    list[Listed],
                    True,
                ),
                self._articles,
            ),
            (
                Operation(
                    "/articles/{number}",
                    "One article with text, mentions and versions",
                    (NUMBER,),
                    "article",
                    Reading,
                ),
                self._article,
            ),
            (
                Operation(
                    "/search",
                    "Articles that match a search, newest first",
                    (QUERY, LIMIT, SHAPE),
                    "articles",
                    list[Listed],
                    True,
                ),
                self._search,
            ),
            (
                Operation(
                    "/companies",
                    "Which company a name means",
                    (
                        Parameter(
                            name="name",
                            says="Id, name or alias",
                            is_required=True,
                            example="TikTok",
                        ),
                    ),
                    "company",
                    FoundCompany,
                ),
                self._company_named,
            ),
            (
                Operation(
                    "/companies/{name}",
                    "One company day by day, its peaks and neighbours",
                    (NAME, DAYS),
                    "company",
                    profile.Profile,
                ),
                self._company,
            ),
            (
                Operation(
                    "/sources",
                    "How each source does, by slug",
                    (AFTER, PART, SHAPE),
                    "sources",
                    list[pulse.SourcePulse],
                    has_csv=True,
                    is_paged=True,
                ),
                self._sources,
            ),
            (
                Operation(
                    "/trends",
                    "Companies that rise this week",
                    (SHAPE,),
                    "companies",
                    list[movement.Riser],
                    True,
                ),
                self._trends,
            ),
            (
                Operation(
                    "/tables/{table}",
                    "A table of the database, whole",
                    (
                        TABLE,
                        ROWS,
                        Parameter(
                            name="format",
                            says="How the answer is written",
                            choices=("csv", "json"),
                            default="csv",
                        ),
                    ),
                    "rows",
                    list[dict[str, Any]],
                    True,
                ),
                self._table,
            ),
        ]

    def _endpoint(
        self, operation: Operation, answer: Callable[[dict[str, Any]], Any]
    ) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            given = {**request.query_params, **request.path_params}
            house = self._house
            asked = read(
                operation.parameters,
                given,
                now=house.now(),
                zone=house.settings.zone,
                strict=True,
            )
            shape = asked.pop("format", "json")
            if operation.path == "/tables/{table}":
                return self._streamed(request, asked, shape)
            found = answer(asked)
            told: dict[str, Any] = {operation.name: found}
            following = None
            if isinstance(found, Part):
                if found.next:
                    shaped = {} if shape == "json" else {"format": shape}
                    following = link(BASE + operation.path, **found.next, **shaped)
                found = found.rows
                told = {operation.name: found, "next": following}
            if shape == "csv":
                columns = [f.name for f in fields(_row_type(operation))]
                text = "".join(as_csv(columns, (flat(row) for row in found)))
                made = answered(request, text, "text/csv; charset=utf-8")
                name = operation.path.strip("/")
                made.headers["content-disposition"] = f'attachment; filename="{name}.csv"'
            else:
                made = answered(request, as_json(told), "application/json")
            if following:
                made.headers["link"] = f'<{following}>; rel="next"'
            return made

        return respond

    def openapi(self, request: Request) -> Response:
        """The document that describes all this."""
        return answered(request, self._document, "application/json", seconds=3_600)

    def _stories(self, asked: dict[str, Any]) -> list[StoryCard]:
        with self._house.database.reading() as connection:
            choice = Choice(
                companies=self._ids(connection, asked["company"]),
                sector=asked["sector"],
                source=asked["source"],
                language=asked["lang"],
                since=asked["since"],
                until=asked["until"],
            )
            return front.stories(connection, choice, asked["limit"])

    def _story(self, asked: dict[str, Any]) -> StoryCard:
        with self._house.database.reading() as connection:
            return front.story(connection, asked["number"])

    def _articles(self, asked: dict[str, Any]) -> list[Listed]:
        with self._house.database.reading() as connection:
            return listing.latest(
                connection,
                asked["limit"],
                asked["since"],
                asked["lang"],
                asked["source"],
                self._ids(connection, asked["company"]),
            )

    def _article(self, asked: dict[str, Any]) -> Reading:
        with self._house.database.reading() as connection:
            return reading(connection, asked["number"])

    def _search(self, asked: dict[str, Any]) -> list[Listed]:
        house = self._house
        with house.database.reading() as connection:
            return search.search(
                connection,
                asked["q"],
                now=house.now(),
                zone=house.settings.zone,
                limit=asked["limit"],
            )

    def _company_named(self, asked: dict[str, Any]) -> FoundCompany:
        with self._house.database.reading() as connection:
            return companies.find(connection, asked["name"])

    def _company(self, asked: dict[str, Any]) -> profile.Profile:
        house = self._house

        def make() -> profile.Profile:
            with house.database.reading() as connection:
                until = front.as_of(connection, house.now())
                return profile.profile(connection, asked["name"], until, asked["days"])

        return house.kept.get(f"api company {asked['days']} {asked['name'][:200]}", make)

    def _sources(self, asked: dict[str, Any]) -> Part:
        after, limit = asked["after"] or "", asked["limit"]

        def make() -> Part:
            with self._house.database.reading() as connection:
                slugs = pulse.listed(connection, after, limit + 1)
                until = front.as_of(connection, self._house.now())
                rows = pulse.pulse(connection, until, slugs[:limit])
            is_cut = len(slugs) > limit
            return Part(rows, {"after": slugs[limit - 1], "limit": limit} if is_cut else None)

        return self._house.kept.get(f"api sources {limit} {after}", make)

    def _trends(self, asked: dict[str, Any]) -> list[movement.Riser]:
        def make() -> list[movement.Riser]:
            with self._house.database.reading() as connection:
                return movement.rising(connection, front.as_of(connection, self._house.now()))

        return self._house.kept.get("api trends", make)

    def _table(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        if asked["table"] not in tabular.OPEN:
            raise NotFound("table", asked["table"][:40], tabular.OPEN[:3])
        with self._house.database.reading() as connection:
            return list(tabular.rows(connection, asked["table"], asked["limit"]))

    def _streamed(self, request: Request, asked: dict[str, Any], shape: str) -> Response:
        """A table row by row: a million of them do not have to fit into memory."""
        if shape == "json":
            asked["limit"] = min(asked["limit"], 10_000)
            return answered(request, as_json({"rows": self._table(asked)}), "application/json")
        table, limit = asked["table"], asked["limit"]

        def pieces() -> Iterator[str]:
            with self._house.database.reading() as connection:
                yield from as_csv(tabular.columns(table), tabular.rows(connection, table, limit))

        return StreamingResponse(
            pieces(),
            media_type="text/csv; charset=utf-8",
            headers={
                "content-disposition": f'attachment; filename="{table}.csv"',
                "cache-control": "private, no-cache",
            },
        )

    def _ids(self, connection: Any, company: str | None) -> tuple[str, ...] | None:
        return companies.find(connection, company).ids if company else None


def _row_type(operation: Operation) -> Any:
    return operation.answer.__args__[0]
