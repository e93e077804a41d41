"""``techwire forget``: remove what somebody asked us to remove, and keep it from coming back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Literal

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.errors import TechwireError, UsageError


@click.command()
@click.argument("what", metavar="URL|HOST|AUTHOR")
@click.option(
    "--as", "kind", type=click.Choice(["url", "host", "author"]), help="Default: as it looks."
)
@click.option("--reason", metavar="TEXT", help="A note for the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_desk
def forget(
    desk: Desk,
    what: str,
    kind: Literal["url", "host", "author"] | None,
    reason: str | None,
    yes: bool,
) -> None:
    """Remove the text of an article, a site or an author, and never store it again."""
    from db import forget as removal

    kind = kind or looks_like(what)
    if not yes and not sys.stdin.isatty():
        raise UsageError("forget: add --yes; removed text does not come back")
    if not yes and not desk.confirm(f"Remove everything of the {kind} {what!r} for good?"):
        raise TechwireError("nothing removed")
    with desk.database() as database, database.writing() as connection:
        gone = removal.forget(connection, kind, what, datetime.now(UTC), reason)
    articles, addresses = counted(gone.articles, "article"), counted(gone.addresses, "address")
    click.echo(f"{articles} and {addresses} forgotten")
    if gone.copies:
        copies = counted(gone.copies, "copy")
        desk.say(f"{copies} on other sites not forgotten: name them by URL")


def looks_like(what: str) -> Literal["url", "host", "author"]:
    """A URL has a scheme, a host a dot and no space; anything else is a name."""
    if "://" in what:
        return "url"
    return "host" if "." in what and " " not in what else "author"
