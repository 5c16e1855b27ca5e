"""`prober lab up|exec|status|list|down`, as root and as an ordinary user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lab_processes import ORDINARY_UID, Marked, Person, eventually, ordinary_person
from lab_worlds import SHOP

pytestmark = pytest.mark.lab


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that everybody may look into; pytest's own are closed to other users."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture
def world(place: Path) -> Path:
    file = place / "world.yaml"
    file.write_text(SHOP)
    file.chmod(0o644)
    return file


@pytest.fixture
def runtime(place: Path) -> Path:
    directory = place / "runtime"
    directory.mkdir(mode=0o700)
    return directory


def _myself() -> Person:
    return Person(None, sys.executable, os.pathsep.join(entry for entry in sys.path if entry))


@pytest.fixture(params=["root", "ordinary user"] if os.geteuid() == 0 else ["ordinary user"])
def person(request: pytest.FixtureRequest, runtime: Path) -> Iterator[Person]:
    if request.param == "root":
        yield _myself()
        return
    ordinary = ordinary_person()
    if ordinary is None:
        pytest.skip("no Python here that an ordinary user may execute")
    if ordinary.uid is not None:
        os.chown(runtime, ORDINARY_UID, ORDINARY_UID)
    yield ordinary


def test_up_exec_and_down(person: Person, world: Path, runtime: Path) -> None:
    up = person.run("lab", "up", "-f", str(world), runtime=runtime)
    assert up.returncode == 0, up.stderr
    try:
        assert "the lab is up: 3 nodes, 5 pods" in up.stdout
        assert "outside/github.com" in up.stdout
        script = "hostname; grep -c search /etc/resolv.conf; exit 7"
        inside = person.run("lab", "exec", "shop/far", "--", "sh", "-c", script, runtime=runtime)
        assert (inside.returncode, inside.stdout.split()) == (7, ["far", "1"]), inside.stderr
        wrong = person.run("lab", "exec", "shop/fra", "--", "true", runtime=runtime)
        assert wrong.returncode == 2
        assert "did you mean shop/far" in wrong.stderr
        assert "3 nodes" in person.run("lab", "list", runtime=runtime).stdout
        assert "svc/shop/web" in person.run("lab", "status", runtime=runtime).stdout
    finally:
        down = person.run("lab", "down", runtime=runtime)
    assert (down.returncode, down.stdout) == (0, "the lab is down\n"), down.stderr
    assert person.run("lab", "list", runtime=runtime).stdout == "no lab is up\n"


def test_watch_shows_the_packets_as_they_pass(person: Person, world: Path, runtime: Path) -> None:
    assert person.run("lab", "up", "-f", str(world), runtime=runtime).returncode == 0
    peer = "203.0.113.77:9"
    watching = person.start("lab", "watch", "--count", "1", "shop/far", peer, runtime=runtime)
    try:
        assert watching.stderr is not None
        assert "watching" in watching.stderr.readline()
        person.run(
            "lab",
            "exec",
            "shop/far",
            "--",
            "bash",
            "-c",
            "echo x >/dev/udp/203.0.113.77/9",
            runtime=runtime,
        )
        shown, _ = watching.communicate(timeout=30)
        assert (watching.returncode, f"→ {peer}  UDP 2 bytes  ttl 64" in shown) == (0, True), shown
    finally:
        watching.kill()
        person.run("lab", "down", runtime=runtime)


def test_two_labs_have_two_names(world: Path, runtime: Path) -> None:
    me = _myself()
    try:
        assert "the lab is up" in me.run("lab", "up", "-f", str(world), runtime=runtime).stdout
        assert "lab lab2 is up" in me.run("lab", "up", "-f", str(world), runtime=runtime).stdout
        taken = me.run("lab", "up", "-f", str(world), "--name", "lab", runtime=runtime)
        assert (taken.returncode, "is up already" in taken.stderr) == (2, True)
        which = me.run("lab", "exec", "shop/far", "--", "true", runtime=runtime)
        assert (which.returncode, "say which one: lab, lab2" in which.stderr) == (2, True)
        named = me.run("lab", "exec", "--name", "lab2", "shop/far", "--", "true", runtime=runtime)
        assert named.returncode == 0
        me.run("lab", "down", "lab2", runtime=runtime)
        assert me.run("lab", "exec", "shop/far", "--", "true", runtime=runtime).returncode == 0
    finally:
        me.run("lab", "down", "--all", runtime=runtime)


def test_down_ends_a_command_that_is_still_in_the_lab(world: Path, runtime: Path) -> None:
    me, marked = _myself(), Marked()
    me.run("lab", "up", "-f", str(world), runtime=runtime)
    environment = {**me.environment(runtime), **marked.environment()}
    command = [*me.command("lab", "exec", "shop/far", "--", "sh", "-c", "echo in; sleep 600")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as inside:
        assert inside.stdout is not None
        assert inside.stdout.readline() == "in\n"
        me.run("lab", "down", runtime=runtime)
        assert inside.wait() == 128 + signal.SIGKILL
    eventually(lambda: not marked.processes(), "the command is gone")


def test_a_crashed_lab_is_swept(world: Path, runtime: Path) -> None:
    me, marked = _myself(), Marked()
    environment = {**me.environment(runtime), **marked.environment()}
    subprocess.run(
        me.command("lab", "up", "-f", str(world)), env=environment, check=True, capture_output=True
    )
    for process in marked.processes():
        with suppress(ProcessLookupError):  # the keeper's end takes the others along
            os.kill(process, signal.SIGKILL)
    eventually(lambda: not marked.processes(), "the lab is gone")
    assert me.run("lab", "list", runtime=runtime).stdout == "no lab is up\n"
    assert list((runtime / "prober").iterdir()) == []


def test_foreground_ends_on_ctrl_c(world: Path, runtime: Path) -> None:
    me, marked = _myself(), Marked()
    environment = {**me.environment(runtime), **marked.environment()}
    command = me.command("lab", "up", "-f", str(world), "--foreground")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as lab:
        assert lab.stdout is not None
        while "Ctrl-C ends it" not in lab.stdout.readline():
            pass
        assert "3 nodes" in me.run("lab", "list", runtime=runtime).stdout
        lab.send_signal(signal.SIGINT)
        assert lab.wait() == 130
    eventually(lambda: not marked.processes(), "the lab is gone")
    assert me.run("lab", "list", runtime=runtime).stdout == "no lab is up\n"


def test_without_nft_it_says_what_to_install(world: Path, runtime: Path) -> None:
    script = (
        "import prober.fabric.lab.keeper.requirements as r, sys; r.find_nft = lambda: ''\n"
        f"from prober.cli.main import run; sys.exit(run(['lab', 'up', '-f', {str(world)!r}]))"
    )
    me = _myself()
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=me.environment(runtime),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "prober: the lab needs nft, which is not on the PATH",
        "  hint: install nftables, as in: apt install nftables",
    ]
    assert list((runtime / "prober").iterdir()) == []


def test_without_user_namespaces_it_says_which_setting(world: Path, runtime: Path) -> None:
    """A limit of 0 inside a user namespace forbids further ones there, as a careful machine does
    everywhere."""
    ordinary = ordinary_person()
    if ordinary is None:
        pytest.skip("no Python here that an ordinary user may execute")
    if ordinary.uid is not None:
        os.chown(runtime, ORDINARY_UID, ORDINARY_UID)
    command = " ".join(ordinary.command("lab", "up", "-f", str(world)))
    forbid = "echo 0 > /proc/sys/user/max_user_namespaces; "
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "sh",
            "-c",
            f"{forbid} exec setpriv --bounding-set -all {command}",
        ],
        env=ordinary.environment(runtime),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=ordinary.uid,
        group=ordinary.uid,
        extra_groups=None if ordinary.uid is None else [],
    )
    assert done.returncode == 3, done.stderr
    assert "the lab may not make namespaces here" in done.stderr
    assert "user.max_user_namespaces=0 forbids it" in done.stderr
