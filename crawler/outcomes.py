"""From what the network did to the one word we keep of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet import error as twisted_errors

from crawler.browser import RenderFailed
from crawler.guard import ForbiddenAddress
from techwire.types import Outcome, VisitOutcome


class RobotsForbid(Exception):
    """robots.txt says no."""


class Reserved(Exception):
    """The site's tdmrep.json reserves text and data mining."""


class AlreadyRead(Exception):
    """Another address led to this page in the same visit."""


class TooLarge(Exception):
    """Over the size limit once decompressed."""


class RobotsBusy(Exception):
    """The site answered 429 or 503 to robots.txt: come back later."""


class RobotsUnavailable(Exception):
    """robots.txt answered with a server error, which means no, for now (RFC 9309 §2.3.1.4)."""


_TIMEOUTS = (DownloadTimeoutError, twisted_errors.TimeoutError, TimeoutError)


def of_failure(error: BaseException) -> tuple[Outcome, str]:
    """The outcome of a request that got no answer, with one line for people."""
    text = " ".join(str(error).split())[:200]
    match error:
        case ForbiddenAddress():
            return Outcome.FORBIDDEN_ADDRESS, text
        case AlreadyRead():
            return Outcome.UNCHANGED, "another address led to this page in the same visit"
        case RobotsForbid():
            return Outcome.ROBOTS, "robots.txt says no"
        case TooLarge():
            return Outcome.TOO_LARGE, text
        case Reserved():
            return Outcome.RESERVED, "text and data mining is reserved (tdmrep.json)"
        case RenderFailed():
            return Outcome.NETWORK, f"the browser failed: {text}"
        case RobotsBusy():
            return Outcome.BUSY, text
        case RobotsUnavailable():
            return Outcome.HTTP_ERROR, text
        case UnsupportedURLSchemeError() | NotSupported():
            return Outcome.FORBIDDEN_ADDRESS, text
        case CannotResolveHostError():
            return Outcome.NETWORK, "the host name is unknown"
        case DownloadConnectionRefusedError():
            return Outcome.NETWORK, "connection refused"
        case ResponseDataLossError():
            return Outcome.NETWORK, "the answer broke off"
        case DownloadCancelledError():
            return Outcome.TOO_LARGE, "over the size limit"
        case IgnoreRequest():
            return Outcome.HTTP_ERROR, "too many redirects" if "redirect" in text else text
        case _:
            pass
    if isinstance(error, _TIMEOUTS):
        return Outcome.TIMEOUT, "no whole answer in time"
    if words := _certificate_words(text):
        return Outcome.INSECURE, words
    return Outcome.NETWORK, _network_words(error, text)


def _certificate_words(text: str) -> str | None:
    """What is wrong with the server's certificate; None when it is not about that."""
    if "VerificationError" in text or "Mismatch" in text:
        return "TLS: the certificate is for another host"
    if "certificate verify failed" in text:
        return "TLS: the certificate has expired, or is signed by nobody we trust"
    return None


def _network_words(error: BaseException, text: str) -> str:
    if "certificate" in text.lower() or "SSL" in text or "TLS" in text:
        return f"TLS: {text}"
    if "ConnectionLost" in text or "ConnectionDone" in text or "ConnectionReset" in text:
        return "connection lost"
    name = type(error).__name__
    return f"{name}: {text}" if text else name


_WALLS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("cloudflare", rb"cf-chl|challenge-platform|Just a moment\.\.\.|cf-mitigated"),
        ("DataDome", rb"captcha-delivery\.com|geo\.captcha|datadome"),
        ("PerimeterX", rb"px-captcha|_pxhd|perimeterx"),
        ("Akamai", rb"errors\.edgesuite\.net|akamai"),
        ("Imperva", rb"_Incapsula_Resource|incapsula incident"),
        ("AWS WAF", rb"awswaf|gokuProps"),
        ("a captcha", rb"g-recaptcha|h-captcha|hcaptcha\.com|verify you are (?:a )?human"),
    )
)


def wall(headers: Mapping[str, str], body: bytes) -> str | None:
    """The name of the bot wall that answered instead of the site; None when it is the site."""
    if headers.get("cf-mitigated"):
        return "cloudflare"
    if "x-datadome" in headers and len(body) < 20_000:
        return "DataDome"
    head = body[:30_000]
    return next((name for name, pattern in _WALLS if pattern.search(head)), None)


_WALL_TITLE = re.compile(
    rb"<title[^>]*>\s*(?:Just a moment|Attention Required|Access (?:to this page has been )?denied|"
    rb"Pardon Our Interruption|Robot or human|Are you a (?:robot|human)|Verifying you are human|"
    rb"Security check|Captcha|Un instant|V[^<]{1,8}rification (?:de s|du nav))",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"https?://(?:consent|guce|cmp|privacy)\.|/(?:consent|cookie-?wall|gdpr)(?:[/?.]|$)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"/(?:log-?in|sign-?in|connexion|se-connecter|auth|sso)(?:[/?.]|$)", re.IGNORECASE
)


def of_stand_in(asked: str, answered: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """What stands in for the page asked for, although the status says 200: a bot wall, a consent or
    a login page; None when the page is itself. Recognised and named, never worked around."""
    if headers.get("cf-mitigated") or _WALL_TITLE.search(body[:5000]):
        return f"a bot wall ({wall(headers, body) or 'unnamed'})"
    if asked != answered:
        if _CONSENT.search(answered) and not _CONSENT.search(asked):
            return f"a consent page, {answered[:100]}"
        if _LOGIN.search(answered) and not _LOGIN.search(asked):
            return f"a login page, {answered[:100]}"
    return None


def of_status(status: int, headers: Mapping[str, str], body: bytes) -> tuple[Outcome, str] | None:
    """The outcome of an answer that brings no page; None when it brings one (2xx, 304)."""
    if status == 304 or 200 <= status < 300:
        return None
    words = f"HTTP {status}"
    if status in (401, 403, 407, 451):
        name = wall(headers, body)
        return Outcome.BLOCKED, f"{words}, {name}" if name else words
    if status in (404, 410):
        return Outcome.GONE, words
    if status in (429, 503):
        name = wall(headers, body) if status == 503 else None
        return (Outcome.BLOCKED, f"{words}, {name}") if name else (Outcome.BUSY, words)
    location = headers.get("location", "")
    if 300 <= status < 400 and location and not _is_web(location):
        return Outcome.FORBIDDEN_ADDRESS, f"{words} to {location[:100]}"
    return Outcome.HTTP_ERROR, words


def _is_web(location: str) -> bool:
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.\-]*):", location)
    return scheme is None or scheme.group(1).lower() in ("http", "https")


VISIT = {
    Outcome.ROBOTS: VisitOutcome.ROBOTS,
    Outcome.BLOCKED: VisitOutcome.BLOCKED,
    Outcome.GONE: VisitOutcome.GONE,
    Outcome.BUSY: VisitOutcome.BUSY,
    Outcome.HTTP_ERROR: VisitOutcome.HTTP_ERROR,
    Outcome.TIMEOUT: VisitOutcome.TIMEOUT,
    Outcome.NETWORK: VisitOutcome.NETWORK,
    Outcome.INSECURE: VisitOutcome.INSECURE,
    Outcome.TOO_LARGE: VisitOutcome.TOO_LARGE,
    Outcome.FORBIDDEN_ADDRESS: VisitOutcome.FORBIDDEN_ADDRESS,
}
