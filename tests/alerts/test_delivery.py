"""Alerts on their last mile: TLS, STARTTLS, Apprise, and the daemon that sends them."""

from __future__ import annotations

import asyncio
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from alerts import mail, telling, webhook
from alerts.message import Message
from alerts.webhook import NotDelivered
from crawler.office import Office
from crawler.pool import Inline
from crawler.settings import Network
from crawler.tools import Tools
from db import articles, connect, watches
from db.writer import Writer
from scheduler import Daemon
from techwire.config import Config, MailSettings
from techwire.errors import UsageError
from tests.crawler.town import prepare_plain
from tests.web.news import HOUR, NOW, fill, other

Got = list[tuple[dict[str, str], bytes]]


class _Hooks(ThreadingHTTPServer):
    """Notes what it is sent."""

    daemon_threads = True

    def __init__(self, authority: trustme.CA | None) -> None:
        got: Got = []

        class Clerk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        super().__init__(("127.0.0.1", 0), Clerk)
        self.got = got
        if authority is not None:
            self.socket = _context(authority).wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@contextmanager
def hooks(authority: trustme.CA | None = None) -> Iterator[_Hooks]:
    server = _Hooks(authority)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return made


def posted(port: int) -> str:
    target = f"https://localhost:{port}/hook"
    return webhook.post(target, "id-1", {"title": "é"}, "secret", 1, allows_private=True)


def test_a_webhook_over_tls_arrives_signed(authority: trustme.CA) -> None:
    with hooks(authority) as server:
        assert posted(server.server_port) == "200 OK"
        ((headers, body),) = server.got
    assert json.loads(body) == {"title": "é"}
    assert headers["techwire-signature"] == f"t=1,v1={webhook.signature('secret', 1, body)}"


def test_a_webhook_whose_certificate_nobody_knows_is_sent_nothing(authority: trustme.CA) -> None:
    with hooks(trustme.CA()) as server, pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY"):
        posted(server.server_port)
    assert server.got == []


class _Post(socketserver.ThreadingTCPServer):
    """A mail server that takes a password and a message, after STARTTLS only."""

    daemon_threads = True

    def __init__(self, authority: trustme.CA) -> None:
        said: list[str] = []
        context = _context(authority)

        class Clerk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.reply("220 post.example")
                is_safe = is_text = False
                while line := self.rfile.readline():
                    text = line.decode().rstrip("\r\n")
                    word = text.partition(" ")[0].upper()
                    said.append(("TLS " if is_safe else "") + text)
                    if is_text:
                        is_text = text != "."
                        if not is_text:
                            self.reply("250 taken")
                    elif word == "EHLO":
                        self.reply(
                            "250-post.example\r\n250 " + ("AUTH PLAIN", "STARTTLS")[not is_safe]
                        )
                    elif word == "STARTTLS":
                        self.reply("220 go on")
                        self.rfile.close()
                        with context.wrap_socket(self.request, server_side=True) as safe:
                            self.rfile, self.wfile = safe.makefile("rb"), safe.makefile("wb")
                        is_safe = True
                    elif word == "DATA":
                        self.reply("354 go on")
                        is_text = True
                    elif word == "QUIT":
                        self.reply("221 bye")
                        return
                    else:
                        self.reply("235 welcome" if word == "AUTH" else "250 well")

            def reply(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())
                self.wfile.flush()

        super().__init__(("127.0.0.1", 0), Clerk)
        self.said = said

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""


@contextmanager
def post_office(authority: trustme.CA) -> Iterator[tuple[MailSettings, list[str]]]:
    server = _Post(authority)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield (
            MailSettings(
                host="localhost",
                port=int(server.server_address[1]),
                security="starttls",
                username="desk",
                password="geheim",  # noqa: S106
            ),
            server.said,
        )
    finally:
        server.shutdown()
        server.server_close()


def test_a_mail_and_its_password_leave_after_starttls_only(authority: trustme.CA) -> None:
    letter = mail.compose("a@b.example", "c@d.example", "Été", "Bonjour")
    with post_office(authority) as (settings, said):
        assert mail.send(settings, letter) == "handed to localhost"
    assert [line.partition(" ")[0] for line in said[:2]] == ["ehlo", "STARTTLS"]
    assert all(line.startswith("TLS ") for line in said[2:])
    assert any(line.startswith("TLS AUTH PLAIN") for line in said)
    assert "TLS Bonjour" in said


def test_a_mail_server_whose_certificate_nobody_knows_gets_no_password(
    authority: trustme.CA,
) -> None:
    letter = mail.compose("a@b.example", "c@d.example", "s", "t")
    refused = pytest.raises(NotDelivered, match="localhost: SSLCertVerificationError")
    with post_office(trustme.CA()) as (settings, said), refused:
        mail.send(settings, letter)
    assert not any("AUTH" in line for line in said)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own imports
def test_what_apprise_speaks_is_delivered() -> None:
    pytest.importorskip("apprise", reason="extra techwire[alerts] is not installed")
    with hooks() as server:
        target = f"json://127.0.0.1:{server.server_port}/hook"
        telling.check(target, allows_private=True)
        said = Message(id="1", title="Une puce", text="Elle arrive", payload={})
        assert telling._apprise(target, said, allows_private=True) == "handed over by Apprise"
        ((_, body),) = server.got
    told = json.loads(body)
    assert (told["title"], told["message"]) == ("Une puce", "Elle arrive")
    with pytest.raises(NotDelivered, match="Apprise could not deliver it"):
        telling._apprise(target, said, allows_private=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own imports
def test_apprise_is_no_way_into_a_private_network() -> None:
    pytest.importorskip("apprise", reason="extra techwire[alerts] is not installed")
    said = Message(id="1", title="Une puce", text="Elle arrive", payload={})
    with hooks() as server:
        for host in ("127.0.0.1", "localhost", "10.0.0.1"):
            target = f"json://{host}:{server.server_port}/hook"
            with pytest.raises(UsageError, match="private address"):
                telling.check(target, allows_private=False)
        with pytest.raises(NotDelivered, match="private network"):
            telling._apprise(f"json://localhost:{server.server_port}/", said, allows_private=False)
        assert server.got == []


def test_the_daemon_s_job_delivers_what_a_watch_has_seen(
    new_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    database = connect(new_database_url("sqlite"))
    fill(database)
    with hooks() as server, Writer(database) as writer:
        tools = Tools(
            network=Network(),
            reader=Inline(prepare_plain),
            database=database,
            writer=writer,
            now=lambda: NOW + HOUR,
        )
        office = Office(Config(folder=tmp_path), database, writer, tools, {})
        target = f"http://127.0.0.1:{server.server_port}/hook"
        with database.writing() as connection:
            watches.add(
                connection, company="meta", rule="mention", target=target, secret="a" * 64,
                now=NOW, allows_private=True,
            )  # fmt: skip
            news = other("https://herald.example/new", NOW + HOUR / 2, "News of Meta", "meta")
            articles.save(connection, news, NOW + HOUR / 2)
        daemon = Daemon(office)
        asyncio.run(daemon.tell())
        asyncio.run(daemon.tell())
    database.close()
    ((_, body),) = server.got
    assert json.loads(body)["article"]["title"] == "News of Meta"
