"""A small HTTP server on loopback for what watches the daemon: health, readiness, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from techwire.errors import TechwireError

Answer = tuple[int, str, str]  # status, content type, body
Page = Callable[[], Awaitable[Answer]]
PATIENCE_SECONDS = 5.0  # for a request line and its headers

_WORDS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


async def serve(listen: str, pages: Mapping[str, Page]) -> asyncio.Server:
    """Answer GET for each path of ``pages`` at ``listen`` ("127.0.0.1:9108")."""
    host, _, port = listen.rpartition(":")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            writer.write(await _answered(head, pages))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # gone, too slow or too long: no answer
        finally:
            writer.close()

    return await asyncio.start_server(connected, host or "127.0.0.1", int(port), limit=8192)


async def _answered(head: bytes, pages: Mapping[str, Page]) -> bytes:
    method, _, rest = head.decode("latin-1").partition(" ")
    path = rest.split(" ", 1)[0].split("?", 1)[0]
    if method not in ("GET", "HEAD"):
        status, kind, body = 405, "text/plain", "GET only\n"
    elif path not in pages:
        status, kind, body = 404, "text/plain", f"{', '.join(pages)}\n"
    else:
        try:
            status, kind, body = await pages[path]()
        except TechwireError as problem:  # the database is away
            status, kind, body = 503, "text/plain", f"{problem}\n"
    content = body.encode()
    lines = [
        f"HTTP/1.1 {status} {_WORDS.get(status, '')}",
        f"Content-Type: {kind}; charset=utf-8",
        f"Content-Length: {len(content)}",
        "Connection: close",
        "Cache-Control: no-store",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else content)
