"""Pages that need JavaScript: an installed Chromium that runs their scripts, and has no network.

Whatever a page asks for is asked by us, through the door of everything else: guard, robots.txt,
limits, mapped hosts. The browser itself is given a proxy that does not exist. Playwright comes with
``techwire[browser]``; a Chromium must be there (Debian: ``apt install chromium``).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Route

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MOST_REQUESTS = 60  # of one page; more are tracking
SETTLED_SECONDS = 5.0  # a page whose scripts never rest is taken as it is then
_ASKED_FOR = frozenset({"script", "xhr", "fetch"})  # what text may depend on; the rest is looks
_NOT_PASSED_ON = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"}
)
_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name is looked up by the browser
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # containers have little of it
)


class RenderFailed(Exception):
    """The browser could not be started, or gave the page up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answered."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes = field(repr=False)  # decompressed


Ask = Callable[[str], Awaitable[Answer | None]]
"""Asks for an address on a page's behalf; None when it may not be asked for, or does not answer."""


def missing() -> str | None:
    """What is not installed of all it takes, in one line for people; None when all is there."""
    if find_spec("playwright") is None:
        return "needs pip install 'techwire[browser]'"
    return None if _executable() else f"needs a Chromium on PATH ({', '.join(NAMES)})"


def _executable() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """A Chromium, started when the first page needs it. One page at a time."""

    def __init__(self, agent: str) -> None:
        """``agent`` is the User-Agent that scripts are told: ours."""
        self._agent = agent
        self._turn = asyncio.Lock()
        self._playwright: Any = None
        self._browser: Any = None

    async def render(self, url: str, first: Answer, ask: Ask, seconds: float) -> str:
        """The page at ``url``, which answered ``first``, as its scripts have made it.

        Raises RenderFailed; TimeoutError after ``seconds``."""
        from playwright.async_api import Error

        async with self._turn:
            try:
                context = await self._context()
                try:
                    async with asyncio.timeout(seconds):
                        return await self._rendered(context, url, first, ask)
                finally:
                    await context.close()
            except Error as error:
                raise RenderFailed(" ".join(error.message.split())[:160]) from error

    async def close(self) -> None:
        """The browser ends; a later page starts another."""
        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        if browser is not None:
            await browser.close()
        if playwright is not None:
            await playwright.stop()

    async def _context(self) -> BrowserContext:
        """A new profile: nothing is remembered from one page to the next."""
        from playwright.async_api import async_playwright

        if self._browser is None or not self._browser.is_connected():
            await self.close()
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=_executable(),
                args=list(_FLAGS),
                proxy={"server": "http://127.0.0.1:1"},
                chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to sandbox for root
            )
        context: BrowserContext = await self._browser.new_context(
            user_agent=self._agent, service_workers="block", accept_downloads=False
        )
        return context

    async def _rendered(self, context: BrowserContext, url: str, first: Answer, ask: Ask) -> str:
        from playwright.async_api import TimeoutError as TookTooLong

        page = await context.new_page()
        desk = _Desk(page, url, first, ask)
        await context.route("**/*", desk.answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        await page.goto(url, wait_until="domcontentloaded", timeout=0)
        with contextlib.suppress(TookTooLong):
            await page.wait_for_load_state("networkidle", timeout=SETTLED_SECONDS * 1000)
        return await page.content()


class _Desk:
    """Answers what one page asks for, one request after the other."""

    def __init__(self, page: Page, url: str, first: Answer, ask: Ask) -> None:
        self._page, self._url, self._first, self._ask = page, url, first, ask
        self._turn = asyncio.Lock()
        self._count = 0

    async def answer(self, route: Route) -> None:
        """The page itself is known; scripts and what they load are asked for; all else is not."""
        request = route.request
        answer: Answer | None = None
        if request.is_navigation_request():
            is_main = request.frame == self._page.main_frame
            answer = self._first if is_main and request.url == self._url else None
        elif request.resource_type in _ASKED_FOR and request.method == "GET":
            self._count += 1
            if self._count <= MOST_REQUESTS:
                async with self._turn:
                    answer = await self._ask(request.url)
        if answer is None:
            await route.abort()
            return
        headers = {k: v for k, v in answer.headers.items() if k not in _NOT_PASSED_ON}
        await route.fulfill(status=answer.status, headers=headers, body=answer.body)
