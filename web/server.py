"""Listens: takes the port or says in one line why not, and serves until told to stop."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

import uvicorn

from db import Database
from techwire.errors import UsageError
from web.app import create
from web.settings import Settings, check

GRACE = 5  # seconds a request in flight may still take after SIGTERM


def listen(settings: Settings) -> socket.socket:
    """The bound socket; port 0 takes a free one. UsageError when it cannot be had."""
    check(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host.strip("[]"), settings.port))
        taken.listen(128)
    except (OSError, OverflowError) as problem:
        taken.close()
        if getattr(problem, "errno", None) == errno.EADDRINUSE:
            raise UsageError(
                f"serve: port {settings.port} is taken: choose another one with --port"
            ) from None
        raise UsageError(
            f"serve: cannot listen on {settings.host} port {settings.port}: "
            f"{getattr(problem, 'strerror', None) or problem}"
        ) from None
    return taken


def address(settings: Settings, taken: socket.socket) -> str:
    """Where a browser finds the page."""
    host = f"[{settings.host.strip('[]')}]" if ":" in settings.host else settings.host
    return f"http://{host}:{taken.getsockname()[1]}/"


def serve(
    database: Database, settings: Settings, taken: socket.socket, ready: Callable[[], None]
) -> None:
    """Answers on ``taken`` until SIGTERM or Ctrl-C; calls ``ready`` once it does."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    config = uvicorn.Config(
        create(database, settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE,
        forwarded_allow_ips="",  # nobody may say who they are but the header we were told
    )
    Server(config).run([taken])
