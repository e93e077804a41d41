"""Only the feeds of the sources."""

from __future__ import annotations

from typing import ClassVar

from crawler.spiders.watch import Watch
from techwire.types import ChannelKind


class Feed(Watch):
    """``scrapy crawl feed -a source=SLUG``."""

    name = "feed"
    kinds: ClassVar[frozenset[ChannelKind]] = frozenset({ChannelKind.FEED})
