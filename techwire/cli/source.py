"""``techwire source …``: which sites are watched, and how they are doing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from techwire.cli.desk import Desk, named, pass_desk
from techwire.cli.show import format_option, moment, rows
from techwire.durations import format_duration
from techwire.errors import TechwireError, UsageError
from techwire.types import Article, Rejected, Source, Visit, VisitOutcome

if TYPE_CHECKING:
    from crawler.discover import Finding, Sample

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=12)  # of a suggested interval
LISTED = (
    *("source", "name", "language", "state", "last_outcome", "last_visit_at", "next_due_at"),
    *("articles", "verified", "url"),
)
TABLE = ("source", "name", "language", "state", "last_outcome", "next visit", "articles")
NARROW = ("source", "state", "last_outcome", "next visit", "articles")


@click.group()
def source() -> None:
    """Add, list, check and remove the sites to watch."""


@source.command()
@click.argument("address")
@click.option("--name", help="As people call it (default: what the site calls itself).")
@click.option("--slug", help="A stable name of your own (default: from the host).")
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, write nothing.")
@pass_desk
def add(
    desk: Desk, address: str, name: str | None, slug: str | None, yes: bool, dry_run: bool
) -> None:
    """Find what can be watched at ADDRESS, and write it after asking.

    ADDRESS is a home page, a feed, a sitemap or one article. Feeds, sitemaps and five articles are
    fetched and read before anything is written."""
    from crawler import listed

    path = desk.config.sources_path
    known = desk.sources() if path.exists() else []
    finding = _found(desk, address)
    chosen = replace(
        finding.source,
        name=name or finding.source.name,
        slug=slug or _free(finding.source.slug, known),
    )
    if finding.is_usable or finding.channels or finding.samples:
        _show(desk, finding)
    if finding.problem and not finding.is_usable:
        raise TechwireError(finding.problem)
    if slug and slug in {one.slug for one in known}:
        raise UsageError(f"there is a source {slug!r} already; choose another --slug")
    _check_new(chosen, known)
    comments = _comments(finding)
    click.echo(listed.block(chosen, comments))
    if dry_run:
        desk.say("nothing written (--dry-run)")
        return
    if not yes and not desk.confirm(f"Add it to {path}?", default=True):
        raise TechwireError("nothing written")
    listed.add(path, [(chosen, comments)])
    desk.say(f"added to {path}; next: techwire run {chosen.slug}")


def _found(desk: Desk, address: str) -> Finding:
    from functools import partial

    from crawler import reactor
    from crawler.discover import discover
    from crawler.pool import Inline, preparation
    from crawler.settings import network_of
    from crawler.store import MemoryStore
    from crawler.tools import Tools

    config = desk.config
    network = network_of(config)
    network = replace(network, delay_seconds=min(network.delay_seconds, 0.5))
    reader = Inline(preparation(config))
    tools = Tools(network=network, reader=reader, store=MemoryStore())
    desk.say(f"looking at {address} …")
    started = time.monotonic()
    finding = reactor.run(partial(discover, address, tools))
    desk.say(f"done in {time.monotonic() - started:.0f} s")
    return finding


def _check_new(chosen: Source, known: list[Source]) -> None:
    """A feed that is watched already is not watched twice."""
    from techwire.urls import canonical

    mine = {canonical(url) for url in (*chosen.feeds, *chosen.sitemaps, *chosen.listings)}
    for one in known:
        if mine & {canonical(url) for url in (*one.feeds, *one.sitemaps, *one.listings)}:
            raise UsageError(f"{one.slug} in sources.toml watches that already")


def _free(slug: str, known: list[Source]) -> str:
    taken = {one.slug for one in known}
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def _show(desk: Desk, finding: Finding) -> None:
    """What was found, for people."""
    say = desk.say
    say(f"{finding.source.name}  {finding.source.url}  language: {finding.source.language or '?'}")
    for url, (kind, count) in finding.channels.items():
        say(f"  {kind:14} {count:5} entries  {url}")
    say(f"  robots.txt {finding.robots}")
    if finding.is_reserved:
        say("  text and data mining is reserved: its articles will not be stored")
    for sample in finding.samples:
        _show_sample(desk, sample)


def _show_sample(desk: Desk, sample: Sample) -> None:
    match sample.result:
        case Article() as article:
            missing = [
                word
                for word, value in (
                    ("no date", article.published_at),
                    ("no author", article.authors),
                    ("no language", article.language),
                )
                if not value
            ]
            companies = ", ".join(tag.name for tag in article.tags[:4]) or "no company"
            facts = [
                desk.local(article.published_at),
                ", ".join(article.authors),
                f"{len(article.body)} characters",
                companies,
                *missing,
            ]
            desk.say(f"  · {article.title[:70]}")
            desk.say(f"      {'; '.join(fact for fact in facts if fact)}")
        case Rejected() as rejected:
            desk.say(f"  · {sample.url}")
            desk.say(f"      {rejected.outcome}: {rejected.detail}")
        case None:
            desk.say(f"  · {sample.url}")
            desk.say(f"      {sample.detail}")


def _comments(finding: Finding) -> list[str]:
    """What is worth keeping beside the source."""
    today = datetime.now(UTC).date().isoformat()
    read = sum(isinstance(sample.result, Article) for sample in finding.samples)
    lines = [f"found {today}: {read} of {len(finding.samples)} sample articles read"]
    if finding.every is not None:
        every = min(max(finding.every, SHORTEST), LONGEST)
        lines.append(
            f"about one article every {format_duration(finding.every)}; "
            f'the interval is learnt, or fixed with every = "{_short(every)}"'
        )
    if finding.is_reserved:
        lines.append("text and data mining is reserved by the publisher")
    return lines


def _short(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return f"{minutes}m" if minutes < 120 else f"{round(minutes / 60)}h"


@source.command("list")
@format_option
@pass_desk
def list_(desk: Desk, shape: str) -> None:
    """Every source: how its last visit ended, when the next one is."""
    health = _health(desk)
    shown = []
    for one in desk.sources():
        state = health.get(one.slug, {})
        shown.append(
            {
                "source": one.slug,
                "name": one.name,
                "language": one.language,
                "state": _state(state),
                "last_outcome": state.get("last_outcome"),
                "last_visit_at": state.get("last_visit_at"),
                "next_due_at": state.get("next_due_at"),
                "next visit": moment(desk, _moment(state.get("next_due_at")), shape),
                "articles": state.get("articles", 0),
                "verified": one.verified,
                "url": one.url,
            }
        )
    rows(LISTED, shown, shape=shape, table=TABLE, narrow=NARROW)
    if not shown:
        raise TechwireError("no source yet: techwire source add ADDRESS")


def _moment(told: str | datetime | None) -> datetime | None:
    """A time of a view, which in SQLite is a text."""
    return datetime.fromisoformat(told) if isinstance(told, str) else told


def _state(row: Mapping[str, Any]) -> str:
    if not row:
        return "new"
    if row.get("paused_at"):
        return "paused"
    failures = int(row.get("failures") or 0)
    return f"failed {failures} ×" if failures else "ok" if row.get("last_visit_at") else "new"


def _health(desk: Desk) -> Mapping[str, Mapping[str, Any]]:
    """The database's word on the sources; nothing when there is no database yet."""
    from db.health import health
    from techwire.errors import NoDatabase

    try:
        with desk.database(read_only=True) as database, database.reading() as connection:
            return health(connection)
    except NoDatabase:
        return {}


