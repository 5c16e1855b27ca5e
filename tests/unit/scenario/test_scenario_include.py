"""Scenario files that include others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prober.model.errors import InputError
from prober.scenario import load_scenario
from prober.scenario.reading.include import LIBRARY

Write = Callable[..., Path]
ONE = "checks: ['deploy/a -> tcp://b.c:1']\n"


def words(path: Path, root: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        load_scenario(path)
    return [str(mistake).replace(f"{root}/", "") for mistake in error.value.mistakes]


def test_targets_and_checks_are_taken_in_before_the_files_own(write: Write) -> None:
    write(
        "targets: {git: 'tcp://github.com:22'}\nchecks: ['deploy/first -> git']\n", "parts/git.yaml"
    )
    scenario = load_scenario(write("include: [parts/git.yaml]\nchecks: ['deploy/second -> git']\n"))
    assert [str(one.source) for one in scenario.checks] == [
        "deploy/first.shop",
        "deploy/second.shop",
    ]
    assert set(scenario.targets) == {"git"}


def test_each_file_has_its_own_defaults_and_namespace(write: Write) -> None:
    head = (
        "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nmetadata: {name: part, namespace: "
        "other}\n"
    )
    write("defaults: {timeout: 9s}\nchecks: ['deploy/a -> tcp://b.c:1']\n", "part.yaml", head=head)
    first, second = load_scenario(write("include: [part.yaml]\n" + ONE)).checks
    assert (first.source.namespace, first.timeout) == ("other", 9.0)
    assert (second.source.namespace, second.timeout) == ("shop", 2.0)


def test_a_file_included_twice_counts_once(write: Write) -> None:
    write(ONE, "base.yaml")
    write("include: [base.yaml]\n", "left.yaml")
    write("include: [./base.yaml]\n", "right.yaml")
    assert len(load_scenario(write("include: [left.yaml, right.yaml]\n")).checks) == 1


def test_own_targets_win_over_included_ones(write: Write) -> None:
    write("targets: {git: 'tcp://a.b:1'}\n", "part.yaml")
    scenario = load_scenario(
        write("include: [part.yaml]\ntargets: {git: 'tcp://b.c:2'}\nchecks: ['deploy/a -> git']\n")
    )
    assert str(scenario.checks[0].target) == "tcp://b.c:2"


def test_included_targets_that_differ_are_a_mistake(write: Write, tmp_path: Path) -> None:
    write("targets: {git: 'tcp://a.b:1'}\n", "one.yaml")
    write("targets: {git: 'tcp://a.b:2'}\n", "two.yaml")
    assert words(write("include: [one.yaml, two.yaml]\n" + ONE), tmp_path) == [
        (
            "test.yaml:4: include[1]: has another target named `git` (name it under `targets` of "
            "this file, which wins)"
        )
    ]


def test_the_library_is_included_by_its_name(write: Write) -> None:
    scenario = load_scenario(
        write("include: ['library:common']\nchecks: ['deploy/a -> kubernetes-api']\n")
    )
    assert str(scenario.checks[0].target) == "tcp://svc/kubernetes.default:443"


def test_every_file_of_the_library_is_sound(write: Write) -> None:
    names = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
    assert "common" in names
    includes = ", ".join(f"'library:{name}'" for name in names)
    assert load_scenario(write(f"include: [{includes}]\n{ONE}")).targets


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("library:comon", "did you mean `library:common`?"),
        ("prat.yaml", "did you mean `part.yaml`?"),
        ("nowhere/part.yaml", "paths are relative to this file"),
    ],
)
def test_a_file_that_is_not_there(written: str, hint: str, write: Write, tmp_path: Path) -> None:
    write(ONE, "part.yaml")
    # The unknown name below is no mistake of its own: it may be in the file that is missing.
    path = write(f"include: ['{written}']\nchecks: ['deploy/a -> git']\n")
    assert words(path, tmp_path) == [
        f"test.yaml:4: include[0]: there is no file `{written}` ({hint})"
    ]


def test_a_circle_is_told_with_everyone_in_it(write: Write, tmp_path: Path) -> None:
    write("include: [b.yaml]\n", "a.yaml")
    write("include: [a.yaml]\n", "b.yaml")
    assert words(write("include: [a.yaml]\n" + ONE), tmp_path) == [
        "b.yaml:4: include[0]: includes itself: a.yaml → b.yaml → a.yaml (take one of them out)"
    ]


def test_mistakes_of_all_files_come_together(write: Write, tmp_path: Path) -> None:
    write("chekcs: []\n", "part.yaml")
    assert words(write("include: [part.yaml]\ndefaults: {timeout: 1}\n"), tmp_path) == [
        "test.yaml:5: defaults.timeout: must be text, not a number (`1`) (as in 2s or 1500ms)",
        "part.yaml:4: chekcs: unknown field (did you mean `checks`?)",
    ]


def test_what_is_included_must_be_a_scenario(write: Write, tmp_path: Path) -> None:
    write("", "part.yaml", head="apiVersion: v1\nkind: Pod\n")
    assert words(write("include: [part.yaml]\n" + ONE), tmp_path) == [
        (
            "part.yaml:2: kind: must be `Scenario`, not `Pod` (write kind: Scenario; manifests "
            "belong in `lab.manifests`)"
        )
    ]
