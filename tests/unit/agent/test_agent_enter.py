"""Finding a container's process among those of a node."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.entering.enter import process_of
from prober.model.errors import FabricError

ID = "3f1d" * 16
OTHER = "77aa" * 16


def process(proc: Path, number: int, cgroup: str, started: int) -> None:
    folder = proc / str(number)
    folder.mkdir()
    (folder / "cgroup").write_text(cgroup)
    (folder / "stat").write_text(
        f"{number} (a) name) S " + " ".join(["0"] * 18) + f" {started} 0\n"
    )


@pytest.mark.parametrize(
    "cgroup",
    [
        f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-{ID}.scope\n",
        f"0::/../../kubepods-pod1_2.slice/crio-{ID}.scope\n",
        f"12:pids:/kubepods/burstable/pod1-2/{ID}\n1:name=systemd:/kubepods/burstable/pod1-2/{ID}\n0::/\n",
        f"0::/kubepods.slice/kubepods-pod1_2.slice/docker-{ID}.scope\n",
    ],
    ids=["containerd, v2", "CRI-O, seen from another cgroup", "containerd, v1", "Docker"],
)
def test_a_container_is_found_by_its_id(tmp_path: Path, cgroup: str) -> None:
    process(tmp_path, 1, "0::/init.scope\n", 1)
    process(tmp_path, 40, cgroup.replace(ID, OTHER), 10)
    process(tmp_path, 41, cgroup, 20)
    assert process_of(ID, tmp_path) == 41


def test_the_oldest_process_is_taken(tmp_path: Path) -> None:
    """Process numbers start again from below; a later one may have gone to a network of its own."""
    process(tmp_path, 30, f"0::/kubepods/{ID}\n", 900)
    process(tmp_path, 31000, f"0::/kubepods/{ID}\n", 100)
    assert process_of(ID, tmp_path) == 31000


def test_what_a_container_starts_below_itself_is_not_it(tmp_path: Path) -> None:
    process(tmp_path, 30, f"0::/kubepods/{ID}/docker/{OTHER}\n", 900)
    with pytest.raises(FabricError, match="no process of container 3f1d3f1d3f1d is on this node"):
        process_of(ID, tmp_path)


def test_an_id_that_is_too_short_matches_nothing(tmp_path: Path) -> None:
    process(tmp_path, 30, f"0::/kubepods/{ID}\n", 900)
    with pytest.raises(FabricError, match="is no id of a container"):
        process_of("3f", tmp_path)
