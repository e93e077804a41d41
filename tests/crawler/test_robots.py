"""robots.txt by RFC 9309, row by row."""

from __future__ import annotations

import time

import pytest

from crawler.robots import LEAST_KEPT, LIMIT, Book, parse, product

ROWS = [
    ("User-agent: *\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow: /a", "/b", True),
    ("User-agent: *\nDisallow: /a", "/ab", False),
    ("User-agent: *\nDisallow: /a/", "/a", True),
    ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /\nAllow: /a", "/a/b", True),
    ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
    ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ("User-agent: *\nDisallow: /*.php$", "/x.php", False),
    ("User-agent: *\nDisallow: /*.php$", "/x.php?y", True),
    ("User-agent: *\nDisallow: /*?print=", "/a?b=1&print=1", True),
    ("User-agent: *\nDisallow: /*print=", "/a?b=1&print=1", False),
    ("User-agent: *\nDisallow: /a*b*c", "/a-x-b-y-c-z", False),
    ("User-agent: *\nDisallow: /a*b*c", "/a-x-c-y-b", True),
    ("User-agent: *\nDisallow: *", "/a", False),
    ("User-agent: *\nDisallow: /$", "/", False),
    ("User-agent: *\nDisallow: /$", "/a", True),
    ("User-agent: *\nDisallow: /a$b", "/a$b", False),
    ("User-agent: *\nDisallow: /a%24b", "/a$b", False),
    ("User-agent: *\nDisallow: /a-%2A.html", "/a-*.html", False),
    ("User-agent: *\nDisallow: /a-%2A.html", "/a-b.html", True),
    ("User-agent: *\nDisallow: /a?b=https://c.d", "/a?b=https%3A%2F%2Fc.d", False),
    ("User-agent: *\nDisallow: /a?b=https%3A%2F%2Fc.d", "/a?b=https://c.d", False),
    ("User-agent: *\nDisallow: /%62%61%7A", "/baz", False),
    ("User-agent: *\nDisallow: /a(b)", "/a%28b%29", False),
    ("User-agent: *\nDisallow: /a?b=1%262", "/a?b=1&2", True),
    ("User-agent: *\nDisallow: /a**b$", "/a1b2b", False),
    ("User-agent: *\nDisallow: /été", "/%C3%A9t%C3%A9/1", False),
    ("User-agent: *\nDisallow: /%c3%a9t%c3%a9", "/été", False),
    ("User-agent: *\nDisallow: /%7Ejoe", "/~joe", False),
    ("User-agent: *\nDisallow: /~joe", "/%7ejoe", False),
    ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    ("User-agent: *\nDisallow: /a", "/A", True),
    ("User-agent: techwire\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/b", True),
    ("User-agent: techwire\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", False),
    ("User-agent: *\nDisallow: /a\nUser-agent: techwire\nDisallow:", "/a", True),
    ("User-agent: TechWire/2.0\nDisallow: /a", "/a", False),
    ("User-agent: techwirebot\nDisallow: /a", "/a", True),
    ("User-agent: tech\nDisallow: /a", "/a", True),
    ("User-agent: other\nUser-agent: techwire\nDisallow: /a", "/a", False),
    ("User-agent: other\n\nUser-agent: techwire\nDisallow: /a", "/a", False),
    ("User-agent: techwire\nDisallow: /a\n\nUser-agent: techwire\nDisallow: /b", "/a", False),
    ("User-agent: techwire\nDisallow: /a\n\nUser-agent: techwire\nDisallow: /b", "/b", False),
    ("User-agent: techwire\nCrawl-delay: 3\nUser-agent: *\nDisallow: /", "/a", True),
    ("User-agent: other\nDisallow: /", "/a", True),
    ("Disallow: /a", "/a", True),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("USER-AGENT: *\nDISALLOW: /a", "/a", False),
    ("User-agent : *\nDisallow : /a", "/a", False),
    ("  User-agent: *\n\tDisallow: /a", "/a", False),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("User-agent: * # all\nDisallow: /a # this", "/a", False),
    ("# a\nUser-agent: *\n\n\nDisallow: /a", "/a", False),
    ("User-agent: *\nSitemap: https://g.example/s.xml\nDisallow: /a", "/a", False),
    ("User-agent: *\nNoindex: /a\nDisallow: /b", "/b", False),
    ("User-agent: *\nDisallow /a", "/a", False),
    ("User agent *\nDisalow: /a", "/a", False),
    ("User-agent: *\nDisallowed: /a", "/a", True),
    ("User-agent: * # all of you\nDisallow: /a", "/a", False),
    ("User-agent: techwire*\nDisallow: /a", "/a", False),
    ("User-agent: techwire 2.0\nDisallow: /a", "/a", False),
    ("User-agent: techwire2\nDisallow: /a", "/a", True),
    ("User-agent: other\nNoindex: /a\nUser-agent: *\nDisallow: /b", "/b", False),
    ("User-agent:\nDisallow: /a", "/a", True),
    ("<html><body>User-agent: *<br>Disallow: /</body></html>", "/a", True),
    ("", "/a", True),
    ("User-agent: *\nDisallow: /a?b", "/a?b=1", False),
    ("User-agent: *\nDisallow: /a?b", "/a", True),
    ("User-agent: *\nDisallow: https://g.example/a", "/a", True),
    ("User-agent: *\nDisallow: a", "/a", True),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    ("User-agent: *\nDisallow: /a?", "/a?", False),
    ("User-agent: *\nDisallow: /a?", "/a", True),
    ("User-agent: *\nDisallow: /*?", "/a#b?c", True),
]


