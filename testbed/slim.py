"""Take away what prober never loads: `python slim.py SITE [OTHER]`, and from SITE also what is in
OTHER already.

Of the Kubernetes client that is the typed models and calls, all but a thirtieth of it; of scapy,
the protocols outside its core. They are loaded when they are used, and never are; the rest works
without them. The Dockerfile runs this, so it imports nothing; the testbed's own images leave out
the same ones.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

UNUSED = re.compile(
    r"/kubernetes/(aio/)?client/(models|api)/(?!__init__)|/scapy/(contrib|modules|tools)/"
)


def main(site: Path, *others: Path) -> None:
    """Delete them below `site`."""
    for file in [item for item in site.rglob("*") if item.is_file() and UNUSED.search(str(item))]:
        file.unlink()
    for element in [
        entry for entry in site.iterdir() if any((other / entry.name).exists() for other in others)
    ]:
        shutil.rmtree(element) if element.is_dir() else element.unlink()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
