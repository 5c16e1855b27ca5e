"""`prober why`: from a symptom to its cause, with no scenario."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import default_namespace
from prober.cli.options.decorating import takes
from prober.cli.options.shared import FabricOptions, OutputOptions, fabric_options, output_options
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prober.model.testimony import SearchScope, Statement
    from prober.why.answer import Answer
    from prober.why.asking import WhyQuestion

_OBJECT = re.compile(r"[A-Za-z][A-Za-z0-9.-]*/[A-Za-z0-9][A-Za-z0-9.:-]*")
_PREFIX = re.compile(r"\[pod/(?P<pod>[a-z0-9][a-z0-9.-]{0,252})/[a-z0-9-]{1,63}\] ")
"""What `kubectl logs --prefix` writes before a line: the pod and the container."""
_SINCE = re.compile(r"([0-9]{1,6})([smhd])")
_NOTHING = "say what is wrong: a line of a log, - for lines on stdin, an object, -n NAMESPACE or -A"


@dataclass(frozen=True, slots=True)
class WhyOptions:
    """What `why` takes."""

    symptom: str | None
    """A line, `-` for lines on stdin, or an object; None: a namespace or the cluster is asked
    about."""
    namespace: str
    everywhere: bool
    source: str | None
    all_logs: bool
    since: str
    kinds: tuple[str, ...]
    at_most: int
    ask_engine: bool
    fabric: FabricOptions
    out: OutputOptions


@click.command("why")
@click.argument("symptom", required=False, metavar="[LINE|-|OBJECT]")
@click.option(
    "-n",
    "--namespace",
    default="",
    help="Ask about this namespace; with a line, the namespace it comes from.",
)
@click.option("-A", "--all-namespaces", "everywhere", is_flag=True, help="Ask about the cluster.")
@click.option(
    "--from", "source", metavar="OBJECT", help="Who wrote the line, as in deploy/api.shop."
)
@click.option("--all-logs", is_flag=True, help="Also read the logs of healthy pods.")
@click.option(
    "--since",
    metavar="DURATION",
    default="1h",
    show_default=True,
    help="Read log lines and events that are not older.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="PLURAL.GROUP",
    help="Also read the conditions of this kind. Repeatable.",
)
@click.option(
    "--checks",
    "at_most",
    type=click.IntRange(1, 500),
    default=24,
    show_default=True,
    help="Run at most this many checks; the rest are counted.",
)
@click.option(
    "--ask-engine",
    is_flag=True,
    help="Ask the policy engine and the nodes' kernels what they drop (exec into its pods).",
)
@fabric_options
@output_options(("text", "json"), "text")
@takes(WhyOptions)
def command(options: WhyOptions) -> int:
    """Find out why something fails, from the symptom alone.

    \b
    prober why 'dial tcp 198.51.100.7:9090: connect: connection refused' -n flux-system
    kubectl logs deploy/api | prober why - --from deploy/api.shop
    prober why deploy/api.shop     what this workload complains about, and why
    prober why -n flux-system      a namespace; -A the cluster
    prober why kustomization/apps  an object with conditions, and what it depends on

    \b
    Exit codes: 0 nothing fails · 1 a connection fails · 2 wrong input · 3 not found out
    """
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.report import check_paths

    out, lab = options.out, options.fabric.lab
    check_paths(out.reports)
    question = _question(options)
    choice = build(options.fabric.within(options.namespace))
    question.warnings = choice.warnings
    answer = session.ask(choice, question)
    remember(answer.record, options.fabric.manifests.paths() if lab else ())
    _show(answer, out)
    return int(session.reported(answer.record, out.reports, answer.exit_code))


def _question(options: WhyOptions) -> WhyQuestion:
    lab, everywhere = options.fabric.lab, options.everywhere
    home = options.namespace or ("" if lab or everywhere else default_namespace())
    question = _asked(options, home)
    if question.scope is not None:
        question.scope = _widened(question.scope, options)
    question.at_most, question.ask_engine = options.at_most, options.ask_engine
    return question


def _asked(options: WhyOptions, home: str) -> WhyQuestion:
    """What the words of the command line ask about; `home` is the namespace of the person."""
    from prober.model.testimony import SearchScope
    from prober.why.asking import WhyQuestion

    symptom, source, everywhere = options.symptom, options.source, options.everywhere
    if symptom is None:
        if source:
            raise UsageError("--from says who wrote a line, and none is given", hint=_NOTHING)
        if not options.namespace and not everywhere and options.fabric.lab:
            everywhere = True
        if not home and not everywhere:
            raise UsageError("nothing is asked about", hint=_NOTHING)
        return WhyQuestion(SearchScope(namespace="" if everywhere else home), namespace=home)
    if everywhere:
        raise UsageError("-A asks about the whole cluster", hint="leave it out, or the symptom")
    if _OBJECT.fullmatch(symptom):
        return WhyQuestion(SearchScope(object=_named(symptom, home)), namespace=home)
    if source and "." not in source.partition("/")[2] and home:
        source = f"{source}.{home}"
    return WhyQuestion(None, tuple(_lines(symptom, source or "", home)), home)


def _named(word: str, home: str) -> str:
    """The object with its namespace."""
    from prober.symptom.controllers import CLUSTER_WIDE_WORDS

    kind, _, name = word.partition("/")
    if "." in name or not home or kind.lower() in CLUSTER_WIDE_WORDS:
        return f"{kind.lower()}/{name}"
    return f"{kind.lower()}/{name}.{home}"


def _widened(scope: SearchScope, options: WhyOptions) -> SearchScope:
    seconds = _seconds(options.since)
    return replace(scope, everything=options.all_logs, since_s=seconds, kinds=options.kinds)


def _seconds(text: str) -> int:
    """As kubectl's --since: `90s`, `15m`, `2h`, `1d`."""
    match = _SINCE.fullmatch(text)
    if not match or not int(match[1]):
        raise UsageError(f"`{text}` is not how long ago", hint="write it as in 90s, 15m, 2h or 1d")
    return int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def _lines(symptom: str, source: str, home: str) -> Iterator[Statement]:
    """What whoever asks brought along; a line without a symptom is said to be none."""
    from prober.model.testimony import Statement, StatementKind
    from prober.symptom import symptoms_of
    from prober.symptom.lines import lines_of

    if symptom == "-":
        given = False
        for line in lines_of(sys.stdin.buffer):
            if line.strip():
                writer = source or _prefixed(line, home)
                yield Statement(StatementKind.LINE, line, writer, writer)
                given = True
        if not given:
            raise UsageError(
                "nothing came on standard input",
                hint="a log that is empty says nothing; if a command fed it, see what that said",
            )
        return
    if not any(parsed.names_a_target for parsed in symptoms_of(symptom)):
        raise UsageError(
            "the line tells of no failed connection that could be looked at",
            hint="it needs a host or an address, a port, and how it failed; `prober symptoms -` "
            "shows what is read",
        )
    yield Statement(StatementKind.LINE, symptom, source, source)


def _prefixed(line: str, home: str) -> str:
    """The pod that a line names as its writer; empty: none, or its namespace is not known."""
    match = _PREFIX.match(line)
    return f"pod/{match['pod']}.{home}" if match and home else ""


def _show(answer: Answer, options: OutputOptions) -> None:
    from prober.cli import terminal
    from prober.report import Page
    from prober.report.json_ import dump
    from prober.why.data import answer_data
    from prober.why.text import render_answer

    if options.output == "json":
        terminal.show_first(dump(answer_data(answer)))
        return
    color = options.color == "always" or (
        options.color == "auto" and terminal.wants_color(sys.stdout)
    )
    terminal.show_first(render_answer(answer, Page(color, terminal.width())), painted=color)
