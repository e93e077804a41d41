"""Which language a text is written in: ISO 639-1, or None when nothing tells."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pipelines.rawwords import Splitter, beyond_ascii

_STOPWORDS = {
    "en": "the and of to in that is for it was on with as his by at from they have this had not are but",
    "fr": "le la les des et est une dans que qui pour pas sur plus par avec ce sont au aux cette été mais son",
    "de": "der die und das den von zu mit ist im nicht ein eine auf dem des sich auch für wird als sie werden",
    "es": "el los las que del por con una su para es al como más pero ha sus entre fue este también sobre se",
    "it": "il di che la per un non del con una si della è sono gli anche come nel dei alla ha le più questo da",
    "pt": "de que não uma os do da em para com por mais como foi dos das ao ele são na no pela também seu",
    "nl": "de het een van en dat is op te zijn voor met niet aan er om ook als bij maar uit nog wordt naar",
    "da": "og det at er en den til på med af som ikke der har de for var et fra om han kan blev jeg vil efter havde mellem noget hvad siger op ud nu ved",
    "sv": "och att det som en på är av för med den till inte har de ett om han var men sig från vi så kan",
    "no": "og det at er en på til som med av ikke den har de for var et om men seg fra han vi så hun sier etter ble hadde mellom noe hva opp nå enn ved",
    "fi": "ja on ei että oli se hän mutta myös kun ovat joka sen kuin mukaan sekä ollut vuoden tai olla",
    "pl": "w i na z się nie do to że jest o od po jak za który przez ale są oraz tym dla co już roku",
    "cs": "a se na je že v to s do i by ve pro jako o po za ale jsou která který k z podle byl aby také",
    "tr": "ve bir bu da de için ile olarak çok daha olan en ne var gibi sonra kadar ise o ama mi dedi",
    "ro": "și de în la a că nu cu pe un o care din este mai pentru sunt au fost prin ale sau această",
    "hu": "a az és hogy nem is egy volt meg de már csak azt ez ha még mint el ki vagy szerint lesz",
    "id": "yang dan di untuk dengan ini itu dari dalam tidak akan pada juga ke karena telah bisa oleh",
    "ms": "yang dan di untuk dengan ini itu dari dalam tidak akan pada juga ke kerana telah boleh oleh kata beliau",
    "vi": "và của là có không cho các được trong một người với những này đã để khi từ",
    "lt": "ir kad yra su į iš o tai bet kaip buvo ne už dėl apie jau nuo taip pat po",
    "ca": "els amb que una per les del és no dels seva més aquest també al com han està",
    "hr": "je i u se na da za su od što ne kako koji bi ali iz nije o kao će",
    "af": "die en van het nie is in vir dat met op te om ook sal wat hy se was aan",
    "sw": "na ya wa kwa ni la za katika cha kuwa hii alisema huo hiyo",
    "is": "og að í á er sem við um það ekki var til með fyrir hann hún þetta eru voru þeir því eftir frá",
    "zu": "ukuthi futhi kodwa uma ngoba kanye kakhulu ukuze lapho kusho ngemuva noma nje kusuka bese ngesikhathi",
    "xh": "ukuba kwaye kodwa okanye xa ngoko ngenxa njengoko kakhulu ukuze apho kuba ngexesha emva abantu uthe kwakhona okokuba ngoku apha kwi yi ezi eli yale bale leli lwe",
    "st": "hore bakeng empa kapa hape feela ho ea tsa oa batho ntse",
    "sk": "sa na je že do aj ako pre pri ktorý ktorá ktoré bol bola alebo však podľa tak len sú už od",
    "sl": "je na se da za so ki pri tudi kot pa bo od še smo bi lahko ter",
    "et": "ja ei et ka see mis oli kui aga oma selle nii ning kes siis pärast",
    "lv": "un ir no ar par kas ka to arī bet tika vai pēc lai jau gan tas",
    "sq": "dhe të në për nga një është se që si ka më kjo edhe por",
    "tl": "ang ng sa mga ay para ito nang hindi siya",
    "so": "iyo ka ku ee oo uu waxa ay lagu ah soo waxaa",
    "ha": "cewa ga wani domin yi kuma daga sun wata ke",
    "cy": "yn ar yr mae ei wedi gan oedd bod ac",
    "eu": "eta da ez du bat ere dira zen dute izan egin baina",
    "ht": "nan ki yo pou ak yon li nou sa pa te gen tout lè men fè",
}
_BY_WORD: dict[bytes, list[str]] = {}  # in UTF-8
for _language, _words in _STOPWORDS.items():
    for _word in set(_words.split()):
        _BY_WORD.setdefault(_word.encode(), []).append(_language)

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("pa", re.compile(r"[\u0a00-\u0a7f]")),
    ("gu", re.compile(r"[\u0a80-\u0aff]")),
    ("te", re.compile(r"[\u0c00-\u0c7f]")),
    ("kn", re.compile(r"[\u0c80-\u0cff]")),
    ("ml", re.compile(r"[\u0d00-\u0d7f]")),
    ("si", re.compile(r"[\u0d80-\u0dff]")),
    ("my", re.compile(r"[\u1000-\u109f]")),
    ("am", re.compile(r"[\u1200-\u137f]")),
    ("km", re.compile(r"[\u1780-\u17ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u3040-\ud7af]")
# Scripts that several languages share: the declared language decides among these.
_SHARE_SCRIPT = {
    "ar": {"ar", "fa", "ur", "ps", "ku"}, "ru": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "mn"},
    "hi": {"hi", "mr", "ne"}, "he": {"he", "yi"}, "zh": {"zh", "ja"},
}  # fmt: skip
_ALIASES = {"iw": "he", "in": "id", "nb": "no", "nn": "no", "cn": "zh", "jp": "ja", "ger": "de", "eng": "en",
            "fre": "fr", "fra": "fr", "deu": "de", "spa": "es", "ita": "it"}  # fmt: skip
_WORDS = Splitter(lambda letter: letter.isalnum() and not letter.isdecimal())
WINDOW = 2000  # characters looked at: plenty for any method
MIN_HITS = 8  # stop words that must speak before they overrule what the page declares


def language_of(text: str, declared: str | None = None) -> str | None:
    """The language of ``text``; ``declared`` is what the page claims ("fr-FR"), believed unless
    the words plainly say otherwise: templates in English around French articles are common."""
    claimed = _code(declared)
    sample = text[:WINDOW]
    script = _script(sample)
    if script:
        shared = _SHARE_SCRIPT.get(script, {script})
        if claimed in shared:
            return claimed
        return (
            _cyrillic(sample) if script == "ru" else _arabic(sample) if script == "ar" else script
        )
    hits: Counter[str] = Counter()
    told = Counter(filter(_BY_WORD.__contains__, _WORDS.words(sample.lower())))
    for word, count in told.items():
        for language in _BY_WORD[word]:
            hits[language] += count
    if not hits:
        return claimed
    ((best, most), *rest) = hits.most_common(2)
    if most < MIN_HITS:
        return claimed or (best if most > 2 and (not rest or rest[0][1] < most / 2) else None)
    if claimed and (claimed not in _STOPWORDS or hits[claimed] >= most * 0.8):
        return claimed
    return best


@lru_cache(maxsize=256)  # sites say the same on every page
def _code(declared: str | None) -> str | None:
    code = re.split(r"[-_,; ]", (declared or "").strip().lower())[0]
    code = _ALIASES.get(code, code)
    return code if re.fullmatch(r"[a-z]{2}", code) else None


def _script(sample: str) -> str | None:
    if not _NOT_LATIN.search(beyond_ascii(sample.encode("utf-8", "replace"))):
        return None
    letters = sum(map(str.isalpha, sample))
    for language, pattern in _SCRIPTS:
        share = len(pattern.findall(sample)) / max(1, letters)
        if share > (0.05 if language == "ja" else 0.4):
            return language
    return None


def _cyrillic(sample: str) -> str:
    """By the letters that only one language has."""
    folded = sample.lower()
    for language, letters in (
        ("be", "ў"),
        ("uk", "їєґ"),
        ("mk", "ѓќѕ"),
        ("sr", "ђћљњ"),
        ("kk", "ңғұһ"),
    ):
        if any(letter in folded for letter in letters):
            return language
    return "bg" if folded.count("ъ") > len(sample) / 200 and "ы" not in folded else "ru"


def _arabic(sample: str) -> str:
    if re.search(r"[ٹڈڑںے]", sample):
        return "ur"
    return "fa" if len(re.findall(r"[پچژگی]", sample)) > len(sample) / 60 else "ar"
