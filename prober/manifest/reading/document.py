"""Files in, documents out: plain data whose every field knows its line. Knows nothing of
Kubernetes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from prober.files import read_text
from prober.manifest.reading.collector import collector_paused
from prober.manifest.reading.nodes import (
    MOST_NESTED,
    TEMPLATE_HINT,
    Builder,
    Composer,
    TooMuch,
    find_key,
)
from prober.model.errors import InputError, Location, Mistake

FieldPath = tuple[str | int, ...]
"""Where a field is in a document: mapping keys and list indices (0-based), from the root."""

MOST_YAML = 32 << 20
"""Characters of one file. YAML is read some thirty times slower than JSON, which may be
`prober.files.MOST_BYTES`."""

_SURROGATE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")
"""An escape that stands for half of a surrogate pair (the other half may follow it)."""
_PLAIN_KEY_SEPARATORS = frozenset("./[]\"' ")


def format_path(path: FieldPath) -> str:
    """A path for people: `("spec", "ingress", 0, "from")` is `spec.ingress[0].from`; other keys are
    quoted, as in `metadata.labels["kubernetes.io/name"]`. Empty for the root."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not step or _PLAIN_KEY_SEPARATORS.intersection(step):
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
        else:
            text += f".{step}" if text else step
    return text


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file."""

    file: str
    """The path as the user gave it."""
    index: int
    """0-based, of the documents in the file that are not empty."""
    value: dict[str, Any]
    """Plain data: dict (text keys), list, str, int, float, bool and None. Parts that aliases share
    are the same object: do not change it."""
    root: Callable[[], yaml.Node | None] = field(repr=False, compare=False)
    """The composed nodes; for JSON they are made when a line is first asked for. None: no lines are
    known."""

    def written(self, path: FieldPath) -> str | None:
        """The text of a scalar as it stands in the file (`on`, where the value is True); None for
        anything else."""
        node = self._find(path)[1]
        return node.value if isinstance(node, yaml.ScalarNode) else None

    def line(self, path: FieldPath = ()) -> int:
        """The 1-based line of a field, or of its nearest parent that is in the file; 0 when lines
        are not known."""
        return self._find(path)[0]

    def _find(self, path: FieldPath) -> tuple[int, yaml.Node | None]:
        """The line of a field (or its nearest parent), and its node, where the field is in the
        file."""
        node = self.root()
        if node is None:
            return 0, None
        line = node.start_mark.line + 1
        for step in path:
            if isinstance(node, yaml.MappingNode) and isinstance(step, str):
                entry = find_key(node, step)
                if entry is None:
                    return line, None
                line, node = entry[0].start_mark.line + 1, entry[1]
            elif (
                isinstance(node, yaml.SequenceNode)
                and isinstance(step, int)
                and step < len(node.value)
            ):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                return line, None
        return line, node

    def location(self, path: FieldPath = ()) -> Location:
        """The file and the line of a field."""
        return Location(self.file, self.line(path))

    def mistake(self, path: FieldPath, message: str, hint: str = "") -> Mistake:
        """A mistake at a field of this document."""
        return Mistake(self.location(path), format_path(path), message, hint)


def load_documents(path: Path) -> list[Document]:
    """Every document of a YAML (one or many) or JSON file, at least one.

    Empty documents between separators are skipped, as kubectl does. Raises `InputError` with all
    mistakes of the file: unreadable, empty, not UTF-8, not YAML or JSON, duplicate keys, or a
    document that is not a mapping.
    """
    documents = load_any_documents(path)
    if not documents:
        message = "is empty: there is no document in it"
        raise InputError([Mistake(Location(str(path)), "", message, "fill it, or leave it out")])
    return documents


def load_any_documents(path: Path) -> list[Document]:
    """As `load_documents`, for files that may be empty, such as those that a template rendered to
    nothing."""
    return documents_of(str(path), read_text(path))


def documents_of(file: str, text: str) -> list[Document]:
    """The documents of a text that stands in `file`, whose suffix says whether it is JSON. Raises
    as `load_any_documents` does."""
    with collector_paused():
        try:
            documents = (
                _load_json(file, text) if Path(file).suffix == ".json" else _load_yaml(file, text)
            )
        except TooMuch as limit:
            raise InputError(
                [Mistake(Location(file, limit.line), "", str(limit), limit.hint)]
            ) from None
        if escape := _SURROGATE.search(text):
            _refuse_surrogates(documents, text.count("\n", 0, escape.start()) + 1)
        return documents


def _refuse_surrogates(documents: Sequence[Document], line: int) -> None:
    """Half of a surrogate pair, which only an escape can write, is no character: nothing that holds
    one can be written or sent anywhere."""
    for document in documents:
        try:
            json.dumps(document.value, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as error:
            message = f"has {error.object[error.start]!a}, which is no character"
            mistake = Mistake(Location(document.file, line), "", message, "leave it out")
            raise InputError([mistake]) from None


def _load_yaml(file: str, text: str) -> list[Document]:
    mistakes: list[Mistake] = []

    def complain(node: yaml.Node, message: str, hint: str) -> None:
        mistakes.append(Mistake(Location(file, node.start_mark.line + 1), "", message, hint))

    documents: list[Document] = []
    if len(text) > MOST_YAML:
        raise TooMuch.large(1, f"is larger than {MOST_YAML >> 20} MiB of YAML")
    for node in _compose(file, text, mistakes):
        value = Builder(complain).build(node)
        if value is None:
            continue
        if not isinstance(value, dict):
            complain(node, f"the document is {type_name(value)}, not a mapping", NO_MAPPING)
            continue
        documents.append(Document(file, len(documents), value, _constant(node)))
    if mistakes:
        raise InputError(mistakes)
    return documents


NO_MAPPING = "a document starts with `apiVersion:` and `kind:`"


def _constant(node: yaml.Node) -> Callable[[], yaml.Node]:
    return lambda: node


def _compose(file: str, text: str, mistakes: list[Mistake]) -> Iterator[yaml.Node]:
    composer = Composer(text)
    try:
        yield from composer.documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        message = "not valid YAML: " + ", ".join(
            part for part in (error.context, error.problem) if part
        )
        mistakes.append(Mistake(Location(file, line), "", message, _syntax_hint(text, line)))
    except yaml.YAMLError as error:  # a character that YAML does not allow has no mark
        message = "not valid YAML: " + " ".join(str(error).split())
        mistakes.append(Mistake(Location(file), "", message, "remove control characters"))
    finally:
        composer.dispose()


def _syntax_hint(text: str, line: int) -> str:
    lines = text.splitlines()
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "{{" in text:
        return TEMPLATE_HINT
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "indent with spaces: YAML does not allow tabs"
    return "check the indentation and the quotes in this line and the one before"


def _load_json(file: str, text: str) -> list[Document]:
    if not text.strip():
        return []
    duplicate = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal duplicate
        value = dict(items)
        duplicate = duplicate or len(value) != len(items)
        return value

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=_no_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg} (column {error.colno})"
        raise InputError(
            [
                Mistake(
                    Location(file, error.lineno), "", message, "check quotes, commas and brackets"
                )
            ]
        ) from None
    except ValueError as error:
        raise InputError([Mistake(Location(file), "", f"not valid JSON: {error}")]) from None
    except RecursionError:
        raise TooMuch.nested(0, "JSON") from None
    if depth(value) > MOST_NESTED:
        raise TooMuch.nested(0, "JSON")
    if duplicate:
        _load_yaml(file, text)  # nearly all JSON is YAML, and this one says where
        raise InputError([Mistake(Location(file), "", "duplicate key", "keep one of them")])
    if not isinstance(value, dict):
        message = f"the document is {type_name(value)}, not a mapping"
        raise InputError([Mistake(Location(file, 1), "", message, NO_MAPPING)])
    return [Document(file, 0, value, lru_cache(maxsize=1)(lambda: _json_root(text)))]


def _json_root(text: str) -> yaml.Node | None:
    """The nodes of a JSON text; None for the rare JSON that is not YAML (some escapes)."""
    composer = Composer(text)
    try:
        return next(composer.documents(), None)
    except (yaml.YAMLError, TooMuch):  # lines are a help, and this JSON is more than YAML may be
        return None
    finally:
        composer.dispose()


def depth(value: Any) -> int:
    """Levels of mappings and lists in plain data, as far as it matters (one more than
    `MOST_NESTED`); 0 for a scalar. Without recursion, whatever the value."""
    level = _collections([value])
    levels = 0
    while level and levels <= MOST_NESTED:
        levels += 1
        level = [
            part
            for item in level
            for part in _collections(item.values() if isinstance(item, dict) else item)
        ]
    return levels


def _collections(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is larger than a JSON number can be")
    return value


def type_name(value: Any) -> str:
    """A value's type for people, with its article: `a list`, `text`, `a number`."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a boolean"
    names = {dict: "a mapping", list: "a list", str: "text", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
