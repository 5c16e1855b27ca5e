"""Documents that cost little to write and much to read: each is a mistake in a sentence, before it
costs anything."""

import tracemalloc
from pathlib import Path

import pytest

from prober.files import read_text
from prober.manifest import load_documents, load_manifests
from prober.manifest.reading.document import MOST_YAML, documents_of
from prober.manifest.reading.nodes import MOST_NESTED, MOST_REPEATED, MOST_VALUES
from prober.model.errors import InputError


def complaint(text: str, file: str = "m.yaml") -> str:
    with pytest.raises(InputError) as caught:
        documents_of(file, text)
    return str(caught.value)


def laughs(first: str, step: str, levels: int) -> str:
    """`levels` anchors, each of which has the one before ten times."""
    lines = [first, *(step.replace("N", str(n)).replace("M", str(n - 1)) for n in range(1, levels))]
    return "\n".join(lines)


BOMBS = {
    "lists": laughs(
        "a0: &a0 [x]", "aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]", 30
    ),
    "mappings": laughs(
        "a0: &a0 {x: 1}", "aN: &aN {a: *aM, b: *aM, c: *aM, d: *aM, e: *aM, f: *aM}", 30
    ),
    "merges of one wide mapping": (
        "base: &b {"
        + ", ".join(f"k{n}: 1" for n in range(2000))
        + "}\nall:\n"
        + "- {<<: *b}\n" * 100
    ),
    "one wide list again and again": (
        "base: &b ["
        + ", ".join("x" for _ in range(3000))
        + "]\nall: ["
        + ", ".join(["*b"] * 100)
        + "]\n"
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_aliases_cannot_repeat_without_end(bomb: str) -> None:
    said = complaint(BOMBS[bomb])
    assert "is repeated until there are more than 100,000 values" in said
    assert said.startswith("m.yaml:")
    assert "write out what is meant" in said


def test_a_policy_of_aliases_is_refused_where_policies_are_read(tmp_path: Path) -> None:
    peers = "[" + ", ".join(["{podSelector: {}}"] * 400) + "]"
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  podSelector: {}\n"
        f"  ingress:\n  - &r\n    from: {peers}\n" + "  - *r\n" * 5000
    )
    with pytest.raises(InputError, match="is repeated until"):
        load_manifests([policy])


def test_anchors_that_people_write_are_read() -> None:
    text = "base: &b {app: web, tier: front}\nitems:\n" + "".join(
        f"- {{<<: *b, number: {n}}}\n" for n in range(2000)
    )
    [document] = documents_of("m.yaml", text)
    assert document.value["items"][-1] == {"app": "web", "tier": "front", "number": 1999}


def test_aliases_do_not_nest_beyond_what_may_be_nested() -> None:
    half = MOST_NESTED // 2 - 5
    nested = "a: &a " + "[" * half + "]" * half + "\nb: &b " + "[" * half + "*a" + "]" * half + "\n"
    assert documents_of("m.yaml", nested)
    more = nested + "c: " + "[" * half + "*b" + "]" * half + "\n"
    assert complaint(more).startswith("m.yaml:2: not valid YAML: nested too deeply")


def test_looking_for_a_line_through_merges_of_merges_ends() -> None:
    lines = [
        "a0: &a0 {x: 1}",
        *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60)),
    ]
    [document] = documents_of("m.yaml", "\n".join(lines))
    assert document.line(("a59", "x")) == 1
    assert document.line(("a59", "not there")) == 60


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("levels", [MOST_NESTED + 1, 500, 100_000])
def test_deep_json_is_a_mistake_at_any_depth(opening: str, levels: int) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]
    deep = '{"a": ' + opening * levels + "1" + closing * levels + "}"
    assert complaint(deep, "m.json").startswith("m.json: not valid JSON: nested too deeply")


def test_json_numbers_are_numbers() -> None:
    for text in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999"):
        assert "m.json: not valid JSON: " in complaint(f'{{"a": {text}}}', "m.json")
    assert "not valid JSON" in complaint('{"a": ' + "9" * 10_000 + "}", "m.json")


def test_endless_digits_are_text() -> None:
    [document] = documents_of("m.yaml", "a: " + "9" * 10_000 + "\nb: 0x" + "f" * 10_000)
    assert document.value["a"] == "9" * 10_000


def test_more_values_than_yaml_may_have_cost_no_memory() -> None:
    text = "a:\n" + "- 1\n" * (MOST_VALUES + 10)
    said = complaint(text)
    assert "has more than 1,000,000 values of YAML" in said
    assert "give it as JSON" in said
    tracemalloc.start()
    try:
        assert "is larger than 32 MiB of YAML" in complaint("a: " + "x" * MOST_YAML)
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_YAML
    finally:
        tracemalloc.stop()


def test_a_file_without_an_end_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_text, "__kwdefaults__", {"most": 1 << 20})
    with pytest.raises(InputError, match="/dev/zero: is larger than 1 MiB"):
        load_documents(Path("/dev/zero"))


def test_limits_leave_room_for_real_manifests() -> None:
    assert MOST_REPEATED >= 100_000
    assert MOST_VALUES >= 1_000_000
