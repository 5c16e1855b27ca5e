"""Lines leave in order, whole, and without holding anybody up."""

from __future__ import annotations

import os
import threading

from agent.output import LineWriter


def test_every_line_arrives_in_order_also_when_nobody_reads_at_first() -> None:
    reading, writing = os.pipe()
    with LineWriter(writing, lambda: None) as writer:
        for number in range(20000):  # far more than a pipe holds
            writer.emit(b"%d" % number)
        received: list[bytes] = []
        reader = threading.Thread(
            target=lambda: received.extend(iter(lambda: os.read(reading, 65536), b""))
        )
        reader.start()
    os.close(writing)
    reader.join()
    os.close(reading)
    assert b"".join(received) == b"".join(b"%d\n" % number for number in range(20000))


def test_a_reader_that_is_gone_is_told_once() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    told: list[bool] = []
    with LineWriter(writing, lambda: told.append(True)) as writer:
        writer.emit(b"lost")
    with LineWriter(writing, lambda: told.append(True)) as writer:
        pass
    os.close(writing)
    assert told == [True]
