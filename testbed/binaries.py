"""The programs of the cluster, compiled from Go modules into a cache: about 6 minutes on 2 cores, once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from testbed.layout import BIN, CACHE, HERE, KUBERNETES_VERSION
from testbed.policy import POLICIES
from testbed.shell import sh

_VERSION = "k8s.io/component-base/version"
_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")


@dataclass(frozen=True, slots=True)
class Component:
    """One program, and how it is compiled."""

    name: str
    module: str
    """The folder of `modules` with its go.mod."""
    package: str = "."
    variables: tuple[str, ...] = ()
    """Set by the linker, as in `package.name=value`."""


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
    Component("kube-router", "kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"),
)


def needed(policy: str) -> tuple[Component, ...]:
    """The programs of a cluster with this policy engine."""
    engines = {name for one in POLICIES.values() for name in one.binaries}
    own = POLICIES[policy].binaries
    return tuple(one for one in _COMPONENTS if one.name not in engines or one.name in own)


def missing_binaries(policy: str) -> list[str]:
    """The names of those that are not in the cache."""
    return [one.name for one in needed(policy) if not (BIN / one.name).exists()]


def build(policy: str) -> list[str]:
    """Compile what is not in the cache yet; the names of what was compiled."""
    BIN.mkdir(parents=True, exist_ok=True)
    built = []
    for component in needed(policy):
        if not (BIN / component.name).exists():
            _compile(component)
            built.append(component.name)
    return built


def _compile(component: Component) -> None:
    work = CACHE / "build" / component.module
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "modules" / component.module, work)
    # The checksum database does not know kube-router; go.sum pins it.
    unknown = "github.com/cloudnativelabs/kube-router"
    env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GONOSUMDB": unknown}
    flags = " ".join(["-s", "-w", *(f"-X {variable}" for variable in component.variables)])
    target = BIN / f".{component.name}.new"
    sh("go", "build", "-trimpath", "-ldflags", flags, "-o", str(target), component.package, cwd=work, env=env)
    target.rename(BIN / component.name)
