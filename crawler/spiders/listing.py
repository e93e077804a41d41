"""Only the listings of the sources."""

from __future__ import annotations

from typing import ClassVar

from crawler.spiders.watch import Watch
from techwire.types import ChannelKind


class Listing(Watch):
    """``scrapy crawl listing -a source=SLUG``."""

    name = "listing"
    kinds: ClassVar[frozenset[ChannelKind]] = frozenset({ChannelKind.LISTING})
