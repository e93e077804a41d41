"""Bytes of a feed or sitemap → text that an XML parser accepts, whatever the server did to them."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from html.entities import html5

MAX_BYTES = 50 * 1024 * 1024  # sitemaps.org allows 50 MB uncompressed; more is a bomb

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII = bytes(range(128))
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']\s*([\w.:\-]+)""")
_HTTP_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)
# Labels of one-byte charsets: text that is valid UTF-8 all the same is UTF-8.
_ONE_BYTE = re.compile(
    r"^(?:iso-?8859|latin|windows-?125|cp125|us-?ascii|ascii|l1$|mac|koi8)", re.IGNORECASE
)
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "utf-8-sig"}
)
_INSTRUCTION = re.compile(r"<\?[A-Za-z][^<>]{0,500}?\?>")
_PAIR = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[67]\d{3}));",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
# What a label means on the web (WHATWG Encoding, §4.2), by Python's names.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(\[)?", re.IGNORECASE)
_DOCTYPE_END = re.compile(r"\]\s*>")
_ENTITY = re.compile(
    r"""<!ENTITY\s+([\w.\-]+)\s+(?:"([^"%<]{0,200})"|'([^'%<]{0,200})'|(?:SYSTEM|PUBLIC)\s[^>]*)\s*>"""
)
_LONGEST_ENTITY = 1000  # characters; longer ones are bombs
_CDATA_START = re.compile(r"<!\s?\[\s?CDATA\s?\[", re.IGNORECASE)
# A "<" in the value of an attribute, and a value without quotes: both common in links.
_BRACKET_INSIDE = re.compile(r"""(=\s*")([^"<>]*<[^">]*)"|(=\s*')([^'<>]*<[^'>]*)'""")
_UNQUOTED = re.compile(r"""(<(?:[\w.\-]+:)?link\b[^<>]*?\shref=)([^\s"'<>]+)""", re.IGNORECASE)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_APART = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|$)|<!--.*?(?:-->|$))", re.DOTALL)
_BARE_BRACKET = re.compile(r"<(?![A-Za-z_/!?])|<(?=[A-Za-z_][^<>]*(?:<|$))")
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,8};|#[xX][0-9a-fA-F]{1,7};|[A-Za-z][\w.\-]{0,31};)")
_REFERENCE = re.compile(
    r"&(?:#(\d+);|#[xX]([0-9a-fA-F]+);|(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][\w.\-]*);)"
)
_ANY_REFERENCE = re.compile(r"&(#?\w+);")
_RESERVED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def unzipped(body: bytes) -> bytes:
    """``body`` without gzip around it (``sitemap.xml.gz``), as much of it as can be read."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        return stream.decompress(body, MAX_BYTES)
    except zlib.error:
        return _salvaged(body)


def _salvaged(body: bytes) -> bytes:
    stream, kept = zlib.decompressobj(wbits=31), bytearray()
    for start in range(0, len(body), 256):
        try:
            kept += stream.decompress(body[start : start + 256], MAX_BYTES - len(kept))
        except zlib.error:
            break
        if len(kept) >= MAX_BYTES:
            break
    return bytes(kept)


def text_of(body: bytes, content_type: str | None, *, is_json: bool = False) -> str:
    """``body`` as text. A byte order mark beats all; then the bytes' own evidence; then the labels
    (HTTP before XML, RFC 7303). One bad byte never costs more than itself."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace").lstrip("\ufeff")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    labels = [] if is_json else _declared(body, content_type)
    for label in labels:
        if not _ONE_BYTE.match(label) and not label.startswith("utf"):
            try:
                return body.decode(label)  # Shift JIS, GB 18030 …: they refuse what is not theirs
            except UnicodeDecodeError:
                continue
    if _is_utf8(body):
        return body.decode("utf-8", "techwire-byte")
    for label in labels:
        if not label.startswith("utf"):
            return body.decode(label, "techwire-latin" if label == "cp1252" else "replace")
    return body.decode("cp1252", "techwire-latin")


