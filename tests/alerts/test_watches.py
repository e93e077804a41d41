"""Watches: what each rule finds, told once, signed, in time, again when it did not arrive."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from alerts import mail, quiet, telling, webhook
from alerts.webhook import NotDelivered
from db import Database, articles, deliveries, occasions, watches
from db.deliveries import BACK_OFF
from db.tables import WatchRow
from db.watches import Watch
from techwire.config import Config, MailSettings
from techwire.errors import NotFound, UsageError
from tests.web.news import DAY, EVIL, HOUR, NOW, english, fill, other

SECRET = "a" * 64


class Receiver:
    """A web server that notes what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?x=1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver()
    yield started
    started.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path, timezone="Europe/Paris")


@pytest.fixture
def news(database: Database) -> Database:
    fill(database)
    return database


def watching(database: Database, company: str, rule: str, **changes: object) -> Watch:
    values = {"target": "http://127.0.0.1:9/", "secret": SECRET, "now": NOW, "allows_private": True}
    with database.writing() as connection:
        return watches.add(connection, company=company, rule=rule, **(values | changes))  # type: ignore[arg-type]


def arrives(database: Database, number: int, seen: datetime, company: str = "meta") -> None:
    """A new article of its own story."""
    with database.writing() as connection:
        written = other(f"https://herald.example/new/{number}", seen, f"New {number}", company)
        articles.save(connection, written, seen)


@pytest.mark.parametrize(
    ("company", "rule", "days", "titles"),
    [
        ("Apple", "primary", 30, ["Apple ouvre enfin un atelier à Bordeaux"]),
        ("Mistral AI", "primary", 30, []),
        ("Mistral AI", "secondary", 30, ["Apple ouvre enfin un atelier à Bordeaux"]),
        ("Instagram", "mention", 30, ["Photos"]),
        ("Instagram", "mention", 1, []),
        ("meta", "first", 30, ["Day 8"]),
        ("meta", "first", 4, []),  # named before the period
        ("Apple", "edited", 30, ["Apple ouvre enfin un atelier à Bordeaux"]),
        ("meta", "edited", 30, []),
        ("meta", "spike", 30, []),
    ],
)
def test_a_rehearsal_shows_what_would_have_been_told(
    news: Database, company: str, rule: str, days: int, titles: list[str]
) -> None:
    found = watching(news, company, rule)
    with news.reading() as connection:
        seen = occasions.rehearse(connection, found, NOW - days * DAY, NOW)
    assert [one.title for one in seen] == titles


def test_a_story_is_told_once_whoever_tells_it(news: Database) -> None:
    found = watching(news, "apple", "primary")
    with news.reading() as connection:
        (seen,) = occasions.rehearse(connection, found, NOW - 30 * DAY, NOW)
    assert seen.source == "gazette"  # the herald told it too, two hours later


def test_another_company_can_be_asked_for_beside_it(news: Database) -> None:
    both = watching(news, "apple", "mention", beside="Mistral AI")
    neither = watching(news, "apple", "mention", beside="meta")
    with news.reading() as connection:
        assert len(occasions.rehearse(connection, both, NOW - 30 * DAY, NOW)) == 1
        assert occasions.rehearse(connection, neither, NOW - 30 * DAY, NOW) == []


def test_a_day_far_beyond_its_rhythm_is_a_spike(news: Database) -> None:
    for number in range(6):
        arrives(news, number, NOW - HOUR)
    found = watching(news, "meta", "spike")
    with news.reading() as connection:
        (seen,) = occasions.rehearse(connection, found, NOW - 30 * DAY, NOW)
    assert seen.occasion == "day 2026-03-02"


