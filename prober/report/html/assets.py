"""Our own style sheet and scripts, which stand in the page, and the policy that lets the browser
run nothing else: it knows them by their hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from prober.report.html.element import element

SCRIPTS = (
    *("elements", "run", "filter", "pairs", "matrix", "map", "checks"),
    *("copy", "start"),
)
"""Of every page, in the order in which they need each other."""


def head(title: str, scripts: Sequence[str], *, connects: bool = False) -> ET.Element:
    """The head of a page with these scripts. Nothing is loaded from anywhere, whatever got into the
    page; `connects` lets it ask the server that it came from."""
    return element(
        "head",
        element("meta", charset="utf-8"),
        element(
            "meta",
            http_equiv="Content-Security-Policy",
            content=policy(scripts, connects=connects),
        ),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        _verbatim("style", style()),
    )


def script(names: Sequence[str]) -> ET.Element:
    """These scripts as one."""
    return _verbatim("script", code(names))


def data_block(identity: str, text: str) -> ET.Element:
    """JSON for a script, which no browser runs. `text` must not hold `<`."""
    made = _verbatim("script", text)
    made.attrib |= {"type": "application/json", "id": identity}
    return made


def policy(scripts: Sequence[str], *, connects: bool = False) -> str:
    """The Content-Security-Policy of a page with these scripts."""
    asks = "; connect-src 'self'" if connects else ""
    return (
        f"default-src 'none'; style-src {_hash(style())}; script-src {_hash(code(scripts))}{asks}; "
        "base-uri 'none'; form-action 'none'"
    )


def code(names: Sequence[str]) -> str:
    """These scripts, one after the other, in strict mode and in a scope of their own."""
    parts = "".join(_read(f"script/{name}.js") for name in names)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def style() -> str:
    """The style sheet."""
    return _read("style.css")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _verbatim(tag: str, text: str) -> ET.Element:
    made = ET.Element(tag)
    made.text = text
    return made


@cache
def _read(file: str) -> str:
    return (Path(__file__).parent / file).read_text(encoding="utf-8")
