"""Predictions per second, and the time of a full matrix.

Speeds are told as ratios to a loop over every pair in the same run, so that they mean the same on
every machine; the absolute figures are this machine's.

    python bench/predict.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))

from languages import LANGUAGES, with_language
from worlds import cluster

from prober.model.snapshot import Snapshot
from prober.policy.matrix.matrix import Matrix, reachability
from prober.policy.predictor import Predictor

SIZES = (100, 200, 400, 1000)
PEER_SECONDS = {100: 0.6, 200: 4.0, 400: 39.0}
"""What a static analyser written in Go needs for the matrix of as many pods."""
REPEATS = 3


def best(run: Callable[[], object]) -> float:
    """The quickest of a few runs, in seconds: the others were disturbed."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def pair_by_pair(snapshot: Snapshot, matrix: Matrix) -> int:
    """The same cells, each predicted on its own."""
    predictor = Predictor(snapshot)
    return sum(bool(predictor.rulings(cell.flow)) for cell in matrix.cells())


def main() -> None:
    small = cluster(SIZES[0])
    matrix = reachability(small)
    cells = matrix.counts().total
    naive = best(lambda: pair_by_pair(small, matrix)) / cells
    predictor = Predictor(small)
    sample = [cell.flow for cell in islice(matrix.cells(), 0, None, 7)]
    trails = best(lambda: [predictor.predict(flow) for flow in sample]) / len(sample)
    rulings = best(lambda: [predictor.rulings(flow) for flow in sample]) / len(sample)
    print(f"one prediction with its trail      {1 / trails:>10,.0f} a second")
    print(f"one prediction, the ruling alone   {1 / rulings:>10,.0f} a second")
    print(
        f"a loop over {SIZES[0]} pods, pair by pair  {naive * cells:>10.3f} s for {cells:,} cells"
    )
    print()
    print(
        f"{'pods':>5} {'cells':>10} {'matrix':>10} {'a loop would take':>18} {'ratio':>8}", end=" "
    )
    print(f"{'a static peer':>14} {'ratio':>8}")
    for size in SIZES:
        snapshot = cluster(size)
        count = reachability(snapshot).counts().total
        seconds = best(lambda snapshot=snapshot: reachability(snapshot).counts())  # type: ignore[misc]  # bound at definition
        loop = naive * count
        peer = PEER_SECONDS.get(size)
        told = f"{peer:>12.1f} s {peer / seconds:>7.0f}×" if peer else f"{'-':>14} {'-':>8}"
        print(
            f"{size:>5} {count:>10,} {seconds:>8.3f} s {loop:>16.2f} s "
            f"{loop / seconds:>7.0f}× {told}"
        )

    print()
    print(f"{'beside NetworkPolicy':<22} {'pods':>5} {'cells':>10} {'matrix':>10}", end=" ")
    print(f"{'rulings':>12} {'trails':>11}")
    for language in LANGUAGES:
        by_language(language)


def by_language(language: str) -> None:
    """One row: a cluster that has policies of another language as well."""
    snapshot = with_language(cluster(SIZES[1]), language)
    matrix = reachability(snapshot)
    seconds = best(lambda: reachability(snapshot).counts())
    predictor = Predictor(snapshot)
    sample = [cell.flow for cell in islice(matrix.cells(), 0, None, 31)]
    rulings = best(lambda: [predictor.rulings(flow) for flow in sample]) / len(sample)
    trails = best(lambda: [predictor.predict(flow) for flow in sample]) / len(sample)
    row = f"{language:<22} {SIZES[1]:>5} {matrix.counts().total:>10,} {seconds:>8.3f} s"
    print(f"{row} {1 / rulings:>9,.0f}/s {1 / trails:>8,.0f}/s")


if __name__ == "__main__":
    main()
