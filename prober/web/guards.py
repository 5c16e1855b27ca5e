"""Who may ask, and what a browser may do with the answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web
from aiohttp.typedefs import Middleware

from prober.web.credentials import Credentials

OPEN_PATHS = ("/healthz", "/readyz")
"""They say nothing about the runs; kubelets ask them without a secret."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STRICTEST = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guards(names: Collection[str] | None, credentials: Credentials) -> list[Middleware]:
    """What every request goes through, in this order. None: it may be asked for by any name, since
    no browser has a reason to keep its answers apart."""
    hosts = [] if names is None else [_hosts(names)]
    return [_headers, *hosts, _authentication(credentials)]


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """On every answer, errors too. A page has its own content security policy in place of the
    strictest."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update({**_HEADERS, "Content-Security-Policy": _STRICTEST})
        raise
    if not response.prepared:
        add_headers(response)
    return response


def add_headers(response: web.StreamResponse) -> None:
    """The headers that every answer has; a stream adds them itself, before it begins."""
    response.headers.setdefault("Content-Security-Policy", _STRICTEST)
    response.headers.update(_HEADERS)


def _hosts(names: Collection[str]) -> Middleware:
    """Refuse names that are not this server's: a page of somebody else whose name was made to lead
    here (DNS rebinding) counts as its own origin in a browser. An address cannot be rebound."""
    known = {"localhost", *(name.lower().rstrip(".") for name in names)}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = host_of(request.headers.get("Host", ""))
        if name not in known and not _is_address(name):
            raise web.HTTPMisdirectedRequest(
                text="this server is not called so: start it with --host NAME to allow a name\n"
            )
        return await handler(request)

    return check


def host_of(header: str) -> str:
    """The name or address in a Host header, without its port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower().rstrip(".")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _authentication(credentials: Credentials) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        header = request.headers.get("Authorization", "")
        if request.path not in OPEN_PATHS and not credentials.accept(header):
            raise web.HTTPUnauthorized(
                text="a secret is needed\n",
                headers={"WWW-Authenticate": 'Basic realm="prober", charset="UTF-8"'},
            )
        return await handler(request)

    return check
