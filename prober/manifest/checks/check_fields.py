"""Checks that several kinds share: metadata, labels, selectors, ports, addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from prober.manifest.checks import syntax
from prober.manifest.decoding.decode import canonical_cidr
from prober.manifest.reading.cursor import Cursor

PROTOCOLS = ("TCP", "UDP", "SCTP")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_META_FIELDS = frozenset(
    (
        "annotations",
        "clusterName",
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "labels",
        "managedFields",
        "name",
        "namespace",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    )
)
_GENERATING = frozenset(
    ("Pod", "Job", "CronJob", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
)
"""Kinds that are accepted with a generateName only: something else never refers to them by name."""
_NAME_SYNTAX: dict[str, Callable[[str], str]] = {
    "Namespace": syntax.dns_label,
    "Service": syntax.dns_label_1035,
    "ClusterRole": syntax.path_segment,
    "ClusterRoleBinding": syntax.path_segment,
}


def check_metadata(obj: Cursor, kind: str, *, cluster_wide: bool, strict: bool) -> None:
    """An object's metadata; with `strict`, unknown fields in it are mistakes."""
    meta = obj.field("metadata")
    if meta.absent:
        obj.wrong("has no metadata", "add `metadata:` with a `name:`")
        return
    if meta.mapping(_META_FIELDS if strict else None) is None:
        return
    _check_name(meta, kind)
    namespace = meta.field("namespace")
    if cluster_wide and not namespace.absent:
        namespace.wrong(f"a {kind} is not in a namespace", "remove the field")
    check_optional(namespace, syntax.dns_label)
    check_labels(meta.field("labels"))


def _check_name(meta: Cursor, kind: str) -> None:
    name = meta.field("name")
    if name.value not in (None, ""):
        check_text(name, _NAME_SYNTAX.get(kind, syntax.dns_subdomain))
        return
    if meta.field("generateName").value in (None, ""):
        name.wrong("is required", "give the object a name")
    elif kind not in _GENERATING:
        name.wrong(f"a {kind} with generateName only cannot be referred to", "give it a name")


def check_labels(labels: Cursor) -> None:
    """A mapping of labels. YAML makes booleans and numbers of what looks like them: those must be
    quoted."""
    for label in labels.entries():
        key = str(label.path[-1])
        if problem := syntax.label_key(key):
            label.wrong(f"invalid label key `{key}`: {problem}")
        check_text(label, syntax.label_value)


def check_text(cursor: Cursor, rule: Callable[[str], str]) -> str | None:
    """A text, if it is there, which must obey a rule of `syntax`."""
    text = cursor.text()
    if text is not None and (problem := rule(text)):
        cursor.wrong(f"`{text}` {problem}")
    return text


def check_optional(cursor: Cursor, rule: Callable[[str], str]) -> str:
    """As `check_text`, where an empty text is an absent one. Empty when there is none, or something
    else."""
    return (check_text(cursor, rule) or "") if cursor.value != "" else ""


def check_selector(selector: Cursor) -> None:
    """A label selector, strictly: in a policy, a misspelt field would select everything."""
    if selector.mapping(("matchLabels", "matchExpressions")) is None:
        return
    check_labels(selector.field("matchLabels"))
    for requirement in selector.field("matchExpressions").items():
        _check_requirement(requirement)


def _check_requirement(requirement: Cursor) -> None:
    if requirement.absent:
        requirement.wrong("is empty", "write a key and an operator, or remove the item")
    if requirement.mapping(("key", "operator", "values")) is None:
        return
    key, operator, values = (requirement.field(name) for name in ("key", "operator", "values"))
    if key.value in (None, ""):
        key.wrong("is required", "name the label's key")
    check_optional(key, syntax.label_key)
    if operator.absent:
        operator.wrong("is required", f"write one of {', '.join(OPERATORS)}")
    chosen = operator.choice(OPERATORS)
    for value in values.items():
        if value.absent:
            value.wrong("is empty", "write the label's value in quotes")
        check_text(value, syntax.label_value)
    if chosen in ("In", "NotIn") and not values.value:
        values.wrong(
            f"the operator {chosen} needs values", "list them, or use Exists or DoesNotExist"
        )
    if chosen in ("Exists", "DoesNotExist") and values.value:
        values.wrong(f"the operator {chosen} takes no values", "remove them, or use In or NotIn")


def check_port(cursor: Cursor, *, lowest: int = 1) -> int | None:
    """A port number, if it is there; `lowest` 0 where 0 stands for the default."""
    number = cursor.integer()
    if number is not None and not lowest <= number <= 65535:
        cursor.wrong(f"{number} is not a port: must be between 1 and 65535")
        return None
    return number


def check_int_or_name(cursor: Cursor, *, lowest: int = 1) -> int | str | None:
    """A port by number, or by the name of a container's port. `"80"` in quotes is a name, and not a
    valid one."""
    if not isinstance(cursor.value, str):
        if cursor.value is not None and (
            isinstance(cursor.value, bool) or not isinstance(cursor.value, int)
        ):
            cursor.wrong(f"must be a port number or the name of a port, not {cursor.describe()}")
            return None
        return check_port(cursor, lowest=lowest)
    name: str = cursor.value
    if problem := syntax.port_name(name):
        hint = (
            f"remove the quotes: {cursor.path[-1]}: {name}"
            if name.isdigit()
            else "use the name of a container port"
        )
        cursor.wrong(f'the port name "{name}" {problem}', hint)
        return None
    return name


def check_protocol(cursor: Cursor) -> None:
    """TCP, UDP or SCTP, in upper case."""
    cursor.choice(PROTOCOLS)


def check_ip(cursor: Cursor) -> None:
    """An IPv4 or IPv6 address."""
    text = cursor.text()
    if text:
        try:
            ipaddress.ip_address(text)
        except ValueError:
            cursor.wrong(f"`{text}` is not an IP address")


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def check_cidr(cursor: Cursor) -> Network | None:
    """A block in CIDR notation: an address and a prefix length."""
    text = cursor.text()
    if not text:
        return None
    try:
        canonical = canonical_cidr(text)
    except ValueError:
        hint = (
            f"for one address write {text}/{128 if ':' in text else 32}" if "/" not in text else ""
        )
        cursor.wrong(
            f"`{text}` is not a CIDR block", hint or "write an address and a prefix length"
        )
        return None
    network = ipaddress.ip_network(canonical)
    if "/" in text and not _same_block(text, canonical):
        cursor.warn(f"{text} is read as {canonical}; newer API servers refuse it")
    return network


def _same_block(text: str, canonical: str) -> bool:
    """Written without host bits and leading zeros; IPv6 may be written in several ways."""
    try:
        return str(ipaddress.ip_network(text)) == canonical
    except ValueError:
        return False
