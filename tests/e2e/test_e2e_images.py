"""The Dockerfile, built for real where buildah is, on a base image made from this machine's Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testbed.base_image import BASE_IMAGE, write_base_image

ROOT = Path(__file__).parents[2]
Buildah = Callable[..., str]
pytestmark = pytest.mark.skipif(not shutil.which("buildah"), reason="buildah is not installed")


def driver() -> str:
    """Layers on an overlay cost nothing; where the kernel has none, each is a whole copy."""
    return "overlay" if "overlay" in Path("/proc/filesystems").read_text() else "vfs"


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """buildah with a store of its own, in which the base image is."""
    folder = tmp_path_factory.mktemp("buildah")
    store = ("buildah", "--root", str(folder / "root"), "--runroot", str(folder / "run"), "--storage-driver", driver())

    def run(*arguments: str) -> str:
        done = subprocess.run([*store, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    archive = folder / "base.tar"
    write_base_image(archive)
    run("pull", "-q", f"docker-archive:{archive}")
    archive.unlink()
    yield run
    run("rm", "--all")
    run("rmi", "--all", "--force")


@pytest.fixture(scope="module", params=["agent", "coordinator"])
def built(request: pytest.FixtureRequest, buildah: Buildah) -> tuple[str, str]:
    """A target, and a container of its image."""
    options = ("--isolation", "chroot", "--network", "host", "--layers", "--build-arg", f"BASE={BASE_IMAGE}")
    buildah("build", *options, "--target", request.param, "-t", request.param, ".")
    return request.param, buildah("from", request.param).strip()


def test_it_runs_without_rights_and_says_its_version(buildah: Buildah, built: tuple[str, str]) -> None:
    target, container = built
    inside = ("run", "--isolation", "chroot", container, "--")
    module = "agent" if target == "agent" else "prober.cli.main"
    assert "prober" in buildah(*inside, "python3", "-m", module, "--version")
    assert buildah(*inside, "python3", "-c", "import os; print(os.getuid(), os.getgid())").split() == ["65532", "65532"]


def test_only_the_coordinator_has_a_kubernetes_client(buildah: Buildah, built: tuple[str, str]) -> None:
    target, container = built
    code = "import importlib.util as u; print(u.find_spec('kubernetes') is not None)"
    found = buildah("run", "--isolation", "chroot", container, "--", "python3", "-c", code).strip()
    assert found == str(target == "coordinator")


def test_the_client_works_without_what_was_taken_away(buildah: Buildah, built: tuple[str, str]) -> None:
    target, container = built
    if target != "coordinator":
        return
    code = "import kubernetes.aio.client as c, kubernetes.aio.config; print(c.ApiClient.__name__)"
    assert "ApiClient" in buildah("run", "--isolation", "chroot", container, "--", "python3", "-c", code)
