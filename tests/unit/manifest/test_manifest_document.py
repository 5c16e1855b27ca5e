"""Files in, documents with lines out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prober.manifest.reading.document import Document, format_path, load_documents
from prober.model.errors import ExitCode, InputError

Write = Callable[..., Path]


def complaint(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_documents(path)
    assert caught.value.exit_code is ExitCode.USAGE
    return str(caught.value)


def one(write: Write, text: str) -> Document:
    (document,) = load_documents(write(text))
    return document


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("spec", "ingress", 0, "from"), "spec.ingress[0].from"),
        ((0, "a"), "[0].a"),
        (("metadata", "labels", "kubernetes.io/name"), 'metadata.labels["kubernetes.io/name"]'),
    ],
)
def test_paths_for_people(path: tuple[str | int, ...], text: str) -> None:
    assert format_path(path) == text


def test_every_field_knows_its_line(write: Write) -> None:
    document = one(
        write,
        """\
        # a comment
        kind: A
        metadata:
          labels: {app: x,
            tier: z}
        spec:
          ingress:
          - from:
            - podSelector: {}
          -
            ports: []
        """,
    )
    assert document.line() == 2
    assert document.line(("metadata", "labels", "tier")) == 5
    assert document.line(("spec", "ingress", 0, "from", 0)) == 9
    assert document.line(("spec", "ingress", 1)) == 11
    assert str(document.location(("spec",))) == "m.yaml:6"


def test_the_line_of_a_missing_field_is_its_parents(write: Write) -> None:
    document = one(write, "kind: A\nspec:\n  ports:\n  - port: 1\n")
    assert document.line(("spec", "selector", "app")) == 2
    assert document.line(("spec", "ports", 0, "name")) == 4
    assert document.line(("spec", "ports", 7)) == 3


def test_documents_are_separate_and_empty_ones_are_skipped(write: Write) -> None:
    documents = load_documents(write("---\n# nothing\n---\nkind: A\n---\n---\nkind: B\n...\n"))
    assert [(each.index, each.value, each.line()) for each in documents] == [
        (0, {"kind": "A"}, 4),
        (1, {"kind": "B"}, 7),
    ]


def test_json_is_read_as_json_and_has_lines(write: Write) -> None:
    text = '{\n\t"kind": "A",\n\t"path": "\\/x",\n\t"list": [\n\t\t{"yes": true}\n\t]\n}'
    (document,) = load_documents(write(text, "m.json"))
    assert document.value == {"kind": "A", "path": "/x", "list": [{"yes": True}]}
    assert document.line(("list", 0, "yes")) == 5


def test_json_that_is_not_yaml_has_no_lines(write: Write) -> None:
    (document,) = load_documents(write('{"kind": "\\ud83d\\ude00",\n"a": 1}', "m.json"))
    assert document.value["kind"] == "😀"
    assert str(document.location(("a",))) == "m.json"


@pytest.mark.parametrize("word", ["on", "yes", "y", "No", "off", "TRUE"])
def test_words_that_are_booleans_to_kubernetes(write: Write, word: str) -> None:
    assert isinstance(one(write, f"a: {word}").value["a"], bool)
    assert one(write, f"a: '{word}'").value["a"] == word


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("22:22", "22:22"),
        ("1:30:00", "1:30:00"),
        ("2026-01-02", "2026-01-02"),
        ("12e5", 1200000.0),
        ("1e3", 1000.0),
        ("017", 15),
        ("0o17", 15),
        ("0x1F", 31),
        ("089", 89.0),
        ("1_000", 1000),
        ("-5", -5),
        ("+.5", 0.5),
        ("-.inf", float("-inf")),
        ("~", None),
        ("", None),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("!!str 80", "80"),
        ("!!int 80", 80),
        ("!!binary aGk=", "hi"),
        ("null", None),
        ("v1", "v1"),
    ],
)
def test_plain_scalars_mean_what_they_mean_to_kubernetes(
    write: Write, written: str, value: object
) -> None:
    decoded = one(write, f"kind: A\na: {written}" if written != "-" else "kind: A\na: [-]").value[
        "a"
    ]
    assert (decoded if written != "-" else decoded[0]) == value
    assert type(decoded if written != "-" else decoded[0]) is type(value)


def test_keys_are_text_as_in_json(write: Write) -> None:
    assert one(write, "80: a\non: b\n~: c\n1.5: d").value == {
        "80": "a",
        "true": "b",
        "null": "c",
        "1.5": "d",
    }


def test_anchors_and_merges(write: Write) -> None:
    document = one(
        write,
        (
            "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  x: 3\nboth:\n  <<: [*b, {w: 4, x: "
            "5}]\nsame: *b\n"
        ),
    )
    assert document.value["use"] == {"x": 3, "z": 2}
    assert document.value["both"] == {"x": 1, "z": 2, "w": 4}
    assert document.value["same"] == {"x": 1, "z": 2}
    assert document.line(("use", "z")) == 1
    assert document.line(("use", "x")) == 4


def test_an_alias_is_the_same_value_again(write: Write) -> None:
    value = one(write, "a: &a [x, x]\nb: [*a, *a]\n").value
    assert value["b"][0] is value["a"]
    assert value["b"] == [["x", "x"], ["x", "x"]]


def test_all_duplicate_keys_are_mistakes_where_the_second_one_is(write: Write) -> None:
    assert complaint(write("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")).splitlines() == [
        "m.yaml:4: duplicate key `c`, first used in line 3 (keep one of them)",
        "m.yaml:5: duplicate key `a`, first used in line 1 (keep one of them)",
    ]
    assert "m.json:2: duplicate key `a`" in complaint(write('{"a": 1,\n "a": 2}', "m.json"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: b: c\n", "m.yaml:1: not valid YAML: mapping values are not allowed"),
        ("a:\n\tb: 1\n", "(indent with spaces: YAML does not allow tabs)"),
        ("a: [1,\nb: 2\n", "m.yaml:3: not valid YAML"),
        (
            "kind: {{ .Values.kind }}\n",
            "(this looks like a template: render it first, as in `helm template`)",
        ),
        ("{{- if .Values.on }}\nkind: A\n{{- end }}\n", "(this looks like a template"),
        ("a: \x01\n", "m.yaml: not valid YAML: unacceptable character"),
        (
            "a: !vault x\n",
            "m.yaml:1: the YAML tag `!vault` means nothing to Kubernetes (remove the tag)",
        ),
        ("a: !!int x\n", "m.yaml:1: `x` is not a YAML int"),
        ("a: !!binary '#'\n", "m.yaml:1: invalid base64"),
        ("? [a]\n: 1\n", "m.yaml:1: a key that is not text (write the key as text)"),
        ("a: &x\n  b: *x\n", "m.yaml:1: an anchor that contains itself"),
        ("a:\n  <<: 1\n", "m.yaml:2: `<<` merges something that is not a mapping"),
        (
            "kind: A\n---\n- a\n",
            "m.yaml:3: the document is a list, not a mapping (a document starts with `apiVersion:`",
        ),
        ("hello\n", "m.yaml:1: the document is text, not a mapping"),
        ("", "m.yaml: is empty: there is no document in it (fill it, or leave it out)"),
        ("# only a comment\n", "m.yaml: is empty"),
        ("[" * 100_000, "m.yaml:1: not valid YAML: nested too deeply"),
        ("- " * 100_000, "m.yaml:1: not valid YAML: nested too deeply"),
    ],
)
def test_what_is_not_a_document(write: Write, text: str, says: str) -> None:
    path = write("")
    path.write_text(text)
    assert says in complaint(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1,\n "b" 2}', "m.json:2: not valid JSON: Expecting ':' delimiter (column 6)"),
        ('{"a": NaN}', "m.json: not valid JSON: NaN is not a JSON number"),
        ("[1]", "m.json:1: the document is a list, not a mapping"),
        (" \n", "m.json: is empty"),
        ("[" * 100_000, "m.json: not valid JSON"),
    ],
)
def test_what_is_not_json(write: Write, text: str, says: str) -> None:
    path = write("", "m.json")
    path.write_text(text)
    assert says in complaint(path)


def test_files_that_cannot_be_read(write: Write, tmp_path: Path) -> None:
    assert complaint(tmp_path / "no.yaml").endswith(
        "no.yaml: cannot be read: No such file or directory (check the path and its permissions)"
    )
    assert "Is a directory" in complaint(tmp_path)
    path = write("")
    path.write_bytes(b"a: \xff\xfe\n")
    assert complaint(path) == "m.yaml: is not UTF-8 text (byte 3) (save it as UTF-8)"


def test_a_byte_order_mark_is_not_part_of_the_text(write: Write) -> None:
    path = write("")
    path.write_bytes(b"\xef\xbb\xbfkind: A\n")
    assert load_documents(path)[0].value == {"kind": "A"}