def test_what_was_there_before_the_watch_is_not_told(
    news: Database, receiver: Receiver, config: Config
) -> None:
    watching(news, "meta", "mention", target=receiver.url)
    assert telling.tell(news, config, NOW + HOUR) == 0
    arrives(news, 1, NOW + HOUR)
    arrives(news, 2, NOW - 3 * DAY)  # found now, but old
    assert telling.tell(news, config, NOW + 2 * HOUR) == 1
    assert telling.tell(news, config, NOW + 3 * HOUR) == 0
    ((_, body),) = receiver.got
    assert json.loads(body)["article"]["title"] == "New 1"


def test_what_is_sent_is_signed(news: Database, receiver: Receiver, config: Config) -> None:
    watching(news, "meta", "mention", target=receiver.url)
    arrives(news, 1, NOW + HOUR)
    moment = NOW + 2 * HOUR
    telling.tell(news, config, moment)
    ((headers, body),) = receiver.got
    seconds = int(moment.timestamp())
    right = hmac.new(SECRET.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["techwire-signature"] == f"t={seconds},v1={right}"
    assert headers["techwire-delivery"] == json.loads(body)["id"]


def test_what_did_not_arrive_is_sent_again_later_and_at_last_given_up(
    news: Database, receiver: Receiver, config: Config
) -> None:
    watching(news, "meta", "mention", target=receiver.url)
    receiver.status = 503
    arrives(news, 1, NOW + HOUR)
    moment = NOW + 2 * HOUR
    assert telling.tell(news, config, moment) == 0
    assert telling.tell(news, config, moment + BACK_OFF[0] / 2) == 0
    assert len(receiver.got) == 1
    for wait in BACK_OFF:
        moment += wait
        telling.tell(news, config, moment)
    assert len(receiver.got) == 1 + len(BACK_OFF)
    telling.tell(news, config, moment + 9 * DAY)
    assert len(receiver.got) == 1 + len(BACK_OFF)
    assert len({headers["techwire-delivery"] for headers, _ in receiver.got}) == 1
    with news.reading() as connection:
        log = deliveries.log(connection)
    assert {(arrived, detail) for *_, arrived, detail in log} == {
        (False, "503 Service Unavailable")
    }


def test_a_redirect_is_not_followed(news: Database, receiver: Receiver) -> None:
    receiver.status = 307
    with pytest.raises(NotDelivered, match="307"):
        webhook.post(receiver.url, "x", {}, SECRET, 1, allows_private=True)
    assert len(receiver.got) == 1


def test_quiet_hours_postpone(news: Database, receiver: Receiver, config: Config) -> None:
    watching(news, "meta", "mention", target=receiver.url, quiet="22:00-07:00")
    night = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    arrives(news, 1, night)
    assert telling.tell(news, config, night) == 0
    assert telling.tell(news, config, datetime(2026, 3, 3, 5, 59, tzinfo=UTC)) == 0
    assert telling.tell(news, config, datetime(2026, 3, 3, 6, 0, tzinfo=UTC)) == 1  # 07:00 in Paris


def test_an_edit_is_told(news: Database, receiver: Receiver, config: Config) -> None:
    watching(news, "apple", "edited", target=receiver.url)
    assert telling.tell(news, config, NOW + HOUR) == 0
    edited = replace(
        english("https://herald.example/workshop", NOW - 3 * HOUR),
        title="Apple opens two workshops",
        fetched_at=NOW + 2 * HOUR,
        content_hash="again",
    )
    with news.writing() as connection:
        articles.save(connection, edited, NOW + 2 * HOUR)
    assert telling.tell(news, config, NOW + 3 * HOUR) == 1
    assert telling.tell(news, config, NOW + 4 * HOUR) == 0


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.3/hook",
        "https://localhost/",
        "https://169.254.169.254/latest",
        "https://me:secret@example.org/",
        "https://",
        "https://example.org:notaport/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
        "https://example.org/a b",
        "https://example.org/é",
        "mailto:nobody",
        "mailto:a@b.example%0aBcc:c@d.example",
        "mailto:a@b.example,c@d.example",
        "mailto:=?utf-8?q?a=0ABcc:b?=@c.example",
        "mailto:a@",
        "mailto:@b.example",
        "mailto:" + "a" * 300 + "@b.example",
        "nosuchscheme-x://a",
        "javascript:alert(1)",
    ],
)
def test_a_target_that_must_not_be_sent_to_is_refused(target: str) -> None:
    with pytest.raises(UsageError):
        telling.check(target, allows_private=False)


