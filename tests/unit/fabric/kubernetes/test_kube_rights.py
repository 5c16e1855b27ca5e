"""The table of rights is what the documentation says and what is really called."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.diagnosis.fixes.cilium_entities import KIND as CILIUM_KIND
from prober.fabric.kubernetes.client.change import PATCHED
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


@pytest.mark.parametrize("kind", sorted(PATCHED))
def test_whatever_a_fix_may_be_of_can_be_patched(kind: str) -> None:
    for verb in ("get", "patch"):
        assert call(verb, PATCHED[kind], "shop", "web").verb == verb


@pytest.mark.parametrize("kind", ["NetworkPolicy", CILIUM_KIND])
def test_a_fix_that_is_a_new_object_can_be_made_and_taken_back(kind: str) -> None:
    for verb in ("create", "delete"):
        assert call(verb, PATCHED[kind], "shop", "allow-nodes").verb == verb
