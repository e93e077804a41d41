"""A page's tree as a flat list of text segments, each knowing where it stands.

A segment is the text between two block borders: a paragraph, a heading, a list item, a stray line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from ahocorasick_rs import AhoCorasick, MatchKind
from selectolax.lexbor import LexborHTMLParser

from pipelines.clean import tidy
from pipelines.tokens import tokens_of, tokens_with_brackets, without_menus

MAX_ELEMENTS = 40_000  # block elements looked at; the largest real page seen has 9,000
MAX_SEGMENTS = 4_000
MAX_SEGMENT = 200_000  # characters: no paragraph is that long, a hostile page is
MAX_CLASS = 400  # characters of class and id looked at

# No text of an article stands in these. The frequent ones are taken out of the tree, each for the
# price of a walk through it; the others are left out when the markup is split.
STRIPPED = ["script", "style", "noscript", "svg", "nav"]
SKIPPED = (
    "template iframe select button math object textarea canvas audio video map dialog datalist rp rt"
).split()
MEANINGLESS = ["span"]  # tags only, their text stays

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb ruby s samp "
    "small span strike strong sub sup time tt u var wbr img".split()
)
_BOLD = frozenset("b strong em i".split())
_VOID = frozenset("area base col hr param source track frame keygen input link meta embed".split())

# Groups of class and id words, as parts of "-words-like-these-" (see ``class_bits``). The order is
# that of the model's features: append only.
CLASS_GROUPS: tuple[tuple[str, str], ...] = (
    ("body", "article-body article-content article-text article-copy article-main article-inner article-wrap "
             "body-text body-content body-copy body-article entry-content post-content post-body post-text story-content "
             "story-body story-text page-content news-content news-text news-body main-content main-text node-content "
             "field-name-body field-item rich-text single-content td-post-content blog-content blog-post-content "
             "content-body content-text content-article content-inner articlebody articletext articlecontent storytext "
             "storybody paragraph zn-body -corps -texte -rte- prose richtext wysiwyg mw-parser body-main -text-block "
             "textblock text-body component-text article-p -body- -maintext detail-content detail-text"),
    ("article", "article story -post- -posts- entry hentry single main content"),
    ("caption", "caption legend credit copyright figcap photo image-desc image-text image-info imagetext -img- picture "
                "bildunter bildtext -image-"),
    ("related", "relat recommend -more- also read-next readnext -next- similar popular trending -most- latest recirc "
                "outbrain taboola teaser further lire-aussi linked link-list suggest zergnet essentiel mostread -mehr- "
                "weitere empfehl consigliat correlat"),
    ("comment", "comment disqus respond reply discuss forum livefyre reaction kommentar talkback"),
    ("share", "share sharing -social follow facebook twitter whatsapp addthis toolbar -tools action print partage teilen"),
    ("author", "author byline auteur autor -bio contributor writer journalist vcard avatar signature profile person autore"),
    ("date", "-date date- -time- timestamp publish posted update modified -meta- -infos- -info- datum datetime"),
    ("signup", "newsletter subscri sign-up signup -abo- abonn opt-in optin mailing mailchimp register login account "
               "paywall premium regwall membership donat piano offer inscription"),
    ("ad", "-ad- -ads- advert -adv- sponsor -dfp- -gpt- promo banner -pub- publicite anzeige werbung commercial "
           "affiliate partner -shop product -deal -buy marketing -ad0 -ad1 -ad2 -adslot -adunit -teads"),
    ("nav", "-nav navi menu breadcrumb crumb header masthead topbar -skip -toc- table-of-contents pagination pager "
            "paging topic site-"),
    ("footer", "footer -foot- bottom colophon legal disclaimer cookie consent gdpr privacy -cmp- fusszeile"),
    ("tags", "-tag- -tags- taglist tag-list keyword categor hashtag label rubri topics kicker eyebrow section-name overline"),
    ("dek", "chapo chapeau standfirst -dek- subtitle sub-title subhead sub-head subline sub-line summary excerpt abstract "
            "intro -lead- -lede- teaser description sinopsis vorspann occhiello sommario -deck- strap -desc- lead-text "
            "article-lead leadtext -header-text entradilla catenaccio"),
    ("title", "title headline heading titre -hed- -h1-"),
    ("hidden", "hidden -hide invisible sr-only visually screen-reader print-only d-none modal popup overlay tooltip "
               "offscreen collapsed"),
    ("media", "video player gallery slide carousel media audio podcast embed jwplay brightcove photo lightbox figure swiper"),
    ("side", "sidebar -side- aside widget -rail- -column- -right- -left- secondary tertiary module -block- -box- infobox "
             "factbox callout inset panel infokasten kasten"),
    ("quote", "quote zitat citation tweet instagram pullquote -pull-"),
    ("list", "list grid card item feed stream river thumb -tile loop archive -row-"),
    ("note", "-note- notes correction editor disclosure source reference tagline ending contact feedback rating vote -poll "
             "quiz survey footnote translat"),
)  # fmt: skip
_PARTS: tuple[tuple[str, int], ...] = tuple(
    (part, 1 << place) for place, (_, parts) in enumerate(CLASS_GROUPS) for part in parts.split()
)
_FINDER = AhoCorasick([part for part, _ in _PARTS], matchkind=MatchKind.Standard)
_PART_BITS = [bit for _, bit in _PARTS]
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TO_HYPHENS = str.maketrans(dict.fromkeys(" _:./@\n\t", "-"))

TAG_BITS: dict[str, int] = {
    name: 1 << bit
    for bit, name in enumerate(
        "article main section aside nav footer header form figure ul ol table blockquote a figcaption li dl "
        "p h1 h2 h3 h4 h5 h6 pre td div address details".split()
    )
}
HIDDEN_BIT = 1 << 30
BODY_PROP_BIT = 1 << 31  # itemprop="articleBody"


@dataclass(slots=True)
class Element:
    """A block element. Sums are over its whole subtree, in characters and segments."""

    tag: str
    parent: int  # index; -1 for the outermost
    depth: int
    own: int  # bits of CLASS_GROUPS its class and id match
    near: int  # those of it and two levels up
    all: int  # those of it and everything above
    tags: int  # TAG_BITS of it and everything above
    signature: str  # tag and classes: elements a template made alike
    chars: int = 0
    links: int = 0  # characters inside links
    prose: int = 0  # characters in segments that read like sentences
    segments: int = 0


@dataclass(slots=True)
class Segment:
    """One piece of text. ``element`` is the index of the block element it stands in."""

    text: str
    element: int
    link_chars: int  # characters of it inside links
    link_count: int
    bold_chars: int  # characters of it set bold or italic
    images: int  # pictures since the segment before
    prose: bool = False  # reads like sentences


@dataclass(frozen=True, slots=True)
class Segments:
    """What a page's tree was made into."""

    elements: list[Element]
    segments: list[Segment]


