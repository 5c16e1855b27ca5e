"""docs/policy-languages.md is what the tables say."""

from __future__ import annotations

from pathlib import Path

from prober.model.languages.foreign import FOREIGN
from prober.model.languages.kinds import KINDS
from prober.policy.deciding.engines import ENGINES, Question, table

DOC = (Path(__file__).parents[3] / "docs" / "policy-languages.md").read_text(encoding="utf-8")


def test_every_kind_is_listed_with_its_versions() -> None:
    for kind in KINDS:
        versions = ", ".join(f"`{version}`" for version in kind.versions)
        what = kind.left_out or ("evaluated" if kind.policy else "what policies refer to")
        assert f"| `{kind.kind}` | {versions} | {what} |" in DOC


def test_what_is_not_evaluated_is_listed() -> None:
    for group, kinds in FOREIGN.items():
        assert f"| `{group}` | {', '.join(f'`{kind}`' for kind in kinds)} |" in DOC


def test_the_table_of_engines_is_the_one_of_the_code() -> None:
    assert table() in DOC


def test_every_engine_answers_every_question_with_a_source() -> None:
    for engine in ENGINES:
        assert set(engine.answers) == set(Question)
        assert all(answer.says and answer.source for answer in engine.answers.values())
