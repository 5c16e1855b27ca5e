"""Which policies select every pod of a namespace, those to come included, in each language.

What a selector happens to select today is no answer: a default deny has to hold for the pod that is
deployed tomorrow, so the selector itself must say nothing, or no more than the namespace."""

from __future__ import annotations

from prober.model.languages.calico import CalicoSpec
from prober.model.languages.cilium import CiliumSpec
from prober.policy.deciding import PolicyMatcher, TieredMatcher

_EVERYTHING = ("", "all()")
"""A selector of Calico's that leaves nobody out."""


def selects_every_pod(matcher: PolicyMatcher | TieredMatcher, namespace: str) -> bool:
    """Whether a policy is for all pods of a namespace, whatever labels they have."""
    if isinstance(matcher, PolicyMatcher):
        return matcher.policy.namespace == namespace and matcher.policy.pod_selector.empty
    if matcher.policy.ref.namespace not in ("", namespace):
        return False
    return any(_says_nothing(spec) for spec in getattr(matcher.policy, "specs", ()))


def _says_nothing(spec: object) -> bool:
    if isinstance(spec, CiliumSpec):
        return spec.endpoint_selector is not None and spec.endpoint_selector.model.empty
    if isinstance(spec, CalicoSpec):
        selectors = (spec.selector, spec.namespace_selector, spec.service_account_selector)
        return all((selector or "").strip() in _EVERYTHING for selector in selectors)
    # What is left never isolates: an administrator's policies deny by their rules.
    return False
