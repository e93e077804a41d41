"""The address of an article as its identity: one text for all the spellings of one address.

``canonical`` gives the key under which an address is known. It is made to compare, and a
little too plain to fetch (``www.`` is gone, http became https): what we ask for is kept beside it,
see ``Pending``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urljoin, urlsplit

import idna

MAX_LENGTH = 4096  # characters; longer ones are traps or data, no addresses of articles

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset(b"!$&'()*+,;=:@")
_QUERY_SAFE = _UNRESERVED | frozenset(b"!$'()*,;:@/?")

# Names of one site's other doors. Only the first label, and only where a registrable name is left.
_DOORS = frozenset({"www", "m", "mobile", "mobil", "amp", "www2", "touch", "wap"})
# Second labels that belong to the public suffix ("co.uk"): what stands before them is the site.
_SECOND_LEVEL = frozenset(
    {"co", "com", "net", "org", "gov", "gouv", "edu", "ac", "ne", "or", "go", "gob", "nom", "asso"}
)


def _sections(text: str) -> dict[str, frozenset[str]]:
    """The words of ``tracking.txt`` by section."""
    sections: dict[str, set[str]] = {}
    words: set[str] = set()
    for line in text.splitlines():
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        elif not line.startswith("#"):
            words.update(line.split())
    return {name: frozenset(found) for name, found in sections.items()}


_LISTS = _sections((files("techwire") / "tracking.txt").read_text("utf-8"))
_TRACKING_PREFIXES = tuple(sorted(_LISTS["prefixes"]))
_TRACKING = _LISTS["names"]
_SWITCHES = _LISTS["switches"]
_ORIGIN_NAMES = _LISTS["origins"]
_ORIGIN_VALUES = _LISTS["origin values"]

# Names under which anybody may have a site: "m.github.io" is a person's, nobody's other door.
_SHARED = frozenset(
    {
        "github.io", "gitlab.io", "blogspot.com", "blogspot.fr", "netlify.app", "vercel.app",
        "pages.dev", "workers.dev", "web.app", "herokuapp.com", "wixsite.com", "over-blog.com",
        "free.fr", "wordpress.com", "substack.com", "neocities.org",
    }
)  # fmt: skip
# Parameters that choose how a page is shown; "amp" there is its twin.
_SHOWN = frozenset({"outputtype", "output", "view", "mode", "format", "type", "layout", "template"})
_SESSION_NAMES = frozenset({"sid", "s", "sess", "session", "session_id", "sh"})
_TOKEN = re.compile(r"(?=.*\d)(?:[0-9a-f]{10,16}|[0-9a-f]{26,})")  # as programs draw them

_SCHEMELESS = re.compile(r"www\d?\.(?:[\w\-]+\.)+[A-Za-z]{2,}(?:[/?#]|$)")
_FEED_SCHEME = re.compile(r"feed:(?=https?://|//)", re.IGNORECASE)
_SLASHED = re.compile(r"^(https?):(?:/|/{3,})(?=[^/])", re.IGNORECASE)
_REDIRECTOR = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/url|lm?\.facebook\.com/l\.php|www\.linkedin\.com/redir"
    r"(?:ect)?)/?\?(.*)"
)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BLANK_END = re.compile(r"(?:\s|%20|%0[9AD])+$", re.IGNORECASE)
_BETWEEN = re.compile(r"&(?:amp;)*|;(?=utm_|amp;)", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|shtml)$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*|/\(S\(\w{24}\)\)", re.IGNORECASE)
_AMP_TAIL = re.compile(r"(?:/amp(?:\.html?)?|\.amp)$|(?:[._/]|(?<=\d)-)amp(?=\.html?$)")
# An address that is fetchable as it stands.
_PLAIN = re.compile(r"https?://[a-z0-9]+(?:[.\-][a-z0-9]+)*/[A-Za-z0-9._~\-/=&+,;:@!$'()*?]*")
_AMP_PART = re.compile(r"/amp/(?=.)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


@lru_cache(maxsize=8192)
def canonical(url: str) -> str:
    """The identity of ``url``: equal for two spellings of one address, different for two articles.

    Idempotent; never raises. What is no http address comes back stripped, and otherwise as it was.
    """
    url = _unwrapped(_unwrapped(url.strip()))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        return url
    host = _bare_host(ascii_host(parts.hostname))
    at = f"[{host}]" if ":" in host else host
    if port is None or port == _DEFAULT_PORTS[scheme]:
        scheme = "https"
    else:
        at = f"{at}:{port}"
    query = _canonical_query(parts.query)
    path = _canonical_path(parts.path.replace("\\", "/"))
    bang = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    bang = "" if bang in ("#/", "#!", "#!/") else bang
    return f"{scheme}://{at}{path}{'?' + query if query else ''}{bang}"


def absolute(base: str, link: str) -> str | None:
    """``link`` as found on the page or in the feed at ``base``, absolute and fit to be fetched.

    None for what is no http address: ``javascript:``, ``file:``, ``mailto:`` …
    """
    link = link.strip(" \t\r\n\f\v\x00\ufeff\u200b")
    if not link or len(link) > MAX_LENGTH:
        return None
    if _PLAIN.fullmatch(link):
        return link
    link = _sloppy(re.sub(r"[\t\r\n\x00-\x1f\x7f]", "", link), base)
    if (scheme := _SCHEME.match(link)) and scheme.group().lower() not in ("http:", "https:"):
        return None
    try:
        joined = urljoin(base, link)
    except ValueError:
        return None
    return fetchable(joined)


def _sloppy(link: str, base: str) -> str:
    """``link`` as browsers take it: "\\" for "/", too few or too many slashes, no scheme at all."""
    head, mark, rest = link.partition("?")
    link = head.replace("\\", "/") + mark + rest
    if _SCHEMELESS.match(link):
        return f"{urlsplit(base).scheme}://{link}"
    return _SLASHED.sub(r"\1://", link)


def fetchable(url: str) -> str | None:
    """``url`` as ASCII, ready for a request line, without fragment; None when not http."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname or len(url) > MAX_LENGTH:
        return None
    host = ascii_host(parts.hostname)
    if not host or not re.fullmatch(r"[a-z0-9._:\-]+", host):
        return None
    at = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        at = f"{at}:{port}"
    path = _quoted(parts.path, _PATH_SAFE | frozenset(b"/%")) or "/"
    query = _quoted(parts.query, _QUERY_SAFE | frozenset(b"&=+%"))
    return f"{scheme}://{at}{path}{'?' + query if query else ''}"


