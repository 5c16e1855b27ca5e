"""A JSON patch applied to YAML text: only the lines that change are written anew, comments and
layout stay.

The result is read again and compared with what the patch makes of the data; text that cannot be
edited so (anchors, unusual layout) is refused rather than guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from prober.manifest.reading.cursor import Report
from prober.manifest.reading.document import Document, documents_of
from prober.manifest.reading.nodes import find_key
from prober.manifest.reading.objects import Manifest, manifests_of
from prober.manifest.selecting import ref_of
from prober.manifest.writing.dump import dumper
from prober.model.errors import InputError, UsageError
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import Operation, apply, steps

_WIDE = 10_000
"""Columns before the dumper folds: never."""


def edit_text(file: str, text: str, ref: Ref, patch: Sequence[Operation]) -> str:
    """The text with the patch applied to the object `ref` in it.

    Raises `UsageError` when the object is not there or the text cannot be edited in place,
    `PatchError` when the patch does not fit the object.
    """
    for operation in patch:
        wanted = _after(file, text, ref, operation)
        if operation["op"] != "test":
            text = _edited(file, text, ref, operation)
        if not _says(file, text, wanted):
            raise UsageError(
                (
                    f"{file}: {ref.kind} {ref} cannot be edited in place: anchors, or an unusual "
                    "layout"
                ),
                hint="write the whole object with --emit DIR and merge it by hand",
            )
    return text


def append_object(file: str, text: str, manifest: Mapping[str, Any]) -> str:
    """The text with one more document. Raises `UsageError` for a file that can hold only one."""
    if Path(file).suffix == ".json":
        raise UsageError(
            f"{file} is JSON, which holds one document",
            hint="write the new object with --emit DIR and add it by hand",
        )
    start = text if not text or text.endswith("\n") else text + "\n"
    return start + _document(manifest)


def remove_object(file: str, text: str, ref: Ref, manifest: Mapping[str, Any]) -> str:
    """The text without a document that `append_object` has put there. Raises `UsageError` when it
    is not as it was."""
    before, separator, after = text.rpartition(_document(manifest))
    if not separator or (after and not after.startswith("---")):
        raise UsageError(
            f"{file}: {ref.kind} {ref} is not as the fix left it", hint="take it out by hand"
        )
    return before + after


def _document(manifest: Mapping[str, Any]) -> str:
    written: str = yaml.dump(
        dict(manifest), Dumper=dumper(), sort_keys=False, allow_unicode=True, width=_WIDE
    )
    return "---\n" + written


def has_object(file: str, text: str, ref: Ref) -> bool:
    """Whether the text has the object."""
    return bool(objects_in(file, text, ref))


def objects_in(file: str, text: str, ref: Ref) -> list[Mapping[str, Any]]:
    """Every object of this name in the text, as it is written. Where none says this namespace,
    those that say none: they are in the one that was asked for, as with `kubectl apply -n`."""
    return [manifest.value for manifest in _named(file, text, ref)]


def _named(file: str, text: str, ref: Ref) -> list[Manifest]:
    manifests = _manifests(file, text)
    exact = [manifest for manifest in manifests if ref_of(manifest) == ref]
    return exact or [manifest for manifest in manifests if ref_of(manifest, ref.namespace) == ref]


def _manifests(file: str, text: str) -> list[Manifest]:
    return [
        manifest
        for document in documents_of(file, text)
        for manifest in manifests_of(document, Report())
    ]


def _find(file: str, text: str, ref: Ref) -> Manifest:
    manifests = _named(file, text, ref)
    if not manifests:
        raise UsageError(
            f"{file} has no {ref.kind} {ref}", hint="give the file or directory that has it with -f"
        )
    if len(manifests) > 1:
        raise UsageError(
            f"{file} has {ref.kind} {ref} {len(manifests)} times", hint="keep one of them"
        )
    return manifests[0]


def _says(file: str, text: str, wanted: list[Any]) -> bool:
    """Whether the text is still sound, and holds this data."""
    try:
        return _values(file, text) == wanted
    except InputError:
        return False


def _values(file: str, text: str) -> list[Any]:
    return [document.value for document in documents_of(file, text)]


def _after(file: str, text: str, ref: Ref, operation: Operation) -> list[Any]:
    """The data of all documents as they should be after the operation."""
    manifest = _find(file, text, ref)
    inside = manifest.cursor.path
    prefix = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in inside)
    moved = {**operation, "path": prefix + operation["path"]}
    index = manifest.cursor.document.index
    return [
        apply(value, [moved]) if index == position else value
        for position, value in enumerate(_values(file, text))
    ]


def _edited(file: str, text: str, ref: Ref, operation: Operation) -> str:
    manifest = _find(file, text, ref)
    if Path(file).suffix == ".json":
        return (
            json.dumps(_after(file, text, ref, operation)[0], indent=2, ensure_ascii=False) + "\n"
        )
    document, base = manifest.cursor.document, manifest.cursor.path
    path = [*base, *steps(operation["path"])]
    parents = [_node(document, path[:depth]) for depth in range(len(path))]
    flow = next(
        (
            parent
            for parent in parents
            if isinstance(parent, yaml.CollectionNode) and parent.flow_style
        ),
        None,
    )
    if flow is not None:
        depth = parents.index(flow)
        whole = apply({"root": _value(document, [])}, [_under_root(operation, base)])
        return _replace_span(text, flow, _flow(_walk(whole["root"], path[:depth])))
    parent, last = parents[-1], str(path[-1])
    if isinstance(parent, yaml.SequenceNode):
        return _edit_list(text, parent, last, operation)
    if isinstance(parent, yaml.MappingNode):
        return _edit_mapping(text, parent, last, operation)
    raise UsageError(
        f"{file}: nothing at {operation['path']} to edit",
        hint="write the whole object with --emit DIR",
    )


def _under_root(operation: Operation, base: Sequence[str | int]) -> Operation:
    return {**operation, "path": "/root" + "".join(f"/{step}" for step in base) + operation["path"]}


def _value(document: Document, path: Sequence[str | int]) -> Any:
    return _walk(document.value, path)


def _walk(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _node(document: Document, path: Sequence[str | int]) -> yaml.Node | None:
    node = document.root()
    for step in path:
        if isinstance(node, yaml.MappingNode):
            entry = find_key(node, str(step))
            node = entry[1] if entry else None
        elif (
            isinstance(node, yaml.SequenceNode)
            and str(step).isdigit()
            and int(step) < len(node.value)
        ):
            node = node.value[int(step)]
        else:
            return None
    return node


def _edit_list(text: str, parent: yaml.SequenceNode, last: str, operation: Operation) -> str:
    column, items = parent.start_mark.column, parent.value
    if operation["op"] == "add":
        index = len(items) if last == "-" else int(last)
        line = _last_line(items[index - 1]) + 1 if index else parent.start_mark.line
        return _insert(text, line, _block([operation["value"]], column))
    item = items[int(last)]
    if operation["op"] == "replace":
        return _replace_span(text, item, _flow(operation["value"]))
    if len(items) == 1:
        line = parent.start_mark.line
        return _replace_lines(
            text, line, _last_line(item), [" " * _past_key(text, line, column) + "[]"]
        )
    return _replace_lines(text, item.start_mark.line, _last_line(item), [])


def _past_key(text: str, line: int, column: int) -> int:
    """The column of a list that begins in this line, or one that is deeper than its key: a list may
    begin in the column of its key, but not an empty one."""
    above = [
        written
        for written in text.splitlines()[:line]
        if written.strip() and not written.lstrip().startswith("#")
    ]
    key = above[-1] if above else ""
    return column if len(key) - len(key.lstrip(" -")) < column else column + 2


def _edit_mapping(text: str, parent: yaml.MappingNode, last: str, operation: Operation) -> str:
    entry = find_key(parent, last)
    column = parent.start_mark.column
    if entry is None:
        block = _block({last: operation["value"]}, column)
        return _insert(text, _last_line(parent) + 1, block)
    key, value = entry
    first, end = key.start_mark.line, max(key.end_mark.line, _last_line(value))
    if operation["op"] == "remove":
        return _replace_lines(text, first, end, [])
    if (
        isinstance(value, yaml.ScalarNode)
        and not isinstance(operation["value"], (dict, list))
        and value.value
    ):
        return _replace_span(text, value, _flow(operation["value"]))
    block = _block({last: operation["value"]}, column)
    kept = text.splitlines()[first][:column]  # `- ` of the item that the key may be the first of
    return _replace_lines(text, first, end, [kept + block[0][column:], *block[1:]])


def _last_line(node: yaml.Node) -> int:
    """The last line with something of a node; the end marks of block collections are past blank
    lines and comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(node, yaml.MappingNode):
            return max(int(last[0].end_mark.line), _last_line(last[1]))
        return _last_line(last)
    first, last = int(node.start_mark.line), int(node.end_mark.line)
    return (
        last - 1 if node.end_mark.column == 0 and last > first else last
    )  # block scalars end in the next line


def _block(value: Mapping[str, Any] | Sequence[Any], column: int) -> list[str]:
    dumped = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, width=_WIDE, default_flow_style=False
    )
    return [" " * column + line for line in dumped.splitlines()]


def _flow(value: Any) -> str:
    dumped: str = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, width=_WIDE, default_flow_style=True
    )
    return dumped.removesuffix("\n").removesuffix("\n...")


def _insert(text: str, line: int, block: Sequence[str]) -> str:
    return _replace_lines(text, line, line - 1, block)


def _replace_lines(text: str, first: int, last: int, new: Sequence[str]) -> str:
    """Lines `first` to `last` (both included; `last` before `first` inserts) replaced, with the
    file's line ends."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    lines[first : last + 1] = new
    return end.join(lines) + end


def _replace_span(text: str, node: yaml.Node, new: str) -> str:
    lines = text.splitlines(keepends=True)
    start, stop = node.start_mark, node.end_mark
    before = "".join(lines[: start.line]) + (
        lines[start.line][: start.column] if start.line < len(lines) else ""
    )
    after = (lines[stop.line][stop.column :] if stop.line < len(lines) else "") + "".join(
        lines[stop.line + 1 :]
    )
    return before + new + after
