"""A JSON patch on an object that others have changed since it was made. Pure.

Fixes mostly add items to lists, rules to policies. Two of one policy know nothing of each other:
where there is no list yet, each of them brings one, and whichever comes last would overwrite the
other. On top of each other they extend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prober.model.patches.jsonpatch import Operation, apply, pointer, steps

_MISSING = object()


def rebased(patch: Sequence[Operation], now: Mapping[str, Any]) -> tuple[Operation, ...]:
    """The patch as it fits the object as it is now: a list that is there is extended, one that is
    not is made, and what the object has already is left out; empty where it has it all. Raises
    `PatchError` where an operation does not fit.
    """
    if has_it(now, patch):
        return ()
    whole: Mapping[str, Any] = now
    fitted: list[Operation] = []
    for operation in patch:
        for fitting in _fitting(operation, whole):
            whole = apply(whole, [fitting])
            fitted.append(fitting)
    return tuple(fitted)


def has_it(now: Mapping[str, Any], patch: Sequence[Operation]) -> bool:
    """Whether everything that the patch puts into the object is in it."""
    return all(_has(now, operation) for operation in patch if operation["op"] != "test")


def guarded(patch: Sequence[Operation], before: Mapping[str, Any]) -> tuple[Operation, ...]:
    """The patch with a test of each value that it overwrites: it fails on an object where somebody
    else has changed it, and can be undone without the object of before. Raises `PatchError` where
    an operation does not fit."""
    whole: Mapping[str, Any] = before
    with_tests: list[Operation] = []
    tested = {operation["path"] for operation in patch if operation["op"] == "test"}
    for operation in patch:
        if _overwrites(whole, operation) and operation["path"] not in tested:
            with_tests.append(
                {
                    "op": "test",
                    "path": operation["path"],
                    "value": value_at(whole, operation["path"]),
                }
            )
        whole = apply(whole, [operation])
        with_tests.append(operation)
    return tuple(with_tests)


def value_at(whole: Any, path: str) -> Any:
    """What is at a JSON pointer; a marker of its own where nothing is."""
    for step in steps(path):
        if isinstance(whole, list) and step.isdigit() and int(step) < len(whole):
            whole = whole[int(step)]
        elif isinstance(whole, dict) and step in whole:
            whole = whole[step]
        else:
            return _MISSING
    return whole


def _fitting(operation: Operation, whole: Mapping[str, Any]) -> Iterator[Operation]:
    if operation["op"] != "add":
        yield operation
        return
    *parents, last = steps(operation["path"])
    value, there = operation["value"], value_at(whole, operation["path"])
    if last == "-":
        known = value_at(whole, pointer(*parents))
        if known is _MISSING or known is None:
            yield {**operation, "path": pointer(*parents), "value": [value]}
        elif value not in known:
            yield operation
    elif isinstance(value, list) and isinstance(there, list) and there:
        yield from (
            {**operation, "path": f"{operation['path']}/-", "value": item}
            for item in value
            if item not in there
        )
    else:
        yield operation


def _has(now: Mapping[str, Any], operation: Operation) -> bool:
    *parents, last = steps(operation["path"])
    there = value_at(now, pointer(*parents) if last == "-" else operation["path"])
    value = operation.get("value")
    if operation["op"] == "remove":
        return there is _MISSING
    if last == "-":
        return isinstance(there, list) and value in there
    if operation["op"] == "add" and isinstance(value, list) and isinstance(there, list):
        return all(item in there for item in value)
    return bool(there == value)


def _overwrites(whole: Mapping[str, Any], operation: Operation) -> bool:
    """Whether something is replaced. What is added to a list moves the others on (RFC 6902,
    4.1)."""
    there = value_at(whole, operation["path"]) is not _MISSING
    *parents, _ = steps(operation["path"])
    in_list = isinstance(value_at(whole, pointer(*parents)), list)
    return there and (operation["op"] == "replace" or (operation["op"] == "add" and not in_list))
