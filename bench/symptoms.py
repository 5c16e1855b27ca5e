"""Reading lines of logs: hostile lines of growing length, as a ratio to a plain line of 200 bytes.

python bench/symptoms.py

Each byte costs at most so much, and of a long line only its ends are read, so a line of a megabyte
costs no more than one of 32 KiB.
"""

from __future__ import annotations

import statistics
import time

from prober.symptom import symptoms_of
from prober.symptom.formats import FORMATS

PLAIN = ('{"level":"info","msg":"reconciled","controller":"kustomization","object":"apps"}' * 3)[
    :200
]
HOSTILE = {
    "every cue, then letters": " ".join(form.cue for form in FORMATS) + "a",
    "colons": "1:",
    "braces": '{"a":',
    "dials": "dial tcp ",
    "refusals": "connection refused ",
    "escapes": "\x1b[",
    "URLs": "http://a:1/ ",
}
LENGTHS = (2_000, 32_768, 1_048_576)
ROUNDS = 3


def seconds(line: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        symptoms_of(line)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    base = statistics.median(seconds(PLAIN) for _ in range(50))
    print(f"a plain line: {base * 1e6:.0f} us")
    print(f"{'':26}" + "".join(f"{length:>14,}" for length in LENGTHS) + "   us a byte read")
    for name, piece in HOSTILE.items():
        times = [seconds((piece * (length // len(piece) + 1))[:length]) for length in LENGTHS]
        ratios = "".join(f"{value / base:>12.0f} x" for value in times)
        print(f"{name:26}{ratios}   {times[1] / LENGTHS[1] * 1e6:.2f}")


if __name__ == "__main__":
    main()
