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
    for file in [one for one in site.rglob("*") if one.is_file() and UNUSED.search(str(one))]:
        file.unlink()
    for one in [
        one for one in site.iterdir() if any((other / one.name).exists() for other in others)
    ]:
        shutil.rmtree(one) if one.is_dir() else one.unlink()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
