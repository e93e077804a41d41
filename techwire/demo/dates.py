"""Spells a moment the ways the newsroom's sites do, in French and in English."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

# One string to a list keeps a calendar on a line.
FRENCH_MONTHS, FRENCH_SHORT_MONTHS, FRENCH_DAYS, ENGLISH_MONTHS = (
    words.split()
    for words in (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "Jan Fév Mar Avr Mai Juin Juil Aoû Sep Oct Nov Déc",  # as some publishing tools shorten
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "January February March April May June July August September October November December",
    )
)


def french_short(local: datetime) -> str:
    """``11 Sep 2025 à 10:10``."""
    return f"{local.day} {FRENCH_SHORT_MONTHS[local.month - 1]} {local.year} à {local:%H:%M}"


def french_long(local: datetime) -> str:
    """``jeudi 11 septembre 2025 à 10 h 10``; the first of a month is ``1er``."""
    day = "1er" if local.day == 1 else str(local.day)
    month = FRENCH_MONTHS[local.month - 1]
    weekday = FRENCH_DAYS[local.weekday()]
    return f"{weekday} {day} {month} {local.year} à {local.hour} h {local:%M}"


def french_digits(local: datetime) -> str:
    """``11/09/2025 à 10:10``: the day first."""
    return f"{local:%d/%m/%Y} à {local:%H:%M}"


def american(local: datetime) -> str:
    """``September 11, 2025, 4:10 p.m. EDT``."""
    half = "a.m." if local.hour < 12 else "p.m."
    hour = local.hour % 12 or 12
    month = ENGLISH_MONTHS[local.month - 1]
    return f"{month} {local.day}, {local.year}, {hour}:{local:%M} {half} {local:%Z}"


def british(local: datetime) -> str:
    """``11 September 2025``: the page tells the hour to machines only."""
    return f"{local.day} {ENGLISH_MONTHS[local.month - 1]} {local.year}"


def http(moment: datetime) -> str:
    """``Thu, 11 Sep 2025 08:10:00 GMT`` (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
