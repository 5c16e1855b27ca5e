"""Pods of one Service listen on different ports, and a policy allows some of them only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, port_is_missing
from prober.diagnosis.fixes.patches import edit_rule
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped
from prober.model.listing import listed
from prober.model.objects import PolicyPort, Ref, Service, ServicePort
from prober.model.prediction import Direction, PolicyTrail, RuleTrail
from prober.model.run import Finding, Fix
from prober.policy.deciding import Undecided, endpoints_of

ID = "service-port-differs"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        return next((policy for policy, _, _, _ in _partly(denial, case)), None)

    for (policy, port), group in grouped(case, direction, blamed):
        partly = next(_partly(group[0], case), None)
        if partly is None:
            continue
        _, rule, service, asked = partly
        numbers = _numbers(service, asked, case)
        denied = [name for name, number in numbers if str(number) == port.partition("/")[0]]
        sends = listed(f"{number} of {name}" for name, number in numbers)
        yield gap(
            case,
            ID,
            f"Service {service.ref} sends to {sends}, and NetworkPolicy {policy} allows not all of "
            f"them: {len(denied)} of its {len(numbers)} pods is denied, for want of {port}",
            policy,
            group,
            evidence=[
                f"targetPort `{asked.target_port}` is looked up on each pod, and they number it "
                "differently"
            ],
            fixes=[_fix(group, policy, rule, case)],
        )


def _partly(
    denial: Denial, case: Case
) -> Iterator[tuple[PolicyTrail, RuleTrail, Service, ServicePort]]:
    """The rules that allow the port of another pod behind the same port of a Service."""
    for service, asked in _ports_behind(denial, case):
        numbers = {number for _, number in _numbers(service, asked, case)}
        if len(numbers) < 2 or denial.backend.port not in numbers:
            continue
        for policy, rule in denial.near(port_is_missing):
            if any(port.port in numbers - {denial.backend.port} for port in rule.rule.ports):
                yield policy, rule, service, asked


def _ports_behind(denial: Denial, case: Case) -> Iterator[tuple[Service, ServicePort]]:
    """The ports of Services that have the pod behind them: of the one that was asked for, and of
    others where the pod was asked itself."""
    for _, service in sorted(case.snapshot.services.items()):
        for port in service.ports:
            named = isinstance(port.target_port, str) and denial.backend.pod is not None
            behind = named and dict(_numbers(service, port, case))
            if behind and str(denial.backend.pod) in behind:
                yield service, port


def _numbers(service: Service, port: ServicePort, case: Case) -> list[tuple[str, int]]:
    """The pods behind a port of the Service, each with the number that the targetPort is there."""
    try:
        endpoints = endpoints_of(case.predictor.world, service, port, port.port)
    except Undecided:
        return []
    return [(backend.endpoint.name, backend.port) for backend in endpoints]


def _fix(group: Group, policy: Ref, rule: RuleTrail, case: Case) -> Fix | None:
    """Both numbers in the one rule."""
    numbers = dict.fromkeys(
        (denial.record.check.flow.protocol, denial.backend.port) for denial in group
    )
    more = tuple(PolicyPort(protocol, number) for protocol, number in numbers)  # type: ignore[arg-type]  # as the flow has it
    new = replace(rule.rule, ports=(*rule.rule.ports, *more))
    said = listed(denial.needed for denial in group)
    summary = f"add {said} to the ports of the same rule in NetworkPolicy {policy}"
    return edit_rule(summary, group, policy, rule.index, new, case)


RULE = Rule(
    id=ID,
    concludes=(
        "A Service's targetPort is a name that its pods number differently, and a policy allows "
        "some of these numbers: a part of the Service is denied."
    ),
    advice="allow the numbers of all pods, or name the port in the policy",
    needs="the prediction for every pod behind the Service",
    find_in=find,
)
