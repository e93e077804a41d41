"""From the bytes a server sent to text: which charset, and who said so."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import ftfy
from charset_normalizer import from_bytes

META_WINDOW = 4096  # bytes searched for a <meta charset>; HTML asks for 1024, real pages exceed it
DETECT_WINDOW = 65536  # bytes shown to the detector: beyond that it only gets slower
MOJIBAKE = re.compile(r"[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œž]")
MANY_MOJIBAKE = 3  # pairs; one or two may be meant ("Ã©" in an article on charsets)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
# What browsers read these names as (WHATWG Encoding Standard §4.2).
_AS_BROWSERS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "utf8": "utf-8", "tis-620": "cp874",
}  # fmt: skip

_WESTERN = ("cp125", "iso8859", "mac", "cp437", "cp85", "cp775")
_NOT_WESTERN = ("cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "iso8859-2")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text. ``origin`` says who named the charset: bom, header, meta, detected."""

    text: str
    charset: str
    origin: str
    raw: bytes | None = None  # the same in UTF-8, where the server sent it so

    @property
    def markup(self) -> str | bytes:
        """What to give to the parser, which works on UTF-8: bytes need not be encoded again."""
        return self.text if self.raw is None else self.raw


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a page, whatever its bytes are; never raises.

    A declared charset is believed when the bytes agree with it. UTF-8 is tried before anything
    else that is not certain: text that is valid UTF-8 by chance is practically unknown.
    """
    for mark, marked in _BOMS:
        if body.startswith(mark):
            return _finish(body.decode(marked, "replace"), marked, "bom")
    for name, origin in _declared(body, content_type):
        if not (charset := _known(name)):
            continue
        strict = _strictly(body, charset)
        if strict is not None:
            if charset == "utf-8":
                return _finish(strict, charset, origin, body)
            if body.isascii():
                return _finish(strict, charset, origin)
            as_utf8 = _strictly(body, "utf-8")
            if as_utf8 is not None and not charset.startswith("utf-16"):
                return _finish(as_utf8, "utf-8", "detected", body)
            return _finish(strict, charset, origin)
        if charset == "utf-8":
            return _broken_utf8(body, origin)
    as_utf8 = _strictly(body, "utf-8")
    if as_utf8 is not None:
        return _finish(as_utf8, "utf-8", "detected", body)
    return _finish(*_detected(body))


def _declared(body: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    if content_type and (match := _HEADER_CHARSET.search(content_type)):
        yield match.group(1), "header"
    window = body[:META_WINDOW]
    for pattern in (_META_CHARSET, _XML_CHARSET):
        if tag := pattern.search(window):
            name = tag.group(1).decode("ascii", "replace")
            # A page that can be searched as ASCII is not UTF-16, whatever it claims.
            yield "utf-8" if name.lower().startswith("utf-16") else name, "meta"


def _known(name: str) -> str | None:
    name = name.strip().lower()
    name = _AS_BROWSERS.get(name, name)
    try:
        return _AS_BROWSERS.get(codecs.lookup(name).name, codecs.lookup(name).name)
    except (LookupError, ValueError):
        return None


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):
        if charset == "cp1252":  # five bytes have no meaning in it; browsers let them pass
            text = body.decode("cp1252", "replace")
            return text if text.count("\ufffd") <= len(text) // 2000 else None
        return None


def _broken_utf8(body: bytes, origin: str) -> Decoded:
    """Declared UTF-8 and is not: a few broken bytes, or windows-1252 under a wrong name."""
    lenient = body.decode("utf-8", "replace")
    multibyte = sum(1 for c in lenient if c > "\x7f" and c != "\ufffd")
    if lenient.count("\ufffd") > max(2, multibyte):
        return _finish(*_detected(body))
    repaired = ftfy.fixes.replace_lossy_sequences(ftfy.fixes.restore_byte_a0(body))
    return _finish(_mixed(repaired), "utf-8", f"{origin}, repaired")


def _mixed(body: bytes) -> str:
    """UTF-8 with single bytes of windows-1252 in between, as templates pasted together give."""

    def as_cp1252(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        wrong = error.object[error.start : error.end]
        return wrong.decode("cp1252", "replace"), error.end

    codecs.register_error("techwire.cp1252", as_cp1252)
    return body.decode("utf-8", "techwire.cp1252")


def _detected(body: bytes) -> tuple[str, str, str]:
    best = from_bytes(body[:DETECT_WINDOW], explain=False).best()
    charset = _known(best.encoding) if best else None
    if charset is None or (charset.startswith(_WESTERN) and charset not in _NOT_WESTERN):
        # Detectors mistake Western single-byte charsets for each other; the Web's is cp1252.
        charset = "cp1252"
    return body.decode(charset, "replace"), charset, "detected"


def _may_be_mojibake(text: str) -> bool:
    """Whether the letters that mojibake begins with are there often enough.

    Most pages have none of them, which is eight times as fast to see as to count them, and that
    is forty times as fast as to search for a pattern."""
    return sum(text.count(letter) for letter in "ÃÂâ" if letter in text) >= MANY_MOJIBAKE


def _finish(text: str, charset: str, origin: str, raw: bytes | None = None) -> Decoded:
    """``raw``: what ``text`` was decoded from, when that is UTF-8."""
    # Text of two bytes a letter is half zeros: there the search takes thirty times as long.
    if b"\x00" in raw if raw is not None else "\x00" in text:
        text, raw = text.replace("\x00", ""), None
    start = text[: DETECT_WINDOW * 4]
    if _may_be_mojibake(start) and len(MOJIBAKE.findall(start)) >= MANY_MOJIBAKE:
        mended = ftfy.fix_encoding(text)
        if mended != text:
            return Decoded(mended, charset, f"{origin}, mojibake mended")
    return Decoded(text, charset, origin, raw)
