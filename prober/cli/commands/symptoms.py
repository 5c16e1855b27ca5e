"""`prober symptoms`: what `prober why` reads in lines of logs, for pipes and for who adds a
format."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from prober.cli.terminal import say
from prober.model.errors import ExitCode, InputError, Location, Mistake


@click.command("symptoms")
@click.argument("source", metavar="FILE|-")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="text: the lines with a symptom; jsonl: a record for each input line.",
)
def command(source: str, output: str) -> int:
    """List the failed connections that the lines of FILE (or of standard input) report.

    \b
    kubectl logs deploy/api | prober symptoms -
    prober symptoms api.log -o jsonl | jq 'select(.symptoms != [])'
    """
    with _opened(source) as stream:
        return _told(stream, output)


def _told(stream: BinaryIO, output: str) -> int:
    from prober.symptom import symptoms_of
    from prober.symptom.lines import lines_of
    from prober.symptom.record import line_as_json
    from prober.symptom.text import sentence

    for number, line in enumerate(lines_of(stream), 1):
        symptoms = symptoms_of(line)
        if output == "jsonl":
            say(json.dumps(line_as_json(number, symptoms)))
        else:
            for symptom in symptoms:
                say(f"{number:>6}  {sentence(symptom)}")
    return ExitCode.OK


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        with open(source, "rb") as stream:  # noqa: PTH123 - the path as it was given, for the message
            yield stream
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Mistake(Location(source), "", f"cannot be read: {reason}")]) from error
