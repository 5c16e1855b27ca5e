"""From the bytes of a line to a text that can be read: bounded, without escape sequences and
control characters."""

from __future__ import annotations

import re

HEAD = 24 * 1024
TAIL = 8 * 1024
"""Of a longer line, as many characters at its beginning and end are read: messages stand at the
beginning, causes at the end. So the time for a line has an upper bound whatever its length."""

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]{0,64}+[ -/]{0,16}+[@-~]"  # CSI … final byte (ECMA-48, 5.4)
    r"|\][^\x07\x1b]{0,512}+(?:\x07|\x1b\\)"  # OSC … BEL or ST
    r"|[PX^_][^\x1b]{0,512}+\x1b\\"  # DCS, SOS, PM, APC … ST
    r"|[ -/]{0,4}+[0-~])"  # two bytes, and charset selections
    r"|\x9b[0-?]{0,64}+[ -/]{0,16}+[@-~]"
)
_SPELLED_OUT = re.compile(r"(?:\\u001b|\\x1b|\\033|#033)\[[0-9;]{0,32}+[mK]", re.IGNORECASE)
"""Colours whose escape character another logger wrote out, such as syslog's `#033[31m`."""
_CONTROL = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233), " ")
_INVISIBLE = dict.fromkeys(
    (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def cleaned(line: str) -> str:
    """What a person would see of the line, with a space for each control character."""
    if len(line) > HEAD + TAIL:
        line = f"{line[:HEAD]} {line[-TAIL:]}"
    if "\x1b" in line or "\x9b" in line:
        line = _ESCAPE.sub("", line)
    if "\\" in line or "#033" in line:
        line = _SPELLED_OUT.sub("", line)
    return line.translate(_CONTROL).translate(_INVISIBLE).strip()
