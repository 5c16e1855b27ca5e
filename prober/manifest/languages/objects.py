"""Manifests of the other policy languages to objects of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from prober.manifest.languages.calico_checks import missing_tiers
from prober.manifest.languages.decoded import decode_object
from prober.manifest.reading.objects import Manifest
from prober.model.languages import Language, PolicyObject
from prober.model.objects import Ref


def decode_manifests(manifests: Mapping[Ref, Manifest]) -> tuple[PolicyObject, ...]:
    """The objects of sound manifests. What is wrong between several of them is a mistake."""
    found: list[PolicyObject] = []
    mine: list[Manifest] = []
    for ref, one in manifests.items():
        if one.language is None:
            continue
        mine.append(one)
        try:
            found.append(decode_object(one.language, one.api_version, one.value, ref.namespace))
        except msgspec.ValidationError as error:
            one.cursor.wrong(f"cannot be read: {error}", "the API server would reject it")
    _check_calico(mine)
    return tuple(found)


def _check_calico(manifests: Sequence[Manifest]) -> None:
    mine = [one for one in manifests if one.language and one.language.language is Language.CALICO]
    groups = {one.api_version: one for one in mine}
    if len(groups) > 1:
        first, other = list(groups.values())[:2]
        other.cursor.field("apiVersion").wrong(
            f"{other.api_version} here and {first.api_version} in {first.origin}: Calico's API "
            "server keeps the objects of the one as those of the other",
            "give the objects of one of the two groups only",
        )
    tiers = {str(one.metadata.get("name")) for one in mine if one.kind == "Tier"}
    missing_tiers((one.cursor.field("spec") for one in mine if one.kind != "Tier"), tiers)