def class_bits(many: Sequence[str]) -> list[int]:
    """For each of ``many`` class and id words, the bits of the CLASS_GROUPS it matches.

    One search through all of them together: what a search costs is mostly to begin it.
    """
    lines = "-|-".join([words[:MAX_CLASS].replace("|", "-") for words in many])
    line = f"-{_CAMEL.sub('-', lines).lower().translate(_TO_HYPHENS)}-"
    borders = [match.start() for match in _BORDER.finditer(line)]
    bits = [0] * len(many)
    for place, start, _ in _FINDER.find_matches_as_indexes(line, overlapping=True):
        bits[bisect_left(borders, start)] |= _PART_BITS[place]
    return bits


_BORDER = re.compile(r"\|")
_BLANKS = frozenset(("&nbsp;", "\n&nbsp;", "&nbsp;\n"))  # a blank line, as editors write it
_NAMING = (
    "class",
    "id",
    "itemprop",
    "role",
    "data-component",
    "data-testid",
    "data-name",
    "data-type",
)
_ATTRIBUTE = re.compile(r"([\w:-]+)=\"([^\"]*)\"")
MIN_PROSE = 60  # characters of a segment that can be told from a label
_PROSE_MARKS = (".", ", ", "。", "،", "।", "؟", "! ", "? ")  # the frequent ones first
(
    _NOTHING,
    _LINK,
    _END_LINK,
    _IMAGE,
    _BOLD_ON,
    _BOLD_OFF,
    _SKIP,
    _END_SKIP,
    _BREAK,
    _BLOCK,
    _END_BLOCK,
) = range(11)
Meaning = tuple[int, str, int, int, str]
_ENDING: Meaning = (_END_BLOCK, "", 0, 0, "")
_OPENING: dict[str, Meaning] = {name: (_NOTHING, name, 0, 0, "") for name in INLINE | _VOID}
_CLOSING = dict(_OPENING)
_OPENING |= {name: (_BOLD_ON, name, 0, 0, "") for name in _BOLD}
_CLOSING |= {name: (_BOLD_OFF, name, 0, 0, "") for name in _BOLD}
_OPENING |= {name: (_SKIP, name, 0, 0, "") for name in SKIPPED}
_CLOSING |= {name: (_END_SKIP, name, 0, 0, "") for name in SKIPPED}
_OPENING |= {
    "a": (_LINK, "a", 0, 0, ""),
    "img": (_IMAGE, "img", 0, 0, ""),
    "br": (_BREAK, "br", 0, 0, ""),
}
_CLOSING |= {"a": (_END_LINK, "a", 0, 0, ""), "": (_NOTHING, "", 0, 0, "")}
_EACH_ANOTHER = ("<a ", "<img ")
_LINKED = TAG_BITS["a"]
_OUTSIDE = Element("", -1, -1, 0, 0, 0, 0, "")  # where the outermost element stands
MANY_KNOWN = 20_000  # tags remembered from page to page: a site's templates come again
_KNOWN: dict[str, Meaning] = {}


