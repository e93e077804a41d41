"""Visible dates in five languages, and strings that only look like dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.dates import read_date

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "language", "timezone", "expected"),
    [
        ("28 Sep 2021 à 10:10", "fr", "Europe/Paris", "2021-09-28T10:10:00+02:00"),
        ("mardi 5 mars 2024 à 9 h 12", "fr", "Europe/Paris", "2024-03-05T09:12:00+01:00"),
        ("Par L. Ferrand - Publié le 1er mars 2024 à 8h", "fr", "Europe/Paris", "2024-03-01T08:00:00+01:00"),
        ("hier à 10h30", "fr", "Europe/Paris", "2024-03-04T10:30:00+01:00"),
        ("Il y a 2 heures", "fr", "Europe/Paris", "2024-03-05T11:00:00+01:00"),
        ("4 mars 2024 à midi", "fr", "Europe/Paris", "2024-03-04T12:00:00+01:00"),
        ("March 4, 2024 at 5 p.m.", "en", "America/New_York", "2024-03-04T17:00:00-05:00"),
        ("Mar 4, 2024 12:05 AM", "en", "America/New_York", "2024-03-04T00:05:00-05:00"),
        ("5 p.m. ET, March 4, 2024", "en", "Europe/London", "2024-03-04T17:00:00-05:00"),
        ("03/04/2023", "en", "America/New_York", "2023-03-04T00:00:00-05:00"),
        ("03/04/2023", "en", "Europe/London", "2023-04-03T00:00:00+01:00"),
        ("Yesterday, 5:30 pm", "en", "America/New_York", "2024-03-04T17:30:00-05:00"),
        ("5. März 2024, 09:30 Uhr", "de", "Europe/Berlin", "2024-03-05T09:30:00+01:00"),
        ("04.03.24 um 18:05", "de", "Europe/Berlin", "2024-03-04T18:05:00+01:00"),
        ("vor 3 Stunden", "de", "Europe/Berlin", "2024-03-05T10:00:00+01:00"),
        ("4 de marzo de 2024 a las 10:30", "es", "Europe/Madrid", "2024-03-04T10:30:00+01:00"),
        ("hace una hora", "es", "Europe/Madrid", "2024-03-05T12:00:00+01:00"),
        ("lunedì 4 marzo 2024 alle 9.30", "it", "Europe/Rome", "2024-03-04T09:30:00+01:00"),
        ("2 ore fa", "it", "Europe/Rome", "2024-03-05T11:00:00+01:00"),
    ],
)  # fmt: skip
def test_a_visible_date_is_read(text: str, language: str, timezone: str, expected: str) -> None:
    at = read_date(text, language=language, timezone=timezone, now=NOW)
    assert at is not None
    assert at.isoformat() == expected


def test_a_time_that_happens_twice_is_the_first_one() -> None:
    at = read_date("29/10/2023 02:30", language="fr", timezone="Europe/Paris", now=NOW)
    assert at is not None
    assert at.isoformat() == "2023-10-29T02:30:00+02:00"


def test_a_time_that_never_was_moves_to_the_clock_that_was_shown() -> None:
    at = read_date("26/03/2023 à 02:30", language="fr", timezone="Europe/Paris", now=NOW)
    assert at is not None
    assert at.isoformat() == "2023-03-26T03:30:00+02:00"


@pytest.mark.parametrize(
    "text",
    [
        "iPhone 14", "24/7", "5 min read", "Lecture : 5 min", "192.168.1.10", "2019-2020",
        "31 février 2024", "12:30", "du 5 au 7 mars 2024", "USA Today", "dans 3 jours",
        "version 10.11.2012.4", "2 commentaires", "jusqu'au 31 décembre 2023", "6 mars 2031", "",
    ],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert read_date(text, language="fr", timezone="Europe/Paris", now=NOW) is None