def host(url: str) -> str:
    """The host name of ``url``, ASCII, lower case; empty when it has none."""
    try:
        return ascii_host(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def origin(url: str) -> str:
    """Scheme, host and port of ``url``: what a robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def site(url: str) -> str:
    """The host of ``url`` without the doors of one house: www., m., amp. …"""
    return _bare_host(host(url))


@lru_cache(maxsize=4096)
def ascii_host(name: str) -> str:
    """``name`` in lower case and Punycode, without the root's dot; else as it was."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        try:
            return name.encode("idna").decode("ascii")
        except UnicodeError:
            return name


def _bare_host(name: str) -> str:
    """``name`` without "www." and its like, as long as a registrable name remains."""
    labels = name.split(".")
    if name.replace(".", "").isdigit() or ":" in name:
        return name
    while labels[0] in _DOORS and _is_registrable(labels[1:]):
        if labels[0] != "www" and ".".join(labels[1:]) in _SHARED:
            break
        labels = labels[1:]
    if len(labels) >= 4 and labels[1] == "m" and _is_registrable(labels[2:]):
        labels = [labels[0], *labels[2:]]  # fr.m.wikipedia.org
    return ".".join(labels)


def _is_registrable(labels: list[str]) -> bool:
    """Enough labels for a name somebody can own: more than "fr" and more than "co.uk"."""
    if len(labels) < 2:
        return False
    return len(labels) > 2 or not (len(labels[-1]) == 2 and labels[0] in _SECOND_LEVEL)


def _canonical_path(path: str) -> str:
    path = _BLANK_END.sub("", _SESSION.sub("", path))
    path = "/".join(_composed(_requoted(part, _PATH_SAFE)) for part in path.split("/"))
    path = _without_dots(_SLASHES.sub("/", path))
    path = _INDEX.sub("", path.rstrip("/")).rstrip("/")
    path = _without_amp(path).rstrip("/") or "/"
    # "/ /" and "/ /." end in a blank only now
    return _canonical_path(path) if _BLANK_END.search(path) else path


def _without_amp(path: str) -> str:
    """The path of the article itself, not of its AMP twin; "/guitars/amp" is no twin."""
    bare = _AMP_TAIL.sub("", _AMP_PART.sub("/", path, count=1))
    if bare == path:
        return path
    last = bare.rstrip("/").rpartition("/")[2]
    is_article = any(c.isdigit() for c in last) or last.count("-") >= 2 or "." in last
    return bare if is_article or bare.count("/") >= 2 else path


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4: "." and ".." segments taken out."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


def _canonical_query(query: str) -> str:
    pairs: list[tuple[str, str]] = []
    is_shared = False
    for item in _BETWEEN.split(query):
        name, _, value = item.partition("=")
        name, value = _requoted(name, _QUERY_SAFE), _requoted(value, _QUERY_SAFE)
        if not (name or value):
            continue
        if _is_tracking(name.lower(), value.lower()):
            is_shared = is_shared or name == "share"
        else:
            pairs.append((name, value))
    if is_shared:  # WordPress' share buttons: ?share=facebook&nb=1
        pairs = [pair for pair in pairs if pair[0] != "nb"]
    pairs = list(dict.fromkeys(pairs))
    pairs.sort(key=lambda pair: pair[0])  # stable: repeated names keep their order
    return "&".join(f"{name}={value}" if value else name for name, value in pairs)


def _is_tracking(name: str, value: str) -> bool:
    """Whether a parameter only says where the reader came from."""
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name in _SWITCHES:
        return value in ("", "1", "true", "yes", "y", "oui", "all")
    if name == "_":  # jQuery's way past a cache
        return value.isdigit()
    if name in _SHOWN and value == "amp":
        return True
    if name in _SESSION_NAMES and _TOKEN.fullmatch(value):
        return True
    if name == "page":
        return value == "all"
    return name in _ORIGIN_NAMES and value in _ORIGIN_VALUES


def _requoted(text: str, safe: frozenset[int]) -> str:
    """``text`` with each byte in its one right form: bare when safe, else %XX in capitals."""
    if text.isascii() and text.isalnum():
        return text
    if safe is _QUERY_SAFE:
        text = _PERCENT.sub("%25", text).replace("+", "%20")
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))  # JSON can name half a letter
    return "".join(chr(b) if b in safe else f"%{b:02X}" for b in raw)


