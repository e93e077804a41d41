"""Scrapy's signals, of which only those that somebody listens to are sent.

Some fifteen are sent for each page, one for each piece that a socket delivers, and nobody listens
to them: looking for who might took a hundredth of the loop's time.
"""

from __future__ import annotations

from typing import Any

from scrapy.signalmanager import SignalManager


class Heard(SignalManager):
    """The signals of one crawl. Whoever wants to hear one says so here, as Scrapy itself does."""

    def __init__(self, sender: Any) -> None:
        """``sender``: the crawler whose signals they are."""
        super().__init__(sender)
        self._heard: set[object] = set()

    def connect(self, receiver: Any, signal: Any, **kwargs: Any) -> None:
        """``receiver`` is called at every ``signal`` from now on."""
        self._heard.add(signal)
        super().connect(receiver, signal, **kwargs)

    def send_catch_log(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """What the receivers of ``signal`` answer, each with its receiver."""
        return super().send_catch_log(signal, **kwargs) if signal in self._heard else []

    async def send_catch_log_async(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """The same, for receivers that may be coroutines."""
        if signal not in self._heard:
            return []
        return await super().send_catch_log_async(signal, **kwargs)
