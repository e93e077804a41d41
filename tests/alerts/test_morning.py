"""The digest of the daemon: once at its hour, by a real mail server on loopback."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.morning import LATE, send_if_due
from db import Database
from techwire.config import Config, DigestSettings, MailSettings, load
from techwire.errors import ConfigError
from tests.web.news import fill

PARIS = ZoneInfo("Europe/Paris")
EVE = datetime(2026, 3, 1, 20, 0, tzinfo=PARIS)  # a Sunday
HOUR = datetime(2026, 3, 2, 10, 30, tzinfo=PARIS)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails, as far as SMTP has to be spoken for that (RFC 5321)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, MailServer)
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    letter += line
                self.server.letters.append(letter)
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as started:
        thread = threading.Thread(target=started.serve_forever, args=(0.05,))
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def planned(folder: Path, port: int) -> Config:
    return Config(
        folder=folder,
        timezone="Europe/Paris",
        mail=MailSettings(host="127.0.0.1", port=port, security="none", sender="t@w.example"),
        digest=DigestSettings(cron="30 10 * * 1-5", to="ana@example.org"),
    )


def test_it_is_sent_once_at_its_hour(
    database: Database, server: MailServer, tmp_path: Path
) -> None:
    fill(database)
    config = planned(tmp_path, server.server_address[1])
    minute = timedelta(minutes=1)
    assert not send_if_due(database, config, EVE)  # the plan is new
    assert not send_if_due(database, config, HOUR - minute)
    assert send_if_due(database, config, HOUR + minute)
    assert not send_if_due(database, config, HOUR + 2 * minute)
    (letter,) = server.letters
    read = message_from_bytes(letter)
    assert (read["To"], read["Subject"]) == ("ana@example.org", "techwire, 2026-03-02")
    assert b"Apple ouvre enfin" in letter


def test_one_that_did_not_arrive_is_tried_again_until_it_is_too_late(
    database: Database, server: MailServer, tmp_path: Path
) -> None:
    fill(database)
    away, there = planned(tmp_path, 9), planned(tmp_path, server.server_address[1])
    send_if_due(database, away, EVE)
    assert not send_if_due(database, away, HOUR)
    assert send_if_due(database, there, HOUR + timedelta(hours=1))
    assert not send_if_due(database, there, HOUR + timedelta(days=1) + 2 * LATE)
    assert len(server.letters) == 1


def test_a_cron_that_is_none_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "techwire.toml"
    path.write_text('[digest]\ncron = "never"\n')
    with pytest.raises(ConfigError, match=r"techwire.toml:2: digest.cron"):
        load(path, environ={})
