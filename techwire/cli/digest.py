"""``techwire digest``: the stories of a day in one text, printed or mailed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.durations import parse_duration
from techwire.errors import TechwireError, UsageError

LONGEST = timedelta(days=3653)  # ten years of stories are no digest


@click.command()
@click.option("--since", metavar="SPAN", default="24h", show_default=True, help="24h, 7d …")
@click.option("--company", "companies", metavar="NAME", multiple=True, help="May be repeated.")
@click.option("--limit", type=click.IntRange(1, 400), default=40, show_default=True)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["markdown", "html", "email"]),
    default="markdown",
    show_default=True,
)
@click.option(
    "--language",
    type=click.Choice(["en", "fr"]),
    help="Of what stands around the stories (default: [digest] language, else that of LANG).",
)
@click.option("--to", metavar="ADDRESS", help="With --format email: send it there, by [mail].")
@pass_desk
def digest(
    desk: Desk,
    since: str,
    companies: tuple[str, ...],
    limit: int,
    shape: str,
    language: str | None,
    to: str | None,
) -> None:
    """What happened, the most told story first; stories, not copies, one paragraph each."""
    from alerts import digest as digests
    from db import front

    span = parse_duration(since)
    if span is None:
        raise UsageError(f"--since {since!r}: write 24h, 7d or 4w")
    if span > LONGEST:
        raise UsageError(f"--since {since!r}: at most {LONGEST.days}d")
    if to is not None and shape != "email":
        raise UsageError("--to goes with --format email")
    zone = desk.config.zone
    language = language or desk.config.digest.language or digests.language_of(os.environ)
    with desk.database(read_only=True) as database:
        with database.reading() as connection:
            until = front.as_of(connection, datetime.now(UTC)) + timedelta(seconds=1)
        made = digests.gather(database, until - span, until, zone, companies, limit)
    if not made.stories:
        raise TechwireError(f"no story in the last {since}")
    if shape == "markdown":
        click.echo(digests.markdown(made, zone, language), nl=False)
    elif shape == "html":
        click.echo(digests.html(made, zone, language), nl=False)
    else:
        _mail(desk, made, language, to)


def _mail(desk: Desk, made: object, language: str, to: str | None) -> None:
    """Sent when an address is given; else printed, for sendmail -t and the like."""
    from alerts import digest as digests
    from alerts import mail
    from alerts.webhook import NotDelivered

    assert isinstance(made, digests.Digest)  # noqa: S101
    settings, zone = desk.config.mail, desk.config.zone
    sender = settings.sender or f"techwire@{settings.host or 'localhost'}"
    letter = mail.compose(
        sender,
        to or sender,
        made.title,
        digests.markdown(made, zone, language),
        digests.html(made, zone, language),
    )
    if to is None:
        click.echo(letter.as_string())
        return
    try:
        desk.say(f"{to}: {mail.send(settings, letter)}")
    except NotDelivered as problem:
        raise TechwireError(f"not sent: {problem}") from None
