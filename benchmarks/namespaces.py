"""Machines in miniature: network namespaces of their own, joined to the simulator by a Unix socket.

    python -m benchmarks.namespaces inside SOCKET PORT ADDRESS…     (within a namespace)
    python -m benchmarks.namespaces outside SOCKET PORT

A process in such a namespace sees nothing but its own loopback. There a porter listens at the
addresses of the simulator's sites and carries every connection, with the address it was meant for,
through the socket to a porter outside, who makes it there.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
STARTS_WITHIN = 60.0  # seconds that a porter may take, on a busy machine


def are_possible() -> bool:
    """Whether this machine lets us make network namespaces."""
    name = f"techwire-try-{os.getpid()}"  # one that a killed run left behind is no refusal
    try:
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True)
    except FileNotFoundError:
        return False
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "delete", name], check=False)
    return made.returncode == 0


@contextmanager
def namespaces(
    count: int, addresses: Sequence[str], port: int, folder: Path
) -> Iterator[list[str]]:
    """Names of ``count`` new namespaces, from each of which ``addresses`` answer at ``port``."""
    with ExitStack() as stack:
        through = str(folder / "porter.sock")
        stack.enter_context(_porter([], "outside", through, str(port)))
        began = time.monotonic()
        while not Path(through).exists():
            if time.monotonic() - began > STARTS_WITHIN:
                raise SystemExit("the porter outside does not listen")
            time.sleep(0.1)
        names = [f"techwire-{os.getpid()}-{number}" for number in range(count)]
        for name in names:
            subprocess.run(["ip", "netns", "add", name], check=True)
            stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=False)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
            words = ("inside", through, str(port), *addresses)
            stack.enter_context(_porter(["ip", "netns", "exec", name], *words))
        time.sleep(2.0)  # until they listen
        yield names


@contextmanager
def _porter(before: list[str], *words: str) -> Iterator[None]:
    command = [*before, sys.executable, "-m", "benchmarks.namespaces", *words]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.kill()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _both(
    here: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    there: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    await asyncio.gather(_carry(here[0], there[1]), _carry(there[0], here[1]))


async def inside(through: str, port: int, addresses: Sequence[str]) -> None:
    """Listen at ``addresses``; what comes goes to the porter outside."""

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meant = writer.get_extra_info("sockname")[0]
        with closing(writer), suppress(OSError):
            there = await asyncio.open_unix_connection(through)
            there[1].write(f"{meant}\n".encode())
            await _both((reader, writer), there)

    server = await asyncio.start_server(came, list(addresses), port)
    await server.serve_forever()


async def outside(through: str, port: int) -> None:
    """Make the connections that the porters inside ask for."""

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meant = (await reader.readline()).decode().strip()
        with closing(writer), suppress(OSError):
            await _both((reader, writer), await asyncio.open_connection(meant, port))

    server = await asyncio.start_unix_server(came, through)
    await server.serve_forever()


if __name__ == "__main__":
    side, socket, number, *sites = sys.argv[1:]
    asyncio.run(
        inside(socket, int(number), sites) if side == "inside" else outside(socket, int(number))
    )
