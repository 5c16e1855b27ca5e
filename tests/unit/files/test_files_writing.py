"""The one writer of files: whole or not at all, where it was told to, and for whom."""

import os
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from prober.files import check_writable, file_name, write_files, write_tree
from prober.model.errors import ReportError

HOSTILE_NAMES = [
    "../out", "a/../../out", "/etc/out", "a//b", "./a", "a/.", "..", ".", "", "-rf", "a/-b", ".hidden", "a/.git/config",
    "a b", "a\nb", "a\x1b[2J", "a\x00b", "$(id)", "`id`", "a;b", "a'b", 'a"b', "a\\b", "\u202etxt", "ä", "a|b", "~/a",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_leads_out_of_its_directory(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "fixes"
    with pytest.raises(ReportError, match="is no name for a file below"):
        write_tree(folder, {"good.txt": "x", name: "x"}, what="the fixes in")
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_made_of_words_are_names(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path / "a", {f"{file_name(name)}/{file_name(name)}.yaml": "x"}, what="it in")
    [directory] = (tmp_path / "a").iterdir()
    assert [path.suffix for path in directory.iterdir()] == [".yaml"]


def test_a_link_at_the_name_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "fixes"
    victim.write_text("mine")
    folder.mkdir()
    (folder / "README.md").symlink_to(victim)
    write_tree(folder, {"README.md": "new"}, what="the fixes in")
    assert victim.read_text() == "mine"
    assert not (folder / "README.md").is_symlink()
    assert (folder / "README.md").read_text() == "new"


def test_a_link_on_the_way_to_a_name_is_an_error(tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "fixes"
    victim.mkdir()
    folder.mkdir()
    (folder / "objects").symlink_to(victim)
    with pytest.raises(ReportError, match="can't be written") as caught:
        write_tree(folder, {"README.md": "new", "objects/a.yaml": "x"}, what="the fixes in")
    assert "link" in caught.value.hint
    assert list(victim.iterdir()) == []
    assert [path.name for path in folder.iterdir()] == ["objects"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link that is somebody else's")
def test_a_link_of_somebody_else_is_not_the_word_of_the_user(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "run.json"
    victim.write_text("mine")
    link.symlink_to(victim)
    os.lchown(link, 65534, 65534)
    for write in (lambda: write_files({link: "x"}), lambda: check_writable(link)):
        with pytest.raises(ReportError, match="symbolic link that somebody else made"):
            write()
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_is_private_is_for_its_owner_only(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        (tmp_path / "old.yaml").write_text("x")
        write_files({tmp_path / "old.yaml": "a", tmp_path / "new.yaml": "a"}, private=True)
        write_tree(
            tmp_path / "tree", {"a.txt": "a", "deep/er/b.txt": "b"}, what="it in", private=True
        )
    finally:
        os.umask(before)
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_edited_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("old")
    path.chmod(0o640)
    write_files({path: "new"})
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files of this process end at 4 KiB: as a disk does that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "fixes"
    folder.mkdir()
    (folder / "b.txt").write_text("before")
    with pytest.raises(ReportError, match="can't be written: file too large"):
        write_tree(folder, {"a.txt": "a", "b.txt": "b" * 10_000, "c.txt": "c"}, what="the fixes in")
    with pytest.raises(ReportError, match="can't be written: file too large"):
        write_files({folder / "b.txt": "b" * 10_000})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"b.txt": "before"}


def test_a_device_and_a_pipe_are_written_to_and_stay(tmp_path: Path) -> None:
    write_files({Path("/dev/null"): "x"})
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(ReportError, match="no space left on device"):
        write_files({Path("/dev/full"): "x" * 100_000})
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_files({pipe: "through"})
    assert os.read(reader, 100) == b"through"
    os.close(reader)
