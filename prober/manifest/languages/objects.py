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
    policies: list[PolicyObject] = []
    mine: list[Manifest] = []
    for ref, manifest in manifests.items():
        if manifest.language is None:
            continue
        mine.append(manifest)
        try:
            policies.append(
                decode_object(
                    manifest.language, manifest.api_version, manifest.value, ref.namespace
                )
            )
        except msgspec.ValidationError as error:
            manifest.cursor.wrong(f"cannot be read: {error}", "the API server would reject it")
    _check_calico(mine)
    return tuple(policies)


def _check_calico(manifests: Sequence[Manifest]) -> None:
    mine = [
        manifest
        for manifest in manifests
        if manifest.language and manifest.language.language is Language.CALICO
    ]
    groups = {manifest.api_version: manifest for manifest in mine}
    if len(groups) > 1:
        first, other = list(groups.values())[:2]
        other.cursor.field("apiVersion").wrong(
            f"{other.api_version} here and {first.api_version} in {first.origin}: Calico's API "
            "server keeps the objects of the one as those of the other",
            "give the objects of one of the two groups only",
        )
    tiers = {str(manifest.metadata.get("name")) for manifest in mine if manifest.kind == "Tier"}
    missing_tiers(
        (manifest.cursor.field("spec") for manifest in mine if manifest.kind != "Tier"), tiers
    )
