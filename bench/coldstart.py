"""Cold start: `prober --version` as a whole process, as a ratio to an empty Python in the same run.

python bench/coldstart.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "empty Python": [sys.executable, "-c", "pass"],
    "prober --version": [sys.executable, "-m", "prober.cli.main", "--version"],
    "prober --help": [sys.executable, "-m", "prober.cli.main", "--help"],
}


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):  # in turns, so that a noisy moment hits all of them
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    base = statistics.median(taken["empty Python"])
    print(f"{'':18}  median     min     max  ratio")
    for name, times in taken.items():
        median = statistics.median(times)
        figures = "".join(f" {value * 1e3:4.0f} ms" for value in (median, min(times), max(times)))
        print(f"{name:18}{figures}  {median / base:4.1f}")


if __name__ == "__main__":
    main()
