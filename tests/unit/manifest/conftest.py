"""Writing manifests and reading them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from prober.manifest import Loaded, load_manifests
from prober.model.errors import InputError

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a file in the working directory of the test, so that messages have short paths in
    them."""
    monkeypatch.chdir(tmp_path)

    def write_file(text: str, name: str = "m.yaml") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def load(write: Callable[..., Path]) -> Load:
    """Load the text of one file."""

    def load_text(text: str, **options: object) -> Loaded:
        return load_manifests([write(text)], **options)  # type: ignore[arg-type]  # the options of load_manifests

    return load_text


@pytest.fixture
def mistakes(load: Load) -> Mistakes:
    """Load the text of one file that is wrong: what is said about it."""

    def all_mistakes(text: str) -> list[str]:
        with pytest.raises(InputError) as caught:
            load(text)
        return str(caught.value).splitlines()

    return all_mistakes
