"""Labs that stay up: names, records, and what is left of those that crashed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from prober.fabric.lab.keeper.registry import Registry, _private, start_time
from prober.model.errors import FabricError, UsageError


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def test_a_name_is_taken_while_its_process_lives(registry: Registry) -> None:
    registry.claim("lab")
    with pytest.raises(UsageError, match="a lab named lab is up already"):
        registry.claim("lab")
    assert registry.free_name() == "lab2"


def test_a_record_whose_process_is_gone_is_swept(registry: Registry) -> None:
    record = registry.claim("lab")
    registry.write(replace(record, started=record.started - 1))  # another process with the same id
    assert registry.all() == []
    assert not (registry.root / "lab").exists()
    registry.claim("lab")


def test_a_directory_without_a_record_is_swept(registry: Registry) -> None:
    (registry.root / "half").mkdir()
    registry.sweep()
    assert list(registry.root.iterdir()) == []


def test_a_lab_is_found_by_name_or_because_it_is_the_only_one(registry: Registry) -> None:
    with pytest.raises(UsageError, match="no lab is up"):
        registry.find(None)
    registry.claim("one")
    assert registry.find(None).name == "one"
    registry.claim("two")
    assert registry.find("two").name == "two"
    with pytest.raises(UsageError, match="several labs are up") as error:
        registry.find(None)
    assert error.value.hint == "say which one: one, two"
    with pytest.raises(UsageError, match="no lab named three"):
        registry.find("three")


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x" * 41])
def test_a_name_must_be_harmless(registry: Registry, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        registry.claim(name)


def test_a_lab_that_does_not_answer_is_said(registry: Registry) -> None:
    registry.claim("lab")
    with pytest.raises(FabricError, match="the lab lab does not answer"):
        registry.connect("lab")


def test_a_directory_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(FabricError, match="not a private directory"):
        _private(shared)


def test_the_start_time_tells_processes_apart() -> None:
    assert start_time(os.getpid()) > 0
    assert start_time(0) == 0
