"""The daemon's small HTTP server answers what it can, and keeps no connection it cannot answer."""

import asyncio

from techwire import vitals
from techwire.errors import DatabaseError


async def _asked(request: bytes) -> bytes:
    async def well() -> vitals.Answer:
        return 200, "text/plain", "ok\n"

    async def away() -> vitals.Answer:
        raise DatabaseError("the database is away")

    server = await vitals.serve("127.0.0.1:0", {"/healthz": well, "/metrics": away})
    async with server:
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return answer


def test_a_page_answers() -> None:
    answer = asyncio.run(_asked(b"GET /healthz HTTP/1.1\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nok\n")


def test_a_page_whose_database_is_away_says_so() -> None:
    answer = asyncio.run(_asked(b"GET /metrics HTTP/1.1\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert answer.endswith(b"the database is away\n")


def test_a_head_that_is_too_long_ends_the_connection() -> None:
    heads = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 900) for n in range(20))
    assert asyncio.run(_asked(b"GET /healthz HTTP/1.1\r\n" + heads + b"\r\n")) == b""
