"""PURE. A run's record as text for an object of a cluster: JSON, compressed, in base64."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from typing import Any

import msgspec

from prober.model.codec import RecordError, decode, encode
from prober.model.decoding import UNREADABLE
from prober.model.run import RunRecord

MOST_UNPACKED = 64 << 20
"""Bytes of one record, unpacked: compressed data may say anything about its size."""

_BROKEN: tuple[type[Exception], ...] = (
    binascii.Error,
    OSError,
    EOFError,
    zlib.error,
    *UNREADABLE,
)


def pack(record: RunRecord) -> str:
    """The record as text. Equal records give equal text."""
    return base64.b64encode(gzip.compress(msgspec.json.encode(encode(record)), mtime=0)).decode()


def unpack(text: str) -> RunRecord:
    """The record in a text. Raises `RecordError` for whatever else it is."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(text, validate=True))) as stream:
            data = stream.read(MOST_UNPACKED + 1)
        if len(data) > MOST_UNPACKED:
            raise RecordError(
                f"the record of a run is larger than {MOST_UNPACKED >> 20} MiB", hint="pass it over"
            )
        document: Any = msgspec.json.decode(data)
    except _BROKEN as error:
        raise RecordError(
            f"the record of a run cannot be read: {error}", hint="run it again"
        ) from error
    if not isinstance(document, dict):
        raise RecordError("this is not the record of a run", hint="run it again")
    return decode(document)
