"""The line a date stands in: folded for reading, and whether it says anything else."""

from __future__ import annotations

import re
import unicodedata

from pipelines.dateshapes import any_of
from pipelines.datewords import WEEKDAYS

MAX_LENGTH = 400  # characters looked at; a date line is never longer

FILLER = re.compile(
    r"(?<!\w)(?:"
    r"first|earlier|originally|published|posted|publié(?:e|s)?|publication|parue?|mise? en ligne|mise? à jour|modifiée?|"
    r"créée?|écrite?|rédigée?|updated?|last|modified|created|added|issued|released|written|submitted|"
    r"date|veröffentlicht|erschienen|aktualisiert|stand|erstellt|publiziert|online seit|geändert|"
    r"publicado|publicada|actualizado|actualizada|creado|fecha|pubblicato|pubblicata|aggiornato|"
    r"aggiornata|data|ultimo aggiornamento|última actualización|dernière|letzte aktualisierung|"
    r"le|la|on|am|at|à|vom|den|der|dem|el|il|del|de|the|of|um|a las|alle|alle ore|ore|lo|in|"
    r"posté|postée|article|news|" + any_of(WEEKDAYS) + r")(?!\w)"
)
_AND = re.compile(r"(?<=\s)et(?=\s)")
_EDGES = re.compile(r"[|·•—–;()\[\]]|\s-\s|,\s(?=[^\d])")


def folded_line(text: str) -> str:
    """``text`` as the date patterns want it: NFKC, lower case, plain quotes, single spaces."""
    line = unicodedata.normalize("NFKC", text[: MAX_LENGTH * 2])[:MAX_LENGTH]
    line = _AND.sub("&", line).lower()  # while French "et" can still be told from Eastern Time
    line = line.replace("’", "'").replace("‘", "'").replace("−", "-").replace("i̇", "i")
    line = re.sub(r"[\u200b-\u200f\u202a-\u202e\ufeff\u00ad]", "", line)
    return re.sub(r"\s+", " ", line).strip()


def stands_alone(line: str, start: int, end: int) -> bool:
    """Nothing but words that introduce dates stands in the same part of the line."""
    edges = [m.end() for m in _EDGES.finditer(line[:start])]
    left = line[edges[-1] if edges else 0 : start]
    after = line[len(line[:end].rstrip()) :]  # an edge may begin with the space that ends the date
    right_edge = _EDGES.search(after)
    right = after[: right_edge.start()] if right_edge else after
    rest = FILLER.sub(" ", f"{left} {right}")
    return not re.search(r"[^\W_]", rest)
