"""The words dates are written with in French, English, German, Spanish and Italian: tables only."""

from __future__ import annotations

_MONTHS = {
    1: "january jan janvier janv januar jän jänner jaenner enero ene gennaio gen",
    2: "february feb février fevrier févr fevr fév fev februar feber febrero febbraio febb",
    3: "march mar mars märz maerz mär marzo mrz",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maggio mag",
    6: "june jun juin juni junio giugno giu",
    7: "july jul juillet juil juli julio luglio lug",
    8: "august aug août aout agosto ago",
    9: "september sep sept septembre septiembre setiembre set settembre sett",
    10: "october oct octobre oktober okt octubre ottobre ott",
    11: "november nov novembre noviembre",
    12: "december dec décembre decembre déc dezember dez diciembre dic dicembre",
}
MONTHS: dict[str, int] = {word: n for n, words in _MONTHS.items() for word in words.split()}

_WEEKDAYS = {
    0: "monday mon lundi lun montag mo lunes lunedì lunedi",
    1: "tuesday tue tues mardi mar dienstag di martes martedì martedi",
    2: "wednesday wed mercredi mer mittwoch mi miércoles miercoles mercoledì mercoledi",
    3: "thursday thu thur thurs jeudi jeu donnerstag do jueves giovedì giovedi",
    4: "friday fri vendredi ven freitag fr viernes venerdì venerdi",
    5: "saturday sat samedi sam samstag sonnabend sa sábado sabado sabato",
    6: "sunday sun dimanche dim sonntag so domingo domenica",
}
WEEKDAYS: dict[str, int] = {word: n for n, words in _WEEKDAYS.items() for word in words.split()}
# Short forms are too common as words to mean a day when nothing else says so ("do", "so", "mar").
FULL_WEEKDAYS: dict[str, int] = {w: n for w, n in WEEKDAYS.items() if len(w) > 4}

# Days back from now. Longest first matters to the reader, not here.
DAY_WORDS: dict[str, int] = {
    "today": 0, "aujourd'hui": 0, "ce jour": 0, "ce matin": 0, "ce midi": 0, "cet après-midi": 0,
    "ce soir": 0, "cette nuit": 0, "heute": 0, "hoy": 0, "oggi": 0, "this morning": 0,
    "this afternoon": 0, "this evening": 0, "tonight": 0, "esta mañana": 0, "esta tarde": 0,
    "esta noche": 0, "stamattina": 0, "stamani": 0, "stasera": 0, "questa mattina": 0,
    "heute morgen": 0, "yesterday": 1, "hier": 1, "gestern": 1, "ayer": 1, "ieri": 1,
    "hier matin": 1, "hier soir": 1, "gestern abend": 1, "last night": 1, "anoche": 1,
    "the day before yesterday": 2, "day before yesterday": 2, "avant-hier": 2, "avant hier": 2,
    "vorgestern": 2, "anteayer": 2, "antes de ayer": 2, "l'altro ieri": 2, "l'altroieri": 2,
    "altro ieri": 2, "avantieri": 2, "heute früh": 0, "heute vormittag": 0, "heute mittag": 0,
    "heute nachmittag": 0, "heute abend": 0, "oggi pomeriggio": 0, "esta madrugada": 0,
    "yesterday morning": 1, "yesterday afternoon": 1, "yesterday evening": 1, "hier après-midi": 1,
    "gestern früh": 1, "gestern morgen": 1, "gestern mittag": 1, "gestern nachmittag": 1,
    "ieri sera": 1, "ieri mattina": 1, "ieri pomeriggio": 1, "ayer por la mañana": 1,
    "ayer por la tarde": 1, "ayer por la noche": 1,
}  # fmt: skip

NOW_WORDS: tuple[str, ...] = (
    "just now", "right now", "moments ago", "a moment ago", "a few seconds ago", "seconds ago",
    "à l'instant", "a l'instant", "il y a un instant", "il y a quelques instants",
    "il y a quelques secondes", "gerade eben", "soeben", "vor wenigen sekunden",
    "vor einigen sekunden", "ahora mismo", "justo ahora", "hace un momento", "hace unos segundos",
    "hace un instante", "proprio ora", "proprio adesso", "adesso", "poco fa", "pochi secondi fa",
    "un attimo fa", "qualche secondo fa", "a few minutes ago", "il y a quelques minutes",
    "vor wenigen minuten", "vor einigen minuten", "hace unos minutos", "hace pocos minutos",
    "pochi minuti fa", "alcuni minuti fa", "qualche minuto fa",
)  # fmt: skip

