"""Only the sitemaps of the sources."""

from __future__ import annotations

from typing import ClassVar

from crawler.spiders.watch import Watch
from techwire.types import ChannelKind


class Sitemap(Watch):
    """``scrapy crawl sitemap -a source=SLUG``."""

    name = "sitemap"
    kinds: ClassVar[frozenset[ChannelKind]] = frozenset({ChannelKind.SITEMAP})
