"""The table of rights is what the documentation says and what is really called."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.fabric.kubernetes.client.refusals import call
from prober.fabric.kubernetes.client.resources import NODES, PODS
from prober.fabric.kubernetes.client.rights import RIGHTS, Purpose, Right

DOCS = Path(__file__).parents[4] / "docs" / "cluster.md"


def row(right: Right) -> str:
    """The right as the documentation has it."""
    name = f"{right.what}.{right.group}" if right.group else right.what
    return f"| `{name}` | {', '.join(right.verbs)} | {right.why} |"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_documentation_lists_every_right(purpose: Purpose) -> None:
    chapter = DOCS.read_text().partition("## Rights")[2].partition("\n## ")[0]
    section = chapter.partition(f"\n{purpose.value.capitalize()}:\n\n")[2].partition("\n\n")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [row(right) for right in RIGHTS if right.purpose is purpose]


def test_a_call_that_is_not_in_the_table_is_not_made() -> None:
    assert call("get", PODS, "shop", "web-0", "log").what == "pods/log"
    with pytest.raises(ValueError, match="missing in the table of rights"):
        call("delete", NODES)
