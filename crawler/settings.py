"""How we behave on the network, and Scrapy's settings for it.

This is also the settings module of ``scrapy.cfg``: Scrapy reads the names in capitals. Each of them
is here because its default is wrong for a polite, safe crawler that runs for months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from techwire import __version__
from techwire.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the user may decide about our behaviour towards other people's servers."""

    user_agent: str | None = None  # None: techwire/VERSION (+contact)
    contact: str | None = None  # mail or address of the person who runs this
    delay_seconds: float = 2.0  # between two requests to one host, jittered by half
    timeout_seconds: float = 30.0  # for one whole answer, from connecting to its last byte
    max_bytes: int = 15 * 1024 * 1024  # of one answer, decompressed
    concurrency: int = 16  # hosts at a time; one connection each
    backoff_seconds: float = 5.0  # a host rests after a failure, doubled at each one in a row
    visit_seconds: float = 600.0  # after so long a visit starts no more requests
    max_wait_seconds: float = 60.0  # a host that asks for more patience waits for another visit
    allow_private_networks: tuple[str, ...] = ()  # "127.0.1.0/24"
    host_map: Mapping[str, str] = field(default_factory=dict)  # "gazette.example": "127.0.0.1:80"
    proxy: str | None = None

    @property
    def agent(self) -> str:
        """The ``User-Agent`` we send: who we are, and where to complain."""
        if self.user_agent:
            return self.user_agent
        return f"techwire/{__version__}" + (f" (+{self.contact})" if self.contact else "")


BOT_NAME = "techwire"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# What Scrapy would open or reveal by default.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.Handler",
    "https": "crawler.handler.Handler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# Limits. The timeout counts to the last byte: a server that drips is cut.
DOWNLOAD_MAXSIZE = 15 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 6
URLLENGTH_LIMIT = 0  # urls.MAX_LENGTH applies
DOWNLOAD_FAIL_ON_DATALOSS = True

# Politeness is ours: lanes.py keeps one connection per host, spaces and holds.
DOWNLOADER = "crawler.lanes.Downloader"
SCHEDULER = "crawler.lanes.Lanes"
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
ROBOTSTXT_OBEY = False  # crawler.middleware.Robots obeys, with RFC 9309's rules and a day's memory
RETRY_ENABLED = False
COOKIES_ENABLED = False
REFERER_ENABLED = False
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPERROR_ALLOW_ALL = True  # every status is an outcome of ours

DOWNLOADER_MIDDLEWARES = {
    "crawler.middleware.Doorkeeper": 40,
    "crawler.middleware.ReadOnce": 50,
    "crawler.middleware.Robots": 100,
    "crawler.middleware.Rights": 110,
    "crawler.rendering.Rendering": 580,
    "crawler.middleware.Unpack": 590,
    "crawler.middleware.Redirect": 600,
    "crawler.middleware.Temper": 850,
    "crawler.middleware.Ledger": 860,
}
# None of Scrapy's own is wanted; one that is only switched off would be imported all the same, with
# aiohttp, requests and a telnet server behind it: a third of a second at every start.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {"scrapy.extensions.feedexport.FeedExporter": 0}  # for ``scrapy crawl -O``
ITEM_PIPELINES = {
    "crawler.stages.Keep": 100,
    "crawler.stages.Read": 200,
    "crawler.stages.Save": 300,
}
# The default of 100 makes 101 asyncio tasks per response: a sixth of the CPU of a bare crawl.
CONCURRENT_ITEMS = 1
# Pages that wait to be read are bounded by crawler.backlog, which knows whose they are; Scrapy's
# bound would stop all hosts for one source's pages. It is left for what is no page: channels.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 48 * 1024 * 1024  # bytes
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.quiet.Quiet"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False


def network_of(config: Config) -> Network:
    """The ``[network]`` section of the configuration, with the contact."""
    section = config.network
    return Network(
        user_agent=section.user_agent,
        contact=config.contact,
        delay_seconds=section.delay_seconds,
        timeout_seconds=section.timeout_seconds,
        max_bytes=int(section.max_mebibytes * 1024 * 1024),
        concurrency=section.concurrency,
        allow_private_networks=section.allow_private_networks,
        host_map=section.host_map,
        proxy=section.proxy,
    )


def for_scrapy(network: Network) -> dict[str, Any]:
    """Scrapy's settings, as one plain dict: those above, with the user's decisions."""
    settings = {name: value for name, value in globals().items() if name.isupper()}
    settings.update(
        CONCURRENT_REQUESTS=network.concurrency,
        DOWNLOAD_MAXSIZE=network.max_bytes,
        DOWNLOAD_TIMEOUT=network.timeout_seconds,
        USER_AGENT=network.agent,
        EXTENSIONS={},
    )
    return settings
