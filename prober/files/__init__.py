"""Files on this machine, read and written in one place each, because their names and content come
from others.

- *private*   for its owner only (mode 0600): what shows how a network is built, or what may hold a
  secret
- *tree*      files below one directory, whose relative names come from a record: none can lead out
  of it
- *special*   a device, a pipe or a socket: written straight through, never replaced

`reading` takes no more than a limit into memory. `writing` makes a file whole or leaves it as it
was, never follows a symbolic link that somebody else put there, and leaves nothing behind when the
disk is full."""

from prober.files.reading import MOST_BYTES, identity, read_text
from prober.files.writing import check_writable, file_name, make_parents, write_files, write_tree

__all__ = [
    "MOST_BYTES",
    "check_writable",
    "file_name",
    "identity",
    "make_parents",
    "read_text",
    "write_files",
    "write_tree",
]
