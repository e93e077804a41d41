"""Who may see the page, and what every answer says to the browser: the outermost layer."""

from __future__ import annotations

import base64
import binascii
import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.settings import Settings, is_loopback

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, no other host: what an article says can do nothing."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
}


class Access:
    """Turns strangers away; adds the headers that keep a browser safe."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(Headers(scope=scope))
        await (refusal or self._app)(scope, receive, safe)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        settings = self._settings
        host = headers.get("host", "").lower()
        if is_loopback(settings.host) and not is_loopback(_without_port(host)):
            # another site's name that leads here (DNS rebinding) would read our pages for it
            return PlainTextResponse("This page answers on localhost only.\n", 421)
        if settings.proxy_header and headers.get(settings.proxy_header):
            return None
        if settings.password:
            if _is_right(headers.get("authorization", ""), settings.password):
                return None
            return PlainTextResponse(
                "The password of techwire serve is asked for; any user name will do.\n",
                401,
                {"www-authenticate": 'Basic realm="techwire", charset="UTF-8"'},
            )
        if settings.proxy_header:
            return PlainTextResponse("Only the reverse proxy may ask.\n", 403)
        return None


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_right(authorization: str, password: str) -> bool:
    """HTTP basic authentication (RFC 7617): any user, this password."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        said = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(said.partition(b":")[2], password.encode())
