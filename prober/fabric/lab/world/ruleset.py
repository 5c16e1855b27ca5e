"""The few shapes of nft text that every ruleset of the lab is written in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.fabric.lab.world.addresses import family_of

IP = {4: "ip", 6: "ip6"}
"""The keyword for a family's header."""
ADDRESS_TYPE = {4: "ipv4_addr", 6: "ipv6_addr"}
_LONGEST_COMMENT = 100


def table(name: str, *parts: Iterable[str]) -> str:
    """A table for both families. Each part is the lines of a chain, set or map."""
    lines = [f"    {line}" for part in parts for line in part]
    return "\n".join([f"table inet {name} {{", *lines, "}", ""])


def chain(name: str, rules: Iterable[str], hook: str = "") -> Iterator[str]:
    """A chain. `hook` makes it a base chain, as in `type nat hook output priority -100`."""
    yield f"chain {name} {{"
    if hook:
        yield f"    {hook}; policy accept;"
    yield from (f"    {rule}" for rule in rules)
    yield "}"


def named_set(name: str, kind: str, elements: Iterable[str], flags: str = "") -> Iterator[str]:
    """A set. Without elements it is there all the same, so that rules may name it."""
    yield from _collection("set", name, kind, elements, flags)


def verdict_map(name: str, kind: str, elements: Iterable[str]) -> Iterator[str]:
    """A map from a key to a verdict; each element is `KEY : VERDICT`."""
    yield from _collection("map", name, f"{kind} : verdict", elements, "")


def _collection(
    what: str, name: str, kind: str, elements: Iterable[str], flags: str
) -> Iterator[str]:
    yield f"{what} {name} {{"
    yield f"    type {kind}"
    if flags:
        yield f"    flags {flags}"
    listed = ", ".join(dict.fromkeys(elements))
    if listed:
        yield f"    elements = {{ {listed} }}"
    yield "}"


def braces(items: Iterable[str]) -> str:
    """An anonymous set, or the item alone when there is only one."""
    listed = list(dict.fromkeys(items))
    return listed[0] if len(listed) == 1 else "{ " + ", ".join(listed) + " }"


def comment(text: str) -> str:
    """The comment at the end of a rule, for people who list the ruleset."""
    clean = text.replace('"', "'")[:_LONGEST_COMMENT]
    return f'comment "{clean}"'


def with_port(address: str, port: int) -> str:
    """Address and port as `dnat to` takes them."""
    return f"[{address}]:{port}" if family_of(address) == 6 else f"{address}:{port}"
