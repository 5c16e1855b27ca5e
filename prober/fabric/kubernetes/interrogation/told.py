"""From what was heard to words about each check. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agent.dropping.wire import Drop
from prober.fabric.kubernetes.interrogation.chains import Ended, ended
from prober.fabric.kubernetes.interrogation.cilium import Dropped
from prober.fabric.kubernetes.interrogation.counters import Moved
from prober.fabric.kubernetes.interrogation.flows import Concern
from prober.fabric.kubernetes.interrogation.kernel import MEANINGS
from prober.fabric.kubernetes.interrogation.subjects import Subject
from prober.model.bounds import plain
from prober.model.engine_word import EngineWord

WORDS_AT_MOST = 6
"""Of one check."""
_QUOTED = 240


@dataclass(slots=True)
class Heard:
    """What everybody said."""

    moved: list[tuple[Subject, tuple[Moved, ...]]] = field(default_factory=list)
    dropped: list[tuple[Subject, tuple[Dropped, ...]]] = field(default_factory=list)
    given_up: list[tuple[str, tuple[Drop, ...]]] = field(default_factory=list)
    """By kernels, with their nodes."""
    policies: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Of Cilium's endpoints, by node and direction."""


def words_of(heard: Heard, concerns: Sequence[Concern]) -> tuple[EngineWord, ...]:
    """Each thing once, engines before kernels."""
    words: list[EngineWord] = []
    for concern in concerns:
        said = dict.fromkeys((*_engines(heard, concern), *_kernels(heard, concern)))
        words += list(said)[:WORDS_AT_MOST]
    return tuple(words)


def _engines(heard: Heard, concern: Concern) -> Iterator[EngineWord]:
    for subject, drops in heard.dropped:
        for drop in drops:
            if concern.is_its(drop.source, drop.destination, drop.port):
                yield EngineWord(
                    concern.id,
                    subject.node,
                    subject.engine,
                    f"drops it: {plain(drop.reason, 80)}",
                    drop.direction,
                    heard.policies.get((subject.node, drop.direction), ()),
                    f"identity {drop.identities[0]}->{drop.identities[1]}: {drop.source} -> "
                    f"{drop.destination}:{drop.port}",
                )
    for subject, moved in heard.moved:
        if subject.node in concern.nodes:
            for end in ended(moved, concern):
                yield _of_a_rule(concern, subject, end)


def _of_a_rule(concern: Concern, subject: Subject, end: Ended) -> EngineWord:
    verb = "rejects" if end.rule.target == "REJECT" else "drops"
    what = f"{verb} it in chain {plain(end.rule.chain, 64)}"
    if end.pod:
        what += f", that of pod {plain(end.pod, 120)}"
    count = f"{end.packets} packet{'s' if end.packets > 1 else ''} while it was tried again"
    quote = plain(f"{count}: -A {end.rule.chain} {end.rule.text}", _QUOTED)
    return EngineWord(
        concern.id, subject.node, subject.engine, what, end.direction, end.policies, quote
    )


def _kernels(heard: Heard, concern: Concern) -> Iterator[EngineWord]:
    """What nodes gave up themselves; only where none did, what was given up in the networks of
    pods."""
    seen = [
        (node, drop)
        for node, drops in heard.given_up
        for drop in drops
        if drop.reason in MEANINGS and _is_about(drop, concern)
    ]
    here = [(node, drop) for node, drop in seen if drop.here and node in concern.nodes]
    for node, drop in here or seen:
        answer = not concern.is_its(drop.source, drop.destination, drop.port)
        meaning = MEANINGS[drop.reason]
        what = f"{meaning}, on the way back" if answer else meaning
        if not drop.here:
            what += ", in the network of a pod"
        place = f" in {plain(drop.place, 64)}" if drop.place else ""
        quote = f"{drop.reason}{place}: {drop.source} -> {drop.destination}:{drop.port}"
        yield EngineWord(concern.id, node, "kernel", what, quote=plain(quote, _QUOTED))


def _is_about(drop: Drop, concern: Concern) -> bool:
    its = concern.is_its(drop.source, drop.destination, drop.port)
    return its or concern.is_answer(drop.source, drop.source_port)
