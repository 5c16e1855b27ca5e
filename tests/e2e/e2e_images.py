"""buildah with a store of its own, and containers of its images: run by runc, as a kubelet would
have them run."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prober.fabric.kubernetes.probe_pods.manifest import EVERY_GROUP
from testbed.base_image import CERTIFICATES, root_archive

ROOT = Path(__file__).parents[2]
BASE = "localhost/base"
OPTIONS = ("--isolation", "chroot", "--network", "host", "--layers", "--build-arg", f"BASE={BASE}")


@dataclass(frozen=True)
class Buildah:
    """One store."""

    folder: Path

    def __call__(self, *arguments: str) -> str:
        """Run buildah on it; its stdout."""
        # Layers on an overlay cost nothing; where the kernel has none, each is a whole copy.
        driver = "overlay" if "overlay" in Path("/proc/filesystems").read_text() else "vfs"
        places = ("--root", str(self.folder / "root"), "--runroot", str(self.folder / "run"))
        return command("buildah", *places, "--storage-driver", driver, *arguments)

    def make_base(self) -> None:
        """The base image, which trusts whom this machine trusts."""
        container = self("from", "scratch").strip()
        self("add", "-q", container, str(root_archive()), "/")
        if CERTIFICATES.exists():
            self("copy", "-q", container, str(CERTIFICATES), str(CERTIFICATES))
        self("commit", "-q", "--rm", container, BASE)

    def build(self, target: str) -> str:
        """Build a target of the Dockerfile; its name."""
        self("build", *OPTIONS, "--target", target, "-t", target, ".")
        return target

    @contextmanager
    def container(self, image: str) -> Iterator[Container]:
        """A container of the image, for as long as it is wanted."""
        name = self("from", image).strip()
        try:
            settings = json.loads(self("inspect", "--type", "image", image))["OCIv1"]["config"]
            yield Container(Path(self("mount", name).strip()), settings, self.folder)
        finally:
            self("rm", name)


@dataclass(frozen=True)
class Container:
    """The file system of an image, and what its configuration says."""

    root: Path
    settings: dict[str, Any]
    folder: Path

    @property
    def entrypoint(self) -> list[str]:
        entrypoint: list[str] = self.settings["Entrypoint"]
        return entrypoint

    def run(self, *arguments: str) -> str:
        """Run a command in it under the restricted Pod Security Standard and on a read-only root;
        its stdout."""
        name = f"prober-{uuid.uuid4().hex[:8]}"
        bundle = self.folder / name
        bundle.mkdir()
        command("runc", "spec", "--bundle", str(bundle))
        file = bundle / "config.json"
        file.write_text(json.dumps(self._restricted(json.loads(file.read_text()), arguments, name)))
        return command(
            "runc", "--root", str(self.folder / "runc"), "run", "--bundle", str(bundle), name
        )

    def _restricted(
        self, config: dict[str, Any], arguments: tuple[str, ...], name: str
    ) -> dict[str, Any]:
        user, group = map(int, self.settings["User"].split(":"))
        config["process"] |= {
            "terminal": False,
            "user": {"uid": user, "gid": group},
            "args": list(arguments),
            "env": self.settings["Env"],
            "cwd": self.settings.get("WorkingDir") or "/",
            "capabilities": {},
            "noNewPrivileges": True,
        }
        config["root"] = {"path": str(self.root), "readonly": True}
        config["linux"] |= {
            "cgroupsPath": f"/{name}",
            "sysctl": {EVERY_GROUP["name"]: EVERY_GROUP["value"]},
        }
        return config


def command(*arguments: str) -> str:
    """Run a command at the root of the project; its stdout."""
    done = subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        timeout=900,
    )
    assert done.returncode == 0, (
        f"{' '.join(arguments)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    )
    return done.stdout
