"""What all shapes can do: be made of an object of the model, and make one.

A field takes the attribute of its own name, and the other way round: that is all that most shapes
need. Where the JSON says something in another way, a shape says so in `attributes` and `arguments`.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec

T = TypeVar("T")

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=1e15)]
"""Rounded to microseconds: no clock here can tell more, and more digits would only be noise between
runs."""
Days = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
"""Rounded as times are."""
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class Shape(msgspec.Struct, Generic[T], rename="camel", kw_only=True):
    """A JSON object. Members that it does not know are passed over: a later prober may write more
    of them under the same schema version."""

    model_type: ClassVar[type[Any]]

    @classmethod
    def of(cls, model: T) -> typing.Self:
        """The shape of an object of the model."""
        given = cls.attributes(model)
        for name, convert in _writers(cls).items():
            if name not in given:
                given[name] = convert(getattr(model, name))
        return cls(**given)

    @classmethod
    def attributes(cls, model: T) -> dict[str, Any]:
        """The fields that are not simply the attribute of their name."""
        return {}

    def model(self) -> T:
        """The object of the model. Raises `ValueError` for what types cannot say is wrong."""
        readers = _readers(type(self))
        given = {
            name: convert(value)
            for name, convert in readers.items()
            if (value := getattr(self, name)) is not msgspec.UNSET
        }
        made: T = self.model_type(**self.arguments(given))
        return made

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the model is made of; `given` are all fields under their own names."""
        return given


def derived(default: Any = None) -> Any:
    """The default of a derived member, which is passed over when it is absent."""
    return default


@functools.cache
def _writers(cls: type[Shape[Any]]) -> dict[str, Callable[[Any], Any]]:
    return {name: _writer(hint) for name, hint in _hints(cls).items()}


@functools.cache
def _readers(cls: type[Shape[Any]]) -> dict[str, Callable[[Any], Any]]:
    return {name: _reader(hint) for name, hint in _hints(cls).items()}


def _hints(cls: type[Shape[Any]]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return {name: hints[name] for name in cls.__struct_fields__}


def _writer(hint: Any) -> Callable[[Any], Any]:
    inner = _inside(hint)
    if msgspec.UnsetType in typing.get_args(hint):  # a member that is absent where it says nothing
        if inner is None:
            return lambda value: value or msgspec.UNSET
        if not _is_list(hint):
            return lambda value: msgspec.UNSET if value is None else inner.of(value)
        return lambda value: tuple(inner.of(item) for item in value) or msgspec.UNSET
    if inner is None:
        return _rounded if _is_time(hint) else plain if hint is Any else _same
    write = inner.of
    if typing.get_origin(hint) is tuple:
        return lambda value: tuple(write(item) for item in value)
    if typing.get_origin(hint) is dict:
        return lambda value: {key: write(value[key]) for key in sorted(value)}
    return lambda value: None if value is None else write(value)


def _reader(hint: Any) -> Callable[[Any], Any]:
    inner = _inside(hint)
    if inner is None:
        return _same
    if typing.get_origin(hint) is dict:
        return lambda value: {key: item.model() for key, item in value.items()}
    if _is_list(hint):
        return lambda value: tuple(item.model() for item in value)
    return lambda value: None if value is None else value.model()


def _is_list(hint: Any) -> bool:
    """Whether it is a list, or one that may be absent."""
    return any(typing.get_origin(option) is tuple for option in (hint, *typing.get_args(hint)))


def _inside(hint: Any) -> Any:
    """The shape in a hint: itself, an optional one, or the items of a tuple or a mapping."""
    inside = typing.get_args(hint)
    parts = [hint, *inside, *(part for item in inside for part in typing.get_args(item))]
    shapes = (part for part in parts if isinstance(part, type) and issubclass(part, Shape))
    return next(shapes, None)


def _is_time(hint: Any) -> bool:
    """Whether it is a time, an optional one or a mapping of times."""
    return not {Milliseconds, Days}.isdisjoint((hint, *typing.get_args(hint)))


def _same(value: Any) -> Any:
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    return None if value is None else rounded(value)


def rounded(milliseconds: float) -> float:
    """A time as it is published."""
    return round(float(milliseconds), 3)


def plain(value: Any) -> Any:
    """JSON-like data of any mappings and sequences, as dicts and lists in their own order."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
