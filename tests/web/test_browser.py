"""The page in a real browser: Debian's Chromium, driven by Playwright; skipped where it is absent.

With TECHWIRE_SCREENSHOTS=FOLDER the pictures that ``docs/web.md`` shows are written there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db import Database, connect
from tests.web.conftest import running
from tests.web.news import fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no chromium on PATH (Debian: apt install chromium)", allow_module_level=True)

PAGES = ("/", "/company/apple", "/article/1", "/story/1", "/sources", "/trends", "/search?q=apple")
AA = 4.5  # contrast of text and its background (WCAG 2.2, 1.4.3)
LARGE_AA = 3.0  # of text from 24 px, or 18.66 px bold

CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = Array.from(element.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
    const box = element.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || element.closest("svg, select")) continue;
    const style = getComputedStyle(element);
    let back = element, behind = [0, 0, 0, 0];
    while (back && behind[3] < 255) {
      behind = rgba(getComputedStyle(back).backgroundColor);
      back = back.parentElement;
    }
    if (behind[3] < 255) behind = rgba("Canvas");
    const [a, b] = [light(rgba(style.color)), light(behind)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const what = element.className + ": " + element.textContent.slice(0, 30);
    found.push([(a + 0.05) / (b + 0.05), large, what]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over SQLite."""
    path = tmp_path_factory.mktemp("browser") / "techwire.db"
    shutil.copy(sqlite_template, path)
    database: Database
    with connect(str(path)) as database:
        fill(database)
        with running(database) as found:
            yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        # root may not use the sandbox; the pages are our own
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = started.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the console said, and what was asked of other hosts."""
    return []


def opened(
    browser: Browser, address: str, complaints: list[str], path: str, **options: object
) -> Page:
    """A page in a browser of its own, watched."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url),
    )
    page.goto(address + path)
    return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_read_in_both_schemes_and_at_360_pixels(
    browser: Browser, address: str, complaints: list[str], path: str, scheme: str
) -> None:
    page = opened(
        browser,
        address,
        complaints,
        path,
        color_scheme=scheme,
        viewport={"width": 360, "height": 740},
    )
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 5
    weak = [(round(c, 2), what) for c, large, what in contrasts if c < (LARGE_AA if large else AA)]
    assert not weak
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    if folder := os.environ.get("TECHWIRE_SCREENSHOTS"):
        name = path.strip("/").split("?")[0].replace("/", "-") or "today"
        page.screenshot(path=f"{folder}/{name}-{scheme}-360.png")
    page.context.close()
    assert complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_its_landmarks_and_labels(
    browser: Browser, address: str, complaints: list[str], path: str
) -> None:
    page = opened(browser, address, complaints, path, viewport={"width": 1200, "height": 900})
    for landmark in ("header", "nav", "main", "footer", "form[role=search]"):
        assert page.locator(landmark).count() >= 1
    assert page.locator("h1").count() == 1
    unnamed = page.evaluate(
        """() => Array.from(document.querySelectorAll("input, select"))
             .filter((field) => field.labels.length === 0).map((field) => field.outerHTML)"""
    )
    assert unnamed == []
    doubled = page.evaluate(
        """() => { const ids = Array.from(document.querySelectorAll("[id]")).map((e) => e.id);
                   return ids.filter((id, n) => ids.indexOf(id) !== n); }"""
    )
    assert doubled == []
    if folder := os.environ.get("TECHWIRE_SCREENSHOTS"):
        name = path.strip("/").split("?")[0].replace("/", "-") or "today"
        page.screenshot(path=f"{folder}/{name}.png")
    page.context.close()
    assert complaints == []


def test_j_k_o_and_slash_work(browser: Browser, address: str, complaints: list[str]) -> None:
    page = opened(browser, address, complaints, "/")
    active = "document.activeElement.textContent"
    page.keyboard.press("j")
    assert page.evaluate(active) == "Apple ouvre enfin un atelier à Bordeaux"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(active) == "Photos"
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.wait_for_url("**/story/1")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jko lang:fr")
    assert page.locator("#q").input_value() == "jko lang:fr"
    page.context.close()
    assert complaints == []


def test_a_mention_explains_itself_on_hover_and_on_focus(
    browser: Browser, address: str, complaints: list[str]
) -> None:
    page = opened(browser, address, complaints, "/article/1")
    mention = page.locator("a.mention", has_text="Mistral AI")
    reason = mention.locator(".why")
    assert not reason.is_visible()
    mention.hover()
    assert reason.is_visible()
    assert "takes part in it" in reason.inner_text()
    page.mouse.move(0, 0)
    page.locator("a.mention").first.focus()
    assert page.locator("a.mention").first.locator(".why").is_visible()
    page.context.close()
    assert complaints == []


def test_the_chart_is_drawn(browser: Browser, address: str, complaints: list[str]) -> None:
    page = opened(
        browser, address, complaints, "/company/meta", viewport={"width": 900, "height": 900}
    )
    plot = page.locator("svg.plot").first
    box = plot.bounding_box()
    assert box is not None
    assert box["width"] > 800
    bars = plot.locator("rect.bar")
    assert bars.count() == 8
    first = bars.first.bounding_box()
    assert first is not None
    assert first["height"] > 50
    assert plot.locator("polyline.mean").count() == 1
    assert plot.locator(".mark").count() == 3
    page.context.close()
    assert complaints == []


def test_filters_and_search_work_without_javascript(
    browser: Browser, address: str, complaints: list[str]
) -> None:
    page = opened(browser, address, complaints, "/", java_script_enabled=False)
    page.locator("details.filters summary").click()
    page.select_option("select[name=lang]", "fr")
    page.locator("details.filters button").click()
    assert page.locator(".story").count() == 1
    page.fill("#q", "company:meta photos")
    page.locator(".find button").click()
    assert page.locator(".story h3").all_inner_texts() == ["Photos"]
    page.context.close()
    assert complaints == []


def test_an_evil_headline_runs_nothing(
    browser: Browser, address: str, complaints: list[str]
) -> None:
    page = opened(browser, address, complaints, "/?company=meta")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.reload()
    assert page.get_by_text("<script>alert(1)</script>").count() >= 1
    page.context.close()
    assert asked == complaints == []