def test_a_name_that_leads_into_a_private_network_is_not_asked(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    with pytest.raises(NotDelivered, match="private network"):
        webhook.post(f"http://localhost:{port}/", "x", {}, SECRET, 1, allows_private=False)
    assert receiver.got == []


def test_good_targets_are_taken() -> None:
    telling.check("https://example.org/hook", allows_private=False)
    telling.check("mailto:ana@example.org", allows_private=False)
    telling.check("http://192.168.1.3:8080/", allows_private=True)


@pytest.mark.parametrize(
    ("clock", "hours", "ends"),
    [("23:00", "22:00-07:00", 8), ("03:00", "22:00-07:00", 4), ("12:00", "11:00-14:00", 2)],
)
def test_quiet_hours_end(clock: str, hours: str, ends: int) -> None:
    now = datetime.fromisoformat(f"2026-03-02T{clock}+00:00")
    assert quiet.until(hours, now, UTC) == now + timedelta(hours=ends)
    assert quiet.until(hours, datetime(2026, 3, 2, 10, 59, tzinfo=UTC), UTC) is None


@pytest.mark.parametrize(
    ("now", "hours", "ends"),
    [
        # 29 March: 02:00 to 03:00 is left out; 25 October: it comes twice
        ("2026-03-29T00:30+01:00", "22:00-07:00", "2026-03-29T07:00+02:00"),
        ("2026-03-29T01:30+01:00", "01:00-02:30", "2026-03-29T03:30+02:00"),
        ("2026-10-24T23:00+02:00", "22:00-07:00", "2026-10-25T07:00+01:00"),
        ("2026-10-25T02:10+02:00", "01:00-02:30", "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:10+01:00", "01:00-02:30", "2026-10-25T02:30+01:00"),
        ("2026-10-25T02:45+02:00", "01:00-02:30", None),
    ],
)
def test_quiet_hours_in_nights_with_an_hour_more_or_less(
    now: str, hours: str, ends: str | None
) -> None:
    found = quiet.until(hours, datetime.fromisoformat(now), ZoneInfo("Europe/Paris"))
    assert found == (datetime.fromisoformat(ends) if ends else None)


@pytest.mark.parametrize("rule", ["primary", "mention", "first", "spike"])
def test_what_was_told_is_what_a_rehearsal_would_tell(
    news: Database, receiver: Receiver, config: Config, rule: str
) -> None:
    watch = watching(news, "meta", rule, target=receiver.url)
    for number in range(9):  # each looked at as it comes, on one busy day
        arrives(news, number, NOW + number * HOUR)
        telling.tell(news, config, NOW + number * HOUR)
    sent = [json.loads(body) for _, body in receiver.got]
    with news.reading() as connection:
        rehearsed = occasions.rehearse(connection, watch, NOW, NOW + DAY)
    assert [(one["occasion"], one["article"]["id"]) for one in sent] == [
        (seen.occasion, seen.article_id) for seen in rehearsed
    ]
    assert len(sent) == {"primary": 9, "mention": 9, "first": 0, "spike": 1}[rule]


def test_an_edit_that_is_stored_after_a_look_is_told_by_the_next_one(
    news: Database, receiver: Receiver, config: Config
) -> None:
    watching(news, "apple", "edited", target=receiver.url)
    assert telling.tell(news, config, NOW + HOUR) == 0
    edited = replace(
        english("https://herald.example/workshop", NOW - 3 * HOUR),
        title="Apple opens two workshops",
        fetched_at=NOW + HOUR - timedelta(seconds=20),  # and read until after the look
        content_hash="again",
    )
    with news.writing() as connection:
        articles.save(connection, edited, NOW + HOUR - timedelta(seconds=20))
    assert telling.tell(news, config, NOW + HOUR + timedelta(minutes=1)) == 1
    assert telling.tell(news, config, NOW + HOUR + timedelta(minutes=2)) == 0


def test_an_article_whose_number_was_passed_over_is_told(
    news: Database, receiver: Receiver, config: Config
) -> None:
    watch = watching(news, "meta", "mention", target=receiver.url)
    arrives(news, 1, NOW + HOUR)
    with news.writing() as connection:  # as if a later number had been seen before this one
        connection.execute(
            update(WatchRow)
            .where(WatchRow.id == watch.id)
            .values(seen_article_id=watch.seen_article_id + 5)
        )
    assert telling.tell(news, config, NOW + HOUR) == 1
    assert telling.tell(news, config, NOW + HOUR) == 0


def test_an_old_article_that_comes_late_is_not_its_first(
    news: Database, receiver: Receiver, config: Config
) -> None:
    watching(news, "instagram", "first", target=receiver.url)
    arrives(news, 1, NOW - 3 * HOUR, "instagram")  # published before, and "Photos" is there
    assert telling.tell(news, config, NOW + HOUR) == 0


@pytest.mark.parametrize("name", ["a\nb", "x" * 201, "\u202eevil", "\x00"])
def test_a_watch_has_a_name_of_one_line(news: Database, name: str) -> None:
    with pytest.raises(UsageError, match="one line"):
        watching(news, "apple", "primary", name=name)


@pytest.mark.parametrize(
    "title",
    [
        "x" * 10_000,
        "\x00\x01\x1b[31mred",
        "\u202etxet desrever \u2066 \u2069",
        "שלום Apple: مرحبا",
        "a\u2028Bcc: x@y.example\u2029\x85\x0bTo: z@y.example",
        "=?utf-8?q?Subject=0ABcc:_x@y.example?=",
        "<b>&amp;</b>\r\n.\r\nMAIL FROM",
        "🚀" * 200,
        "",
    ],
)
def test_no_headline_breaks_a_mail(title: str) -> None:
    made = mail.compose("a@b.example", "c@d.example", title, title, f"<p>{title}</p>")
    read = email.message_from_bytes(
        made.as_bytes(policy=email.policy.SMTP), policy=email.policy.default
    )
    assert set(read.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert read["To"] == "c@d.example"
    assert len(str(read["Subject"])) <= 200
    assert all(c.isprintable() for c in str(read["Subject"]))


def test_names_are_unique_and_unknown_ones_are_said(news: Database) -> None:
    found = watching(news, "apple", "primary")
    with pytest.raises(UsageError, match="choose another --name"):
        watching(news, "apple", "primary")
    with pytest.raises(NotFound):
        watching(news, "appel", "primary")
    with news.writing() as connection:
        watches.remove(connection, found)
        assert watches.listed(connection) == []


def test_a_headline_cannot_add_a_header_to_a_mail() -> None:
    made = mail.compose("a@b.example", "c@d.example", f"x\r\nBcc: e@f.example {EVIL}", "text")
    assert made["Bcc"] is None
    assert "\n" not in str(made["Subject"])


def test_a_mail_server_that_is_away_is_one_line() -> None:
    nowhere = MailSettings(host="127.0.0.1", port=9, security="none")
    with pytest.raises(NotDelivered, match=r"127\.0\.0\.1: ConnectionRefusedError"):
        mail.send(nowhere, mail.compose("a@b.example", "c@d.example", "s", "t"))
    with pytest.raises(NotDelivered, match="no mail server"):
        mail.send(MailSettings(), mail.compose("a@b.example", "c@d.example", "s", "t"))
