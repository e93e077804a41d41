"""Turns what was noted of a name into numbers for the scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.companies import Catalogue, Kind
from pipelines.tag_evidence import shape
from pipelines.tag_open import PERSON_BEFORE, Name, Zoned
from pipelines.tag_text import fold
from pipelines.tag_words import FUNCTION_WORDS, Words

SHORT = 400  # code points of a text that is no article: its lack of companies tells nothing
FIRST = 400  # code points of the body that count as its beginning
BOTH = frozenset(
    (  # cues of which one is enough, however often the name stands without
        "Lnoun",
        "Lnoun_det",
        "Lnoun2",
        "Lpeople_fr",
        "Lrole_of",
        "Lbelong_of",
        "Lnoun_of",
        "Ldeal",
        "Ltitle",
        "Lspeech",
        "Rposs_bel",
        "Rhyphen_owned",
        "Rapp_company",
        "Rapp_person",
        "Rticker",
        "Rfund",
        "Rrole",
        "Rbel",
        "Rverb",
        "Rage",
        "Rplace",
        "Ldet",
        "Lloc",
        "Lbody",
        "Rprod",
        "Rnum",
        "Rnoun",
    )
)
HOMES = {  # where a language's news has its own companies
    "fr": ("FR", "BE", "CH", "CA"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX", "AR"),
    "it": ("IT",),
    "en": ("US", "GB", "CA", "AU"),
}
FORMS = ("e", "es", "er", "ez", "ant", "ment", "ing", "ed", "ly", "tion", "ung", "ungen")
NOUN = ("age", "ancy", "ency", "ing", "ings", "ion", "ions", "ism", "ity", "ment", "ness", "ship")
TOWN = (
    "ville",
    "villers",
    "court",
    "burg",
    "bourg",
    "berg",
    "heim",
    "dorf",
    "stadt",
    "town",
    "ton",
    "shire",
    "ford",
    "ham",
    "bury",
    "hausen",
    "polis",
    "sur-mer",
    "sur-seine",
)


def is_written_lower(word: str, zones: Sequence[Zoned]) -> bool:
    """Whether an article writes a (folded) word in lower case somewhere, too."""
    for zone in zones:
        folded = zone.folded
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            if (
                zone.text[at].islower()
                and (at == 0 or folded[at - 1] == " ")
                and (end == len(folded) or folded[end] == " ")
            ):
                return True
            at = folded.find(word, end)
    return False


def features(
    name: Name,
    zones: Sequence[Zoned],
    *,
    language: str,
    companies: int,
    longer: bool,
    ends: bool,
    lists: Words,
) -> dict[str, float]:
    """The evidence on one name, as numbers.

    ``companies`` is how many sure companies the article has; ``longer``: a longer name of the
    article begins with this one; ``ends``: one ends with it."""
    count = len(name.places)
    key = name.key.lstrip("=")
    out: dict[str, float] = {"bias": 1.0}
    for cue, times in name.cues.items():
        out[cue] = min(times / count, 1.0)
        if cue in BOTH:
            out["any " + cue] = 1.0
    for mark in shape(name.text, key, lists):
        out[mark] = 1.0
    out[f"count={min(count, 4)}"] = 1.0
    if len(zones) > 1 and any(index == 0 for index, _ in name.places):
        out["in title"] = 1.0
    if any(index == len(zones) - 1 and span.start < FIRST for index, span in name.places):
        out["early"] = 1.0
    if name.cues["Linit"] >= count:
        out["only initial"] = 1.0
        if "common" in out:
            out["only initial, common"] = 1.0
        if "words=1" in out and key.endswith(FORMS):
            out["only initial, form"] = 1.0
    if " " not in key and is_written_lower(key, zones):
        out["lower"] = 1.0
    if longer:
        out["longer"] = 1.0
    if ends:
        out["ends longer"] = 1.0
    if key.endswith(TOWN):
        out["town"] = 1.0
    for label in ("company", "person", "places", "bodies", "media", "technology", "works"):
        if label in name.kinds:
            out["list " + label] = 1.0
    if name.neighbours:
        out["list"] = 1.0
    if len(zones[-1].text) < SHORT:
        out["short text"] = 1.0
    else:
        out[f"companies={min(companies, 3)}"] = 1.0
    if language == "de":
        out["german"] = 1.0
        for mark in ("words=1", "common", "Ldet", "some_common"):
            if mark in out:
                out["german " + mark] = out[mark]
    return out


def claimed_features(
    name: Name,
    out: dict[str, float],
    zones: Sequence[Zoned],
    catalogue: Catalogue,
    company: str,
    present: Mapping[str, int],
    language: str,
    lists: Words,
) -> dict[str, float]:
    """What is added for an ambiguous spelling of ``company``: kin, the catalogue's own cues.

    ``lists`` are the shipped words; ``present`` counts the sure hits of each company there."""
    if present.get(company):
        out["same company"] = 1.0
    else:
        top = catalogue.owner(company) or company
        if any((catalogue.owner(other) or other) == top for other in present):
            out["same owner"] = 1.0
    key = name.key.lstrip("=")
    doubted = key in lists.common or key in lists.strong
    if doubted and key not in lists.common_in.get(language, ()):
        out["foreign word"] = 1.0
    if key in lists.strong:
        out["strong"] = 1.0
    if key in lists.weak:
        out["weak"] = 1.0
    if key in FUNCTION_WORDS:
        out["function word"] = 1.0
    if kind := lists.world.get(key):
        out["world " + kind] = 1.0
    if key.isdigit():
        out["number"] = 1.0
    country = catalogue.companies[company].country
    if country and country in HOMES.get(language, ()):
        out["home"] = 1.0
    if (
        name.text.isupper()
        and len(name.text) > 1
        and any(zones[i].text[max(0, s.start - 40) : s.end + 40].isupper() for i, s in name.places)
    ):
        out["capitals"] = 1.0
    sector = catalogue.companies[company].sector
    if sector and any(catalogue.companies[other].sector == sector for other in present):
        out["same sector"] = 1.0
    kinds = {claim.kind for claim in name.claims if claim.company == company}
    if Kind.NAME not in kinds:
        out["claim alias" if Kind.ALIAS in kinds else "claim product"] = 1.0
    count = len(name.places)
    for index, span in name.places:
        if span.role_before in ("=", PERSON_BEFORE):
            out["tail"] = out.get("tail", 0.0) + 1 / count
        if span.role_after.startswith("="):
            out["head"] = out.get("head", 0.0) + 1 / count
        if span.role_before == PERSON_BEFORE:
            out["surname"] = 1.0
        if zones[index].text[span.start : span.end].islower():
            out["written lower"] = 1.0
        after = zones[index].folded[span.end : span.end + 24].split(maxsplit=1)
        if after and after[0].endswith(NOUN) and zones[index].text[span.end : span.end + 1] == " ":
            out["compound"] = 1.0
    if "common" in out:
        for mark in (
            "Rverb",
            "Rother",
            "Linit",
            "Ldet",
            "Rcomma",
            "Rend",
            "only initial",
            "strong",
        ):
            if mark in out:
                out["common " + mark] = out[mark]
    if "strong" in out:
        for mark in ("Rother", "Ldet", "Rverb", "only initial", "companies=0"):
            if mark in out:
                out["strong " + mark] = out[mark]
    for words_for, cue in zip(
        catalogue.context.get(company, ((), ())), ("context", "not context"), strict=True
    ):
        if words_for and any(near(word, name, zones) for word in words_for):
            out[cue] = 1.0
    if "only initial" in out and not {"Rverb", "Rverb2", "Rposs", "Rcomma"} & out.keys():
        out["initial, no verb"] = 1.0
    return out


def near(word: str, name: Name, zones: Sequence[Zoned]) -> bool:
    """Whether a cue of the catalogue stands in the sentence of a mention, as a whole word."""
    wanted = f" {' '.join(fold(word).split())} "
    for index, span in name.places:
        before, after, _, _ = zones[index].sentences.around(span.start, span.end)
        if wanted in f" {' '.join(before)} {' '.join(after)} ":
            return True
    return False
