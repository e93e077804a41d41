"""The commands by what they are for, where each is defined, and what `techwire --help` says of it.

The words stand here and not beside the code so that --help imports no command.
"""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """A command in the list of commands."""

    name: str
    place: str  # module:function
    does: str  # what fits beside the name in eighty columns


def _at(name: str, does: str, place: str | None = None) -> Listed:
    return Listed(name, place or f"techwire.cli.{name}:{name}", does)


SECTIONS: dict[str, tuple[Listed, ...]] = {
    "Begin": (
        _at("demo", "Crawl a bundled newsroom, offline, and show the result"),
        _at("init", "Write techwire.toml and sources.toml, create the database"),
        _at("source", "Add, list, check, pause and remove the sites to watch"),
        _at("config", "Check or show the configuration"),
    ),
    "Watch": (
        _at("run", "Visit sources now"),
        _at("daemon", "Visit each source on its own rhythm, until told to stop"),
        _at("status", "Each source: last visit, next visit and why then"),
        _at(
            "reload",
            "Have the running daemon take over changed files",
            "techwire.cli.daemon:reload",
        ),
        _at("backfill", "Fetch what a source published before it was watched"),
        _at("worker", "Make the visits that a daemon elsewhere asks for"),
        _at("workers", "Who makes the visits, and what waits for them"),
    ),
    "Ask": (
        _at("latest", "The newest articles"),
        _at("search", "Articles by what they say"),
        _at("company", "Articles about a company, its brands included"),
        _at("stories", "Events, one line each, whoever told them"),
        _at("story", "Who told one event, and when"),
        _at("trends", "Who rises this week; one company day by day"),
        _at("diff", "What an edited article said before"),
        _at("stats", "How much is stored, and how pages have ended"),
        _at("sql", "A question of your own, read-only"),
        _at("export", "Articles, tags, mentions, stories as files; an Atom feed"),
        _at("serve", "All of it in a browser"),
    ),
    "Be told": (
        _at("watch", "Rules on companies, by webhook, mail or Apprise"),
        _at("digest", "The stories of a day in one text"),
    ),
    "Understand and correct": (
        _at("why", "Where an address was found, how it ended, why it is tagged"),
        _at("read", "What the pipeline makes of one page"),
        _at("reread", "Kept pages read again with the code of today"),
        _at("companies", "Your own companies, and names no catalogue knows"),
        _at("retag", "Stored articles tagged again with the catalogue in force"),
        _at("quarantine", "Pages that could not be read, and another try for them"),
        _at("forget", "Remove an article, a site or an author for good"),
    ),
    "Look after": (
        _at("doctor", "Is anything wrong?"),
        _at(
            "healthcheck",
            "Does a daemon run and keep up? As an exit code",
            "techwire.cli.doctor:healthcheck",
        ),
        _at("db", "Upgrade, check, back up, copy and slim the database"),
    ),
}
COMMANDS = {one.name: one for commands in SECTIONS.values() for one in commands}
