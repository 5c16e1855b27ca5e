"""A value against the type that it will be decoded into, with every mistake at its place.

The types of `prober.model.languages` are what the CRDs' schemas are to an API server, so this one
walk stands for all of their schemas: unknown fields, wrong types, words that are not among those
permitted."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import structs

from prober.manifest.checks.check_fields import check_selector
from prober.manifest.reading.cursor import Cursor
from prober.model.languages.shapes import Selector, Shape

Check = Callable[[Cursor], None]

SELECTOR_CHECK: Check = check_selector


def check_shape(cursor: Cursor, shape: type[Shape], selector: Check = SELECTOR_CHECK) -> None:
    """Note every mistake of a value that is to have this shape. `selector` checks label
    selectors."""
    if cursor.absent:
        return
    fields = _fields(shape)
    newer = getattr(shape, "newer", False)
    if cursor.mapping(None if newer else list(fields)) is None:
        return
    for key in cursor.value if newer else ():
        if key not in fields:
            cursor.field(key).warn("not a field that prober knows, so the rule fails closed")
    for name, (hint, required) in fields.items():
        value = cursor.field(name)
        if value.absent and required:
            value.wrong("is required")
        _check(value, hint, selector)


def _check(cursor: Cursor, hint: Any, selector: Check) -> None:
    if cursor.absent:
        return
    kinds = _options(hint)
    only = kinds[0]
    if Any in kinds:
        return
    if get_origin(only) is tuple:
        for item in cursor.items():
            _check(item, get_args(only)[0], selector)
    elif get_origin(only) is dict:
        cursor.mapping()
    elif get_origin(only) is Literal:
        _check_words(cursor, get_args(only))
    elif isinstance(only, type) and issubclass(only, Selector):
        selector(cursor)
    elif isinstance(only, type) and issubclass(only, Shape):
        check_shape(cursor, only, selector)
    else:
        _check_scalar(cursor, set(kinds))


def _check_words(cursor: Cursor, words: tuple[Any, ...]) -> None:
    if all(isinstance(word, int) for word in words):
        number = cursor.integer()
        if number is not None and number not in words:
            cursor.wrong(f"must be {' or '.join(map(str, words))}, not {number}")
    else:
        cursor.choice([str(word) for word in words])


def _check_scalar(cursor: Cursor, kinds: set[Any]) -> None:
    if kinds == {int, str}:
        if isinstance(cursor.value, bool) or not isinstance(cursor.value, int | str):
            cursor.wrong(f"must be a number or a name, not {cursor.describe()}")
    elif kinds == {bool}:
        cursor.boolean()
    elif kinds == {int}:
        cursor.integer()
    elif kinds == {float}:
        if isinstance(cursor.value, bool) or not isinstance(cursor.value, int | float):
            quoted = isinstance(cursor.value, str) and cursor.value.replace(".", "", 1).isdigit()
            cursor.wrong(
                f"must be a number, not {cursor.describe()}", "remove the quotes" if quoted else ""
            )
    else:
        cursor.text()


@lru_cache
def _fields(shape: type[Shape]) -> dict[str, tuple[Any, bool]]:
    """By name in JSON: the type, and whether the field must be there."""
    hints = get_type_hints(shape)
    return {
        field.encode_name: (hints[field.name], field.required) for field in structs.fields(shape)
    }


def _options(hint: Any) -> list[Any]:
    """The types of a union without None; the type itself where it is none."""
    if get_origin(hint) in (Union, types.UnionType):
        return [option for option in get_args(hint) if option is not type(None)]
    return [hint]
