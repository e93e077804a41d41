"""``techwire serve``: who may come in, and how it starts, ends and refuses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from db import Database
from techwire.errors import UsageError
from tests.command import ROOT, techwire
from tests.web.conftest import running
from web.settings import Settings, check

WORD = "sésame"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration and an empty database."""
    assert techwire("init", folder=tmp_path).returncode == 0
    return tmp_path


def test_serve_says_where_answers_and_ends_on_sigterm(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "techwire", "serve", "--port", "0"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = line.split()[2]
        try:
            assert "No story yet" in httpx.get(address).text
            assert httpx.get(address + "health").text == "ok\n"
            assert httpx.get(address + "trends").status_code == 200
            assert httpx.get(address + "sources").status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()


def test_a_port_that_is_taken_is_one_line_and_exit_code_2(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = techwire("serve", "--port", str(port), folder=folder)
    assert done.returncode == 2
    assert done.stderr == f"techwire: serve: port {port} is taken: choose another one with --port\n"


def test_beyond_this_machine_somebody_must_be_asked(folder: Path) -> None:
    done = techwire("serve", "--host", "0.0.0.0", "--port", "0", folder=folder)  # noqa: S104
    assert done.returncode == 2
    assert "set TECHWIRE_WEB_PASSWORD" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org"])  # noqa: S104
def test_a_public_host_without_a_password_is_refused(host: str) -> None:
    with pytest.raises(UsageError):
        check(Settings(host=host))
    check(Settings(host=host, password=WORD))
    check(Settings(host=host, proxy_header="x-user"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machine_needs_no_password(host: str) -> None:
    check(Settings(host=host))


def test_an_address_nobody_has_is_one_line(folder: Path) -> None:
    done = techwire("serve", "--host", "192.0.2.1", folder=folder, TECHWIRE_WEB_PASSWORD=WORD)
    assert done.returncode == 2
    assert "cannot listen on 192.0.2.1" in done.stderr


def test_another_sites_name_that_leads_here_is_turned_away(news: Database) -> None:
    with running(news) as address:
        assert httpx.get(address, headers={"host": "evil.example"}).status_code == 421
        assert httpx.get(address, headers={"host": "localhost:8765"}).status_code == 200


def test_the_password_is_asked_for(news: Database) -> None:
    with running(news, Settings(password=WORD)) as address:
        refused = httpx.get(address)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        assert "content-security-policy" in refused.headers
        assert httpx.get(address, auth=("me", "wrong")).status_code == 401
        assert httpx.get(address, headers={"authorization": "Basic ~"}).status_code == 401
        assert httpx.get(address, auth=("me", WORD)).status_code == 200


def test_the_header_of_the_proxy_is_enough(news: Database) -> None:
    with running(news, Settings(proxy_header="x-user")) as address:
        assert httpx.get(address).status_code == 403
        assert httpx.get(address, headers={"x-user": "ana"}).status_code == 200
