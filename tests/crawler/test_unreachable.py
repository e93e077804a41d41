"""A host that never answers."""

import socket
from contextlib import ExitStack

from crawler.reactor import Background
from crawler.run import crawl
from techwire.types import VisitOutcome
from tests.crawler.town import Kit, source


def test_a_host_that_drops_every_packet_is_given_up_in_time(  # F3
    kit: Kit, reactor: Background
) -> None:
    with ExitStack() as held:
        # Linux drops the handshakes of a server that has too many it does not accept
        listening = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listening.getsockname()[1]
        for _ in range(8):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        feed = f"http://127.0.0.1:{port}/feed.xml"
        tools = kit.tools(
            allow_private_networks=("127.0.0.0/8",), max_wait_seconds=0.0, timeout_seconds=0.4
        )
        (visit,) = reactor.call(crawl([source(url=feed, feeds=(feed,))], tools))
    assert visit.outcome is VisitOutcome.TIMEOUT
    assert visit.bytes_received == 0
