"""JSON patches (RFC 6902) of plain data: applying one, and undoing it. Only add, remove, replace
and test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from prober.model.errors import UsageError

Operation = Mapping[str, Any]
"""`op`, `path` (a JSON pointer, RFC 6901) and, unless it removes, `value`."""


class PatchError(UsageError):
    """A patch does not fit the object that it is for."""


def steps(path: str) -> list[str]:
    """The parts of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def pointer(*parts: str | int) -> str:
    """A JSON pointer: label keys have slashes of their own."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def apply(whole: Mapping[str, Any], patch: Sequence[Operation]) -> dict[str, Any]:
    """A patched copy. Raises `PatchError` where an operation does not fit: all or nothing (RFC
    6902, 5)."""
    patched: dict[str, Any] = deepcopy(dict(whole))
    for operation in patch:
        _apply(patched, operation)
    return patched


def inverse(before: Mapping[str, Any], patch: Sequence[Operation]) -> tuple[Operation, ...]:
    """The patch that undoes `patch` on the object that it made of `before`; it tests that nobody
    changed those fields since. Raises `PatchError` as `apply` does."""
    undo: list[Operation] = []
    whole: dict[str, Any] = deepcopy(dict(before))
    for operation in patch:
        parent, last = _parent(whole, operation["path"])
        index = len(parent) if isinstance(parent, list) and last == "-" else last
        place = pointer(*steps(operation["path"])[:-1], index)
        existed = isinstance(parent, dict) and last in parent
        old = (
            deepcopy(parent[last])
            if existed
            else deepcopy(parent[int(last)])
            if _item(parent, last)
            else None
        )
        _apply(whole, operation)
        undo = [*_opposite(operation, place, old, existed=existed), *undo]
    return tuple(undo)


def undo_of(after: Mapping[str, Any], patch: Sequence[Operation]) -> tuple[Operation, ...]:
    """The patch that undoes `patch` on an object that has it already, when the object before is not
    known.

    What was added is found by its value. A replacement can only be undone when the patch tested the
    old value before it; else `PatchError` says so, as it does when the object no longer has what
    the patch put there.
    """
    undo: list[Operation] = []
    whole: Mapping[str, Any] = after
    tested = {step["path"]: step["value"] for step in patch if step["op"] == "test"}
    for operation in reversed([step for step in patch if step["op"] != "test"]):
        for piece in _pieces(operation, whole):
            back = _way_back(piece, whole, tested)
            whole = apply(whole, back)
            undo += back
    return tuple(undo)


def _pieces(operation: Operation, whole: Mapping[str, Any]) -> list[Operation]:
    """A list that was added and has grown since is taken back item by item, so that what others
    added stays."""
    parent, last = _parent(whole, operation["path"])
    value = operation.get("value")
    if operation["op"] == "add" and isinstance(parent, dict) and isinstance(value, list):
        there = parent.get(last)
        if isinstance(there, list) and there != value and all(item in there for item in value):
            return [
                {"op": "add", "path": f"{operation['path']}/-", "value": item}
                for item in reversed(value)
            ]
    return [operation]


def _way_back(
    operation: Operation, whole: Mapping[str, Any], tested: Mapping[str, Any]
) -> list[Operation]:
    place = _found(whole, operation)
    if operation["op"] == "add" and operation["path"] not in tested:
        return _opposite(operation, place, None, existed=False)
    if operation["path"] in tested:
        return _opposite(
            {**operation, "op": "replace"}, place, tested[operation["path"]], existed=True
        )
    raise PatchError(
        f"what {place} was before the fix is not known",
        hint="restore the object from version control",
    )


def _opposite(operation: Operation, place: str, old: Any, *, existed: bool) -> list[Operation]:
    if operation["op"] == "test":
        return []
    if operation["op"] == "remove":
        return [{"op": "add", "path": place, "value": old}]
    test = {"op": "test", "path": place, "value": operation["value"]}
    if operation["op"] == "replace" or existed:
        return [test, {"op": "replace", "path": place, "value": old}]
    return [test, {"op": "remove", "path": place}]


def _found(after: Mapping[str, Any], operation: Operation) -> str:
    """Where in the object the operation's value is now. A list may have grown or shrunk since."""
    parent, last = _parent(after, operation["path"])
    value = operation.get("value")
    if isinstance(parent, list):
        positions = [index for index, item in enumerate(parent) if item == value]
        if positions:
            return pointer(*steps(operation["path"])[:-1], positions[-1])
    elif isinstance(parent, dict) and parent.get(last) == value:
        return str(operation["path"])
    raise PatchError(
        f"{operation['path']} is not as the fix left it",
        hint="it was undone or edited since: look at it",
    )


def _item(parent: Any, last: str) -> bool:
    return isinstance(parent, list) and last.isdigit() and int(last) < len(parent)


def _parent(whole: Any, path: str) -> tuple[Any, str]:
    *parents, last = steps(path) or [""]
    place = whole
    for part in parents:
        place = _child(place, part, path)
    if not isinstance(place, (dict, list)):
        raise PatchError(
            f"there is nothing at {path} to patch",
            hint="the object changed since: run the checks again",
        )
    return place, last


def _child(place: Any, part: str, path: str) -> Any:
    try:
        return place[int(part)] if isinstance(place, list) else place[part]
    except (KeyError, IndexError, ValueError, TypeError):
        message = f"there is no {part} on the way to {path}"
        raise PatchError(message, hint="the object changed since: run the checks again") from None


def _apply(whole: dict[str, Any], operation: Operation) -> None:
    parent, last = _parent(whole, operation["path"])
    op = operation["op"]
    if op in ("remove", "replace", "test"):
        current = _child(parent, last, operation["path"])
        if op == "test":
            if current != operation["value"]:
                raise PatchError(
                    f"{operation['path']} is not what it was",
                    hint="the object changed since: run the checks again",
                )
        elif op == "replace":
            parent[int(last) if isinstance(parent, list) else last] = deepcopy(operation["value"])
        else:
            del parent[int(last) if isinstance(parent, list) else last]
    elif op == "add":
        _add(parent, last, operation)
    else:
        raise PatchError(
            f"a patch with {op} cannot be applied", hint="apply it with kubectl patch --type=json"
        )


def _add(parent: Any, last: str, operation: Operation) -> None:
    value = deepcopy(operation["value"])
    if isinstance(parent, dict):
        parent[last] = value
    elif last == "-":
        parent.append(value)
    elif last.isdigit() and int(last) <= len(parent):
        parent.insert(int(last), value)
    else:
        raise PatchError(
            f"there is no place {operation['path']}",
            hint="the object changed since: run the checks again",
        )
