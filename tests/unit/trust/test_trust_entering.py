"""A pod whose files are traps, and what is left of an agent's rights when it has entered one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.entering.enter import process_of
from agent.entering.files import LARGEST, read_in_root
from prober.model.errors import FabricError

ROOT = Path(__file__).parents[3]
SECRET = "root:x:the node's own"


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """A pod's root, beside a file of its node's."""
    (tmp_path / "shadow").write_text(SECRET)
    root = tmp_path / "rootfs"
    (root / "etc").mkdir(parents=True)
    (root / "run").mkdir()
    (root / "run" / "resolv.conf").write_text("nameserver 198.18.0.53\n")
    return root


@pytest.fixture
def opened(pod: Path) -> Iterator[int]:
    descriptor = os.open(pod, os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def file_of(pod: Path) -> Path:
    return pod / "etc" / "resolv.conf"


def test_a_file_is_read_and_a_missing_one_is_empty(pod: Path, opened: int) -> None:
    assert read_in_root(opened, "/etc/resolv.conf") == b""
    file_of(pod).write_text("nameserver 198.18.0.10\n")
    assert read_in_root(opened, "/etc/resolv.conf") == b"nameserver 198.18.0.10\n"


@pytest.mark.parametrize(
    "link", ["/run/resolv.conf", "../run/resolv.conf", "../../../../run/resolv.conf"]
)
def test_a_link_within_the_pod_is_followed_there(pod: Path, opened: int, link: str) -> None:
    file_of(pod).symlink_to(link)
    assert read_in_root(opened, "/etc/resolv.conf") == b"nameserver 198.18.0.53\n"


def test_a_link_to_the_nodes_file_finds_the_pods_own_or_nothing(pod: Path, opened: int) -> None:
    file_of(pod).symlink_to(pod.parent / "shadow")
    assert SECRET.encode() in file_of(pod).read_bytes(), "a plain open does follow it"
    assert read_in_root(opened, "/etc/resolv.conf") == b""
    file_of(pod).unlink()
    file_of(pod).symlink_to("../../shadow")
    assert read_in_root(opened, "/etc/resolv.conf") == b""


def test_a_folder_that_is_a_link_leads_nowhere_else(pod: Path, opened: int) -> None:
    (pod / "etc").rmdir()
    (pod / "etc").symlink_to(pod.parent)
    assert read_in_root(opened, "/etc/shadow") == b""


def test_a_loop_of_links_is_said(pod: Path, opened: int) -> None:
    file_of(pod).symlink_to("resolv.conf")
    with pytest.raises(FabricError, match="link") as caught:
        read_in_root(opened, "/etc/resolv.conf")
    assert "--via pod" in caught.value.hint


def test_links_of_the_kernels_are_refused() -> None:
    """`/proc/self/root`, `/proc/1/root` and `/proc/PID/fd/N` lead out of every root."""
    root = os.open("/", os.O_PATH | os.O_DIRECTORY)
    try:
        for path in (
            "/proc/self/root/etc/passwd",
            "/proc/self/cwd",
            "/proc/self/fd/0",
            "/proc/self/exe",
        ):
            with pytest.raises(FabricError, match="leaves the pod"):
                read_in_root(root, path)
    finally:
        os.close(root)


def test_only_regular_files_are_read_and_nothing_waits(pod: Path, opened: int) -> None:
    file = file_of(pod)
    os.mkfifo(file)
    with pytest.raises(FabricError, match="is a FIFO"):
        read_in_root(opened, "/etc/resolv.conf")
    file.unlink()
    file.mkdir()
    with pytest.raises(FabricError, match="is a directory"):
        read_in_root(opened, "/etc/resolv.conf")
    file.rmdir()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(os.fspath(file))
        with pytest.raises(FabricError, match="is a socket"):
            read_in_root(opened, "/etc/resolv.conf")


def test_a_device_is_not_even_opened() -> None:
    root = os.open("/", os.O_PATH | os.O_DIRECTORY)
    try:
        with pytest.raises(FabricError, match="is a device"):
            read_in_root(root, "/dev/zero")
    finally:
        os.close(root)


def test_a_file_without_end_is_refused(pod: Path, opened: int) -> None:
    file_of(pod).write_bytes(b"#" * LARGEST)
    assert len(read_in_root(opened, "/etc/resolv.conf")) == LARGEST
    with file_of(pod).open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(FabricError, match="larger than 64 KiB"):
        read_in_root(opened, "/etc/resolv.conf")


_DROP = """
import os
from agent.entering import privileges
privileges.keep_only(privileges.NET_RAW)
os.execv("/bin/cat", ["cat", "/proc/self/status"])
"""


def test_what_was_given_up_does_not_come_back_with_an_exec() -> None:
    """Run as root, of a user namespace of its own where the tests are not: it has every
    capability."""
    own = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user"]
    done = subprocess.run(
        [*own, sys.executable, "-c", _DROP], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if own and "unshare" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    status = dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
    net_raw = 1 << 13
    for kind in ("CapPrm", "CapEff", "CapBnd"):
        assert int(status[kind], 16) & ~net_raw == 0, f"{kind} {status[kind]}"
    assert int(status["CapAmb"], 16) == int(status["CapInh"], 16) == 0
    assert status["NoNewPrivs"] == "1"


def test_a_process_that_shows_nonsense_is_passed_over(tmp_path: Path) -> None:
    for number, cgroup, stat in ((7, b"\xff\xfe", b"7 (x) S"), (8, b"0::/\n", b"8 (" + b")" * 50)):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "cgroup").write_bytes(cgroup)
        (tmp_path / str(number) / "stat").write_bytes(stat)
    with pytest.raises(FabricError, match="no process of container"):
        process_of("3f1d" * 16, tmp_path)
