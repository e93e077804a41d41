"""The one reactor of the process: Twisted's, on top of asyncio.

``run`` is for programs: it lives as long as one coroutine. ``in_background`` is for tests and for
programs with a loop of their own elsewhere: it lives as long as the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

OnSignal = Callable[[signal.Signals], None]


def run(main: Callable[[], Awaitable[T]], *, on_signal: OnSignal | None = None) -> T:
    """Run ``main()`` to its end on the asyncio reactor; returns its result or raises its error.

    Once per process: a reactor cannot start again. SIGINT and SIGTERM go to ``on_signal``; without
    it the first cancels ``main``, and KeyboardInterrupt is raised here once it has ended; a second
    one ends the process at once."""
    reactor, loop = _installed()
    _collect_less_garbage()
    outcome: list[asyncio.Task[T]] = []
    signals: list[signal.Signals] = []

    async def whole() -> T:
        return await main()

    def start() -> None:
        task = loop.create_task(whole())
        outcome.append(task)
        task.add_done_callback(lambda _: reactor.stop())

        def told(number: signal.Signals) -> None:
            signals.append(number)
            if on_signal is not None:
                on_signal(number)
            elif len(signals) > 1:
                os._exit(128 + number)  # asked twice: at once
            else:
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, told, number)

    reactor.callWhenRunning(start)
    try:
        reactor.run(installSignalHandlers=False)
    finally:
        _hear_without(loop, on_signal)
    try:
        return outcome[0].result()
    except asyncio.CancelledError:
        if signals:
            raise KeyboardInterrupt from None
        raise


def _hear_without(loop: asyncio.AbstractEventLoop, on_signal: OnSignal | None) -> None:
    """The loop hears no signals any more; ``on_signal`` still does, while the caller winds up: the
    system's own way would end the process where it stands."""
    ours = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)  # none may come in between
    try:
        for number in ours:
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.remove_signal_handler(number)
                if on_signal is not None:
                    signal.signal(number, lambda number, _: on_signal(signal.Signals(number)))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _collect_less_garbage() -> None:
    """What has been imported stays and need not be looked at again; what a request leaves behind is
    mostly no cycle. Python's own pace takes 6 % of a crawling process's CPU, this one 1 %."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class Background:
    """A reactor in a thread of its own."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        threading.Thread(target=self._serve, name="techwire-reactor", daemon=True).start()
        self._ready.wait()

    def _serve(self) -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        reactor, self._loop = _installed()
        reactor.callWhenRunning(self._ready.set)
        reactor.run(installSignalHandlers=False)

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float = 60.0) -> T:
        """The result of ``coroutine``, run there; TimeoutError after ``timeout`` seconds."""
        assert self._loop is not None  # noqa: S101 - set before the thread said it is ready
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise


_background: Background | None = None


def in_background() -> Background:
    """The process's reactor, running in a thread; started at the first call."""
    global _background
    if _background is None:
        _background = Background()
    return _background


def _installed() -> tuple[Any, asyncio.AbstractEventLoop]:
    """The asyncio reactor and its loop, installed now unless it is already."""
    from twisted.internet import asyncioreactor

    if "twisted.internet.reactor" not in sys.modules:
        try:
            loop = asyncio.get_event_loop_policy().get_event_loop()
        except RuntimeError:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
        asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
    from twisted.internet import reactor

    installed: Any = reactor
    return installed, installed._asyncioEventloop
