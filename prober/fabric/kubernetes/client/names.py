"""PURE. What the API lets an object be called.

A name becomes a segment of a path, and paths are not quoted: `../../kube-system` sent as a name is
a path to somewhere else, and quoted it would be one for whoever unquotes it on the way. No name
that Kubernetes gives needs quoting, so what would need it is no name, and is refused where the path
is made (`resources.Resource`). What is read is held to the same rules: an object whose name no API
server would have accepted was not written by one.

The rules are those of Kubernetes (apimachinery, `pkg/util/validation` and
`pkg/api/validation/path`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prober.model.bounds import plain
from prober.model.errors import FabricError

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SHOWN = 80
"""Characters of a name that is none: there is no telling how long it is."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What names of one kind look like."""

    pattern: re.Pattern[str]
    longest: int

    def allows(self, name: object) -> bool:
        """Is it such a name. Whatever else there is, of any type, is none."""
        return (
            isinstance(name, str)
            and len(name) <= self.longest
            and bool(self.pattern.fullmatch(name))
        )


LABEL = Grammar(re.compile(_LABEL), 63)
"""RFC 1123: namespaces."""
SUBDOMAIN = Grammar(re.compile(rf"{_LABEL}(?:\.{_LABEL})*"), 253)
"""RFC 1123: nearly all other objects."""
SEGMENT = Grammar(re.compile(r"(?!\.\.?$)[^/%\x00-\x1f\x7f-\x9f]+"), 1_024)
"""Anything that may stand in a path, as names of roles do (`system:node`). They are read, and no
path is made of one."""
VERSION = Grammar(re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*/)?{_LABEL}"), 320)
"""A group and a version, as in `apps/v1`. Which are served, the API server says."""
CONTAINER = LABEL
"""Containers in a pod."""


def require(grammar: Grammar, name: str, what: str) -> str:
    """The name, if it is one. Raises `FabricError` that says for what it was given otherwise."""
    if not grammar.allows(name):
        raise FabricError(
            f"{shown(name)} is not a valid name of a {what}, so nothing was sent",
            hint="names have lower-case letters, digits, - and . only; see where this one is from",
        )
    return name


def shown(name: object) -> str:
    """What is no name, for a message: short, and without what a terminal would act upon."""
    return repr(plain(str(name), _SHOWN))