def _is_utf8(body: bytes) -> bool:
    """Whether ``body`` is UTF-8, give or take a few bytes: in other charsets the sequences of UTF-8
    hardly ever come up by chance."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        letters = _UTF8_LETTER.findall(body)
        high = len(body.translate(None, delete=_ASCII))
        return len(letters) > 2 * (high - sum(map(len, letters)))
    return True


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by the zeros around the first characters."""
    head = body[:4]
    if len(head) < 4 or 0 not in head:
        return None
    patterns = {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }
    return patterns.get((head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0))


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The charsets that HTTP and XML name, those we know, by what the web means by them."""
    labels = []
    if content_type and (found := _HTTP_CHARSET.search(content_type)):
        labels.append(found.group(1))
    if in_xml := _XML_CHARSET.search(body[:1024]):
        labels.append(in_xml.group(1).decode("ascii", "ignore"))
    known = []
    for label in labels:
        try:
            b"a".decode(label, "ignore")  # LookupError for "base64" and its like: no charset
            name = codecs.lookup(label).name
        except (LookupError, UnicodeError):
            continue
        if name not in _NOT_CHARSETS:
            known.append(_MEANT.get(name, name))
    return known


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """The five bytes Windows-1252 leaves open mean what ISO 8859-1 says: controls."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _as_byte(error: UnicodeError) -> tuple[str, int]:
    """A stray byte inside UTF-8: a letter of Windows-1252 beside letters, else U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    before = error.object[error.start - 1 : error.start] if error.start else b" "
    after = error.object[error.start + 1 : error.start + 2]
    if byte >= b"\xc0" and (before.isalpha() or after.isalpha()):
        return byte.decode("cp1252", "replace"), error.start + 1
    if byte in b"\x91\x92\x93\x94\x96\x97\x85\x80\xa0\xab\xbb":
        return byte.decode("cp1252"), error.start + 1
    return "\ufffd", error.start + 1


codecs.register_error("techwire-latin", _as_latin)
codecs.register_error("techwire-byte", _as_byte)


def tamed(text: str) -> str:
    """``text`` as XML that can be parsed: no declaration, no DOCTYPE, no control characters, and
    every reference either one of XML's own or already the character it means.

    Without a DOCTYPE there is nothing to expand: neither external files nor entity bombs.
    """
    start = text.find("<")
    text = _CDATA_START.sub("<![CDATA[", text)
    text = _DECLARATION.sub("", _NOT_XML.sub("", text[start:] if start > 0 else text), count=1)
    own: dict[str, str] = {}
    if doctype := _DOCTYPE.search(text, 0, 10_000):
        end = text.find(">", doctype.end())
        if doctype.group(1) and (closing := _DOCTYPE_END.search(text, doctype.end())):
            end = closing.end() - 1
            for name, one, other in _ENTITY.findall(text, doctype.end(), end):
                own.setdefault(name, _unfolded(one or other, own))
        text = text[: doctype.start()] + text[end + 1 if end >= 0 else len(text) :]

    def resolved(match: re.Match[str]) -> str:
        return _resolved(match, own)

    def mended(piece: str) -> str:
        piece = _INSTRUCTION.sub("", piece) if "<?" in piece else piece
        piece = _BRACKET_INSIDE.sub(_without_brackets, _UNQUOTED.sub(r'\1"\2"', piece))
        piece = piece.replace("]]>", "")
        piece = _PAIR.sub(_paired, piece) if "&#" in piece else piece
        piece = _BARE_AMPERSAND.sub("&amp;", _BARE_BRACKET.sub("&lt;", piece))
        return _REFERENCE.sub(resolved, piece)

    done = []
    for piece in _APART.split(text):
        if piece.startswith("<![CDATA["):
            # one that never ends is no CDATA: what follows is the rest of the feed
            is_whole = piece.endswith("]]>")
            done.append(piece if is_whole else mended(piece.replace("<![CDATA[", "")))
        elif piece.startswith("<!--"):
            done.append("" if piece.endswith("-->") else mended(piece.replace("<!--", "")))
        else:
            done.append(mended(piece))
    return "".join(done)


def _unfolded(value: str, own: dict[str, str]) -> str:
    """What an entity of the document's own stands for: those it names are declared before it."""
    if "&" not in value:
        return value
    long = _ANY_REFERENCE.sub(
        lambda found: own.get(found.group(1), html.unescape(found.group())), value
    )
    return long if len(long) <= _LONGEST_ENTITY else ""


def _without_brackets(match: re.Match[str]) -> str:
    before, value = (match.group(1), match.group(2)) if match.group(1) else match.groups()[2:]
    return f"{before}{value.replace('<', '&lt;')}{before[-1]}"


def _paired(match: re.Match[str]) -> str:
    """Two numbers that are halves of one character, as Java and JavaScript write an emoji."""
    parts = match.groups()
    high, low = (int(a, 16) if a else int(b) for a, b in (parts[:2], parts[2:]))
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match.group()
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _resolved(match: re.Match[str], own: dict[str, str]) -> str:
    """One "&…;" as what it stands for, or as an ampersand when it stands for nothing."""
    name = match.group(3)
    if name is not None:
        meant = own[name] if name in own else html5.get(name + ";")
        if meant is None:
            return "&amp;" + match.group()[1:]
    else:
        number = int(match.group(1)) if match.group(1) else int(match.group(2), 16)
        meant = html.unescape(match.group()) if number >= 32 or number in (9, 10, 13) else ""
    meant = _NOT_XML.sub("", meant)
    return "".join(_RESERVED.get(character, character) for character in meant)
