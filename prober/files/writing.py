"""The one writer of files.

A file is written beside its place under a name that nobody can guess, synced, and renamed: whoever
reads it sees the old content or the new one. `O_EXCL` does not follow a link at the temporary name,
and a rename replaces a link at the final one, so that a link planted at a predictable name
(`README.md`, `run.json.tmp`) leads nowhere."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath

from prober.model.errors import ReportError

_PRIVATE, _SHARED = 0o600, 0o666  # the umask takes from both
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_HINTS = {
    errno.ENOSPC: "free some space, or write it to another file system",
    errno.EDQUOT: "the disk quota is used up: free some space, or write it elsewhere",
    errno.EFBIG: "the limit for the size of files is reached: raise it, or write it elsewhere",
    errno.EACCES: "write it where you may, or change the permissions of the directory",
    errno.EPERM: "write it where you may, or change the permissions of the directory",
    errno.EROFS: "this file system is read-only: write it elsewhere",
    errno.EISDIR: "name a file in it, such as run.json",
    errno.ENOENT: "make the directory first",
    errno.ENOTDIR: "a part of the path is a file or a symbolic link, not a directory",
    errno.ELOOP: "somebody put a symbolic link there: remove it, or write it elsewhere",
}


def check_writable(path: Path, *, what: str = "report") -> None:
    """Find out before the work what would stop a file from being written after it. Leaves nothing
    behind.

    `what` is what messages call it. Raises `ReportError`.
    """
    try:
        place = _place(path)
        if _special(place):
            return
        _reject_directory(place)
        # Only a real file shows it: as root, and on file systems mounted read-only, permissions
        # alone mislead.
        with _folder(place.parent) as folder:
            name = _temporary(place.name)
            os.close(_create(name, folder, private=True))
            os.unlink(name, dir_fd=folder)
    except OSError as error:
        raise translated(what, path, error) from error


def make_parents(path: Path, *, what: str = "report") -> None:
    """Make the directories that a file is to be in. Raises `ReportError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise translated(what, path, error) from error


def write_files(
    texts: Mapping[Path, str | bytes], *, what: str = "report", private: bool = False
) -> None:
    """Write every text to its path, each whole or not at all.

    One that fails does not stop the others; what failed is raised at the end, as one `ReportError`.
    A symbolic link that you or root made is followed, because the path is what the user gave."""
    errors: list[ReportError] = []
    for path, text in texts.items():
        try:
            _write(_place(path), _bytes(text), private=private)
        except OSError as error:
            errors.append(translated(what, path, error))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ReportError("\n".join(map(str, errors)), hint=errors[0].hint)


def write_tree(
    folder: Path, files: Mapping[str, str | bytes], *, what: str, private: bool = False
) -> None:
    """Write files below a directory, which is made where it is missing: all of them, or none.

    The names are relative, with forward slashes. They may come from a record that somebody else
    wrote, so one that would leave the directory, and a symbolic link on the way to one, is a
    `ReportError` before anything is written."""
    for name in files:
        if not safe_name(name):
            message = f"{what}: {name!r} is no name for a file below {folder}"
            raise ReportError(
                message, hint="the record that asks for it is damaged or forged: do not use it"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        with ExitStack() as stack:
            root = stack.enter_context(_folder(folder))
            _write_all(stack, root, files, private=private)
    except OSError as error:
        raise translated(what, folder, error) from error


def safe_name(name: str) -> bool:
    """Whether a relative name stays below the directory that it is joined to, and is one that a
    shell, an archive and a terminal show as it is: letters, digits and `._-`, none of its parts
    hidden."""
    parts = PurePosixPath(name).parts
    plain = all(char.isascii() and (char.isalnum() or char in "._-/") for char in name)
    return (
        bool(parts)
        and plain
        and name == "/".join(parts)
        and not any(part.startswith((".", "-")) for part in parts)
    )


def file_name(text: str) -> str:
    """A name for a file or a directory that is called after something: with a dash for what
    `safe_name` refuses."""
    plain = "".join(
        char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in text[:100]
    )
    return plain.strip(".-") or "unnamed"


def _write_all(
    stack: ExitStack, root: int, files: Mapping[str, str | bytes], *, private: bool
) -> None:
    """Everything under temporary names first: a disk that is full shows before the first file is in
    its place."""
    written: list[tuple[int, str, str]] = []
    try:
        for name, text in files.items():
            *parents, last = PurePosixPath(name).parts
            folder = root
            for parent in parents:
                folder = stack.enter_context(_subfolder(folder, parent, private=private))
            _reject_directory_at(folder, last)
            temporary = _temporary(last)
            written.append((folder, temporary, last))
            _fill(_create(temporary, folder, private=private), _bytes(text))
        while written:
            folder, temporary, last = written[0]
            os.replace(temporary, last, src_dir_fd=folder, dst_dir_fd=folder)
            written.pop(0)
    finally:
        # Renames may have succeeded for some of the files already. Those stay: each is whole, and
        # undoing a rename could lose what was there before.
        for folder, temporary, _ in written:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)


def _write(place: Path, content: bytes, *, private: bool) -> None:
    # `--report /dev/stdout` and a named pipe are legitimate. A rename would replace the device by
    # a regular file, for everybody on the machine.
    if _special(place):
        with place.open("wb") as stream:
            stream.write(content)
        return
    _reject_directory(place)
    with _folder(place.parent) as folder:
        # In the same directory, since rename(2) is atomic only within a file system; with 64
        # random bits in its name, so that nobody can create it first.
        temporary = _temporary(place.name)
        try:
            descriptor = _create(temporary, folder, private=private)
            if not private:
                _keep_mode(place, descriptor)
            _fill(descriptor, content)
            os.replace(temporary, place.name, src_dir_fd=folder, dst_dir_fd=folder)
        # Also on KeyboardInterrupt and cancellation: a run that is interrupted while it writes
        # leaves no temporary file behind.
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise


def _keep_mode(place: Path, descriptor: int) -> None:
    """Give the new file the permissions and the owner of the one that it replaces, as far as one
    may."""
    with suppress(OSError):
        about = place.stat()
        os.fchmod(descriptor, stat.S_IMODE(about.st_mode))
        os.fchown(descriptor, about.st_uid, about.st_gid)


def _fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        # Some file systems say only here that there is no space left.
        os.fsync(stream.fileno())


def _place(path: Path) -> Path:
    """The file behind the user's own symbolic links: a rename would replace the link instead. A
    link of somebody else in a directory that everybody may write to is no word of the user."""
    with suppress(FileNotFoundError):
        # The rule of the kernel's own protection (Documentation/admin-guide/sysctl/fs.rst,
        # protected_symlinks), which not every machine has switched on, and which covers only
        # sticky directories.
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode) and about.st_uid not in (0, os.geteuid()):
            raise OSError(errno.ELOOP, "is a symbolic link that somebody else made")
    return Path(os.path.realpath(path))


def _special(place: Path) -> bool:
    """Whether there is a device, a pipe or a socket: renaming over it would take it away from
    everybody."""
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _reject_directory(place: Path) -> None:
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _reject_directory_at(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    """A directory that is held open, so that nobody can swap it for a link between two steps."""
    descriptor = os.open(path, _FOLDER_FLAGS)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _subfolder(parent: int, name: str, *, private: bool) -> Iterator[int]:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700 if private else 0o777, dir_fd=parent)
    # Relative to the open parent (openat), without following links: between mkdir and open,
    # somebody could replace the directory by a link to ~/.ssh.
    descriptor = os.open(name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _temporary(name: str) -> str:
    """A name beside the file, on the same file system, so that the rename is atomic."""
    return f".{name[:80]}.{secrets.token_hex(8)}.tmp"


def _create(name: str, folder: int, *, private: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, _PRIVATE if private else _SHARED, dir_fd=folder)


def _bytes(text: str | bytes) -> bytes:
    """Text as UTF-8; what no encoding can carry (half a character from a file name) as a question
    mark."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def translated(what: str, path: Path, error: OSError) -> ReportError:
    """The one place where the operating system's errors about written files become ours."""
    reason = (error.strerror or os.strerror(error.errno)) if error.errno else str(error)
    hint = _HINTS.get(error.errno or 0, "write it elsewhere")
    return ReportError(
        f"{what} {path} can't be written: {reason[:1].lower()}{reason[1:]}", hint=hint
    )
