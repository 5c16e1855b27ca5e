"""What an image consists of, as a bill of materials: `python sbom.py BASE SITE… >sbom.cdx.json`, in
the image itself.

CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), which scanners read: the base image, prober,
the Python packages in each SITE as their own metadata names them, and Debian's as dpkg's status
file does. The same image gives the same bytes: no time is in it, and its serial number follows from
the rest. The Dockerfile runs this, so it imports nothing.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

DPKG = Path("/var/lib/dpkg/status")
APP = Path("/app/prober/__init__.py")
_NAMESPACE = uuid.UUID("5d4b7f0e-6f5e-5c0e-9d0a-0f2f3a1f7d11")
"""Makes serial numbers from content."""


def bill(base: str, sites: list[Path], dpkg: Path = DPKG, app: Path = APP) -> dict[str, Any]:
    """The whole document."""
    parts = [*python_packages(sites), *debian_packages(dpkg)]
    components = sorted(parts, key=lambda part: str(part["purl"]))
    version = re.search(r'__version__ = "([^"]+)"', app.read_text(encoding="utf-8"))
    subject = {
        "type": "container",
        "name": "prober",
        "version": version[1] if version else "",
        "properties": [{"name": "prober:base", "value": base}],
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps([subject, components], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": subject},
        "components": components,
    }


def python_packages(sites: list[Path]) -> Iterator[dict[str, Any]]:
    """What pip has put there."""
    for entry in metadata.distributions(path=[str(site) for site in sites]):
        name = re.sub(r"[-_.]+", "-", entry.metadata["Name"]).lower()
        terms = entry.metadata["License-Expression"] or entry.metadata["License"]
        yield {
            "type": "library",
            "name": name,
            "version": entry.version,
            "purl": f"pkg:pypi/{name}@{entry.version}",
            # A few put the whole text of their licence into this field.
            **({"licenses": [{"license": {"name": terms}}]} if terms and "\n" not in terms else {}),
        }


def debian_packages(status: Path) -> Iterator[dict[str, Any]]:
    """What dpkg says is installed; nothing where the base is not Debian's."""
    if not status.exists():
        return
    for block in status.read_text(encoding="utf-8", errors="replace").split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", block, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed"):
            name, version = fields["Package"], fields["Version"]
            yield {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:deb/debian/{name}@{version}?arch={fields['Architecture']}",
            }


if __name__ == "__main__":
    written = bill(sys.argv[1], [Path(site) for site in sys.argv[2:]])
    sys.stdout.write(json.dumps(written, indent=1) + "\n")
