"""The grammar of names that come from records: what is not one of these is forged. Pure.

It is wider than the API server's for some kinds and never lets through what a path, a shell or a
terminal takes for something else: separators, `..`, options, quotes, line ends, escapes."""

from __future__ import annotations

import re

from prober.model.objects import Ref

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_NAMESPACE = re.compile(r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?")
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.:]{0,251}[A-Za-z0-9])?")
_RULE = re.compile(r"[a-z0-9]([-a-z0-9]{0,78}[a-z0-9])?")


def is_ref(ref: Ref) -> bool:
    """Whether the parts can be those of an object: a kind, a namespace (empty: none), a name as in
    `system:coredns`."""
    return bool(
        _KIND.fullmatch(ref.kind)
        and _NAMESPACE.fullmatch(ref.namespace)
        and _NAME.fullmatch(ref.name)
    )


def is_rule(text: str) -> bool:
    """Whether it can be the id of a diagnosis rule, as in `egress-policy-missing-port`."""
    return bool(_RULE.fullmatch(text))
