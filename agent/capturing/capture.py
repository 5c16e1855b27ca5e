"""Shows the packets of a network namespace as they pass, a line each: what a probe's evidence is
made of.

    python -m agent.capturing.capture [--count N] [--seconds S] [--write FILE.pcap]
    [ADDRESS[:PORT]…]

Needs CAP_NET_RAW, so it is no part of a probe, which makes do without; it is for people who want to
see for themselves. scapy dissects: see `agent.capturing.packets` for how a packet reads.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from prober.model.errors import ExitCode

if TYPE_CHECKING:
    import argparse


def _say_watching() -> None:
    print("watching; Ctrl-C ends it", file=sys.stderr, flush=True)  # noqa: T201 - its output


def main(argv: Sequence[str] | None = None) -> int:
    """Print packets until told to stop. 2: the capture cannot be made."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with contextlib.ExitStack() as stack:
            keep = _pcap(stack, options.write) if options.write else lambda packet: None
            _watch(options, keep)
    except OSError as error:
        what = (
            f"{error.filename}: {error.strerror}"
            if error.filename
            else f"packets cannot be captured: {error}"
        )
        print(f"prober: {what}", file=sys.stderr)  # noqa: T201 - a program of its own
        hint = "  hint: it needs CAP_NET_RAW, and a place to write to"
        print(hint, file=sys.stderr)  # noqa: T201 - its output
        return int(ExitCode.USAGE)
    return int(ExitCode.OK)


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="agent.capturing.capture", description="Shows packets as they pass, a line each."
    )
    parser.add_argument("--count", type=int, default=0, metavar="N", help="end after N packets")
    parser.add_argument("--seconds", type=float, metavar="S", help="end after S seconds")
    parser.add_argument("--write", metavar="FILE", help="keep the packets in FILE, too (pcap)")
    parser.add_argument(
        "peers", nargs="*", metavar="ADDRESS[:PORT]", help="only packets from, to or about these"
    )
    return parser


def _pcap(stack: contextlib.ExitStack, path: str) -> Callable[[Any], None]:
    from scapy.utils import PcapWriter

    with open(path, "wb"):  # noqa: PTH123 - says at once, and clearly, when it cannot be written
        pass
    writer = PcapWriter(path, sync=True)
    stack.callback(writer.close)
    write: Callable[[Any], None] = writer.write
    return write


def _watch(options: argparse.Namespace, keep: Callable[[Any], None]) -> None:
    from scapy.sendrecv import sniff

    from agent.capturing import packets

    started: float | None = None

    def show(packet: Any) -> None:
        nonlocal started
        started = started or float(packet.time)
        keep(packet)
        after = (float(packet.time) - started) * 1000
        print((f"{after:10.1f} ms  {packets.describe(packet)}"), flush=True)  # noqa: T201 - what it is for

    sniff(
        store=False,
        count=options.count,
        timeout=options.seconds,
        lfilter=lambda packet: packets.concerns(packet, options.peers),
        prn=show,
        started_callback=_say_watching,
    )


if __name__ == "__main__":
    sys.exit(main())
