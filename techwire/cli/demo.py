"""``techwire demo``: the real pipeline over the bundled newsroom, offline, into ``demo/``."""

from __future__ import annotations

import importlib.util
import os
import shlex
from pathlib import Path

import click

from techwire.cli.articles import print_articles
from techwire.cli.desk import Desk, pass_desk
from techwire.config import mask_password
from techwire.errors import TechwireError

FIRST_LINE = "# written by `techwire demo`: the bundled newsroom, on loopback while the demo runs\n"
LATER_LINE = "# its clock: the next morning\n"


@click.command()
@click.option("--later", is_flag=True, help="The next morning: two new articles, one edited.")
@click.option("--serve", "and_serve", is_flag=True, help="Then show it in a browser.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default="demo",
    show_default=True,
    help="Where its files go.",
)
@pass_desk
def demo(desk: Desk, later: bool, and_serve: bool, folder: Path) -> None:
    """Crawl the bundled newsroom into FOLDER/techwire.db and show the result; no network needed."""
    import scheduler
    from db import queries
    from techwire.cli.progress import summary
    from techwire.cli.run import visit_all
    from techwire.demo import Newsroom

    later = later or _is_later(folder)
    try:
        newsroom = Newsroom(later=later).listen()
    except OSError as error:
        raise TechwireError(f"the newsroom cannot listen on 127.0.0.1: {error.strerror}") from error
    with newsroom:
        here = _prepare(desk, folder, newsroom.address, later=later)
        here.say(f"The newsroom: five sites on {newsroom.address}, asked as a crawl asks any site.")
        sources = here.sources()
        begun = scheduler.begin(here.config)  # forks, so before there is a thread
        newsroom.serve()
        with scheduler.open_office(here.config, sources, begun=begun) as office:
            visits = visit_all(here, office, [source.slug for source in sources])
    with here.database(read_only=True) as database, database.reading() as connection:
        newest = queries.latest(connection, limit=15)
    here.say("")
    print_articles(here, newest, "table")
    here.say(f"\n{summary(visits)}")
    _say_what_next(here, folder, later=later)
    if and_serve:
        from techwire.cli.serve import run

        here.say("")
        run(here)


def _is_later(folder: Path) -> bool:
    """Whether this folder has seen the next morning: a newsroom's clock does not go back."""
    try:
        return LATER_LINE in (folder / "techwire.toml").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _prepare(desk: Desk, folder: Path, address: str, *, later: bool) -> Desk:
    """Write the demo's own configuration; the database of an earlier demo stays."""
    from techwire.demo import hosts, sources_toml

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f'"{host}" = "{address}"' for host in hosts()]
        (folder / "techwire.toml").write_text(
            FIRST_LINE
            + (LATER_LINE if later else "")
            + 'timezone = "Europe/Paris"\n\n[database]\nurl = "sqlite:///techwire.db"\n\n'
            + "[network]\ndelay_seconds = 0.0  # our own newsroom: no need to be slow\n\n"
            + "[network.host_map]  # fictional hosts; the port changes with every run\n"
            + "\n".join(lines)
            + "\n",
            "utf-8",
        )
        (folder / "sources.toml").write_text(sources_toml(), "utf-8")
    except OSError as error:
        raise TechwireError(f"cannot write into {folder}: {error.strerror}") from error
    return Desk(
        config_path=folder / "techwire.toml",
        database_url=desk.database_url,
        quiet=desk.quiet,
        verbose=desk.verbose,
    )


def _say_what_next(desk: Desk, folder: Path, *, later: bool) -> None:
    command = _command()
    database = f" --db {shlex.quote(desk.database_url)}" if desk.database_url else ""
    with_config = f"{command} --config {shlex.quote(str(folder / 'techwire.toml'))}{database}"
    desk.say(
        f"\nThe database: {mask_password(desk.config.database.url.removeprefix('sqlite:///'))}"
    )
    desk.say("Three commands worth trying:")
    desk.say(f"  {with_config} company TikTok")
    desk.say(f"  {with_config} search batterie")
    if later:
        desk.say(f"  {with_config} why {_example_address()}")
    else:
        elsewhere = "" if str(folder) == "demo" else f" --folder {shlex.quote(str(folder))}"
        desk.say(
            f"  {command}{database} demo --later{elsewhere}   # the next morning: 2 new, 1 edited"
        )
    desk.say("And to look at it in a browser:")
    has_web = importlib.util.find_spec("starlette") is not None
    needed = "" if has_web else "          # first: pip install 'techwire[web]'"
    desk.say(f"  {with_config} serve{needed}")


def _command() -> str:
    """How the person at the keyboard can call us: by name when it is on PATH, else by path."""
    import shutil
    import sys

    script = Path(sys.argv[0])
    if shutil.which("techwire") or not script.exists() or script.name != "techwire":
        return "techwire"
    return os.path.relpath(script)


def _example_address() -> str:
    from techwire.demo import truth

    edited = [piece for piece in truth(later=True) if piece.modified_at]
    return max(edited, key=lambda piece: piece.changed_at).url
