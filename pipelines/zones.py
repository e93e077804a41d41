"""Which time zone a page means when it names none: the source's, else its country's, else UTC."""

from __future__ import annotations

from dataclasses import dataclass

# Countries with one zone, or one where nearly all of the press sits.
COUNTRY_ZONES: dict[str, str] = {
    "fr": "Europe/Paris", "be": "Europe/Brussels", "ch": "Europe/Zurich", "lu": "Europe/Luxembourg",
    "de": "Europe/Berlin", "at": "Europe/Vienna", "it": "Europe/Rome", "es": "Europe/Madrid",
    "pt": "Europe/Lisbon", "nl": "Europe/Amsterdam", "uk": "Europe/London", "gb": "Europe/London",
    "ie": "Europe/Dublin", "dk": "Europe/Copenhagen", "se": "Europe/Stockholm",
    "no": "Europe/Oslo", "fi": "Europe/Helsinki", "is": "Atlantic/Reykjavik", "pl": "Europe/Warsaw",
    "cz": "Europe/Prague", "sk": "Europe/Bratislava", "hu": "Europe/Budapest",
    "ro": "Europe/Bucharest", "bg": "Europe/Sofia", "gr": "Europe/Athens", "tr": "Europe/Istanbul",
    "ru": "Europe/Moscow", "ua": "Europe/Kyiv", "by": "Europe/Minsk", "hr": "Europe/Zagreb",
    "si": "Europe/Ljubljana", "rs": "Europe/Belgrade", "lt": "Europe/Vilnius",
    "lv": "Europe/Riga", "ee": "Europe/Tallinn", "il": "Asia/Jerusalem", "in": "Asia/Kolkata",
    "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "cn": "Asia/Shanghai", "hk": "Asia/Hong_Kong",
    "tw": "Asia/Taipei", "sg": "Asia/Singapore", "my": "Asia/Kuala_Lumpur", "th": "Asia/Bangkok",
    "vn": "Asia/Ho_Chi_Minh", "ph": "Asia/Manila", "id": "Asia/Jakarta", "pk": "Asia/Karachi",
    "bd": "Asia/Dhaka", "lk": "Asia/Colombo", "np": "Asia/Kathmandu", "ae": "Asia/Dubai",
    "sa": "Asia/Riyadh", "ir": "Asia/Tehran", "eg": "Africa/Cairo", "ma": "Africa/Casablanca",
    "dz": "Africa/Algiers", "tn": "Africa/Tunis", "sn": "Africa/Dakar", "ci": "Africa/Abidjan",
    "ng": "Africa/Lagos", "ke": "Africa/Nairobi", "za": "Africa/Johannesburg",
    "na": "Africa/Windhoek", "tz": "Africa/Dar_es_Salaam", "au": "Australia/Sydney",
    "nz": "Pacific/Auckland", "us": "America/New_York", "ca": "America/Toronto",
    "mx": "America/Mexico_City", "ar": "America/Argentina/Buenos_Aires", "br": "America/Sao_Paulo",
    "cl": "America/Santiago", "co": "America/Bogota", "pe": "America/Lima",
    "ve": "America/Caracas", "uy": "America/Montevideo",
}  # fmt: skip
# Country domains that are used for what they spell, not for where they are.
_GENERIC = frozenset("io co tv me ai fm ly cc ws to gg so la is".split())
# Languages of one country, nearly.
LANGUAGE_ZONES: dict[str, str] = {
    "fr": "Europe/Paris", "de": "Europe/Berlin", "it": "Europe/Rome", "es": "Europe/Madrid",
    "nl": "Europe/Amsterdam", "pl": "Europe/Warsaw", "cs": "Europe/Prague", "da": "Europe/Copenhagen",
    "sv": "Europe/Stockholm", "nb": "Europe/Oslo", "no": "Europe/Oslo", "fi": "Europe/Helsinki",
    "hu": "Europe/Budapest", "ro": "Europe/Bucharest", "el": "Europe/Athens", "tr": "Europe/Istanbul",
    "ru": "Europe/Moscow", "uk": "Europe/Kyiv", "bg": "Europe/Sofia", "he": "Asia/Jerusalem",
    "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "th": "Asia/Bangkok", "vi": "Asia/Ho_Chi_Minh",
    "lt": "Europe/Vilnius", "hi": "Asia/Kolkata",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageZone:
    """An IANA zone, and who named it: source, country, domain, locale or default."""

    name: str
    origin: str


UNKNOWN_ZONE = PageZone("UTC", "default")


def page_zone(
    *, timezone: str | None, country: str | None, host: str, locale: str | None
) -> PageZone:
    """The zone of page times without one.

    ``timezone`` and ``country`` are the source's own; ``locale`` is the page's ("fr", "en-GB").
    """
    if timezone:
        return PageZone(timezone, "source")
    if country and (zone := COUNTRY_ZONES.get(country.lower())):
        return PageZone(zone, "country")
    top = host.rsplit(".", 1)[-1].lower()
    if top not in _GENERIC and (zone := COUNTRY_ZONES.get(top)):
        return PageZone(zone, "domain")
    if locale:
        parts = locale.replace("_", "-").split("-")
        region = parts[-1].lower() if len(parts) > 1 and len(parts[-1]) == 2 else ""
        zone = COUNTRY_ZONES.get(region)
        zone = zone or LANGUAGE_ZONES.get(parts[0].lower())
        if zone:
            return PageZone(zone, "locale")
    return UNKNOWN_ZONE
