"""What the API server rejects in pods and workloads, as far as connectivity depends on it."""

from __future__ import annotations

from prober.manifest.checks import syntax
from prober.manifest.checks.check_fields import (
    check_ip,
    check_labels,
    check_optional,
    check_port,
    check_protocol,
    check_selector,
    check_text,
)
from prober.manifest.reading.cursor import Cursor
from prober.model.bounds import MOST_PODS

_SELECTING = frozenset(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"))
_COUNTS = ("replicas", "parallelism", "completions")


def check_pod(pod: Cursor) -> None:
    """A pod: its containers' ports and its addresses."""
    check_pod_spec(pod, pod.field("spec"))
    status = pod.field("status")
    check_ip(status.field("podIP"))
    for entry in status.field("podIPs").items():
        check_ip(entry.field("ip"))


def check_pod_spec(parent: Cursor, spec: Cursor) -> None:
    """The spec of a pod or of a pod template."""
    if spec.absent:
        parent.wrong("has no spec", "add `spec:` with `containers:`")
    if spec.mapping() is None:
        return
    if not spec.field("containers").value:
        spec.field("containers").wrong("is required", "list at least one container")
    host_network = spec.field("hostNetwork").boolean() is True
    for group in ("containers", "initContainers"):
        for container in spec.field(group).items():
            _check_ports(container.field("ports"), host_network=host_network)
            _check_environment(container.field("env"))
    for label in spec.field("nodeSelector").entries():
        check_text(label, syntax.label_value)


def _check_ports(ports: Cursor, *, host_network: bool) -> None:
    names: set[str] = set()
    for port in ports.items():
        if port.mapping() is None:
            port.wrong(
                "has no containerPort", "write `containerPort: NUMBER`"
            ) if port.absent else None
            continue
        number = port.field("containerPort")
        if number.absent:
            number.wrong("is required", "write the port that the container listens on")
        declared = check_port(number)
        published = check_port(port.field("hostPort"), lowest=0)
        if host_network and declared and published and published != declared:
            port.field("hostPort").wrong(
                f"must be {declared}, the containerPort, on the host network"
            )
        check_protocol(port.field("protocol"))
        name = check_optional(port.field("name"), syntax.port_name)
        if name and name in names:
            port.field("name").wrong(
                f"`{name}` is the name of another port of this container", "rename one of them"
            )
        names.add(name)


def _check_environment(env: Cursor) -> None:
    for variable in env.items():
        if variable.mapping() is not None:
            variable.field("name").text()
            variable.field("value").text()


def check_workload(workload: Cursor, kind: str) -> None:
    """A Deployment, StatefulSet, DaemonSet, ReplicaSet or Job."""
    spec = workload.field("spec")
    if spec.absent:
        workload.wrong("has no spec", "add `spec:` with `template:`")
    if spec.mapping() is None:
        return
    for name in _COUNTS:
        count = spec.field(name)
        number = count.integer()
        if number is not None and number < 0:
            count.wrong(f"{number} must not be negative")
        elif number is not None and number > MOST_PODS:
            count.wrong(
                f"{number} pods of one workload are more than prober makes",
                f"write at most {MOST_PODS}",
            )
    _check_template(spec)
    if kind in _SELECTING:
        _check_own_selector(spec)


def check_cron_job(cron_job: Cursor) -> None:
    """A CronJob: the pods of its Jobs."""
    spec = cron_job.field("spec").field("jobTemplate").field("spec")
    if spec.absent:
        cron_job.wrong("has no spec.jobTemplate.spec", "add the Job that is to be made")
    elif spec.mapping() is not None:
        _check_template(spec)


def _check_template(spec: Cursor) -> None:
    template = spec.field("template")
    if template.absent:
        spec.wrong("has no template", "add the `template:` of its pods")
    if template.mapping() is not None:
        template.field("metadata").mapping()
        check_labels(template.field("metadata").field("labels"))
        check_pod_spec(template, template.field("spec"))


def _check_own_selector(spec: Cursor) -> None:
    """apps/v1 requires a selector, and that it matches the pods that the workload makes."""
    selector = spec.field("selector")
    if not isinstance(selector.value, dict) or not any(selector.value.values()):
        selector.wrong("is required", "write `matchLabels:` with the labels of the template")
        return
    check_selector(selector)
    labels = spec.field("template").field("metadata").field("labels")
    wanted, given = selector.field("matchLabels").value, labels.value or {}
    if not isinstance(wanted, dict) or not isinstance(given, dict):
        return
    lacking = [key for key, value in wanted.items() if given.get(key) != value]
    if lacking:
        hint = (
            f"make {', '.join(lacking)} the same in spec.selector and in "
            "spec.template.metadata.labels"
        )
        selector.wrong("does not match the labels of the template", hint)
