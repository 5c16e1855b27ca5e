"""YAML text to plain Python data, keeping the composed nodes so that any field's line can be found
later.

Composing happens once, in C. The values are built here and not by PyYAML's constructor, because
that one follows other scalar rules (see `scalars`), accepts duplicate keys and is several times
slower.

Every reader of YAML comes through here, so this is where a document is bounded: what it nests, how
many values it has, and how many of them its aliases repeat. (An alias costs a few bytes in the file
and everything that it stands for in whatever walks over the value: nine lines can say a billion
values.)"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from prober.manifest.reading.scalars import Scalar, key_text, plain

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # PyYAML built without libyaml: slower, the same result
    from yaml import SafeLoader as _Base  # type: ignore[assignment]  # the two have the same interface

_PLAIN = "plain"
_TAG = "tag:yaml.org,2002:"
_MERGE_KEY = "<<"

_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "null": (type(None),),
}

TEMPLATE_HINT = "this looks like a template: render it first, as in `helm template`"
MOST_NESTED = 150
"""Levels of nesting that a document may have: more than any Kubernetes object, less than Python's
stack."""

MOST_VALUES = 1_000_000
"""Values (mappings, lists, scalars, keys) that a file of YAML may have: some 10 MB of manifests.
Each costs about 400 bytes and 10 µs while its line can still be asked for."""
MOST_REPEATED = 100_000
"""Values that the aliases and merge keys of a document may add to those that are written."""

Complain = Callable[[yaml.Node, str, str], None]
"""Takes the node a mistake is at, the message and the hint."""


class TooMuch(Exception):  # noqa: N818 - it is no fault of the reader: the document is beyond its limits
    """A document that is beyond a limit, at a node: reading it ends here."""

    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line = line
        """1-based; 0 where it is not known."""
        self.hint = hint

    @classmethod
    def large(cls, line: int, message: str) -> TooMuch:
        """A document that takes too long to read as YAML."""
        hint = "split the file, or give it as JSON, as `kubectl get -o json` writes it"
        return cls(line, message, hint)

    @classmethod
    def nested(cls, line: int, form: str = "YAML") -> TooMuch:
        """A document that nests more than `MOST_NESTED`."""
        hint = f"write it with at most {MOST_NESTED} levels: no Kubernetes object needs more"
        return cls(line, f"not valid {form}: nested too deeply", hint)


class Composer(_Base):
    """Composes nodes and leaves the meaning of plain scalars to `Builder`."""

    _depth = 0
    _values = 0

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node that has none: `plain`, or the type that its shape says."""
        # PyYAML resolves every plain scalar with its own YAML 1.1 rules, through a list of regular
        # expressions. Kubernetes follows other rules (see `scalars`), so that work would be thrown
        # away.
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _TAG + "str"
        return _TAG + ("seq" if kind is yaml.SequenceNode else "map")

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Called on the way into a node. The C composer recurses without a limit and would crash
        the process."""
        # libyaml's composer calls this hook once for every node on the way down, which makes it
        # the only place where a limit can stop the recursion in time. Without it, a few tens of
        # thousands of opening brackets overflow the C stack and kill the process without a
        # traceback.
        self._depth += 1
        self._values += 1
        if self._depth > MOST_NESTED:
            raise TooMuch.nested(_line(current_node))
        # Counted while composing, not afterwards: the nodes are what fills the memory, and they
        # exist before anybody could look at the result.
        if self._values > MOST_VALUES:
            message = f"has more than {MOST_VALUES:,} values of YAML"
            raise TooMuch.large(_line(current_node), message)

    def ascend_resolver(self) -> None:
        """Called on the way out of a node."""
        self._depth -= 1

    def documents(self) -> Iterator[yaml.Node]:
        """The root node of each document. Raises `yaml.YAMLError` where the text stops being
        YAML."""
        while self.check_node():
            node = self.get_node()
            if node is not None:
                yield node


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node else 1


@dataclass(frozen=True, slots=True)
class _Built:
    """A collection that an alias may come back to."""

    value: Any
    size: int
    """Values in it, those of aliases counted each time."""
    height: int
    """Levels of nesting in it."""


class Builder:
    """Builds the value of a document's nodes and complains about what JSON could not say.

    Raises `TooMuch` where aliases nest or repeat more than a document may.
    """

    def __init__(self, complain: Complain) -> None:
        self._complain = complain
        self._built: dict[int, _Built] = {}
        self._open: set[int] = set()
        self._size = 0
        """Values so far, those of aliases counted each time."""
        self._repeated = 0
        self._depth = 0
        self._deepest = 0
        """The deepest level that was reached inside the collections that are open."""

    def build(self, node: yaml.Node) -> Any:
        """The plain data of a node: dict (text keys), list, str, int, float, bool or None."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        # The composer gives the same node object for an anchor and for each of its aliases.
        # Building it once keeps "billion laughs" (nine lines that name each other ten times) from
        # becoming a billion objects here; whoever walks over the value would still visit them all,
        # which is why `_count` has a limit of its own.
        identity = id(node)
        if identity in self._built:  # an alias: the same node again, and the same value
            return self._repeat(node, self._built[identity])
        # An anchor may contain an alias to itself. YAML allows it, JSON cannot say it, and every
        # recursive walk over it would never end.
        if identity in self._open:
            self._complain(
                node,
                "an anchor that contains itself",
                "write the value out instead of using an alias",
            )
            return None
        self._open.add(identity)
        before, deepest = self._size, self._deepest
        self._depth += 1
        self._deepest = self._depth
        value = (
            self._mapping(node)
            if isinstance(node, yaml.MappingNode)
            else [self.build(item) for item in node.value]
        )
        # Sizes and heights are kept for the sub-tree, so that an alias to it can be charged
        # without walking over it again.
        self._size += 1 + len(node.value)
        self._built[identity] = _Built(value, self._size - before, self._deepest - self._depth + 1)
        self._depth -= 1
        self._deepest = max(deepest, self._deepest)
        self._open.discard(identity)
        return value

    def _repeat(self, node: yaml.Node, built: _Built) -> Any:
        self._size += built.size
        self._count(node, built.size)
        self._deepest = max(self._deepest, self._depth + built.height)
        if self._deepest > MOST_NESTED:
            raise TooMuch.nested(_line(node))
        return built.value

    def _count(self, node: yaml.Node, repeated: int) -> None:
        self._repeated += repeated
        if self._repeated > MOST_REPEATED:
            message = (
                f"the anchor here is repeated until there are more than {MOST_REPEATED:,} values"
            )
            raise TooMuch(_line(node), message, "write out what is meant, without aliases")

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        value: dict[str, Any] = {}
        first: dict[str, yaml.Node] = {}
        merges: list[yaml.Node] = []
        for key_node, item in node.value:
            if is_merge(key_node):
                merges.append(item)
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                hint = (
                    TEMPLATE_HINT
                    if isinstance(key_node, yaml.MappingNode)
                    else "write the key as text"
                )
                self._complain(key_node, "a key that is not text", hint)
                continue
            key = key_text(self._scalar(key_node))
            # The API server's decoder (sigs.k8s.io/yaml in strict mode, `kubectl apply
            # --validate=strict`) rejects duplicate keys. PyYAML keeps the last one silently: half
            # of a NetworkPolicy would be ignored here and nowhere else.
            if key in first:
                line = first[key].start_mark.line + 1
                self._complain(
                    key_node,
                    f"duplicate key `{key}`, first used in line {line}",
                    "keep one of them",
                )
                continue
            first[key] = key_node
            value[key] = self.build(item)
        # After the own keys, because the YAML merge key specification gives them precedence,
        # wherever in the mapping `<<` stands. And the first of several merged mappings wins over
        # the later ones, hence setdefault.
        for merged in merges:
            self._merge(merged, value)
        return value

    def _merge(self, node: yaml.Node, into: dict[str, Any]) -> None:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in {
            id(source): source for source in sources
        }.values():  # to merge one twice adds nothing
            merged = self.build(source)
            if not isinstance(merged, dict):
                self._complain(
                    source,
                    "`<<` merges something that is not a mapping",
                    "merge a mapping, as in `<<: *base`",
                )
                continue
            # A merge copies what is shared: merging a mapping of 300 keys in 3,000 places makes
            # 900,000 entries of a short file.
            self._count(source, len(merged))
            for key, item in merged.items():
                into.setdefault(key, item)

    def _scalar(self, node: yaml.ScalarNode) -> Scalar:
        text: str = node.value
        if node.tag == _PLAIN:
            return plain(text)
        name = node.tag.removeprefix(_TAG)
        if name in ("str", "timestamp"):
            return text
        if name in ("int", "float", "bool", "null"):
            return self._tagged(node, name, text)
        if name == "binary":
            return self._binary(node, text)
        self._complain(
            node, f"the YAML tag `{node.tag}` means nothing to Kubernetes", "remove the tag"
        )
        return text

    def _tagged(self, node: yaml.ScalarNode, name: str, text: str) -> Scalar:
        # `!!int 0x1F` and `!!float 1` are legal; the tag is held against what the text means to
        # Kubernetes, so that the two cannot disagree.
        value = plain(text)
        if not isinstance(value, _TYPES[name]) or (name == "int" and isinstance(value, bool)):
            self._complain(
                node,
                f"`{text}` is not a YAML {name}",
                "remove the tag, or write a value of this type",
            )
        return value

    def _binary(self, node: yaml.ScalarNode, text: str) -> str:
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            self._complain(
                node, "invalid base64 after `!!binary`", "remove the tag, or encode the value again"
            )
            return text


def is_merge(key: yaml.Node) -> bool:
    """Is this the key `<<`, unquoted, which merges another mapping."""
    return (
        isinstance(key, yaml.ScalarNode)
        and key.value == _MERGE_KEY
        and key.tag in (_PLAIN, _TAG + "merge")
    )


def find_key(node: yaml.MappingNode, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The key node and the value node of a mapping's field, also of one that was merged in."""
    seen: set[int] = set()
    waiting: list[yaml.Node] = [node]
    while waiting:
        mapping = waiting.pop(0)
        if not isinstance(mapping, yaml.MappingNode) or id(mapping) in seen:
            continue  # merges that merge each other are many ways to one mapping
        seen.add(id(mapping))
        # Breadth does not matter, order does: the lookup for a line number has to find the same
        # entry as `_mapping` did for the value.
        merges: list[yaml.Node] = []
        for key_node, item in mapping.value:
            if is_merge(key_node):
                merges.extend(item.value if isinstance(item, yaml.SequenceNode) else [item])
            elif isinstance(key_node, yaml.ScalarNode):
                text = key_text(plain(key_node.value)) if key_node.tag == _PLAIN else key_node.value
                if text == key:
                    return key_node, item
        waiting[:0] = merges
    return None
