"""The words of the interface in English and French, and how each writes times and numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo

from web.complaints import in_french
from web.sectors import IN_FRENCH

LANGUAGES = ("en", "fr")

WORDS: Mapping[str, tuple[str, str]] = {
    "about": ("about", "à propos de"),
    "again": ("Told by", "Raconté par"),
    "alarms": ("Alarms", "Alertes"),
    "aliases": ("Also called", "Autres noms"),
    "all companies": ("all companies", "toutes les entreprises"),
    "all languages": ("all languages", "toutes les langues"),
    "all sectors": ("all sectors", "tous les secteurs"),
    "all sources": ("all sources", "toutes les sources"),
    "all time": ("any time", "toute période"),
    "article": ("article", "article"),
    "articles": ("articles", "articles"),
    "articles per day": ("Articles per day", "Articles par jour"),
    "articles with a date": ("date", "date"),
    "as of": (
        "This archive ends on {0}; periods count back from there.",
        "Cette archive s’arrête au {0} ; les périodes comptent à rebours de cette date.",
    ),
    "average": ("7-day average", "moyenne sur 7 jours"),
    "brands": ("Its companies and brands", "Ses filiales et marques"),
    "by": ("by", "par"),
    "clear": ("Clear", "Effacer"),
    "company": ("Company", "Entreprise"),
    "companies": ("Companies", "Entreprises"),
    "confidence": ("confidence", "confiance"),
    "copied": ("Copied", "Copié"),
    "copy": ("Copy", "Copier"),
    "copy of": ("the text of another source", "le texte d’une autre source"),
    "correct": ("A wrong tag?", "Une étiquette fausse ?"),
    "correct how": (
        "Paste this into companies.toml, change it, then run techwire retag.",
        "Collez ceci dans companies.toml, modifiez-le, puis lancez techwire retag.",
    ),
    "date": ("date", "date"),
    "authors": ("author", "auteur"),
    "summary": ("summary", "chapô"),
    "image": ("image", "image"),
    "section": ("section", "rubrique"),
    "diff": ("What changed", "Ce qui a changé"),
    "due": ("Next visit", "Prochaine visite"),
    "edited": ("edited {0} times", "modifié {0} fois"),
    "edited once": ("edited once", "modifié une fois"),
    "elsewhere": ("The same story elsewhere", "La même histoire ailleurs"),
    "feed": ("Atom feed", "Flux Atom"),
    "filter": ("Filter", "Filtrer"),
    "filters": ("Filters", "Filtres"),
    "fields": ("Fields filled", "Champs remplis"),
    "first": ("first", "premier"),
    "first time": ("first time in eight weeks", "première fois en huit semaines"),
    "found": ("found", "trouvés"),
    "freshness": ("Published to stored", "De la parution à la base"),
    "keys": (
        "Keys: j and k move, o opens, / searches.",
        "Clavier : j et k déplacent, o ouvre, / cherche.",
    ),
    "kept excerpt": (
        "Only an excerpt of this source is kept.",
        "Seul un extrait de cette source est conservé.",
    ),
    "kept metadata": (
        "The text of this source is not kept.",
        "Le texte de cette source n’est pas conservé.",
    ),
    "known not": ("not in the catalogue", "absente du catalogue"),
    "lag": ("second source after {0}", "deuxième source après {0}"),
    "language": ("Language", "Langue"),
    "languages": ("Languages", "Langues"),
    "last visits": ("Last visits", "Dernières visites"),
    "latest stories": ("Latest stories", "Dernières histoires"),
    "mention": ("mention", "mention"),
    "mentions": ("mentions", "mentions"),
    "mentions per day": ("Mentions per day", "Mentions par jour"),
    "named": ("Companies in this article", "Entreprises de cet article"),
    "nearest": ("Did you mean", "Vouliez-vous dire"),
    "neighbours": ("Named together with", "Citée avec"),
    "never": ("never", "jamais"),
    "no article": ("Nothing matches.", "Rien ne correspond."),
    "no company": ("No company is named in it.", "Aucune entreprise n’y est nommée."),
    "no riser": (
        "No company stands out this week.",
        "Aucune entreprise ne se détache cette semaine.",
    ),
    "no story": ("No story yet.", "Aucune histoire pour l’instant."),
    "no visit": ("not visited yet", "pas encore visitée"),
    "not found": ("There is no such page", "Cette page n’existe pas"),
    "numbers": ("The numbers", "Les chiffres"),
    "older": ("Older", "Plus anciennes"),
    "original": ("Read the original", "Lire l’original"),
    "outlet": ("source", "source"),
    "outlets": ("sources", "sources"),
    "owner": ("Owned by", "Appartient à"),
    "paused": ("paused since {0}", "en pause depuis {0}"),
    "peaks": ("Busiest days", "Jours les plus chargés"),
    "period": ("Period", "Période"),
    "last day": ("last 24 hours", "dernières 24 heures"),
    "last days": ("last {0} days", "{0} derniers jours"),
    "products": ("Products", "Produits"),
    "relevance": ("relevance", "pertinence"),
    "result": ("result", "résultat"),
    "results": ("results", "résultats"),
    "revisions": ("Earlier versions", "Versions antérieures"),
    "rising": ("Rising this week", "En hausse cette semaine"),
    "rising how": (
        "Articles of the last seven days that a company carries or takes part in, against its own "
        "average of the seven weeks before.",
        "Articles des sept derniers jours dont une entreprise est le sujet ou partie prenante, "
        "comparés à sa propre moyenne des sept semaines précédentes.",
    ),
    "search": ("Search", "Chercher"),
    "search how": (
        "“a phrase”, word*, -without, title:word, company:apple, source:slug, lang:fr, since:7d",
        "« une phrase », mot*, -sans, title:mot, company:apple, source:slug, lang:fr, since:7d",
    ),
    "sector": ("Sector", "Secteur"),
    "skip": ("Skip to the content", "Aller au contenu"),
    "source": ("Source", "Source"),
    "sources": ("Sources", "Sources"),
    "story": ("story", "histoire"),
    "stories": ("stories", "histoires"),
    "stories per day": ("Stories per day", "Histoires par jour"),
    "this week": ("this week", "cette semaine"),
    "timeline": ("Day by day", "Jour après jour"),
    "today": ("Today", "À la une"),
    "top sources": ("Who writes about it", "Qui en parle"),
    "trends": ("Trends", "Tendances"),
    "usual": ("usually {0} a week", "d’ordinaire {0} par semaine"),
    "version": ("version {0}, until {1}", "version {0}, jusqu’au {1}"),
    "waiting": ("waiting", "en attente"),
    "pages": ("Pages", "Pages"),
    "wrong search": ("This search cannot be read", "Cette recherche est illisible"),
    "wrong request": ("This cannot be answered", "Demande impossible à satisfaire"),
    "wrong server": ("Something went wrong here", "Une erreur est survenue ici"),
    "primary": ("carries the story", "au cœur du sujet"),
    "secondary": ("takes part in it", "partie prenante"),
    "passing": ("named in passing", "citée en passant"),
    "source_only": ("quoted as a source", "citée comme source"),
    "alarm failing": ("{0} visits failed in a row", "{0} visites échouées d’affilée"),
    "alarm silent": (
        "silent for {0}, usually writes every {1}",
        "muette depuis {0}, publie d’ordinaire toutes les {1}",
    ),
    "alarm waiting": ("{0} pages wait to be fetched", "{0} pages attendent"),
    "alarm undated": ("most articles have no date", "la plupart des articles sont sans date"),
    "read in": ("Français", "English"),
    "outcome ok": ("ok", "ok"),
    "outcome unchanged": ("unchanged", "rien de neuf"),
    "outcome empty": ("empty", "vide"),
    "outcome unreadable": ("unreadable", "illisible"),
    "outcome robots": ("robots.txt forbids", "robots.txt l’interdit"),
    "outcome blocked": ("blocked", "bloquée"),
    "outcome gone": ("gone", "disparue"),
    "outcome busy": ("busy", "surchargée"),
    "outcome http_error": ("HTTP error", "erreur HTTP"),
    "outcome timeout": ("timeout", "sans réponse"),
    "outcome network": ("network", "réseau"),
    "outcome insecure": ("insecure", "non sûre"),
    "outcome too_large": ("too large", "trop lourde"),
    "outcome forbidden_address": ("forbidden address", "adresse interdite"),
    "outcome interrupted": ("interrupted", "interrompue"),
}
"""Key → English, French. ``{0}`` stands for the first value."""

_SPOKEN: Mapping[str, Mapping[str, str]] = {
    language: {key: said[place] for key, said in WORDS.items()}
    for place, language in enumerate(LANGUAGES)
}

_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": [
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ],
}
_DAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
}
_NAMES = {
    "en": {"fr": "French", "en": "English", "de": "German", "es": "Spanish", "it": "Italian"},
    "fr": {"fr": "français", "en": "anglais", "de": "allemand", "es": "espagnol", "it": "italien"},
}


def _filed(sector: tuple[str, str]) -> str:
    """What a French dictionary would sort it by: accents do not count."""
    letters = unicodedata.normalize("NFD", sector[1].casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Wording:
    """One language of the interface; times in one zone."""

    def __init__(self, language: str, zone: tzinfo = UTC) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._zone = zone
        self._words = _SPOKEN[self.language]

    @property
    def other(self) -> str:
        """The language one can change to."""
        return "en" if self.language == "fr" else "fr"

    def __call__(self, key: str, *values: object) -> str:
        said = self._words[key]
        return said.format(*values) if values else said

    def count(self, number: int, one: str, many: str) -> str:
        """``1 story``, ``2 stories``; French counts nought as one."""
        is_one = number == 1 or (number == 0 and self.language == "fr")
        return f"{self.number(number)} {self(one if is_one else many)}"

    def number(self, value: float) -> str:
        """With thousands apart, one decimal when there is one."""
        text = f"{value:,.1f}".removesuffix(".0") if value % 1 else f"{value:,.0f}"
        if self.language == "fr":
            return text.replace(",", " ").replace(".", ",")
        return text

    def day(self, day: date, *, weekday: bool = False) -> str:
        """``15 Sep 2025``."""
        name = f"{_DAYS[self.language][day.weekday()]} " if weekday else ""
        return f"{name}{day.day} {_MONTHS[self.language][day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """``15 Sep``."""
        return f"{day.day} {_MONTHS[self.language][day.month - 1]}"

    def local(self, moment: datetime) -> datetime:
        """The time where the reader is."""
        return moment.astimezone(self._zone)

    def time(self, moment: datetime) -> str:
        """``15 Sep 2025, 15:05``."""
        there = self.local(moment)
        return f"{self.day(there.date())}, {there:%H:%M}"

    def clock(self, moment: datetime) -> str:
        """``15:05``."""
        return f"{self.local(moment):%H:%M}"

    def span(self, seconds: float) -> str:
        """``40 min``, ``2 h 30 min``, ``3 d``: the two largest units."""
        rest = max(0, round(seconds))
        units = (("d" if self.language == "en" else "j", 86400), ("h", 3600), ("min", 60))
        pieces = []
        for unit, size in units:
            count, rest = divmod(rest, size)
            if count:
                pieces.append(f"{count} {unit}")
        return " ".join(pieces[:2]) or f"{rest} s"

    def outcome(self, code: str) -> str:
        """How a visit ended."""
        key = f"outcome {code}"
        return self(key) if key in WORDS else code

    def sector(self, name: str) -> str:
        """A line of business; as it was written when we have no word for it."""
        return IN_FRENCH.get(name, name) if self.language == "fr" else name

    def sectors(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Lines of business as they are stored and as they are called, in the order of the
        latter; ``names`` are sorted."""
        called = [(name, self.sector(name)) for name in names]
        return sorted(called, key=_filed) if self.language == "fr" else called

    def said(self, sentence: str) -> str:
        """A sentence that the database keeps in English."""
        return in_french(sentence) if self.language == "fr" else sentence

    def tongue(self, code: str) -> str:
        """The name of a language; its code when we have none."""
        return _NAMES[self.language].get(code, code)
