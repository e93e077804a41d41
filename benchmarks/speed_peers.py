"""The other contenders of ``benchmarks.speed``, each as its users would write it.

Runs as a script, in a virtual environment that may hold nothing but the peer: only the standard
library is imported before the peer itself. The last line printed is JSON: what was ``found``
(addresses), and the CPU seconds of the start (imports, before any work).
"""

from __future__ import annotations

import importlib
import json
import re
import resource
import sqlite3
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

_LINKS = re.compile(r"<link>([^<]+)</link>|<link rel=\"alternate\"[^>]* href=\"([^\"]+)\"")


def links_of(text: str) -> list[str]:
    """The addresses of the entries of a feed: RSS, Atom or JSON Feed, as the sites write them."""
    if text.lstrip().startswith("{"):
        return [item["url"] for item in json.loads(text)["items"]]
    entries = re.findall(r"<(?:item|entry)\b.*?</(?:item|entry)>", text, re.DOTALL)
    found = [_LINKS.search(entry) for entry in entries]
    return [unescape(next(filter(None, one.groups()))) for one in found if one]


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def tell(found: list[str], start: float) -> None:
    """The result, for ``benchmarks.speed``."""
    print(json.dumps({"found": found, "start": start}))


def scrapy_spider(asked: list[str], *, reads: bool) -> None:
    """Scrapy with its defaults but for consoles and log: feeds, then every page they list.

    ``reads``: trafilatura in an item pipeline, one commit per item. Otherwise nothing is read."""
    scrapy = importlib.import_module("scrapy")
    process_type = importlib.import_module("scrapy.crawler").CrawlerProcess
    found: list[str] = []

    class Bare(scrapy.Spider):  # type: ignore[misc, name-defined]
        name = "bare"
        start_urls = asked

        def parse(self, response: Any) -> Iterator[Any]:
            for link in links_of(response.text):
                yield scrapy.Request(link, callback=self.page)

        def page(self, response: Any) -> Iterator[Any]:
            found.append(response.url)
            if reads:
                yield {"url": response.url, "html": response.text}

    settings: dict[str, object] = {
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
    }
    if reads:
        importlib.import_module("trafilatura")
        settings["ITEM_PIPELINES"] = {Reading: 1}
    process = process_type(settings)
    process.crawl(Bare)
    start = _spent()
    process.start()
    tell(found, start)


class Reading:
    """An item pipeline: text and metadata by trafilatura, one transaction for each item."""

    def open_spider(self, spider: Any = None) -> None:
        """The database, in the working directory."""
        self.rows = sqlite3.connect("peer.db")
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute(
            "CREATE TABLE article (url TEXT PRIMARY KEY, title, author, date, body, language)"
        )
        self.rows.commit()

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """One article."""
        read = importlib.import_module("trafilatura").bare_extraction
        document = read(item["html"], url=item["url"], with_metadata=True)
        if document is not None:
            self.rows.execute(
                "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?, ?)",
                (
                    item["url"],
                    document.title,
                    document.author,
                    document.date,
                    document.text,
                    document.language,
                ),
            )
            self.rows.commit()
        return item

    def close_spider(self, spider: Any = None) -> None:
        """Let go."""
        self.rows.close()


def newspaper(homes: list[str]) -> None:
    """newspaper4k: every site built from its front page, every article found there parsed."""
    module = importlib.import_module("newspaper")
    start = _spent()
    found = []
    for home in homes:
        site = module.build(home, memoize_articles=False, fetch_images=False, number_threads=1)
        for article in site.articles:
            try:
                article.download()
                article.parse()
            except module.ArticleException:
                continue
            if article.text:
                found.append(article.url)
    tell(found, start)


def news_please(pages: list[str]) -> None:
    """news-please as a library: it is told every article, and reads what was saved of it."""
    reader = importlib.import_module("newsplease").NewsPlease
    start = _spent()
    found = []
    for place, url in enumerate(pages):
        article = reader.from_html(Path(f"pages/{place:05}.html").read_bytes().decode(), url=url)
        if article.maintext:
            found.append(url)
    tell(found, start)


def main() -> None:
    """``speed_peers.py CONTENDER``; addresses are lines of stdin."""
    asked = sys.stdin.read().split()
    contender = sys.argv[1]
    if contender == "bare":
        scrapy_spider(asked, reads=False)
    elif contender == "scrapy+trafilatura":
        scrapy_spider(asked, reads=True)
    elif contender == "newspaper4k":
        newspaper(asked)
    elif contender == "news-please":
        news_please(asked)
    else:
        raise SystemExit(f"unknown contender {contender}")


if __name__ == "__main__":
    main()
