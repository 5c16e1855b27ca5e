"""From a scenario to the checks that can be run, against the objects of one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from prober.model.check import Check, Endpoint
from prober.model.errors import InputError, Mistake, UsageError
from prober.model.snapshot import Snapshot
from prober.scenario.destination import Destination
from prober.scenario.resolving.absent import absent_host
from prober.scenario.resolving.destinations import Finder
from prober.scenario.resolving.naming import home_of, qualified, target_text
from prober.scenario.resolving.probes import flow_of, probe_of, unspoken
from prober.scenario.resolving.recognise import Recogniser
from prober.scenario.resolving.sources import Start, starts_of
from prober.scenario.spec import CheckSpec, Scenario


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A check spec with everything it starts from, and where each of these goes."""

    spec: CheckSpec
    pairs: tuple[tuple[Start, Destination], ...]
    """At least one."""

    @property
    def several_starts(self) -> bool:
        return len({start.vantage for start, _ in self.pairs}) > 1

    @property
    def several_destinations(self) -> bool:
        return len(self.pairs) > len({start.vantage for start, _ in self.pairs})


def resolve(
    scenario: Scenario,
    snapshot: Snapshot,
    *,
    outside: Collection[str] = (),
    addressed: bool = True,
    whole: bool = False,
) -> tuple[Check, ...]:
    """The checks of a scenario, in the order of its file.

    `outside` are the names of the hosts that a check can start from although they are not in the
    cluster (the lab's); `whole` says that these are all hosts there are, so that a check of another
    one cannot be tested. `addressed` False takes pods and nodes without an address, as manifests
    have them: names are resolved all the same, but the checks are not fit to be run.

    A pod that has no network now, because it waits for one or has failed, makes a check that cannot
    be tested and says why: the others are no worse for it.

    Raises `InputError` with every reference that means nothing in this snapshot: namespaces,
    workloads, pods, Services, ports, nodes, hosts outside, and sources that match no pod.
    """
    finder = Finder(snapshot, Recogniser(snapshot), addressed)
    groups: list[_Pairs] = []
    mistakes: list[Mistake] = []
    for spec in scenario.checks:
        starts, problems = _starts(spec, finder.recogniser, outside, addressed=addressed)
        destinations, more = _destinations(spec, finder, starts)
        mistakes += [
            Mistake(spec.origin, spec.where, str(problem), problem.hint)
            for problem in (*problems, *more)
        ]
        groups.append(_Pairs(spec, tuple(destinations)))
    if mistakes:
        raise InputError(list(dict.fromkeys(mistakes)))
    home = home_of(
        scenario.namespace, (start.endpoint for group in groups for start, _ in group.pairs)
    )
    checks = _unique(check for group in groups for check in _checks(group, home))
    if not whole:
        return tuple(checks)
    specs = {spec.title: spec for spec in scenario.checks}
    return tuple(_of_known_host(check, specs[check.group], snapshot, outside) for check in checks)


def _of_known_host(
    check: Check, spec: CheckSpec, snapshot: Snapshot, outside: Collection[str]
) -> Check:
    """The check; not tested where its host does not exist."""
    absent = absent_host(spec, check.flow.destination, snapshot, outside)
    return replace(check, skip_reason=check.skip_reason or absent)


def _starts(
    spec: CheckSpec, recogniser: Recogniser, outside: Collection[str], *, addressed: bool
) -> tuple[tuple[Start, ...], tuple[UsageError, ...]]:
    try:
        return starts_of(spec, recogniser, outside, addressed=addressed), ()
    except UsageError as error:
        return (), (error,)


def _destinations(
    spec: CheckSpec, finder: Finder, starts: Sequence[Start]
) -> tuple[list[tuple[Start, Destination]], tuple[UsageError, ...]]:
    """The pairs; the target is looked up even where the source was wrong, so that both are said."""
    ref = spec.target.place.object
    try:
        fixed = finder.objects(spec, ref) if ref else ()
    except UsageError as error:
        return [], (error,)
    if ref:
        return [
            (start, finder.seen_from(start, spec, destination))
            for start in starts
            for destination in fixed
        ], ()
    return [(start, finder.host(spec, start)) for start in starts], ()


def _checks(group: _Pairs, home: str) -> Iterator[Check]:
    spec = group.spec
    for start, short in group.pairs:
        source = qualified(start.endpoint, home)
        destination = _labelled(short, start.endpoint.namespace or home)
        check_id = f"{start.vantage.id} → {_identity(group, destination)}"
        yield Check(
            id=check_id,
            name=_name(group, source, destination),
            vantage=start.vantage,
            flow=flow_of(spec, source, destination),
            probe=probe_of(spec, destination, check_id),
            expected=spec.expect,
            group=spec.title,
            origin=spec.origin,
            skip_reason="; ".join(
                dict.fromkeys(filter(None, (start.problem, short.problem, unspoken(spec.target))))
            ),
        )


def _labelled(destination: Destination, namespace: str) -> Destination:
    """The destination with the label that people read beside a source in `namespace`."""
    if not destination.short:
        return destination
    return replace(destination, endpoint=qualified(destination.endpoint, namespace))


def _name(group: _Pairs, source: Endpoint, destination: Destination) -> str:
    """The flow; or the name that the scenario gives, with what tells several checks of that name
    apart."""
    label = destination.endpoint.label
    if not group.spec.name:
        return f"{source.label} → {target_text(group.spec.target, label, destination.port)}"
    which = ([source.label] if group.several_starts else []) + (
        [label] if group.several_destinations else []
    )
    return group.spec.name + (f" ({' → '.join(which)})" if which else "")


def _identity(group: _Pairs, destination: Destination) -> str:
    """The target as the scenario writes it, and which of its pods where there are several."""
    text = str(group.spec.target)
    return f"{text} ({destination.endpoint.name})" if group.several_destinations else text


def _unique(checks: Iterator[Check]) -> Iterator[Check]:
    """The checks, with numbers on ids that are there already: the same flow may be checked under
    two names."""
    seen: dict[str, int] = {}
    for check in checks:
        seen[check.id] = count = seen.get(check.id, 0) + 1
        if count == 1:
            yield check
        else:
            numbered = f"{check.id} #{count}"
            yield replace(check, id=numbered, probe=replace(check.probe, id=numbered))
