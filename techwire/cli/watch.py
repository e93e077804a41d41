"""``techwire watch``: what you want to be told of, and how."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.errors import TechwireError

RULES = ("primary", "secondary", "mention", "first", "spike", "edited")  # db.watches.RULES


@click.group()
def watch() -> None:
    """Be told: rules on companies, delivered by webhook, e-mail or Apprise by the daemon."""


@watch.command()
@click.argument("company")
@click.option("--when", "rule", type=click.Choice(RULES), default="primary", show_default=True)
@click.option("--with", "beside", metavar="COMPANY", help="Only where this one is named too.")
@click.option(
    "--notify", "target", required=True, metavar="URL", help="https:…, mailto:… or Apprise."
)
@click.option("--lang", metavar="CODE", help="In this language only (ISO 639-1).")
@click.option("--quiet-hours", "hours", metavar="22:00-07:00", help="Told when they are over.")
@click.option("--name", help="What to call it (default: company and rule).")
@click.option("--allow-private", is_flag=True, help="Takes http: and private hosts.")
@pass_desk
def add(
    desk: Desk,
    company: str,
    rule: str,
    beside: str | None,
    target: str,
    lang: str | None,
    hours: str | None,
    name: str | None,
    allow_private: bool,
) -> None:
    """Tell me of COMPANY when RULE holds, once per story, from now on."""
    from alerts import quiet, telling
    from db import watches

    telling.check(target, allows_private=allow_private)
    if hours is not None:
        quiet.parse(hours)
    secret = secrets.token_hex(32)
    with desk.database() as database, database.writing() as connection:
        added = watches.add(
            connection,
            company=company,
            rule=rule,
            target=target,
            secret=secret,
            now=datetime.now(UTC),
            name=name,
            beside=beside,
            language=lang,
            quiet=hours,
            allows_private=allow_private,
        )
    desk.say(f"watching: {added.name} ({watches.RULES[rule]}); the daemon looks once a minute")
    if target.startswith("mailto:") and not desk.config.mail.host:
        desk.say("note: no [mail] host in techwire.toml yet; without one no mail is sent")
    if target.startswith("http"):
        desk.say("The secret that signs what is sent (shown this once):")
        click.echo(secret)


@watch.command("list")
@click.option("--log", "with_log", is_flag=True, help="The last deliveries instead.")
@show.format_option
@pass_desk
def list_(desk: Desk, with_log: bool, shape: str) -> None:
    """The watches, or with --log how telling went."""
    from db import deliveries, watches

    columns: tuple[str, ...]
    with desk.database(read_only=True) as database, database.reading() as connection:
        if with_log:
            rows = [
                {
                    "tried": desk.local(at),
                    "watch": name,
                    "title": title,
                    "arrived": arrived,
                    "detail": detail,
                }
                for at, name, title, arrived, detail in deliveries.log(connection)
            ]
            columns = ("tried", "watch", "title", "arrived", "detail")
        else:
            rows = [
                {
                    "name": one.name,
                    "company": one.company,
                    "with": one.beside,
                    "when": one.rule,
                    "lang": one.language,
                    "quiet": one.quiet,
                    "notify": one.target,
                }
                for one in watches.listed(connection)
            ]
            columns = ("name", "company", "with", "when", "lang", "quiet", "notify")
    show.rows(columns, rows, shape=shape)
    if not rows:
        raise TechwireError(
            "nothing was sent yet" if with_log else "no watch yet: techwire watch add"
        )


@watch.command()
@click.argument("name")
@pass_desk
def remove(desk: Desk, name: str) -> None:
    """Stop watching NAME; its alerts and their log are forgotten."""
    from db import watches

    with desk.database() as database, database.writing() as connection:
        watches.remove(connection, watches.find(connection, name))
    desk.say(f"removed: {name}")


@watch.command()
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
@show.format_option
@pass_desk
def test(desk: Desk, name: str, days: int, shape: str) -> None:
    """What NAME would have told of the last days; nothing is sent."""
    from db import front, occasions, watches

    with desk.database(read_only=True) as database, database.reading() as connection:
        one = watches.find(connection, name)
        until = front.as_of(connection, datetime.now(UTC))
        since = until - timedelta(days=days)
        found = occasions.rehearse(connection, one, since, until)
    rows = [
        {
            "published": desk.local(seen.published_at),
            "source": seen.source,
            "title": seen.title,
            "occasion": seen.occasion,
            "url": seen.url,
        }
        for seen in found
    ]
    columns = ("published", "source", "title", "occasion", "url")
    show.rows(columns, rows, shape=shape, table=columns[:4])
    desk.say(
        f"{counted(len(found), 'message')} in {counted(days, 'day')} up to {desk.local(until)}"
    )
    if not found:
        raise TechwireError(f"watch {name} would have told nothing")
