"""What ``scrapy crawl`` needs and nobody else brings: the working directory's files, opened."""

from __future__ import annotations

from time import monotonic

from crawler import sources
from crawler.pool import Inline, preparation
from crawler.settings import network_of
from crawler.tools import Tools, now
from crawler.visits import Log
from techwire import config
from techwire.errors import NotFound


class Standalone:
    """Configuration, sources, database and reader of the working directory."""

    def __init__(self, chosen: str) -> None:
        """``chosen``: slugs with commas between; empty: all sources."""
        import db
        from db.sources import sync
        from db.writer import Writer

        settings = config.load()
        known = sources.load(settings.sources_path)
        wanted = [slug.strip() for slug in chosen.split(",") if slug.strip()]
        by_slug = {source.slug: source for source in known}
        for slug in wanted:
            if slug not in by_slug:
                raise NotFound("source", slug, sources.nearest(slug, by_slug))
        self._database = db.connect(settings.database.url)
        self._writer = Writer(self._database)
        self._writer.submit(lambda c: sync(c, known, now())).result()
        self.tools = Tools(
            network=network_of(settings),
            reader=Inline(preparation(settings)),
            database=self._database,
            writer=self._writer,
        )
        deadline = monotonic() + self.tools.network.visit_seconds
        self.logs = [Log(by_slug[slug], now(), deadline, now) for slug in (wanted or list(by_slug))]

    def close(self) -> None:
        """Flush and close."""
        self._writer.close()
        self._database.close()