def strip(tree: LexborHTMLParser) -> str:
    """The markup of a page's body without what is never text. Changes the tree."""
    tree.strip_tags(STRIPPED)
    tree.unwrap_tags(MEANINGLESS)
    body = tree.body
    markup = (body.html if body is not None else tree.html) or ""
    if "<!--" in markup:
        first, *others = markup.split("<!--")
        markup = first + "".join([other.partition("-->")[2] for other in others])
    return markup


def segments_of(markup: str) -> Segments:
    """The segments of ``markup``, in reading order.

    ``markup`` is what the parser serialised: balanced, attributes in double quotes. Splitting it
    costs a third of walking the tree, where each step makes a Python object.
    """
    tags, texts = without_menus(*_tokens(markup))
    elements: list[Element] = []
    segments: list[Segment] = []
    pieces: list[str] = []
    link_chars = link_count = bold_chars = links = bolds = breaks = depth_over = images = 0
    current, here = -1, _OUTSIDE  # the block element text goes to
    tokens = zip(tags, map(_KNOWN.get, tags), texts, strict=True)
    for tag, meaning, text in tokens:
        if meaning is None:
            meaning = _OPENING[tag[1:].partition(" ")[0]]
        kind = meaning[0]
        if kind >= _BREAK:
            if kind == _BREAK:
                breaks += 1
                pieces.append("\n")
            else:
                breaks = 0
            if pieces and breaks != 1:
                line = pieces[0] if len(pieces) == 1 else "".join(pieces)
                pieces.clear()
                # Most are nothing but the space between two tags.
                if not line.isspace() and len(segments) < MAX_SEGMENTS:
                    line = plain(" ".join(line.split())[:MAX_SEGMENT])
                    if line:
                        segment = Segment(line, current, link_chars, link_count, bold_chars, images)
                        _count(segment, here)
                        segments.append(segment)
                        images = 0
                link_chars = link_count = bold_chars = 0
            if kind == _END_BLOCK:
                if depth_over:
                    depth_over -= 1
                elif current >= 0:
                    current = here.parent
                    here = elements[current] if current >= 0 else _OUTSIDE
            elif kind == _BLOCK:
                if len(elements) < MAX_ELEMENTS:
                    _, name, own, bits, signature = meaning
                    here = Element(
                        name,
                        current,
                        here.depth + 1,
                        own,
                        own | here.own | (elements[here.parent].own if here.parent >= 0 else 0),
                        own | here.all,
                        (bits | _LINKED if links else bits) | here.tags,
                        signature,
                    )
                    current = len(elements)
                    elements.append(here)
                else:
                    depth_over += 1
        elif kind == _NOTHING:
            pass
        elif kind == _SKIP:
            text = _behind(tokens)
        elif kind == _LINK:
            links += 1
            link_count += 1
        elif kind == _END_LINK:
            links = max(0, links - 1)
        elif kind == _IMAGE:
            images += 1
        elif kind == _BOLD_ON:
            bolds += 1
        elif kind == _BOLD_OFF:
            bolds = max(0, bolds - 1)
        if text and current >= 0:
            pieces.append(text)
            if (links or bolds or breaks) and not text.isspace() and text not in _BLANKS:
                breaks = 0
                if links:
                    link_chars += len(text)
                if bolds:
                    bold_chars += len(text)
    _sum_up(elements)
    return Segments(elements, segments)


