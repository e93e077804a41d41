"""A table of the dates readers see, by language, and of what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.dates import read_date

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)  # a Tuesday; 16:30 in Paris, 11:30 in New York
ZONES = {
    "fr": "Europe/Paris",
    "en": "America/New_York",
    "gb": "Europe/London",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
}

# Language (its zone is above), then "text = expected": local time, or UTC where an offset is shown.
FRENCH = """
Publié le 5 mars 2026 à 14h30 = 2026-03-05T14:30+01:00
publié le 05/03/2026 à 14:30 = 2026-03-05T14:30+01:00
Mis à jour le 6 mars 2026 à 9h = 2026-03-06T09:00+01:00
Le 1er mars 2026 à 12 h 05 = 2026-03-01T12:05+01:00
1er mars = 2026-03-01T00:00+01:00
dimanche 1er février 2026, 18h45 = 2026-02-01T18:45+01:00
mardi 10 mars 2026 - 10h10 = 2026-03-10T10:10+01:00
Mardi 3 mars 2026 à 10 h = 2026-03-03T10:00+01:00
le 3 févr. 2026 à 08h02 = 2026-02-03T08:02+01:00
14 juil. 2025 = 2025-07-14T00:00+02:00
25 déc. 2025, 23:59 = 2025-12-25T23:59+01:00
25 décembre = 2025-12-25T00:00+01:00
Il y a 3 heures = 2026-03-10T13:30+01:00
il y a 45 min = 2026-03-10T15:45+01:00
il y a une heure = 2026-03-10T15:30+01:00
Il y a 2 jours = 2026-03-08T16:30+01:00
il y a 1 h = 2026-03-10T15:30+01:00
il y a 2h30 = 2026-03-10T14:00+01:00
hier à 14h30 = 2026-03-09T14:30+01:00
Hier, 22:15 = 2026-03-09T22:15+01:00
Aujourd'hui à 08:00 = 2026-03-10T08:00+01:00
Aujourd’hui, 8h = 2026-03-10T08:00+01:00
avant-hier à 9h12 = 2026-03-08T09:12+01:00
lundi à 18h = 2026-03-09T18:00+01:00
05.03.26 = 2026-03-05T00:00+01:00
03/04/2021 = 2021-04-03T00:00+02:00
5/3/26 à 7h05 = 2026-03-05T07:05+01:00
2026-03-05 14:30 = 2026-03-05T14:30+01:00
Par Lou Ferrand | 5 mars 2026 | 14:30 = 2026-03-05T14:30+01:00
Lou Ferrand, le 5 mars 2026 à 14h30 = 2026-03-05T14:30+01:00
Publié le 05 mars 2026 à 07h00 - Modifié le 06 mars 2026 à 10h00 = 2026-03-05T07:00+01:00
Rédigé le jeudi 5 mars 2026 à 6h00 par Lou Ferrand = 2026-03-05T06:00+01:00
5 mars 2026 à midi = 2026-03-05T12:00+01:00
5 mars 2026 à minuit = 2026-03-05T00:00+01:00
25 octobre 2026 = -
26 octobre 2025 à 02h30 = 2025-10-26T02:30+02:00
30 mars 2025 à 02h30 = 2025-03-30T03:30+02:00
5 MARS 2026 = 2026-03-05T00:00+01:00
05 mars 2026 14:30 (heure de Paris) = 2026-03-05T14:30+01:00
il y a quelques secondes = 2026-03-10T16:30+01:00
il y a 3 semaines = 2026-02-17T16:30+01:00
Posté le 5 mars 2026 à 10:10 | 3 commentaires = 2026-03-05T10:10+01:00
Temps de lecture : 3 min · 5 mars 2026 = 2026-03-05T00:00+01:00
jeu. 5 mars 2026 10:10 = 2026-03-05T10:10+01:00
14h30 - 05/03/2026 = 2026-03-05T14:30+01:00
Vendredi 6 mars, 14h = 2026-03-06T14:00+01:00
vendredi dernier = 2026-03-06T00:00+01:00
il y a plus d'un an = 2025-03-10T16:30+01:00
hier après-midi = 2026-03-09T00:00+01:00
la semaine dernière = 2026-03-03T16:30+01:00
5 août 2025 à 17 h 30 = 2025-08-05T17:30+02:00
il y a un quart d'heure = 2026-03-10T16:15+01:00
il y a une heure et demie = 2026-03-10T15:00+01:00
il y a deux heures et demie = 2026-03-10T14:00+01:00
il y a 2 h et 30 min = 2026-03-10T14:00+01:00
il y a trente minutes = 2026-03-10T16:00+01:00
il y a quelques minutes = 2026-03-10T16:30+01:00
Le 5 mars 2026 à 9 heures et demie = 2026-03-05T09:00+01:00
Publié hier à 10:30 - Mis à jour aujourd'hui à 11:00 = 2026-03-09T10:30+01:00
"""
ENGLISH = """
March 5, 2026 = 2026-03-05T00:00-05:00
Mar. 5, 2026, 2:30 p.m. = 2026-03-05T14:30-05:00
Mar 5, 2026 2:30 PM EST = 2026-03-05T14:30-05:00
March 9, 2026 at 5:00 PM EDT = 2026-03-09T17:00-04:00
March 9, 2026 5pm ET = 2026-03-09T17:00-04:00
Thursday, March 5, 2026 12:05 a.m. = 2026-03-05T00:05-05:00
12:05 p.m. ET, March 5, 2026 = 2026-03-05T12:05-05:00
Published 5 March 2026 14:30 GMT = 2026-03-05T14:30+00:00
5th March 2026 = 2026-03-05T00:00-05:00
March 5th, 2026 = 2026-03-05T00:00-05:00
Sept. 30, 2025 = 2025-09-30T00:00-04:00
Updated: March 6, 2026, 9:15 AM = 2026-03-06T09:15-05:00
03/04/2021 = 2021-03-04T00:00-05:00
3/4/21 = 2021-03-04T00:00-05:00
25/12/2025 = 2025-12-25T00:00-05:00
3 hours ago = 2026-03-10T08:30-04:00
3h ago = 2026-03-10T08:30-04:00
5 mins ago = 2026-03-10T11:25-04:00
an hour ago = 2026-03-10T10:30-04:00
1 hour 20 minutes ago = 2026-03-10T10:10-04:00
half an hour ago = 2026-03-10T11:00-04:00
2 days ago = 2026-03-08T11:30-04:00
a month ago = 2026-02-10T11:30-05:00
just now = 2026-03-10T11:30-04:00
yesterday at 5pm ET = 2026-03-09T17:00-04:00
Yesterday at 11:15 a.m. = 2026-03-09T11:15-04:00
Today, 8:00 am = 2026-03-10T08:00-04:00
Monday at 6 p.m. = 2026-03-09T18:00-04:00
Posted on March 5, 2026 by Ann Lee = 2026-03-05T00:00-05:00
By Ann Lee | March 5, 2026 | 2:30pm = 2026-03-05T14:30-05:00
Ann Lee - Mar 5, 2026 2:30 pm UTC = 2026-03-05T14:30+00:00
2026-03-05T14:30:00Z = 2026-03-05T14:30+00:00
2026-03-05T14:30:00+0530 = 2026-03-05T14:30+05:30
2026-03-05 14:30 -08:00 = 2026-03-05T14:30-08:00
Thu, 05 Mar 2026 14:30:00 +0000 = 2026-03-05T14:30+00:00
November 2, 2025 1:30 AM = 2025-11-02T01:30-04:00
November 2, 2025 1:30 AM EST = 2025-11-02T01:30-05:00
March 8, 2026 2:30 AM = 2026-03-08T03:30-04:00
Feb 29, 2024 = 2024-02-29T00:00-05:00
Dec 31 = 2025-12-31T00:00-05:00
December 31, 2025 at 11:59 p.m. PST = 2025-12-31T23:59-08:00
5 min read · Mar 5, 2026 = 2026-03-05T00:00-05:00
March 5 2026 • 4 min read = 2026-03-05T00:00-05:00
2:30 PM · Mar 5, 2026 = 2026-03-05T14:30-05:00
First published on Thu 5 Mar 2026 06.00 EST = 2026-03-05T06:00-05:00
March 5, 2026 / 12:17 AM / 5 days ago = 2026-03-05T00:17-05:00
05-Mar-2026 = 2026-03-05T00:00-05:00
Mar 05 2026, 9:00am PT = 2026-03-05T09:00-08:00
March 5, 2026 at 3:45 p.m. Pacific = 2026-03-05T15:45-08:00
Updated 1545 GMT (2345 HKT) March 5, 2026 = 2026-03-05T15:45+00:00
Filed 1545 GMT March 5, 2026 = 2026-03-05T15:45+00:00
an hour and a half ago = 2026-03-10T10:00-04:00
a quarter of an hour ago = 2026-03-10T11:15-04:00
two and a half hours ago = 2026-03-10T09:00-04:00
a few minutes ago = 2026-03-10T11:30-04:00
Dec 12 '25 = 2025-12-12T00:00-05:00
Originally published: March 5, 2026 = 2026-03-05T00:00-05:00
"""
BRITISH = """
03/04/2021 = 2021-04-03T00:00+01:00
5 March 2026, 6:00am = 2026-03-05T06:00+00:00
Thu 5 Mar 2026 06.00 GMT = 2026-03-05T06:00+00:00
21 Jul 2025 18.04 BST = 2025-07-21T18:04+01:00
5th Mar '26 = 2026-03-05T00:00+00:00
06:00, 5 Mar 2026 = 2026-03-05T06:00+00:00
"""
GERMAN = """
5. März 2026 = 2026-03-05T00:00+01:00
05.03.2026 = 2026-03-05T00:00+01:00
05.03.2026, 14:35 Uhr = 2026-03-05T14:35+01:00
05.03.2026 | 14.35 Uhr = 2026-03-05T14:35+01:00
5. März 2026 um 9 Uhr = 2026-03-05T09:00+01:00
5.3.26, 07:05 = 2026-03-05T07:05+01:00
Donnerstag, 5. März 2026, 6:00 Uhr = 2026-03-05T06:00+01:00
Do., 05.03.2026 - 14:35 = 2026-03-05T14:35+01:00
Stand: 05.03.2026 14:35 Uhr = 2026-03-05T14:35+01:00
Veröffentlicht am 05. März 2026 um 08:15 Uhr = 2026-03-05T08:15+01:00
Aktualisiert: 06.03.2026, 10:00 Uhr = 2026-03-06T10:00+01:00
Erstellt am 5. Jan. 2026 = 2026-01-05T00:00+01:00
1. Februar 2026 = 2026-02-01T00:00+01:00
vor 2 Tagen = 2026-03-08T16:30+01:00
vor 5 Minuten = 2026-03-10T16:25+01:00
vor einer Stunde = 2026-03-10T15:30+01:00
vor 3 Std. = 2026-03-10T13:30+01:00
vor 1 Woche = 2026-03-03T16:30+01:00
gestern um 18:05 = 2026-03-09T18:05+01:00
Gestern, 18.05 Uhr = 2026-03-09T18:05+01:00
heute, 8 Uhr = 2026-03-10T08:00+01:00
Heute um 08:05 Uhr = 2026-03-10T08:05+01:00
vorgestern = 2026-03-08T00:00+01:00
soeben = 2026-03-10T16:30+01:00
Montag, 18:30 Uhr = 2026-03-09T18:30+01:00
03.04.2021 = 2021-04-03T00:00+02:00
26.10.2025 02:30 Uhr = 2025-10-26T02:30+02:00
26.10.2025 02:30 MEZ = 2025-10-26T02:30+01:00
5. Mär 2026 = 2026-03-05T00:00+01:00
Berlin, 5. März 2026 = 2026-03-05T00:00+01:00
Von Lena Brandt, 05.03.2026 = 2026-03-05T00:00+01:00
05. März 2026, 14 Uhr 35 = 2026-03-05T14:35+01:00
14.35 Uhr am 5. März 2026 = 2026-03-05T14:35+01:00
12.10 Uhr am 5. März 2026 = 2026-03-05T12:10+01:00
am 5.3. um 14 Uhr = 2026-03-05T14:00+01:00
heute früh = 2026-03-10T00:00+01:00
letzten Freitag = 2026-03-06T00:00+01:00
Vor 2 Std. 15 Min. = 2026-03-10T14:15+01:00
5. Dezember = 2025-12-05T00:00+01:00
vor anderthalb Stunden = 2026-03-10T15:00+01:00
vor zweieinhalb Stunden = 2026-03-10T14:00+01:00
vor einer Viertelstunde = 2026-03-10T16:15+01:00
vor wenigen Minuten = 2026-03-10T16:30+01:00
"""
SPANISH = """
5 de marzo de 2026 = 2026-03-05T00:00+01:00
5 de marzo de 2026 a las 14:30 = 2026-03-05T14:30+01:00
5 mar 2026 - 14:30 CET = 2026-03-05T14:30+01:00
05/03/2026 14:30 = 2026-03-05T14:30+01:00
05/03/2026 a las 14:30h = 2026-03-05T14:30+01:00
Actualizado a las 9:15 del 6 de marzo de 2026 = 2026-03-06T09:15+01:00
jueves, 5 de marzo de 2026 = 2026-03-05T00:00+01:00
Jueves 5 marzo 2026, 07:00 = 2026-03-05T07:00+01:00
1 de enero del 2026 = 2026-01-01T00:00+01:00
1º de enero de 2026 = 2026-01-01T00:00+01:00
hace 5 min = 2026-03-10T16:25+01:00
hace 3 horas = 2026-03-10T13:30+01:00
hace una hora = 2026-03-10T15:30+01:00
Hace 2 días = 2026-03-08T16:30+01:00
hace un mes = 2026-02-10T16:30+01:00
ayer a las 18:05 = 2026-03-09T18:05+01:00
Ayer, 18:05 h = 2026-03-09T18:05+01:00
hoy a las 8:00 = 2026-03-10T08:00+01:00
anteayer = 2026-03-08T00:00+01:00
ahora mismo = 2026-03-10T16:30+01:00
03/04/2021 = 2021-04-03T00:00+02:00
5 de sept. de 2025 = 2025-09-05T00:00+02:00
5 ene. 2026 = 2026-01-05T00:00+01:00
Publicado el 5 de marzo de 2026 = 2026-03-05T00:00+01:00
5 de marzo de 2026, 2:30 p. m. = 2026-03-05T14:30+01:00
a las 14:30 horas del 5 de marzo = 2026-03-05T14:30+01:00
14:30 | 5 de marzo de 2026 = 2026-03-05T14:30+01:00
anoche a las 22:00 = 2026-03-09T22:00+01:00
5-3-2026 = 2026-03-05T00:00+01:00
hace hora y media = 2026-03-10T15:00+01:00
hace dos horas y media = 2026-03-10T14:00+01:00
hace un cuarto de hora = 2026-03-10T16:15+01:00
ayer a las 18.05 horas = 2026-03-09T18:05+01:00
el pasado viernes = 2026-03-06T00:00+01:00
5 de marzo de 2026 a mediodía = 2026-03-05T12:00+01:00
"""
ITALIAN = """
5 marzo 2026 = 2026-03-05T00:00+01:00
5 marzo 2026 alle 14:30 = 2026-03-05T14:30+01:00
5 marzo 2026 ore 14.30 = 2026-03-05T14:30+01:00
giovedì 5 marzo 2026 - 14:30 = 2026-03-05T14:30+01:00
1° marzo 2026 = 2026-03-01T00:00+01:00
05/03/2026 alle ore 9:05 = 2026-03-05T09:05+01:00
05 Mar 2026, 14:30 = 2026-03-05T14:30+01:00
ieri alle 14:30 = 2026-03-09T14:30+01:00
Ieri, 14.30 = 2026-03-09T14:30+01:00
oggi alle 8 = 2026-03-10T08:00+01:00
Oggi, 08:05 = 2026-03-10T08:05+01:00
3 ore fa = 2026-03-10T13:30+01:00
un'ora fa = 2026-03-10T15:30+01:00
5 minuti fa = 2026-03-10T16:25+01:00
2 giorni fa = 2026-03-08T16:30+01:00
una settimana fa = 2026-03-03T16:30+01:00
l'altro ieri = 2026-03-08T00:00+01:00
poco fa = 2026-03-10T16:30+01:00
Pubblicato il 5 marzo 2026 = 2026-03-05T00:00+01:00
Aggiornato il 6 marzo 2026 alle 10:00 = 2026-03-06T10:00+01:00
03/04/2021 = 2021-04-03T00:00+02:00
ieri sera = 2026-03-09T00:00+01:00
mezz'ora fa = 2026-03-10T16:00+01:00
gio 5 mar 2026 = 2026-03-05T00:00+01:00
5 gen 2026 = 2026-01-05T00:00+01:00
26 ottobre 2025 alle 02:30 = 2025-10-26T02:30+02:00
un'ora e mezza fa = 2026-03-10T15:00+01:00
due ore e mezza fa = 2026-03-10T14:00+01:00
un quarto d'ora fa = 2026-03-10T16:15+01:00
5 marzo 2026 a mezzogiorno = 2026-03-05T12:00+01:00
5 marzo 2026 (14:30) = 2026-03-05T14:30+01:00
9 marzo 2026 h. 18.30 = 2026-03-09T18:30+01:00
"""
NO_DATES = """
fr: iPhone 12 Pro
fr: 3 min de lecture
fr: Lecture 12 min
fr: Version 10.4.21
fr: 01 23 45 67 89
fr: +33 6 12 34 56 78
fr: 12,99 €
fr: 1 299 €
fr: 3-2
fr: PSG - OM : 3-1
fr: du 5 au 7 mars 2026
fr: 2019-2024
fr: Windows 11
fr: 24h/24, 7j/7
fr: 5 commentaires
fr: 12 mars 2031
fr: dans 3 jours
fr: il y a 3 raisons d'y croire
fr: hier comme aujourd'hui, la même histoire
fr: 31/02/2025
fr: 45/13/2025
fr: Offre valable jusqu'au 31 décembre 2025
fr: © 2025
fr: 192.168.1.12
fr: article 12.3.4
fr: mars 2026
fr: du 1er janvier au 31 décembre 2025
fr: depuis le 1er janvier 2026
en: 3 min read
en: iPhone 15 Pro Max
en: Galaxy S24
en: Version 10.4.21
en: v2.3.2024.1
en: (555) 123-4567
en: $12.05
en: 12/31
en: Lakers 102, Celtics 99
en: 3-4 players
en: 1/2 cup
en: May the 4th be with you
en: Q3 2025
en: Windows 10
en: top 10 of 2025
en: March Madness 2026
en: in 3 hours
en: 4 weeks to go
en: open 9am to 5pm
en: February 30, 2025
en: Subscribe until March 31, 2026
en: 1,234 comments
en: 50 years ago, the first email was sent
en: Chapter 5.3.24 of the manual
en: May 2026
en: 9/11
en: Mar-a-Lago 2025
en: ISBN 978-3-16-148410-0
en: Rated 4.5/5
en: 12 noon
en: USA Today
en: From March 1, 2026 to March 5, 2026
en: March 1 – March 5, 2026
en: Model 2024.3.1
en: 3.14.15
en: Sunday Times
de: 3 Min. Lesezeit
de: Version 10.4.21
de: 0800 123 45 67
de: 12,99 Euro
de: ab 5. März 2031
de: 2:1
de: vom 5. bis 7. März 2026
de: in 2 Tagen
de: vor Gericht
de: 31.04.2025
de: Paragraf 5.3.2
de: Android 12.1.2024
es: 3 min de lectura
es: versión 10.4.21
es: 91 123 45 67
es: 12,99 euros
es: del 5 al 7 de marzo de 2026
es: dentro de 3 días
es: hace calor
es: 30 de febrero de 2025
it: 3 minuti di lettura
it: versione 10.4.21
it: 06 1234567
it: 12,99 euro
it: dal 5 al 7 marzo 2026
it: tra 3 giorni
it: 31 aprile 2025
it: fa freddo
"""


def rows() -> list[tuple[str, str, str]]:
    """Language, text and expected time of every case."""
    tables = (
        (FRENCH, "fr"),
        (ENGLISH, "en"),
        (BRITISH, "gb"),
        (GERMAN, "de"),
        (SPANISH, "es"),
        (ITALIAN, "it"),
    )
    found = []
    for table, language in tables:
        for line in table.strip().splitlines():
            text, _, expected = line.rpartition(" = ")
            found.append((language, text, expected))
    return found


@pytest.mark.parametrize("language", ["fr", "en", "gb", "de", "es", "it"])
def test_visible_dates_are_read_as_their_language_means_them(language: str) -> None:
    told = {}
    meant = {}
    for of, text, expected in rows():
        if of == language:
            zone = ZONES[language]
            at = read_date(text, language=language.replace("gb", "en"), timezone=zone, now=NOW)
            told[text] = at.isoformat(timespec="minutes") if at else "-"
            meant[text] = expected
    assert told == meant


@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it"])
def test_nothing_else_is_taken_for_a_date(language: str) -> None:
    for line in NO_DATES.strip().splitlines():
        of, _, text = line.partition(": ")
        if of == language:
            at = read_date(text, language=language, timezone=ZONES[language], now=NOW)
            assert at is None, f"{text!r} was read as {at}"