@source.command()
@click.argument("slug")
@pass_desk
def show(desk: Desk, slug: str) -> None:
    """Everything about one source: its entry, its health."""
    from crawler import listed

    one = named(slug, desk.sources())
    click.echo(listed.block(one).rstrip())
    state = _health(desk).get(slug, {})
    for name, value in state.items():
        if name not in ("source", "name") and value is not None:
            click.echo(f"{name:20} {value}")


@source.command()
@click.argument("slug")
@pass_desk
def pause(desk: Desk, slug: str) -> None:
    """Visit SLUG no more until it is resumed.

    sources.toml stays as it is. techwire run SLUG visits it all the same; where a daemon does
    that, the pause is over."""
    from db import sources as source_rows

    _in_database(desk, slug, lambda c: source_rows.pause(c, slug, datetime.now(UTC)))
    desk.say(f"{slug} is paused; techwire source resume {slug}")


@source.command()
@click.argument("slug")
@pass_desk
def resume(desk: Desk, slug: str) -> None:
    """Visit SLUG again, at once."""
    from db import sources as source_rows

    _in_database(desk, slug, lambda c: source_rows.resume(c, slug, datetime.now(UTC)))
    desk.say(f"{slug} is due now")


def _in_database(desk: Desk, slug: str, work: Any) -> None:
    from db import sources as source_rows

    known = desk.sources()
    named(slug, known)
    with desk.database() as database, database.writing() as connection:
        source_rows.sync(connection, known, datetime.now(UTC))
        work(connection)


