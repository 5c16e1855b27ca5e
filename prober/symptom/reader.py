"""From a line to its symptoms. Pure, and bounded: the time for a line has an upper bound whatever
stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prober.symptom.cleaning import cleaned
from prober.symptom.envelope import Message, unwrapped
from prober.symptom.formats import ACCESS, FORMATS, LAST_RESORT, NAMES, Reader
from prober.symptom.formats.envoy import from_fields
from prober.symptom.generic import generic
from prober.symptom.joining import joined
from prober.symptom.model import Failure, Symptom
from prober.symptom.reading import Reading
from prober.symptom.unrelated import is_access_record, is_unrelated
from prober.symptom.words import lowered


def symptoms_of(line: str) -> tuple[Symptom, ...]:
    """The failed connections that `line` tells of: a line of a log, an event's note, a condition's
    message.

    Empty where it tells of none, and where what it tells is no failure of the writer's own
    connection.
    """
    message = unwrapped(cleaned(line))
    text, low = message.text, lowered(message.text)
    readings = _readings(message, low)
    if not readings:
        return ()
    return joined(text, low, [_of_a_name_server(reading) for reading in readings], message.fields)


def _readings(message: Message, low: str) -> tuple[Reading, ...]:
    text = message.text
    # A structured access log of Envoy has everything in fields, and its text is made of them.
    # Reading the text as well would say the same twice, less precisely.
    proxied = from_fields(message.fields) if message.structured else None
    if proxied:
        return (proxied,)
    if accessed := tuple(ACCESS.readings(text, low)):
        return accessed
    # From the precise to the general: formats know the writer and its words, the generic form only
    # knows a host, a port and an error. The last resort reads what neither did.
    readings = (
        _by_format(text, low, FORMATS)
        or _by_format(text, low, NAMES)
        or generic(text, message.fields)
        or _by_format(text, low, LAST_RESORT)
    )
    if not readings or is_unrelated(text, low):
        return ()
    return () if message.structured and is_access_record(message.fields, low) else readings


def _by_format(text: str, low: str, formats: Sequence[Reader]) -> tuple[Reading, ...]:
    """What the formats read; where two read at one place, the earlier one's."""
    kept: list[Reading] = []
    for form in formats:
        # A literal substring decides whether the regular expression runs at all. Most formats are
        # passed over for most lines.
        if form.cue not in low:
            continue
        for reading in form.readings(text, low):
            # Earlier formats are more specific. Go's net errors contain each other ("Get URL: dial
            # tcp ADDRESS: connect: connection refused"), and the outermost has the most.
            if not any(other.start < reading.end and reading.start < other.end for other in kept):
                kept.append(reading)
    return tuple(kept)


def _of_a_name_server(reading: Reading) -> Reading:
    """A query that got no answer over port 53 is a name server's failure, without the name that was
    asked for."""
    udp = reading.protocol == "udp" and reading.at.port == 53
    if not udp or reading.name_server or reading.failure is not Failure.TIMEOUT:
        return reading
    server = reading.at.address or reading.at.host
    return replace(
        reading,
        failure=Failure.DNS_TIMEOUT,
        at=replace(reading.at, host="", address=""),
        name_server=server,
    )
