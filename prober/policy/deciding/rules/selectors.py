"""Label selectors: do they select, how to say them, and what is missing.

Source: the API reference of LabelSelectorRequirement. `In` and `Exists` need the key; `NotIn` and
`DoesNotExist` also hold where the key is absent.
"""

from __future__ import annotations

from prober.model.objects import Labels, LabelSelector, Requirement

SelectorKey = tuple[tuple[tuple[str, str], ...], tuple[Requirement, ...]]


def selects(selector: LabelSelector, labels: Labels) -> bool:
    """Do all of the selector's requirements hold. An empty selector selects everything."""
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        holds(requirement, labels) for requirement in selector.match_expressions
    )


def holds(requirement: Requirement, labels: Labels) -> bool:
    """Does one matchExpressions item hold for these labels."""
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value is not None and value in requirement.values
        case "NotIn":
            return value is None or value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None


def key_of(selector: LabelSelector) -> SelectorKey:
    """Something hashable: selectors with the same key select the same."""
    return tuple(sorted(selector.match_labels.items())), selector.match_expressions


def requirements(selector: LabelSelector) -> tuple[Requirement, ...]:
    """matchLabels and matchExpressions in one form: `a: b` means `a In (b)`."""
    equal = (
        Requirement(key, "In", (value,)) for key, value in sorted(selector.match_labels.items())
    )
    return (*equal, *selector.match_expressions)


def describe(selector: LabelSelector) -> str:
    """The selector as `kubectl -l` would take it; empty for one that selects everything."""
    return ",".join(_describe(requirement) for requirement in requirements(selector))


def complaint(selector: LabelSelector, labels: Labels) -> str:
    """What keeps `labels` from being selected, as a predicate (`lacks the label team=payments`);
    empty if nothing."""
    return complaint_about(requirements(selector), labels)


def complaint_about(needed: tuple[Requirement, ...], labels: Labels) -> str:
    """The same for requirements."""
    failing = next((requirement for requirement in needed if not holds(requirement, labels)), None)
    if failing is None:
        return ""
    value = labels.get(failing.key)
    wanted = " or ".join(failing.values)
    match failing.operator:
        case "In" if value is None:
            return f"lacks the label {failing.key}={wanted}"
        case "In":
            return f"has {failing.key}={value}, not {wanted}"
        case "Exists":
            return f"lacks the label {failing.key}"
        case "NotIn" | "DoesNotExist":
            return f"has {failing.key}={value}, which {_describe(failing)} rules out"


def _describe(requirement: Requirement) -> str:
    values = ",".join(requirement.values)
    match requirement.operator:
        case "In" if len(requirement.values) == 1:
            return f"{requirement.key}={values}"
        case "In":
            return f"{requirement.key} in ({values})"
        case "NotIn":
            return f"{requirement.key} notin ({values})"
        case "Exists":
            return requirement.key
        case "DoesNotExist":
            return f"!{requirement.key}"
