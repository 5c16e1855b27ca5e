"""Long runs by hand.

    python -m tests.fuzz                               # 5,000,000 inputs, shared out by weight
    python -m tests.fuzz plan agent-stream --inputs 1000000 --jobs 2
    python -m tests.fuzz plan --seed 7 --only 4711     # that one input, with its traceback

Exits with 1 when something was found, and keeps what it was in the decoder's folder of the corpus.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.fuzz import trial
from tests.fuzz.decoders import TABLE
from tests.fuzz.mutation import mutated

_PIECE = 20_000
"""Inputs of one task of the pool."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    names = options.decoders or list(TABLE)
    if options.only is not None:
        return _show(names[0], options.seed, options.only)
    pieces = list(_pieces(names, options.inputs))
    started = time.monotonic()
    totals = {name: trial.Outcome(name) for name in names}
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("fork")) as pool:
        tasks = [
            pool.submit(_run, name, options.seed, first, count) for name, first, count in pieces
        ]
        for number, task in enumerate(tasks, 1):
            _add(totals, task.result())
            if number % 25 == 0:
                inputs = sum(total.inputs for total in totals.values())
                _say(f"… {inputs:,} inputs in {time.monotonic() - started:.0f} s")
    _report(totals, time.monotonic() - started)
    return int(any(total.found for total in totals.values()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzzes the decoders."
    )
    parser.add_argument("decoders", nargs="*", metavar="DECODER", choices=[*TABLE, []])
    parser.add_argument("--inputs", type=int, default=5_000_000, help="of all decoders together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="decode that input, and show it")
    return parser


def _pieces(names: Sequence[str], inputs: int) -> Iterator[tuple[str, int, int]]:
    """Decoder, first input and their count: by weight, in pieces, so that processes stay busy."""
    weights = sum(TABLE[name].weight for name in names)
    for name in names:
        left, first = -(-inputs * TABLE[name].weight // weights), 0
        while left > 0:
            count = min(left, max(_PIECE * TABLE[name].weight // 100, 500))
            yield name, first, count
            first, left = first + count, left - count


def _run(name: str, seed: int, first: int, count: int) -> trial.Outcome:
    return trial.run(TABLE[name], seed=seed, first=first, inputs=count)


def _add(totals: dict[str, trial.Outcome], outcome: trial.Outcome) -> None:
    total = totals[outcome.decoder]
    total.inputs += outcome.inputs
    total.accepted += outcome.accepted
    total.slowest = max(total.slowest, outcome.slowest)
    total.grown = max(total.grown, outcome.grown)
    for what, entry in outcome.found.items():
        if what not in total.found:
            total.found[what] = entry
            _say(f"{entry.decoder}: {entry.what} (input {entry.number}, {len(entry.data)} bytes)")
            if entry.data and entry.number >= 0:
                (trial.CORPUS / TABLE[entry.decoder].corpus / entry.name).write_bytes(entry.data)


def _report(totals: dict[str, trial.Outcome], seconds: float) -> None:
    _say(f"{'decoder':<22}{'inputs':>10}{'decoded':>10}{'slowest':>10}{'grown':>9}  found")
    for total in totals.values():
        figures = f"{total.inputs:>10,}{total.accepted:>10,}{total.slowest * 1000:>7.0f} ms"
        _say(f"{total.decoder:<22}{figures}{total.grown >> 20:>6} MB  {len(total.found) or '-'}")
    inputs = sum(total.inputs for total in totals.values())
    failures = sum(len(total.found) for total in totals.values())
    _say(f"{inputs:,} inputs in {seconds:.0f} s; found {failures}")


def _show(name: str, seed: int, number: int) -> int:
    decoder = TABLE[name]
    data = mutated(seed, number, trial.examples(decoder.corpus), structured=decoder.structured)
    _say(repr(data[:2000]))
    _say(repr(decoder.decode(data)))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    sys.exit(main())
