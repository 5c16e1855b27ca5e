"""Objects to YAML that means the same to Kubernetes, whose rules for plain scalars are not
PyYAML's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.manifest.reading.scalars import plain


def dump_manifest(objects: Sequence[Mapping[str, Any]]) -> str:
    """A List of the objects."""
    import yaml

    dumped: str = yaml.dump(list_of(objects), Dumper=dumper(), sort_keys=False, width=120)
    return dumped


def list_of(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The objects as one."""
    return {"apiVersion": "v1", "kind": "List", "items": list(objects)}


def dumper() -> Any:
    """A dumper class of its own for `yaml.dump`. Text that Kubernetes would read as something else
    (`y`, `12e5`) is quoted, and nothing is an alias of something else."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]  # which of the two it is depends on how PyYAML was built
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:str", value, None if plain(value) == value else '"'
        )

    Dumper.add_representer(str, text)
    return Dumper