def _tokens(markup: str) -> tuple[list[str], list[str]]:
    """The tags of ``markup``, all of them known now, and the texts behind them."""
    if len(_KNOWN) > MANY_KNOWN:
        _KNOWN.clear()
    tokens = tokens_of(markup)
    new = set(tokens[0]).difference(_KNOWN) if tokens is not None else ()
    if tokens is None or any(tag[:1] != "<" or tag.count('"') & 1 for tag in new):
        tokens = tokens_with_brackets(markup)
        new = set(tokens[0]).difference(_KNOWN)
    _learn([tag for tag in new if not tag.startswith(_EACH_ANOTHER)])
    return tokens


def _behind(tokens: Iterable[tuple[str, Meaning | None, str]]) -> str:
    """The text behind what is skipped, whose first tag is gone from ``tokens`` already."""
    depth = 1
    for tag, meaning, text in tokens:
        kind = (meaning or _OPENING[tag[1:].partition(" ")[0]])[0]
        depth += (kind == _SKIP) - (kind == _END_SKIP)
        if not depth:
            return text
    return ""


def plain(text: str) -> str:
    """Text, its spaces single, as the page shows it: entities resolved, nothing invisible."""
    if "&" in text:
        text = (
            text.replace("&nbsp;", " ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
        )
        text = " ".join(text.split())
    if text.isascii():
        return text
    # Where nothing is invisible nothing goes that stands between two spaces: as tidy as it is.
    return normalize("NFC", text) if text.isprintable() else tidy(text)


def _learn(tags: Sequence[str]) -> None:
    """Works out what ``tags``, met for the first time, mean. What ``_OPENING`` tells without a
    look at attributes is not remembered."""
    named: list[tuple[str, Meaning]] = []
    words: list[str] = []
    for tag in tags:
        name, _, attributes = tag[1:].partition(" ")
        if name in _OPENING:
            continue
        meaning, names = _meaning(name, attributes)
        if names:
            named.append((tag, meaning))
            words.append(names)
        else:
            _KNOWN[tag] = meaning
    if not words:
        return
    for (tag, (kind, name, _, bits, signature)), own in zip(named, class_bits(words), strict=True):
        _KNOWN[tag] = (kind, name, own, bits, signature)


def _meaning(name: str, rest: str) -> tuple[Meaning, str]:
    """What a block's tag does (kind, name, class bits, tag bits, signature), and its class and id
    words, whose bits are still to be found."""
    if name[:1] == "/":
        return _CLOSING.get(name[1:], _ENDING), ""
    bits = TAG_BITS.get(name, 0)
    if not rest:
        return (_BLOCK, name, 0, bits, name), ""
    if rest.startswith('class="') and rest.count('"') == 2 and rest[-1] == '"':
        classes = rest[7:-1]
        return (_BLOCK, name, 0, bits, f"{name}.{classes}"), classes
    attributes = dict(_ATTRIBUTE.findall(rest))
    classes = attributes.get("class", "")
    words = " ".join([attributes[n] for n in _NAMING if n in attributes])
    if attributes.get("itemprop") == "articleBody" or attributes.get("property") == "articleBody":
        bits |= BODY_PROP_BIT
    style = attributes.get("style", "").replace(" ", "").lower()
    if "display:none" in style or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        bits |= HIDDEN_BIT
    return (_BLOCK, name, 0, bits, f"{name}.{classes}"), words


def _count(segment: Segment, element: Element) -> None:
    """Adds a segment to what the element it stands in holds itself."""
    length, links = len(segment.text), segment.link_chars
    element.chars += length
    element.segments += 1
    if links:
        element.links += min(length, links)
    if length >= MIN_PROSE and reads_like_prose(segment):
        segment.prose = True
        element.prose += length


def _sum_up(elements: list[Element]) -> None:
    """Adds to each element what those inside it hold."""
    for element in reversed(elements):
        if element.segments and element.parent >= 0:
            above = elements[element.parent]
            above.chars += element.chars
            above.links += element.links
            above.prose += element.prose
            above.segments += element.segments


def reads_like_prose(segment: Segment) -> bool:
    """Long, with a full stop or comma, and not mostly links."""
    text = segment.text
    if len(text) < MIN_PROSE or segment.link_chars * 3 >= len(text):
        return False
    for mark in _PROSE_MARKS:  # noqa: SIM110 - any() would make a generator for each segment
        if mark in text:
            return True
    return False
