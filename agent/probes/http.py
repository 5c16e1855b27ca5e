"""HTTP and HTTPS: which status the server answers.

Any status is `ok` unless the check names those it wants: a 503 came through the network. A status
that was not wanted is an `error`, as is an answer that is not HTTP. The beginning of an announced
body has to come: where a way swallows large packets, the head alone still gets through.
Redirects are shown, not followed; the environment's proxy is used only when the check asks for it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import ssl
from urllib.request import getproxies, proxy_bypass

from agent.contract import Context
from agent.evidence import classify
from agent.net import http_wire, sockets
from agent.net.http_wire import Site
from agent.probes import prelude
from agent.result import AttemptResult
from prober.model.outcome import HttpEvidence, Outcome
from prober.model.probe import Probe

_LONGEST_HEAD = 65536
_MOST_OF_BODY = 16384
"""Bytes of an announced body that have to come: more than any packet has, and little to read."""


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Connect (to the proxy, if there is one), ask, and read the head of the answer."""
    deadline = asyncio.get_running_loop().time() + probe.timeout
    try:
        site = http_wire.parse_url(probe.url)
        proxy = _proxy_for(site) if probe.proxy_from_env else None
    except ValueError as error:
        return AttemptResult(Outcome.ERROR, probe.address, detail=str(error))
    first = proxy or site
    address = "" if proxy else probe.address
    dialled = await prelude.dial_to(
        first.host, first.port, context, deadline, family=probe.family, address=address
    )
    if isinstance(dialled, AttemptResult):
        return dialled
    return await _Conversation(probe, site, proxy, deadline, dialled.result).hold(dialled.sock)


def _proxy_for(site: Site) -> Site | None:
    """The proxy that the environment names for this site (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY,
    NO_PROXY)."""
    proxies = getproxies()
    url = proxies.get(site.scheme) or proxies.get("all", "")
    if not url or proxy_bypass(site.host):
        return None
    return http_wire.parse_url(url if "://" in url else f"http://{url}")


class _Conversation:
    """What is said over the connection: perhaps a tunnel, perhaps TLS, then the request and its
    answer."""

    def __init__(
        self, probe: Probe, site: Site, proxy: Site | None, deadline: float, result: AttemptResult
    ) -> None:
        self._probe = probe
        self._site = site
        self._proxy = proxy
        self._deadline = deadline
        self._result = result

    async def hold(self, sock: socket.socket) -> AttemptResult:
        """The whole conversation. Closes the socket."""
        try:
            if self._proxy and self._site.scheme == "https" and not await self._tunnel(sock):
                return self._result
            if self._site.scheme == "https":
                secured = await self._secure(sock)
                if secured is None:
                    return self._result
                sock = secured
            return await self._ask(sock)
        except ValueError as error:
            return self._failed(Outcome.ERROR, f"the server answered, but {error}")
        except OSError as error:
            return self._broken(error)
        finally:
            sock.close()

    async def _tunnel(self, sock: socket.socket) -> bool:
        """Have the proxy connect to the site; False when it would not, and the result says so."""
        assert self._proxy is not None  # noqa: S101 - for the type checker: only asked where there is one
        answer, _ = await self._round_trip(sock, http_wire.connect_request(self._site, self._proxy))
        if answer.status // 100 == 2:
            return True
        self._add(http=dataclasses.replace(answer, proxy=self._proxy.authority))
        self._failed(
            Outcome.ERROR,
            f"the proxy {self._proxy.authority} answered {answer.status}, and made no tunnel",
        )
        return False

    async def _secure(self, sock: socket.socket) -> ssl.SSLSocket | None:
        """TLS over the connection; None when it failed, and the result says so."""
        from agent.probes import tls  # takes long to import, and plain HTTP needs none of it

        # Through a proxy's tunnel there is no second connection to read an untrusted certificate
        # with.
        peer = None if self._proxy else (self._result.address, self._site.port)
        dialled = prelude.Dialled(sock, self._result)
        self._result, secured = await tls.secured(
            dialled, peer, self._site.host, self._deadline, verify=self._probe.verify
        )
        return secured

    async def _ask(self, sock: socket.socket) -> AttemptResult:
        started = asyncio.get_running_loop().time()
        plain_proxy = self._proxy if self._site.scheme == "http" else None
        try:
            answer, came = await self._round_trip(
                sock, http_wire.request(self._probe.method, self._site, proxy=plain_proxy)
            )
        finally:  # the phase was entered, however it ended: the connection was made
            self._phase("reply", sockets.elapsed_ms(started))
        self._add(
            http=dataclasses.replace(answer, proxy=self._proxy.authority if self._proxy else "")
        )
        wanted = self._probe.status
        if wanted and answer.status not in wanted:
            return self._failed(
                Outcome.ERROR, f"status {answer.status}, wanted {' or '.join(map(str, wanted))}"
            )
        if self._probe.method != "HEAD" and not await self._keeps_its_word(sock, came):
            return self._failed(
                Outcome.TIMEOUT,
                f"status {answer.status}, and the body that it announced did not come",
            )
        self._result = dataclasses.replace(self._result, detail=f"status {answer.status}")
        return self._result

    async def _keeps_its_word(self, sock: socket.socket, came: bytes) -> bool:
        """Whether the announced body comes, as far as it is read. Who closes before its end was
        heard all the same."""
        wanted = min(http_wire.missing_of_body(came), _MOST_OF_BODY)
        try:
            await sockets.received(
                sock, self._deadline, lambda body: len(body) >= wanted, longest=wanted
            )
        except TimeoutError:
            return False
        except OSError:
            pass  # the head told what was asked for
        return True

    async def _round_trip(self, sock: socket.socket, request: bytes) -> tuple[HttpEvidence, bytes]:
        """Send a request and read the head of its answer; also all that came with it. Raises
        `OSError`, or `ValueError` when it is not HTTP."""
        await sockets.patiently(sock, lambda: sock.send(request), self._deadline)
        head = http_wire.Head()
        came = await sockets.received(sock, self._deadline, head.is_complete, longest=_LONGEST_HEAD)
        if head.answer is None:
            raise ValueError("the head of the answer does not end")
        return head.answer, came

    def _broken(self, error: OSError) -> AttemptResult:
        if isinstance(error, ConnectionResetError) and not error.errno:
            return self._failed(Outcome.RESET, "the server closed the connection without an answer")
        reading = classify.of_stream(error)
        if isinstance(error, ssl.SSLError):
            seen_tls = self._result.evidence.tls
            self._add(
                tls=dataclasses.replace(seen_tls, alert=classify.alert_of(error))
                if seen_tls
                else None
            )
        elif error.errno:
            self._add(errno=classify.name_of(error.errno))
        return self._failed(reading.outcome, reading.detail)

    def _failed(self, outcome: Outcome, detail: str) -> AttemptResult:
        self._result = dataclasses.replace(self._result, outcome=outcome, detail=detail)
        return self._result

    def _add(self, **seen: object) -> None:
        evidence = dataclasses.replace(self._result.evidence, **seen)  # type: ignore[arg-type]  # fields of Evidence
        self._result = dataclasses.replace(self._result, evidence=evidence)

    def _phase(self, name: str, time_ms: float) -> None:
        self._result = dataclasses.replace(
            self._result, phases={**self._result.phases, name: time_ms}
        )
