"""What is wrong with a request, in French: the sentences of ``db``, ``techwire`` and ``web``.

They are raised in English, for the command line and the API too; here each has its translation, by
its shape. One that is missing stays English (``tests/web/test_pages.py`` provokes them).
"""

from __future__ import annotations

import re

_SHAPES: tuple[tuple[str, str], ...] = (
    (r"(.+): position (\d+): (.+)", "{0} : position {1} : {2}"),
    ("this parenthesis closes nothing", "cette parenthèse ne ferme rien"),
    ("this parenthesis is not closed", "cette parenthèse n’est pas fermée"),
    ("this quotation mark is not closed", "ce guillemet n’est pas fermé"),
    ("too many parentheses", "trop de parenthèses"),
    ("OR stands between two words", "OR se place entre deux mots"),
    ("nothing to exclude follows", "rien à exclure ne suit"),
    (r"no field (.+):; did you mean (.+):\?", "pas de champ {0}: ; vouliez-vous dire {1}: ?"),
    (r"no field (.+):; there are (.+)", "pas de champ {0}: ; il y a {1}"),
    (r"(\S+): lacks its value", "{0}: attend une valeur"),
    (
        r"(\S+): holds for the whole search: write it outside of parentheses and OR "
        r"\(\S+:a,b means either\)",
        "{0}: vaut pour toute la recherche : à écrire hors des parenthèses et de OR "
        "({0}:a,b veut dire l’un ou l’autre)",
    ),
    (r"-(\S+): makes no sense", "-{0}: n’a pas de sens"),
    (r"a \* follows the beginning of a word", "un * suit le début d’un mot"),
    (r"a \* stands at the end of a word only", "un * ne se place qu’à la fin d’un mot"),
    (r"(.+) is no time: write (.+) or (\S+)", "{0} n’est pas un moment : écrire {1} ou {2}"),
    (r"search: nothing to look for; .*", "recherche : rien à chercher"),
    (r"(\S+): (\d+) characters; at most (\d+)", "{0} : {1} caractères ; {2} au plus"),
    (r"(\S+): is needed: (.+)", "{0} : est nécessaire"),
    (r"(\S+): holds a null character", "{0} : contient un caractère nul"),
    (r"(\S+): (.+) is not one of (.+)", "{0} : {1} n’est pas l’un de {2}"),
    (r"(\S+): (.+) is no whole number", "{0} : {1} n’est pas un nombre entier"),
    (r"(\S+): (\S+) is not between (\S+) and (\S+)", "{0} : {1} n’est pas entre {2} et {3}"),
    (r"(\S+): (.+ n’est pas un moment : .+)", "{0} : {1}"),
    (r"no parameter (.+); there are: (.+)", "pas de paramètre {0} ; il y a : {1}"),
    (r"no company named (.+)", "aucune entreprise nommée {0}"),
    (r"no source named (.+)", "aucune source nommée {0}"),
    (r"no story named (.+)", "aucune histoire numéro {0}"),
    (r"no article(?: or story)? named (.+)", "aucun article ni histoire de numéro {0}"),
    (r"(.+); did you mean (.+)\?", "{0} ; vouliez-vous dire {1} ?"),
    (r"nothing at (.+)", "rien à l’adresse {0}"),
    ("The database does not answer.", "La base de données ne répond pas."),
    (
        "The log of techwire serve says more.",
        "Le journal de techwire serve en dit davantage.",
    ),
    ("Method Not Allowed", "méthode non admise"),
    # why a source is visited when it is
    (r"adaptive: ([01]\.\d) articles a day this week", "à son rythme : {0} article par jour"),
    (r"adaptive: (\S+) articles a day this week", "à son rythme : {0} articles par jour"),
    (r"(\d+)\.(\d)", "{0},{1}"),
    (r"adaptive: (.+)", "à son rythme : {0}"),
    (r"every (.+)", "toutes les {0}"),
    (r"1 failure: slower", "1 échec : moins souvent"),
    (r"(\d+) failures in a row: slower", "{0} échecs d’affilée : moins souvent"),
    (r"the server asks for (.+)", "le serveur demande {0}"),
    ("asked for", "à la demande"),
    ("resumed", "reprise"),
    ("the clock had been wrong", "l’horloge s’était trompée"),
)
_COMPILED = tuple((re.compile(shape, re.DOTALL), french) for shape, french in _SHAPES)
_WORDS = {"search": "recherche"}


def in_french(sentence: str) -> str:
    """``sentence`` in French; as it is when its shape is not known."""
    for shape, french in _COMPILED:
        if found := shape.fullmatch(sentence):
            parts = (in_french(_WORDS.get(part, part)) for part in found.groups())
            return french.format(*parts)
    return sentence
