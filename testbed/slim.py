"""Take away the modules of the Kubernetes client that prober never loads: `python slim.py SITE`.

They are loaded when they are used, and never are; the rest works without them, and is a thirtieth of it. Used by the
Dockerfile, so it imports nothing; the testbed's own image leaves out the same ones.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

UNUSED = re.compile(r"/kubernetes/(aio/)?client/(models|api)/(?!__init__)")


def main(site: Path) -> None:
    """Delete them below `site`."""
    for file in [one for one in site.rglob("*") if one.is_file() and UNUSED.search(str(one))]:
        file.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