def _composed(part: str) -> str:
    """A path segment with its letters composed (NFC): "e" and an accent are "é"."""
    if "%CC" not in part and "%CD" not in part:
        return part
    try:
        text = unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError:
        return part
    return _requoted(quote(unicodedata.normalize("NFC", text), safe=""), _PATH_SAFE)


def _quoted(text: str, safe: frozenset[int]) -> str:
    """``text`` with only what may not stand in an address escaped: nothing is decoded."""
    text = _PERCENT.sub("%25", text)
    raw = text.encode("utf-8", "surrogatepass")
    return "".join(chr(b) if b in safe else f"%{b:02X}" for b in raw)


def _unwrapped(url: str) -> str:
    """The address inside that of an AMP cache, a search engine or a social network."""
    url = url.replace("&#038;", "&").replace("&#38;", "&")  # WordPress, unresolved
    if found := _FEED_SCHEME.match(url):
        url = url[found.end() :]
    if url.startswith("//"):
        url = f"https:{url}"
    elif _SCHEMELESS.match(url):
        url = f"https://{url}"
    if found := _REDIRECTOR.match(url):
        for name, value in parse_qsl(found.group(1)):
            if name in ("url", "q", "u") and value.startswith(("http://", "https://")):
                return str(value)
    if found := re.match(
        r"https?://(?:[\w\-]+\.cdn\.ampproject\.org/(?:[a-z]/)?|(?:www\.)?google\.[a-z.]+/amp/)(s/)?",
        url,
    ):
        rest = url[found.end() :]
        if "." in rest.partition("/")[0]:
            return f"{'https' if found.group(1) else 'http'}://{rest}"
    return url
