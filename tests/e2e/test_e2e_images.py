"""Every target of the Dockerfile, built for real where buildah is, and run as a cluster would.
Needs no cluster."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_images import Buildah, Container

from agent.wire import encode_plan
from prober.model.probe import Plan, Probe, ProbeKind
from testbed.base_image import missing

LARGEST = {"agent": 60, "coordinator": 110, "tools": 125}
"""Megabytes that a target may add to its base."""


def why_not() -> str:
    """Why no image can be built here; empty when it can."""
    absent = [
        entry
        for entry in ("buildah", "runc")
        if not shutil.which(entry, path=f"{os.environ['PATH']}:/usr/sbin")
    ]
    if os.geteuid() != 0 or absent:
        return (
            "images are built as root, with buildah and runc (missing: "
            f"{', '.join(absent) or 'root'})"
        )
    return missing()


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    buildah = Buildah(tmp_path_factory.mktemp("buildah"))
    buildah.make_base()
    yield buildah
    buildah("rm", "--all")
    buildah("rmi", "--all", "--force")


@pytest.fixture(scope="module", params=LARGEST)
def target(request: pytest.FixtureRequest, buildah: Buildah) -> str:
    """One of the targets, built."""
    return buildah.build(request.param)


@pytest.fixture(scope="module")
def built(buildah: Buildah, target: str) -> Iterator[Container]:
    with buildah.container(target) as container:
        yield container


def test_it_runs_without_rights_on_a_root_that_it_cannot_write(built: Container) -> None:
    # What Docker calls user 65532 is a number to the kubelet: the restricted standard admits
    # nothing else.
    code = (
        "import os; print(os.getuid(), os.getgid(), os.access('/', os.W_OK), os.access('/app', "
        "os.W_OK))"
    )
    assert built.run("python3", "-c", code).split() == ["65532", "65532", "False", "False"]
    status = built.run("python3", "-c", "print(open('/proc/self/status').read())")
    rights = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(rights["CapEff"], 16) == int(rights["CapBnd"], 16) == 0
    assert rights["NoNewPrivs"] == "1"


def test_the_agent_runs_a_plan_in_it(built: Container) -> None:
    plan = encode_plan(Plan("here", (Probe("c1", ProbeKind.TCP, "127.0.0.1", 9),))).decode()
    observed, end = built.run("sh", "-c", f"echo '{plan}' | python3 -m agent.runner").splitlines()
    assert json.loads(observed)["observation"]["outcome"] == "refused"
    assert json.loads(end) == {"type": "end", "probes": 1}


def test_its_entrypoint_is_what_it_is_for(target: str, built: Container) -> None:
    asked = {
        "agent": ("--help", "--plan FILE"),
        "coordinator": ("--version", "prober"),
        "tools": ("--version", "bash"),
    }
    question, answer = asked[target]
    assert answer in built.run(*built.entrypoint, question)


def test_nothing_has_to_be_compiled_when_it_starts(built: Container) -> None:
    missing = [
        file
        for part in ("app", "site", "more")
        for file in (built.root / part).rglob("*.py")
        if not list((file.parent / "__pycache__").glob(f"{file.stem}.cpython-*.pyc"))
    ]
    assert not missing


def test_only_the_coordinator_has_a_kubernetes_client(target: str, built: Container) -> None:
    code = "import importlib.util as u; print(u.find_spec('kubernetes') is not None)"
    assert built.run("python3", "-c", code).strip() == str(target == "coordinator")
    if target == "coordinator":
        code = (
            "import kubernetes.aio.client as c, kubernetes.aio.config; print(c.ApiClient.__name__)"
        )
        assert "ApiClient" in built.run("python3", "-c", code)


def test_the_tools_are_there(target: str, built: Container) -> None:
    if target != "tools":
        assert not (built.root / "usr/bin/curl").exists()
        return
    commands = (
        "curl --version",
        "dig -v",
        "ip address",
        "nc -h",
        "openssl version",
        "tcpdump --version",
    )
    without_rights = (
        "ping -c 1 127.0.0.1",
        "mtr --version",
        "mtr-packet --version",
        "traceroute -n 127.0.0.1",
    )
    for command in (*commands, *without_rights):
        built.run("sh", "-c", f"{command} 2>&1")


def test_it_is_small(buildah: Buildah, target: str) -> None:
    sizes = {
        entry["names"][0]: entry["size"]
        for entry in json.loads(buildah("images", "--json"))
        if entry.get("names")
    }
    size = {name.split("/")[-1].split(":")[0]: megabytes(text) for name, text in sizes.items()}
    assert size[target] - size["base"] <= LARGEST[target]


def megabytes(text: str) -> float:
    """As buildah writes sizes: `251 MB`."""
    number, unit = text.split()
    return float(number) * {"KB": 0.001, "MB": 1, "GB": 1000}[unit]


def test_the_build_takes_nothing_along(built: Container) -> None:
    strays = [
        file
        for file in built.root.glob("app/**/*")
        if file.suffix not in (".py", ".pyc") and file.is_file()
    ]
    assert all(
        Path(stray).suffix in (".json", ".yaml", ".typed", ".css", ".js") for stray in strays
    ), strays
