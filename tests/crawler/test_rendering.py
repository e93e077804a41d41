"""Pages that need JavaScript, run by the system's Chromium without a network of its own."""

from __future__ import annotations

import pytest

from crawler.browser import missing
from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from techwire.types import Outcome
from tests.crawler.town import Answer, Kit, Town, source

if lacks := missing():
    pytest.skip(f"render = true {lacks}", allow_module_level=True)

SHELL = """<!doctype html><html><body><div id="app"></div>
<img src="/pixel.png"><link rel="stylesheet" href="/looks.css">
<script src="https://octet.example/app.js"></script></body></html>"""
APP = """
const seen = (url) => fetch(url).then((r) => r.text(), () => "nothing");
Promise.all([
  fetch("/api/one.json").then((r) => r.json()),
  seen("http://127.0.0.1:PORT/private"), seen("http://[::ffff:127.0.0.1]:PORT/private"),
  seen("/closed/two.json"), seen("https://pixel.example/three.json"),
]).then(([one, ...rest]) => {
  document.getElementById("app").innerHTML = "<h1>" + one.title + "</h1><p>" + rest.join() + "</p>";
});
new WebSocket("ws://127.0.0.1:PORT/socket");
fetch("/count", {method: "POST", body: "x"}).catch(() => 0);
"""


def script(text: str) -> Answer:
    return Answer(text.encode(), 200, {"Content-Type": "text/javascript"})


def test_a_page_is_what_its_scripts_make_of_it_and_they_ask_through_our_door(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nDisallow: /closed/\n"
    town["pixel.example/robots.txt"] = "User-agent: *\nDisallow: /\n"
    town["gazette.example/list"] = (
        "<html><body><p>Liste</p><script>document.body.innerHTML ="
        "'<h2><a href=\"/2026/03/une-puce-arrive-a-lyon\">Une puce arrive à Lyon ce mardi</a></h2>'"
        "</script></body></html>"
    )
    town["gazette.example/2026/03/une-puce-arrive-a-lyon"] = SHELL
    town["octet.example/app.js"] = script(APP.replace("PORT", str(town.port)))
    town["gazette.example/api/one.json"] = Answer(
        b'{"title": "Une puce"}', 200, {"Content-Type": "application/json"}
    )
    store = MemoryStore()
    site = source(listings=("https://gazette.example/list",), render=True, cookies={"k": "v"})
    (visit,) = reactor.call(crawl([site], kit.tools(store=store, timeout_seconds=60.0)))
    assert visit.counts == {Outcome.NEW: 1}
    (article,) = store.articles.values()
    assert article.title == "Une puce"
    assert "<p>nothing,nothing,nothing,nothing</p>" in article.body
    asked = {f"{one.host}{one.path}" for one in town.asked}
    assert "gazette.example/api/one.json" in asked
    assert not asked & {
        f"{host}{path}"
        for host in ("gazette.example", "pixel.example", "127.0.0.1", "[")
        for path in (
            *("/private", "/closed/two.json", "/three.json", "/pixel.png", "/looks.css"),
            *("/socket", "/count", "/favicon.ico"),
        )
    }
    with_cookies = {one.host for one in town.asked if "cookie" in one.headers}
    assert with_cookies == {"gazette.example"}
    assert all("techwire" in one.headers["user-agent"] for one in town.asked)
