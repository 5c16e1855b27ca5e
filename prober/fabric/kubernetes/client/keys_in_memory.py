"""Keys of a kubeconfig never touch a disk.

A kubeconfig holds keys as text, and Python's `ssl` reads them from files only. The client writes
them to TMPDIR and takes them away at exit, so that a process that is killed leaves a private key
there. Here they are anonymous files in memory (memfd_create(2)), which end with the process in
whatever way it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def keys_in_memory() -> Iterator[None]:
    """While this is open, the client keeps what it would write to temporary files in memory, under
    paths that this process can read. They are gone afterwards: `ssl` has read them by then."""
    if not hasattr(os, "memfd_create"):  # not Linux: as the client does it
        yield
        return
    # The client has no setting for this. All of its ways (the user's key, an exec plugin's, the
    # authority) go through this one function, and a test holds the pinned version to that.
    from kubernetes.aio.config import kube_config as untyped

    module: Any = untyped
    descriptors: list[int] = []

    def kept(content: str | bytes, *_: object, **__: object) -> str:
        descriptor = os.memfd_create("prober-credential", os.MFD_CLOEXEC)
        descriptors.append(descriptor)
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return f"/proc/self/fd/{descriptor}"

    original = module._create_temp_file_with_content
    module._create_temp_file_with_content = kept
    try:
        yield
    finally:
        module._create_temp_file_with_content = original
        for descriptor in descriptors:
            os.close(descriptor)
