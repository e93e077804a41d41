"""The pages for people: what each asks the database, and the template that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from db import companies, front, movement, profile, pulse, search
from db.answers import Listed
from db.front import Choice, StoryCard
from db.places import places
from db.reading import reading
from techwire.errors import NotFound
from techwire.types import Zone
from web.alarms import alarms
from web.charts import chart
from web.corrections import correction
from web.edits import edits
from web.house import COOKIE, House
from web.marks import passages, pieces
from web.params import Parameter, read
from web.wording import LANGUAGES

STORIES = 30  # on one page: some 60 KB
RESULTS = 50
PERIODS = ("1d", "7d", "30d", "90d")
COMPANY_DAYS = (30, 90, 365)

TODAY = (
    Parameter(name="company", says="Name or id of a company; its brands count too"),
    Parameter(name="sector", says="Line of business of one of its companies"),
    Parameter(name="source", says="Slug of a source"),
    Parameter(name="lang", says="Language, ISO 639-1"),
    Parameter(name="since", says="Published at or after: 7d, 24h, 2026-01-01", kind="moment"),
    Parameter(name="until", says="Published before", kind="moment"),
)
SOURCES_SHOWN = 25  # on one page: some 60 KB
_PAGE = Parameter(
    name="page", says="Which twenty-five", kind="integer", default=1, least=1, most=10_000
)
SEARCH = (Parameter(name="q", says="What to look for, in the syntax of techwire search"),)


class Pages:
    """One method a page."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        """Path → page."""
        return [
            Route("/", self.today),
            Route("/search", self.search),
            Route("/companies", self.companies),
            Route("/company/{name}", self.company),
            Route("/article/{number:int}", self.article),
            Route("/story/{number:int}", self.story),
            Route("/sources", self.sources),
            Route("/trends", self.trends),
            Route("/language", self.language),
        ]

    def today(self, request: Request) -> Response:
        """Stories, newest day first, the most told of a day first."""
        house, moment = self._house, self._house.now()
        given = dict(request.query_params)
        with house.database.reading() as connection:
            until = front.as_of(connection, moment)
            asked = read(TODAY, given, now=until, zone=house.settings.zone)
            choice = Choice(
                sector=asked["sector"],
                source=asked["source"],
                language=asked["lang"],
                since=asked["since"],
                until=asked["until"],
            )
            chosen = None
            if asked["company"]:
                chosen = companies.find(connection, asked["company"])
                choice = replace(choice, companies=chosen.ids)
            found = front.stories(connection, choice, STORIES)
        older = None
        if len(found) == STORIES:
            last = min(card.last_published_at for card in found)
            older = {**given, "until": last.isoformat().replace("+00:00", "Z")}
        return house.page(
            request,
            "today.html",
            {
                "days": self._by_day(found),
                "older": older,
                "asked": {p.name: given.get(p.name, "") for p in TODAY},
                "is_filtered": any(given.values()),
                "company": chosen,
                "periods": PERIODS,
                "options": self._options(),
                "as_of": _archived(until, moment),
            },
        )

    def _by_day(self, found: Sequence[StoryCard]) -> list[tuple[date, list[StoryCard]]]:
        zone = self._house.settings.zone

        def day(card: StoryCard) -> date:
            return card.last_published_at.astimezone(zone).date()

        ordered = sorted(found, key=lambda card: card.last_published_at, reverse=True)
        return [
            (key, sorted(cards, key=lambda card: (-card.outlets, -card.articles)))
            for key, cards in groupby(ordered, day)
        ]

    def _options(self) -> dict[str, Any]:
        """What the filters offer; it hardly ever changes."""

        def make() -> dict[str, Any]:
            with self._house.database.reading() as connection:
                papers = front.papers(connection)
                return {
                    "sectors": front.sectors(connection),
                    "papers": papers,
                    "languages": sorted({code for _, _, code in papers if code}),
                }

        return self._house.kept.get("options", make)

    def search(self, request: Request) -> Response:
        """Articles by what they say."""
        house = self._house
        words = read(SEARCH, request.query_params, now=house.now(), zone=house.settings.zone)["q"]
        found: list[Listed] = []
        if words:
            with house.database.reading() as connection:
                found = search.search(
                    connection, words, now=house.now(), zone=house.settings.zone, limit=RESULTS
                )
        return house.page(
            request,
            "search.html",
            {
                "query": words or "",
                "found": found,
                "is_cut": len(found) == RESULTS,
                "names": {slug: name for slug, name, _ in self._options()["papers"]},
            },
        )

    def companies(self, request: Request) -> Response:
        """A company by name: what the form of a page without JavaScript leads to."""
        name = request.query_params.get("name", "").strip()
        if not name or len(name) > 200:
            raise NotFound("company", name[:200])
        with self._house.database.reading() as connection:
            found = companies.find(connection, name)
        return RedirectResponse(f"/company/{found.id}", 303)

    def company(self, request: Request) -> Response:
        """One company: day by day, the company it keeps, its latest stories."""
        house = self._house
        days = read((_DAYS,), request.query_params, now=house.now(), zone=house.settings.zone)[
            "days"
        ]
        name = request.path_params["name"]
        if "\0" in name or len(name) > 200:
            raise NotFound("company", name[:200].replace("\0", "?"))

        def make() -> tuple[profile.Profile, datetime]:
            with house.database.reading() as connection:
                until = front.as_of(connection, house.now())
                return profile.profile(connection, name, until, days), until

        found, until = house.kept.get(f"company {days} {name}", make)
        if found.id != name:
            return RedirectResponse(f"/company/{found.id}", 303)
        with house.database.reading() as connection:
            told = front.stories(connection, Choice(companies=found.ids), 12)
        peaks = [peak.day for peak in found.peaks]
        return house.page(
            request,
            "company.html",
            {
                "company": found,
                "stories": told,
                "days": days,
                "choices": COMPANY_DAYS,
                "by_story": chart([(d.day, d.stories) for d in found.days], peaks),
                "by_mention": chart([(d.day, d.mentions) for d in found.days]),
                "as_of": _archived(until, house.now()),
            },
        )

    def article(self, request: Request) -> Response:
        """One article: its text with every mention explained, its versions, its story."""
        with self._house.database.reading() as connection:
            found = reading(connection, _number(request))
            there = places(connection, {found.id: found.url})
        return self._house.page(
            request,
            "article.html",
            {
                "article": found,
                "place": there[found.id],
                "title": pieces(found.title, found.tags, Zone.TITLE),
                "summary": pieces(found.summary or "", found.tags, Zone.SUMMARY),
                "passages": passages(found),
                "edits": edits(found.versions),
                "corrections": [(tag, correction(tag)) for tag in found.tags],
                "elsewhere": [t for t in found.story.tellings if t.id != found.id],
            },
        )

    def story(self, request: Request) -> Response:
        """One event: who told it, when."""
        with self._house.database.reading() as connection:
            found = front.story(connection, _number(request))
        return self._house.page(request, "story.html", {"story": found})

    def sources(self, request: Request) -> Response:
        """How each source does."""
        house = self._house

        now = house.now()
        page = read((_PAGE,), request.query_params, now=now, zone=house.settings.zone)["page"]

        def looked_at() -> tuple[list[pulse.Signs], datetime]:
            with house.database.reading() as connection:
                until = front.as_of(connection, now)
                return pulse.signs(connection, until), until

        found, until = house.kept.get("signs", looked_at)
        words = house.wording(request)
        said = [(one, alarms(one, until=until, words=words)) for one in found]
        said.sort(key=lambda row: (not row[1], row[0].name.casefold()))
        shown = said[(page - 1) * SOURCES_SHOWN : page * SOURCES_SHOWN]
        slugs = [one.slug for one, _ in shown]

        def make() -> list[pulse.SourcePulse]:
            with house.database.reading() as connection:
                return pulse.pulse(connection, until, slugs)

        told = {one.status.slug: one for one in house.kept.get(f"sources {slugs}", make)}
        return house.page(
            request,
            "sources.html",
            {
                "rows": [
                    (told[one.slug], chart(told[one.slug].days), lines)
                    for one, lines in shown
                    if one.slug in told
                ],
                "page": page,
                "pages": range(1, -(-len(said) // SOURCES_SHOWN) + 1),
                "as_of": _archived(until, now),
            },
        )

    def trends(self, request: Request) -> Response:
        """Who rises this week against its own average."""
        house = self._house

        def make() -> tuple[list[movement.Riser], datetime]:
            with house.database.reading() as connection:
                until = front.as_of(connection, house.now())
                return movement.rising(connection, until), until

        found, until = house.kept.get("trends", make)
        return house.page(
            request,
            "trends.html",
            {
                "risers": [(riser, chart(riser.days)) for riser in found],
                "as_of": _archived(until, house.now()),
            },
        )

    def language(self, request: Request) -> Response:
        """Remembers the language of the interface, and goes back."""
        to, back = request.query_params.get("to", ""), request.query_params.get("back", "/")
        if not back.startswith("/") or back.startswith(("//", "/\\")) or len(back) > 2_000:
            back = "/"  # never to another site
        answer = RedirectResponse(back, 303)
        if to in LANGUAGES:
            answer.set_cookie(COOKIE, to, max_age=31_536_000, httponly=True, samesite="lax")
        return answer


_DAYS = Parameter(name="days", says="How many days", kind="integer", default=90, least=7, most=365)


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    if number > 2**63 - 1:
        raise NotFound("article or story", str(number)[:40])
    return number


def _archived(until: datetime, now: datetime) -> datetime | None:
    """The end of an archive that has not grown for long; None of one that does."""
    return until if now - until > timedelta(days=1) else None
