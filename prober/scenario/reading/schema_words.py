"""The errors of the JSON Schema validator, as sentences for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prober.manifest.reading.document import FieldPath, type_name
from prober.scenario.hints import did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError

TYPE_WORDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One mistake, before it is placed in a file."""

    path: FieldPath
    message: str
    hint: str = ""
    rank: int = 1
    """Of several about one field, the lowest is said."""
    unknown_field: bool = False
    structural: bool = False
    """About which fields a mapping has."""
    about: str = ""
    """The missing field, so that several of them are all said."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One error of the validator, without its library's own types."""

    keyword: str
    wanted: Any
    """The keyword's value in the schema."""
    schema: Mapping[str, Any]
    """The part of the schema that the keyword stands in."""
    value: Any
    """What the document has."""
    path: FieldPath

    @property
    def example(self) -> str:
        examples = self.schema.get("examples", ())
        return "as in " + " or ".join(str(example) for example in examples) if examples else ""

    @property
    def not_a(self) -> str:
        return f"`{self.value}` is not {self.schema.get('title', 'of the right form')}"


def sentences(error: ValidationError) -> Iterator[Sentence]:
    """What one error of the validator means; several for several unknown fields."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    path = tuple(error.absolute_path)
    broken = Broken(str(error.validator), error.validator_value, schema, error.instance, path)
    if "propertyNames" in error.absolute_schema_path:
        yield Sentence((*path, str(broken.value)), broken.not_a, broken.example)
        return
    translate = _TRANSLATIONS.get(broken.keyword)
    yield from translate(broken) if translate else (Sentence(path, error.message),)


def shown(value: Any) -> str:
    """A value in a message: its type, and itself where it is short."""
    if value is None or isinstance(value, dict | list):
        return type_name(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{type_name(value)} (`{text}`)" if text else "empty"


def _unknown(broken: Broken) -> Iterator[Sentence]:
    known = list(broken.schema.get("properties", {}))
    for key in broken.value:
        if key not in known:
            hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
            yield Sentence((*broken.path, key), "unknown field", hint, unknown_field=True)


def _missing(broken: Broken) -> Iterator[Sentence]:
    present = broken.value
    for key in broken.wanted:
        if key not in present:
            yield Sentence(broken.path, f"`{key}` is missing", structural=True, about=key)


def _wrong_type(broken: Broken) -> Iterator[Sentence]:
    wanted = broken.wanted
    words = [TYPE_WORDS[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    hint = broken.example
    if wanted == "string" and isinstance(broken.value, int | float | bool) and not hint:
        hint = "put it in quotes"
    if wanted == "array" and isinstance(broken.value, str):
        hint = "start each item with `- `"
    yield Sentence(
        broken.path, f"must be {' or '.join(words)}, not {shown(broken.value)}", hint, rank=0
    )


def _not_one_of(broken: Broken) -> Iterator[Sentence]:
    if isinstance(broken.value, str):  # anything else is told to be text
        options = [str(option) for option in broken.wanted]
        hint = did_you_mean(broken.value, options)
        yield Sentence(
            broken.path, f"must be one of {', '.join(options)}, not `{broken.value}`", hint
        )


def _wrong_form(broken: Broken) -> Iterator[Sentence]:
    hint = broken.example
    if broken.value.isdigit() and "integer" in str(broken.schema.get("type")):
        hint = "remove the quotes"
    yield Sentence(broken.path, broken.not_a, hint)


def _out_of_range(broken: Broken) -> Iterator[Sentence]:
    least, most = broken.schema.get("minimum"), broken.schema.get("maximum")
    yield Sentence(broken.path, f"must be between {least} and {most}, not {broken.value}")


def _empty(broken: Broken) -> Iterator[Sentence]:
    yield Sentence(broken.path, "must not be empty", broken.example, rank=0)


def _too_long(broken: Broken) -> Iterator[Sentence]:
    yield Sentence(broken.path, f"is longer than {broken.wanted} characters")


def _twice(broken: Broken) -> Iterator[Sentence]:
    yield Sentence(broken.path, "has the same item twice", "keep one of them")


def _one_property(broken: Broken) -> Iterator[Sentence]:
    yield _exactly_one(broken.path, broken.value, list(broken.schema.get("properties", {})))


def _one_branch(broken: Broken) -> Iterator[Sentence]:
    branches = [branch["required"][0] for branch in broken.wanted]
    written = [name for name in branches if name in broken.value]
    named = [
        name for name in written if name != "namespace"
    ]  # on its own it is a source; beside others it qualifies them
    yield _exactly_one(broken.path, named or written, branches)


def _exactly_one(path: FieldPath, present: Any, known: list[str]) -> Sentence:
    several = [name for name in known if name in present]
    message = f"must have one of {', '.join(known)}" + (
        f", not {' and '.join(several)}" if several else ""
    )
    return Sentence(path, message, "keep one of them" if several else "", structural=True)


_TRANSLATIONS: Mapping[str, Callable[[Broken], Iterator[Sentence]]] = {
    "additionalProperties": _unknown,
    "required": _missing,
    "type": _wrong_type,
    "enum": _not_one_of,
    "pattern": _wrong_form,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _empty,
    "minItems": _empty,
    "maxLength": _too_long,
    "uniqueItems": _twice,
    "minProperties": _one_property,
    "maxProperties": _one_property,
    "oneOf": _one_branch,
}
