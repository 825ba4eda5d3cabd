"""Who may speak to the server: the one-time token, the cookie, the host and the origin, and what pages may load."""

from __future__ import annotations

import hmac
import secrets
import threading
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}

SANDBOX = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
"""For files of results: their scripts run as those of a stranger and can load, send and ask for nothing."""

REFUSED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ceasefire studio</title></head>
<body><h1>This address does not open the studio</h1>
<p>{why}</p>
<p>Open the address that <code>ceasefire studio</code> prints in its terminal. It opens one browser, once; further
windows of the same browser then need no token. If it was used, stop the command with Ctrl-C and start it again.</p>
</body></html>
"""


class Access:
    """The token of the address that is opened, used once, and the cookie that every later request carries."""

    def __init__(self, hosts: frozenset[str] | None, port: int) -> None:
        self.hosts = hosts
        """Host names under which the server is asked; None: any, when it is open to others."""
        self.port = port
        self.token = secrets.token_urlsafe(24)
        self._token_left: str | None = self.token
        self._cookie = secrets.token_urlsafe(32)
        self._lock = threading.Lock()

    @property
    def cookie_name(self) -> str:
        """A cookie belongs to all ports of a machine, so its name holds the port."""
        return f"ceasefire-studio-{self.port}"

    def take(self, token: str) -> bool:
        """Whether this is the token, and it was not used before; it is used now."""
        with self._lock:
            if self._token_left is None or not _same(token, self._token_left):
                return False
            self._token_left = None
            return True

    def cookie(self) -> str:
        """The header that sets the cookie."""
        return f"{self.cookie_name}={self._cookie}; Path=/; HttpOnly; SameSite=Strict"

    def has_cookie(self, headers: Headers) -> bool:
        """Whether a request carries the cookie."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie_name)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._cookie)

    def fault(self, scope: Scope) -> str:
        """Why a request is refused whatever it asks for; '' when it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name, _, port = host.rpartition(":")
        if (
            len(headers.getlist("host")) != 1
            or port != str(self.port)
            or not (self.hosts is None or name in self.hosts)
        ):
            return "It was asked for under another name than that of this machine."
        origins = headers.getlist("origin")
        if origins != [f"http://{host}"] and (origins or scope["type"] == "websocket"):
            return "Another site asked for it."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "Another site asked for it."
        return ""


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


class Guard:
    """Refuses whatever does not come from the page of this server, before anything else sees it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            response = self._refusal(scope)
            await (response or self.app)(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if self.access.fault(scope) or not self.access.has_cookie(headers):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further; None for one that does."""
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"allow": "GET, HEAD"})
        fault = self.access.fault(scope)
        if fault:
            return HTMLResponse(REFUSED.format(why=fault), 403)
        known = self.access.has_cookie(Headers(scope=scope))
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if scope["path"] == "/" and given:
            if known or self.access.take(given[0]):
                return RedirectResponse("/", 303, headers={"set-cookie": self.access.cookie()})
            return HTMLResponse(REFUSED.format(why="Its token is wrong, or was used before."), 403)
        return None if known else HTMLResponse(REFUSED.format(why="It carries no token."), 403)


def _with_headers(send: Send) -> Send:
    """Adds HEADERS to a response, where it does not have its own."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message["headers"]}
            more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in names]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return wrapped
