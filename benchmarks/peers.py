"""Other extractors under the signature of ``benchmarks.adapters.extract``.

Each runs in a virtual environment of its own (``benchmarks/extraction.py`` makes it), so nothing
here is imported by the product, and only the peer asked for has to be installed.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping

# Name → what pip installs, and the function below.
PEERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "trafilatura": (("trafilatura", "lxml_html_clean"), "trafilatura_default"),
    "trafilatura favor_precision": (("trafilatura", "lxml_html_clean"), "trafilatura_precision"),
    "newspaper4k": (("newspaper4k", "lxml_html_clean"), "newspaper4k"),
    "news-please": (("news-please", "lxml_html_clean"), "news_please"),
    "readability-lxml": (("readability-lxml", "lxml_html_clean"), "readability"),
    "resiliparse": (("resiliparse",), "resiliparse"),
}


def trafilatura_default(html: str | bytes, url: str) -> dict[str, object]:
    return _trafilatura(html, url, precision=False)


def trafilatura_precision(html: str | bytes, url: str) -> dict[str, object]:
    return _trafilatura(html, url, precision=True)


def _trafilatura(html: str | bytes, url: str, *, precision: bool) -> dict[str, object]:
    found = importlib.import_module("trafilatura").extract(
        html,
        url=url,
        include_comments=False,
        favor_precision=precision,
        with_metadata=True,
        output_format="json",
    )
    told: dict[str, object] = json.loads(found) if found else {}
    authors = str(told.get("author") or "")
    return {
        "text": told.get("text"),
        "title": told.get("title"),
        "authors": [a.strip() for a in authors.split(";") if a.strip()],
        "published": told.get("date"),
        "language": told.get("language"),
    }


def newspaper4k(html: str | bytes, url: str) -> dict[str, object]:
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    article = importlib.import_module("newspaper").Article(url, fetch_images=False)
    article.download(input_html=text)
    article.parse()
    at = article.publish_date
    return {
        "text": article.text,
        "title": article.title,
        "authors": list(article.authors),
        "published": at.isoformat() if hasattr(at, "isoformat") else at,
        "language": article.meta_lang,
    }


def readability(html: str | bytes, url: str) -> dict[str, object]:
    del url
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    document = importlib.import_module("readability").Document(text)
    fragment = importlib.import_module("lxml.html").fromstring(document.summary() or "<p/>")
    return {"text": fragment.text_content(), "title": document.short_title()}


def news_please(html: str | bytes, url: str) -> dict[str, object]:
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    found = importlib.import_module("newsplease").NewsPlease.from_html(text, url)
    at = found.date_publish
    return {
        "text": found.maintext,
        "title": found.title,
        "authors": list(found.authors or ()),
        "published": at.isoformat() if at else None,
        "language": found.language,
    }


def resiliparse(html: str | bytes, url: str) -> dict[str, object]:
    del url
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return {"text": extract(text, main_content=True, alt_texts=False, links=False)}