@source.command()
@click.argument("slug")
@click.option("-y", "--yes", is_flag=True, help="Without asking.")
@pass_desk
def remove(desk: Desk, slug: str, yes: bool) -> None:
    """Take SLUG out of sources.toml. Its articles stay."""
    from crawler import listed

    named(slug, desk.sources())
    path = desk.config.sources_path
    if not yes and not desk.confirm(f"Remove {slug} from {path}?"):
        raise TechwireError("nothing removed")
    listed.remove(path, slug)
    desk.say(f"{slug} removed from {path}; its articles stay")


@source.command()
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--strict", is_flag=True, help="Exit 1 if any source needs attention.")
@pass_desk
def check(desk: Desk, slugs: tuple[str, ...], strict: bool) -> None:
    """Visit sources once and say what needs attention.

    Good ones are marked verified in sources.toml."""
    import scheduler
    from crawler import listed
    from techwire.cli.run import visit_all

    known = desk.sources()
    for slug in slugs:
        named(slug, known)
    wanted = list(slugs) or [one.slug for one in known]
    begun = scheduler.begin(desk.config)
    with scheduler.open_office(desk.config, known, begun=begun) as office:
        visits = visit_all(desk, office, wanted)
    good: list[str] = []
    bad = 0
    for visit in visits:
        remark = _remark(visit)
        if remark is None:
            good.append(visit.source)
        else:
            bad += 1
            click.echo(f"{visit.source}: {remark}")
    listed.mark_verified(desk.config.sources_path, good)
    desk.say(f"{len(good)} good, {bad} need attention")
    if strict and bad:
        raise TechwireError(f"{bad} of {len(visits)} sources need attention")


def _remark(visit: Visit) -> str | None:
    """What is wrong with a source; None when nothing is."""
    if not visit.outcome.is_success:
        return f"{visit.outcome}" + (f": {visit.detail}" if visit.detail else "")
    if visit.detail and "moved permanently" in visit.detail:
        return visit.detail
    if visit.outcome is VisitOutcome.EMPTY:
        return "answers, and lists nothing"
    stored = sum(count for outcome, count in visit.counts.items() if outcome.is_stored)
    if visit.pages >= 3 and stored * 2 < visit.pages:
        ends = ", ".join(f"{count} {outcome}" for outcome, count in visit.counts.items())
        return f"only {stored} of {visit.pages} pages are articles ({ends})"
    return None


@source.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_desk
def import_(desk: Desk, file: Path) -> None:
    """Add the subscriptions of an OPML FILE to sources.toml."""
    from crawler import listed, opml

    path = desk.config.sources_path
    known = desk.sources() if path.exists() else []
    found = opml.read(file.read_bytes())
    if not found:
        raise TechwireError(f"{file} holds no feed; is it OPML?")
    new: list[tuple[Source, list[str]]] = []
    for one in found:
        try:
            _check_new(one, known)
        except UsageError:
            continue
        one = replace(one, slug=_free(one.slug, known))
        known.append(one)
        new.append((one, [f"imported from {file.name}"]))
    if new:
        listed.add(path, new)
    desk.say(f"{len(new)} added to {path}, {len(found) - len(new)} known already")


@source.command()
@click.option("--format", "shape", type=click.Choice(["opml"]), default="opml", show_default=True)
@pass_desk
def export(desk: Desk, shape: str) -> None:
    """Print the sources with feeds as OPML, for a feed reader."""
    from crawler import opml

    click.echo(opml.write(desk.sources()), nl=False)
