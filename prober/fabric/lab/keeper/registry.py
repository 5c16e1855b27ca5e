"""Labs that stay up after the command that started them: who has which name, and how to reach it.

One directory a lab, readable by its user only: the control socket, the log, and a record with the
process that keeps it. A record whose process is gone is swept by whoever comes next. There is
nothing else to sweep: the network itself went with its process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from prober.fabric.lab.keeper import control
from prober.model.errors import FabricError, UsageError

_RECORD, _SOCKET, _LOG = "record.json", "control", "log"
_PATIENCE_MS = 5000


@dataclass(frozen=True, slots=True)
class Record:
    """One lab."""

    name: str
    process: int
    """Its keeper; while it is being built, the command that builds it."""
    started: int
    """When that process started, in clock ticks since boot: ids are used again, the pair is not."""
    summary: str = ""
    """One line for people."""
    description: str = ""
    """Everything in it, for people."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """What a person may call a place → the id of its slot."""

    @property
    def alive(self) -> bool:
        return start_time(self.process) == self.started


def start_time(process: int) -> int:
    """When a process started (field 22 of proc_pid_stat(5)); 0 when there is none, or when it has
    ended and only its parent has not asked yet."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[19])


class Registry:
    """The labs of this user."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or _private(_default_root())

    def claim(self, name: str) -> Record:
        """Take a name for a lab that this process is about to start. Raises `UsageError` when a lab
        has it."""
        _check(name)
        self.sweep()
        try:
            (self.root / name).mkdir(mode=0o700)
        except FileExistsError:
            raise UsageError(
                f"a lab named {name} is up already",
                hint=f"end it with `prober lab down {name}`, or choose another --name",
            ) from None
        record = Record(name, os.getpid(), start_time(os.getpid()))
        self.write(record)
        return record

    def free_name(self, base: str = "lab") -> str:
        """A name that no lab has: the base itself, or with the lowest number that is free."""
        self.sweep()
        taken = {path.name for path in self.root.iterdir()}
        return next(
            name
            for number in range(1, len(taken) + 2)
            if (name := f"{base}{number if number > 1 else ''}") not in taken
        )

    def write(self, record: Record) -> None:
        """Save the record, at once or not at all."""
        path = self.root / record.name / _RECORD
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
        draft.replace(path)

    def listen(self, name: str) -> socket.socket:
        """The socket at which later commands reach this lab."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with _short_path(self.root / name) as path:
            listener.bind(path)
        listener.listen()
        return listener

    def log(self, name: str) -> int:
        """An open file for what the lab's keeper has to say."""
        return os.open(
            self.root / name / _LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )

    def connect(self, name: str) -> socket.socket:
        """A control channel to a lab. Raises `FabricError` when it does not answer."""
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with _short_path(self.root / name) as path:
                channel.connect(path)
        except OSError as error:
            channel.close()
            raise FabricError(
                f"the lab {name} does not answer: {error.strerror}",
                hint=f"end it with `prober lab down {name}`",
            ) from error
        return channel

    def all(self) -> list[Record]:
        """Every lab that is up, by name, after sweeping those that are not."""
        self.sweep()
        records = (self._read(path) for path in sorted(self.root.iterdir()))
        return [record for record in records if record is not None]

    def find(self, name: str | None) -> Record:
        """The lab with this name or, without one, the only lab. Raises `UsageError`."""
        labs = self.all()
        if name is None and len(labs) == 1:
            return labs[0]
        for lab in labs:
            if lab.name == name:
                return lab
        known = ", ".join(lab.name for lab in labs)
        if not labs:
            raise UsageError("no lab is up", hint="start one with `prober lab up -f DIR`")
        if name is None:
            raise UsageError("several labs are up", hint=f"say which one: {known}")
        raise UsageError(f"no lab named {name} is up", hint=f"up are: {known}")

    def end(self, record: Record) -> None:
        """Stop a lab and wait until its processes are gone; if it does not listen, end it by
        force."""
        try:
            process = os.pidfd_open(record.process)
        except ProcessLookupError:
            process = -1
        if process >= 0 and record.alive:
            with contextlib.suppress(FabricError, OSError), self.connect(record.name) as channel:
                control.send(channel, "stop")
                channel.settimeout(_PATIENCE_MS / 1000)
                control.receive(channel)
            if not _wait(process):
                signal.pidfd_send_signal(process, signal.SIGKILL)
                _wait(process)
        if process >= 0:
            os.close(process)
        self.forget(record.name)

    def forget(self, name: str) -> None:
        """Remove what is written about a lab."""
        shutil.rmtree(self.root / name, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is written about labs that are not there any more."""
        for path in self.root.iterdir():
            record = self._read(path)
            if record is None or not record.alive:
                shutil.rmtree(path, ignore_errors=True)

    def _read(self, path: Path) -> Record | None:
        try:
            return Record(**json.loads((path / _RECORD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def _default_root() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime, "prober")
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path("/run/prober")
    return Path(f"/tmp/prober-{os.geteuid()}")  # noqa: S108 - made private, or refused, by `_private`


def _private(root: Path) -> Path:
    """The directory, made if need be; refused when somebody else could have put something there."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = root.lstat()
    except OSError as error:
        raise FabricError(
            f"the directory for labs cannot be made: {error}",
            hint="set XDG_RUNTIME_DIR to a directory of yours",
        ) from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise FabricError(
            f"{root} is not a private directory of yours", hint="remove it, or set XDG_RUNTIME_DIR"
        )
    return root


def _check(name: str) -> None:
    if not name or len(name) > 40 or not all(char.isalnum() or char in "-_" for char in name):
        raise UsageError(
            f"`{name}` cannot be the name of a lab",
            hint="use up to 40 letters, digits, dashes and underscores",
        )


@contextlib.contextmanager
def _short_path(directory: Path) -> Iterator[str]:
    """A path of the lab's socket that is short enough: the kernel takes 107 bytes, and directories
    may be deep."""
    descriptor = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{_SOCKET}"
    finally:
        os.close(descriptor)


def _wait(process: int) -> bool:
    """Has the process ended, or does it soon."""
    poller = select.poll()
    poller.register(process, select.POLLIN)
    return bool(poller.poll(_PATIENCE_MS))