@pytest.mark.parametrize(("text", "path", "expected"), ROWS)
def test_the_rules_say(text: str, path: str, expected: bool) -> None:
    rules = parse(text.encode(), "techwire/1.0 (+https://desk.example)")
    assert rules.allows(f"https://g.example{path}") is expected


def test_a_robots_txt_in_utf_16_is_read() -> None:
    body = "User-agent: *\nDisallow: /été".encode("utf-16")
    assert not parse(body, "techwire").allows("https://g.example/%C3%A9t%C3%A9")


def test_a_path_that_is_no_utf_8_is_its_octets() -> None:
    rules = parse(b"User-agent: *\nDisallow: /caf\xe9\nSitemap: https://g.example/\xe9", "techwire")
    assert not rules.allows("https://g.example/caf%E9")
    assert rules.allows("https://g.example/caf%C3%A9")
    rules.sitemaps[0].encode()


def test_who_calls_itself_compatible_is_known_by_that_name() -> None:
    agent = "Mozilla/5.0 (compatible; ExampleBot/0.1; +https://example.example/bot)"
    text = b"User-agent: ExampleBot\nDisallow: /a\nUser-agent: *\nDisallow: /"
    assert not parse(text, agent).allows("https://g.example/a")
    assert parse(text, agent).allows("https://g.example/b")


def test_only_the_first_half_mebibyte_counts() -> None:
    filler = b"# " + b"x" * LIMIT + b"\n"
    assert parse(b"User-agent: *\n" + filler + b"Disallow: /a", "techwire").allows("https://g/a")


def test_delay_and_sitemaps_are_told() -> None:
    text = b"Sitemap: https://g.example/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nsitemap:https://g.example/2.xml"
    rules = parse(text, "techwire")
    assert rules.crawl_delay == 2.5
    assert rules.sitemaps == ("https://g.example/1.xml", "https://g.example/2.xml")
    assert parse(b"User-agent: *\nCrawl-delay: soon", "techwire").crawl_delay is None


def test_ten_thousand_rules_and_a_spiteful_pattern_cost_little() -> None:
    many = "".join(f"Disallow: /nope/{n}/*foo*bar$\n" for n in range(12_000))
    spiteful = "Disallow: /" + "*a" * 200 + "$\n"
    rules = parse(f"User-agent: *\n{many}{spiteful}".encode(), "techwire")
    started = time.process_time()
    for n in range(100):
        rules.allows(f"https://g.example/{'a' * 300}b/{n}")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("techwire/1.0 (+x)", "techwire"),
        ("Tech-Wire_bot", "tech-wire_bot"),
        ("Mozilla/5.0 (compatible; techwire/1.0)", "mozilla"),
        ("", ""),
    ],
)
def test_a_product_token_is_the_agent_s_first_word(agent: str, token: str) -> None:
    assert product(agent) == token


def test_rules_out_of_date_are_let_go_of() -> None:
    book: Book[str] = Book()
    for number in range(5 * LEAST_KEPT):
        book.put(f"https://h{number}.example", "rules", now=float(number), lifetime=100.0)
    assert len(book._pages) <= LEAST_KEPT
    newest = 5 * LEAST_KEPT - 1
    assert book.get(f"https://h{newest}.example", float(newest)) == "rules"
