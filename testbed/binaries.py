"""The programs of the cluster, compiled from Go modules into a cache, once: some minutes (README.md
has figures)."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from testbed.cilium_source import CILIUM, CILIUM_VERSION, patch_cilium
from testbed.layout import BIN, CACHE, HERE, KUBERNETES_VERSION
from testbed.policy import POLICIES
from testbed.shell import sh

_VERSION = "k8s.io/component-base/version"
_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")

_QUICKLY = "all=-l -dwarf=false"
"""For the compiler: neither inlining nor debugging information. With GOGC it takes a third less
time (etcd, from nothing: 107 s of processor time instead of 170), and nobody compares how fast
these programs run."""


@dataclass(frozen=True, slots=True)
class Component:
    """One program, and how it is compiled."""

    name: str
    module: str
    """The folder of `modules` with its go.mod."""
    package: str = "."
    variables: tuple[str, ...] = ()
    """Set by the linker, as in `package.name=value`."""
    tags: str = ""
    """Go build tags."""


_COMPONENTS = (
    Component(
        "kubernetes",
        "kubernetes",
        variables=(
            f"{_VERSION}.gitVersion=v{KUBERNETES_VERSION}",
            f"{_VERSION}.gitMajor={_MAJOR}",
            f"{_VERSION}.gitMinor={_MINOR}",
        ),
    ),
    # Debian's etcd is too old for this API server, which wants progress notifications.
    Component("etcd", "etcd"),
    Component("coredns", "coredns"),
    Component("pause", "pause"),
    Component(
        "kube-router", "kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
    ),
    Component(
        "cilium-agent",
        "cilium",
        f"{CILIUM}/daemon",
        (f"{CILIUM}/pkg/version.ciliumVersion={CILIUM_VERSION}",),
    ),
    Component("cilium-operator", "cilium", f"{CILIUM}/operator", tags="ipam_provider_operator"),
    Component("cilium-cni", "cilium", f"{CILIUM}/plugins/cilium-cni"),
    Component(
        "cilium-dbg",
        "cilium",
        f"{CILIUM}/cilium-dbg",
        (f"{CILIUM}/pkg/version.ciliumVersion={CILIUM_VERSION}",),
    ),
)


REFEREE = Component("policy-referee", "kube-network-policies")
"""Decides about flows as kube-network-policies does, without a cluster (`referee.py`)."""


def needed(policy: str) -> tuple[Component, ...]:
    """The programs of a cluster with this policy engine."""
    engines = {name for engine in POLICIES.values() for name in engine.binaries}
    own = POLICIES[policy].binaries
    return tuple(
        component
        for component in _COMPONENTS
        if component.name not in engines or component.name in own
    )


def missing_binaries(policy: str) -> list[str]:
    """The names of those that are not in the cache."""
    return [component.name for component in needed(policy) if not (BIN / component.name).exists()]


def build(policy: str) -> list[str]:
    """Compile what is not in the cache yet; the names of what was compiled."""
    return compile_missing(needed(policy))


def compile_missing(components: Sequence[Component]) -> list[str]:
    """Compile those that are not in the cache yet; their names."""
    BIN.mkdir(parents=True, exist_ok=True)
    # A build in the background and one of a run that needs it now would take each other's files
    # away.
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = [program for program in components if not (BIN / program.name).exists()]
        for module in dict.fromkeys(element.module for element in wanted):
            _compile(module, [item for item in wanted if item.module == module])
    return [entry.name for entry in wanted]


def _compile(module: str, components: Sequence[Component]) -> None:
    work = CACHE / "build" / module
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "modules" / module, work)
    # The checksum database does not know these; go.sum pins them.
    unknown = f"github.com/cloudnativelabs/kube-router,{CILIUM},sigs.k8s.io/network-policy-api"
    # GOGC: the compiler collects its garbage less often, since nobody lacks the memory here.
    env = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=mod",
        "GONOSUMDB": unknown,
        "GOGC": "400",
    }
    if module == "cilium":
        patch_cilium(work, env)
    for component in components:
        flags = " ".join(["-s", "-w", *(f"-X {variable}" for variable in component.variables)])
        target = BIN / f".{component.name}.new"
        options = (
            "-trimpath",
            "-tags",
            component.tags,
            "-gcflags",
            _QUICKLY,
            "-ldflags",
            flags,
            "-o",
            str(target),
        )
        sh("go", "build", *options, component.package, cwd=work, env=env)
        target.rename(BIN / component.name)
