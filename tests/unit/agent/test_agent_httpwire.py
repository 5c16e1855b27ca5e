"""HTTP/1.1: URLs, requests, and the heads of answers."""

from __future__ import annotations

import pytest

from agent.net.http_wire import (
    Site,
    connect_request,
    missing_of_body,
    parse_answer,
    parse_url,
    request,
)
from prober.model.outcome import HttpEvidence


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://web.example", Site("http", "web.example", 80, "/")),
        ("https://web.example:8443/a?b=c#d", Site("https", "web.example", 8443, "/a?b=c")),
        ("http://[2001:db8::1]:8080/", Site("http", "2001:db8::1", 8080, "/")),
        ("http://u:p%40@web.example/ä b", Site("http", "web.example", 80, "/%C3%A4%20b", "u:p@")),
        ("http://bücher.example/", Site("http", "xn--bcher-kva.example", 80, "/")),
    ],
)
def test_urls(url: str, site: Site) -> None:
    assert parse_url(url) == site


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://web.example/", "must be http or https"),
        ("web.example", "must be http or https"),
        ("http://", "has no host"),
        ("http://web.example:99999/", "[Pp]ort"),
        ("http://web.example:x/", "[Pp]ort"),
    ],
)
def test_urls_that_make_no_sense(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_url(url)


def test_a_request_is_plain_and_closes() -> None:
    lines = request("HEAD", parse_url("http://u:p@web.example:81/x")).decode().split("\r\n")
    assert lines[0] == "HEAD /x HTTP/1.1"
    assert {"Host: web.example:81", "Connection: close", "Authorization: Basic dTpw"} <= set(lines)
    assert lines[-2:] == ["", ""]


def test_requests_through_a_proxy() -> None:
    proxy = parse_url("http://u:p@proxy.example:3128")
    plain = request("GET", parse_url("http://web.example/x"), proxy=proxy).decode()
    assert plain.startswith("GET http://web.example/x HTTP/1.1\r\nHost: web.example\r\n")
    assert "Proxy-Authorization: Basic dTpw" in plain
    tunnel = connect_request(parse_url("https://[2001:db8::1]/x"), proxy).decode()
    assert tunnel.startswith("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody", HttpEvidence(200, "OK", server="x")),
        (b"HTTP/1.0 404\n\n", HttpEvidence(404)),
        (
            b"HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 302 Found\r\nlocation: /y\r\n\r\n",
            HttpEvidence(302, "Found", location="/y"),
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", HttpEvidence(101, "Switching Protocols")),
        (b"HTTP/1.1 200 OK\r\nServer: a\x1b[31m\r\n\r\n", HttpEvidence(200, "OK", server="a.[31m")),
    ],
)
def test_answers(data: bytes, answer: HttpEvidence) -> None:
    assert parse_answer(data) == answer
    whole = data.removesuffix(b"body")
    assert all(parse_answer(whole[:length]) in (None, answer) for length in range(len(whole)))


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 10),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234", 6),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n12345", 0),
        (b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n1", 6),
        (b"HTTP/1.1 200 OK\r\n\r\n", 0),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 0),
    ],
)
def test_what_is_yet_to_come_of_a_body(data: bytes, missing: int) -> None:
    assert missing_of_body(data) == missing


@pytest.mark.parametrize(
    "data",
    [b"SSH-2.0-x\r\n", b"HTTP/2.0 200\r\n\r\n", b"\x15\x03\x01\x00\x02\x02", b"hello", b"\n"],
)
def test_what_is_not_http_is_recognised_at_once(data: bytes) -> None:
    with pytest.raises(ValueError, match="not HTTP/1"):
        parse_answer(data)


def test_headers_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="make no sense"):
        parse_answer(
            b"HTTP/1.1 200 OK\r\n"
            + b"".join(b"H%d: x\r\n" % number for number in range(500))
            + b"\r\n"
        )
