"""Serves the newsroom over HTTP on loopback, as the sites themselves or as a forward proxy would.

A client may ask for ``GET http://gazette.example/rss.xml`` (absolute form, RFC 9112 §3.2.2) or for
``GET /rss.xml`` with ``Host: gazette.example``. Validators, compression and HEAD are honoured.
"""

from __future__ import annotations

import gzip
import socket
import sys
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from techwire.demo import dates
from techwire.demo.desk import Desk, Document

_IDLE_SECONDS = 30  # a client that keeps a connection open without asking is let go after this
_WORTH_SQUEEZING = 512  # bytes; smaller answers are sent as they are


class Request(NamedTuple):
    """One request as it was answered."""

    site: str  # host
    path: str  # without the query
    status: int


class Newsroom:
    """The five sites on one address; ``with Newsroom().serve() as newsroom: newsroom.address``."""

    def __init__(self, *, later: bool = False) -> None:
        self.desk = Desk(later=later)
        self.log: list[Request] = []  # in the order of the answers
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        if self._server is None:
            raise RuntimeError("the newsroom is not being served")
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def listen(self, host: str = "127.0.0.1", port: int = 0) -> Newsroom:
        """Has an address from now on; port 0 takes a free one. OSError if it is taken."""
        self._server = _Server((host, port), self)
        return self

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Newsroom:
        """Answers in a thread from now on, at the address it listens at, else at this one."""
        if self._server is None:
            self.listen(host, port)
        assert self._server is not None  # noqa: S101 - for the type checker: listen has set it
        # The poll only bounds how long close() waits.
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="newsroom")
        self._thread.daemon = True
        self._thread.start()
        return self

    def move_on(self) -> None:
        """The morning after: two new articles, one updated; same address, same log."""
        self.desk = Desk(later=True)

    def close(self) -> None:
        """Stops answering and frees the port."""
        if self._server is not None:
            if self._thread is not None:
                self._server.shutdown()
                self._thread.join()
            self._server.server_close()
            self._server.hang_up()
            self._server = self._thread = None

    def __enter__(self) -> Newsroom:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._open: set[socket.socket] = set()
        super().__init__(address, _Answer)

    def server_bind(self) -> None:
        # Not HTTPServer's: that one asks the name service who we are, which can take seconds.
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = "newsroom", int(self.server_address[1])

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)  # noqa: S101
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)  # noqa: S101
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone, killed or impatient, is nothing to tell on the terminal."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Ends the connections that clients kept open."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answers a GET."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answers a HEAD: the headers of the GET."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        target = urlsplit(self.path)
        named = target.netloc or self.headers.get("Host", "")
        host = named.rsplit("@", 1)[-1].partition(":")[0].lower()
        path = unquote(target.path) or "/"
        document = self.server.newsroom.desk.find(host, path, target.query)
        squeeze = "gzip" in self.headers.get("Accept-Encoding", "")
        squeeze = squeeze and len(document.body) >= _WORTH_SQUEEZING
        # Two encodings are two representations: their strong validators differ (RFC 9110 §8.8.3).
        etag = f'"{document.etag}-gzip"' if squeeze else f'"{document.etag}"'
        status = document.status
        if status == 200 and self._is_known(document):
            status = 304
        body = b"" if status == 304 else document.body
        if squeeze and body:
            body = gzip.compress(body, mtime=0)
        self.server.newsroom.log.append(Request(host, path, status))
        self.send_response(status)
        if document.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", dates.http(document.changed_at))
        self.send_header("Cache-Control", f"max-age={document.max_age}")
        self.send_header("Vary", "Accept-Encoding")
        if status != 304:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(body)))
            if squeeze:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _is_known(self, document: Document) -> bool:
        """Whether the client has this version. If-None-Match decides alone when it is sent."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            ours = {document.etag, f"{document.etag}-gzip", "*"}
            return any(tag.strip().removeprefix("W/").strip('"') in ours for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return document.changed_at <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The newsroom's clock, not the machine's."""
        return dates.http(self.server.newsroom.desk.now)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: ``Newsroom.log`` keeps what tests and the demo want to know."""
