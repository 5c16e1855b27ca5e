"""Image archives in the format of `docker save`, written without a container tool."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def write_image(
    archive: Path,
    name: str,
    files: Mapping[str, Path],
    entrypoint: Sequence[str] = (),
    *,
    env: Mapping[str, str] | None = None,
    user: str = "",
    workdir: str = "/",
    skipped: Callable[[str], object] = lambda _: False,
) -> None:
    """Write an image with one layer that holds `files` (path in the image → file or folder here).

    What `skipped` says yes to, by its path in the image, is left out. Owners and modes are made the
    same everywhere. Times stay: compiled Python modules name their source's.
    """
    layer = archive.with_suffix(".layer")
    with tarfile.open(layer, "w") as tar:
        for target, source in sorted(files.items()):
            tar.add(
                source,
                target.lstrip("/"),
                filter=lambda item: None if skipped(f"/{item.name}") else _plain(item),
            )
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Entrypoint": list(entrypoint),
            "Env": [
                f"{key}={value}" for key, value in {"PATH": "/usr/bin:/bin", **(env or {})}.items()
            ],
            "User": user,
            "WorkingDir": workdir,
        },
        "history": [{"created_by": "testbed"}],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_digest(layer)}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(archive, "w") as tar:
        _add_json(tar, "manifest.json", manifest)
        _add_json(tar, "config.json", config)
        tar.add(layer, arcname="layer.tar")
    layer.unlink()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode |= 0o444 | (0o111 if member.isdir() or member.mode & 0o100 else 0)
    return member


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _add_json(tar: tarfile.TarFile, name: str, value: object) -> None:
    body = json.dumps(value).encode()
    member = tarfile.TarInfo(name)
    member.size = len(body)
    tar.addfile(member, io.BytesIO(body))
