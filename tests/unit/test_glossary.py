"""The glossary has every term of `prober.model`, once; the map names files that are there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "prober" / "model"
_ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
_PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.py)`")


def terms() -> Counter[str]:
    """The public classes of the model's modules, but for the two packages that mirror published
    shapes and foreign APIs."""
    return Counter(
        node.name
        for file in MODEL.rglob("*.py")
        if file.parent.name not in ("published", "languages")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def test_every_term_of_the_model_is_in_the_glossary_once() -> None:
    written = Counter(_ROW.findall((ROOT / "docs" / "glossary.md").read_text()))
    assert written == terms(), "a term has one meaning, and one row"
    assert set(written.values()) == {1}


def test_the_map_names_files_that_are_there() -> None:
    files = [str(path.relative_to(ROOT)) for path in ROOT.glob("prober/**/*.py")]
    files += [str(path.relative_to(ROOT)) for path in ROOT.glob("agent/**/*.py")]
    named = _PATH.findall((ROOT / "docs" / "architecture.md").read_text())
    assert len(named) > 30
    missing = [name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)]
    assert not missing