# Unit → words; a month is taken as the same day of an earlier month.
_UNITS = {
    "second": "second seconds sec secs s seconde secondes sekunde sekunden sek segundo segundos "
    "seg secondo secondi",
    "minute": "minute minutes min mins m mn minuten minuto minutos minuti",
    "hour": "hour hours hr hrs h heure heures stunde stunden std hora horas ora ore",
    "day": "day days d jour jours j tag tage tagen día días dia dias giorno giorni gg",
    "week": "week weeks wk wks w semaine semaines sem woche wochen semana semanas settimana "
    "settimane",
    "month": "month months mo mos mois monat monate monaten mes meses mese mesi",
    "year": "year years yr yrs y an ans année années annee annees jahr jahre jahren año años "
    "anno anni",
}
UNITS: dict[str, str] = {word: unit for unit, words in _UNITS.items() for word in words.split()}

NUMBERS: dict[str, int] = {
    "a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "uno": 1, "una": 1, "un'": 1, "ein": 1,
    "eine": 1, "einen": 1, "einer": 1, "einem": 1, "two": 2, "deux": 2, "zwei": 2, "dos": 2,
    "due": 2, "three": 3, "trois": 3, "drei": 3, "tres": 3, "tre": 3, "four": 4, "quatre": 4,
    "vier": 4, "cuatro": 4, "quattro": 4, "five": 5, "cinq": 5, "fünf": 5, "cinco": 5,
    "cinque": 5, "six": 6, "sechs": 6, "seis": 6, "sei": 6, "seven": 7, "sept": 7, "sieben": 7,
    "siete": 7, "sette": 7, "eight": 8, "huit": 8, "acht": 8, "ocho": 8, "otto": 8, "nine": 9,
    "neuf": 9, "neun": 9, "nueve": 9, "nove": 9, "ten": 10, "dix": 10, "zehn": 10, "diez": 10,
    "dieci": 10, "eleven": 11, "onze": 11, "elf": 11, "once": 11, "undici": 11, "twelve": 12,
    "douze": 12, "zwölf": 12, "doce": 12, "dodici": 12, "a couple of": 2, "couple of": 2,
    "vingt": 20, "twenty": 20, "zwanzig": 20, "veinte": 20, "venti": 20,
    "fifteen": 15, "quinze": 15, "fünfzehn": 15, "quince": 15, "quindici": 15, "thirty": 30,
    "trente": 30, "dreißig": 30, "treinta": 30, "trenta": 30, "forty": 40, "quarante": 40,
    "vierzig": 40, "cuarenta": 40, "quaranta": 40, "fifty": 50, "cinquante": 50, "fünfzig": 50,
    "cincuenta": 50, "cinquanta": 50,
}  # fmt: skip

# Abbreviated zones → IANA name or minutes east of UTC. Those of a place follow its clock
# ("ET" all year, and people write EST in July): only the European ones are taken literally.
ZONES: dict[str, str | int] = {
    "utc": 0, "gmt": 0, "z": 0, "et": "America/New_York", "est": "America/New_York",
    "edt": "America/New_York", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "ct": "America/Chicago", "cst": "America/Chicago",
    "cdt": "America/Chicago", "mt": "America/Denver", "mst": "America/Denver",
    "mdt": "America/Denver", "bst": 60, "wet": 0, "west": 60, "cet": 60, "cest": 120,
    "mez": 60, "mesz": 120, "hnec": 60, "heec": 120, "eet": 120, "eest": 180, "msk": 180,
    "ist": 330, "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660,
    "heure de paris": "Europe/Paris", "heure française": "Europe/Paris",
    "hora peninsular": "Europe/Madrid", "ora italiana": "Europe/Rome",
    "eastern time": "America/New_York", "eastern": "America/New_York",
    "pacific time": "America/Los_Angeles", "pacific": "America/Los_Angeles",
    "central time": "America/Chicago", "mountain time": "America/Denver",
    "london time": "Europe/London",
}  # fmt: skip
