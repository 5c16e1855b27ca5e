"""Every decoder against its corpus, and against a few thousand inputs that are always the same.

Long runs are made by hand: see `python -m tests.fuzz --help`.
"""

from __future__ import annotations

import pytest

from tests.fuzz import trial
from tests.fuzz.__main__ import main
from tests.fuzz.decoders import TABLE, Decoder
from tests.fuzz.mutation import LARGEST, mutated

INPUTS = 300
"""Of a decoder of weight 100."""


@pytest.mark.parametrize("decoder", TABLE.values(), ids=TABLE.keys())
def test_only_declared_errors_and_nothing_slow(decoder: Decoder) -> None:
    outcome = trial.run(decoder, seed=1, inputs=max(INPUTS * decoder.weight // 100, 5))
    assert not outcome.found, {
        what: (entry.number, entry.data[:200]) for what, entry in outcome.found.items()
    }
    assert outcome.accepted, "the examples are no examples of anything"


def test_every_folder_of_the_corpus_is_some_decoders() -> None:
    assert {path.name for path in trial.CORPUS.iterdir()} == {row.corpus for row in TABLE.values()}


def test_the_same_number_is_the_same_input() -> None:
    corpus = [b'{"a": 1}', b"nameserver 198.18.0.1\n"]
    for number in range(200):
        data = mutated(3, number, corpus, structured=True)
        assert data == mutated(3, number, corpus, structured=True)
        assert len(data) <= LARGEST
    assert len({mutated(3, number, corpus, structured=True) for number in range(200)}) > 100


def _wrong(data: bytes) -> object:
    if b"9" in data:
        return {}[data]
    return data


def test_what_is_not_declared_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = Decoder("wrong", _wrong)
    monkeypatch.setattr(trial, "examples", lambda name: [b"1"])
    outcome = trial.run(decoder, seed=1, inputs=500)
    (failure,) = outcome.found.values()
    assert failure.what.startswith("KeyError at test_fuzz.py:")
    assert b"9" in failure.data
    assert mutated(1, failure.number, [b"1"], structured=False) == failure.data


def test_one_input_can_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolv-conf", "--only", "0"]) == 0
    assert "ResolverConfig(" in capsys.readouterr().out
