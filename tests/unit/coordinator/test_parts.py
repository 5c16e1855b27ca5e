"""The causes of a divided run are those of the undivided one, through the files that its parts
write."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from test_sampling_and_shards import world
from test_skipped_checks import Answering

from prober.coordinator.merge import merge
from prober.coordinator.pairs import pair_checks
from prober.coordinator.run import Request, execute
from prober.coordinator.shards import Shard
from prober.manifest import load_manifests
from prober.model.check import Vantage, VantageKind
from prober.model.codec import decode, encode
from prober.model.errors import UsageError
from prober.model.outcome import Observation, Outcome
from prober.model.packed import packed, unpacked
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import RunRecord
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

SHARDS = 4
WORLD = world(2)
SAVED = Path(__file__).parents[2] / "data"
OTHERS = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  endpointSelector: {matchLabels: {app: web}}
  ingress:
  - fromEntities: [cluster]
    toPorts: [{ports: [{port: "80", protocol: TCP}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: nobody}
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - {name: none, action: Deny, from: [{namespaces: {}}]}
"""


@dataclass
class Odd(Answering):
    """Enforces what the policies say, but for what `odd` says of a source and a target address."""

    odd: Callable[[str, str], Outcome | None] = lambda source, target: None

    async def snapshot(self) -> Snapshot:
        return WORLD

    def vantages(self) -> Sequence[Vantage]:
        return [Vantage(VantageKind.POD, *pod) for pod in WORLD.pods]

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        spaces = {ip: pod for pod in WORLD.pods.values() for ip in pod.ips}
        for vantage, plan in plans:
            for probe in plan.probes:
                address = probe.address or probe.host
                target = spaces[address]
                inside = target.namespace == vantage.namespace or "web" in target.name
                said = self.odd(vantage.id, address) or (Outcome.OK if inside else Outcome.TIMEOUT)
                yield Observed(vantage.id, Observation(probe.id, said, 1.0, address=address))


async def record_of(fabric: Odd, shard: Shard | None = None) -> RunRecord:
    """A run's record, as whoever reads its file has it."""
    checks = pair_checks(WORLD, timeout=1)
    record = await execute(fabric, Request("matrix", lambda _: checks, shard=shard))
    return decode(json.loads(json.dumps(encode(record))))


async def divided(fabric: Odd) -> list[RunRecord]:
    return [await record_of(fabric, Shard(index, SHARDS)) for index in range(SHARDS)]


ODDITIES: dict[str, Callable[[str, str], Outcome | None]] = {
    "nothing is odd": lambda source, target: None,
    "refused here and there": lambda source, target: (
        Outcome.REFUSED if target == "198.18.0.1" and source.endswith(("web-1", "db-1")) else None
    ),
    "nobody reaches one pod": lambda source, target: (
        Outcome.TIMEOUT if target == "198.18.1.2" else None
    ),
    "nobody enforces": lambda source, target: Outcome.OK,
}


@pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
async def test_merged_parts_have_the_causes_of_the_undivided_run(
    odd: Callable[[str, str], Outcome | None],
) -> None:
    fabric = Odd(odd=odd)
    whole, parts = await record_of(fabric), await divided(fabric)
    merged = merge(parts[::-1], complete=True)
    assert [check.check.id for check in merged.checks] == [check.check.id for check in whole.checks]
    assert merged.findings == whole.findings
    assert (merged.summary, merged.exit_code) == (whole.summary, whole.exit_code)
    assert merged.part is None


async def test_what_no_rule_explains_is_one_finding_and_not_one_a_part() -> None:
    fabric = Odd(odd=ODDITIES["refused here and there"])
    whole, parts = await record_of(fabric), await divided(fabric)
    bare = [replace(part, part=None) for part in parts]  # as an older prober wrote them
    unexplained = [
        [finding.id for finding in record.findings].count("unexplained")
        for record in (whole, merge(parts, complete=True), merge(bare, complete=True))
    ]
    assert unexplained[0] > 0
    assert set(unexplained) == {unexplained[0]}
    assert (
        sum(finding.id == "unexplained" for part in parts for finding in part.findings)
        > (unexplained[0])
    )


def test_a_snapshot_is_the_same_after_it_was_packed() -> None:
    snapshot = load_manifests([SAVED / "snapshot-flux"]).snapshot
    assert unpacked(packed(snapshot)) == snapshot
    assert unpacked(packed(WORLD)) == WORLD


def test_policies_of_other_languages_are_packed_in_their_shapes(tmp_path: Path) -> None:
    (tmp_path / "policies.yaml").write_text(OTHERS)
    snapshot = load_manifests([tmp_path]).snapshot
    assert len(snapshot.other_policies) == 2
    assert unpacked(packed(snapshot)).other_policies == snapshot.other_policies


def test_of_an_environment_only_proxies_are_packed_and_no_credentials() -> None:
    (key, pod), *_ = WORLD.pods.items()
    env = {"HTTPS_PROXY": "http://me:hunter2@proxy.example:3128", "DATABASE": "postgres://u:pw@db"}
    snapshot = replace(WORLD, pods={key: replace(pod, env=env)})
    kept = unpacked(packed(snapshot)).pods[key].env
    assert list(kept) == ["HTTPS_PROXY"]
    assert kept["HTTPS_PROXY"].endswith("@proxy.example:3128")
    assert "hunter2" not in kept["HTTPS_PROXY"]


def _forged(change: Callable[[Snapshot], Snapshot]) -> str:
    return packed(change(WORLD))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no base64!", "cannot be unpacked"),
        (base64.b64encode(b"nothing").decode(), "cannot be unpacked"),
        (base64.b64encode(zlib.compress(b"nothing")).decode(), "is none"),
        (_forged(lambda snapshot: replace(snapshot, namespaces={})), "lacks namespace"),
        (
            _forged(
                lambda snapshot: replace(
                    snapshot,
                    pods={key: replace(pod, ips=("x",)) for key, pod in snapshot.pods.items()},
                )
            ),
            "'x'",
        ),
    ],
)
async def test_a_part_that_anybody_wrote_is_refused_in_a_sentence(text: str, why: str) -> None:
    parts = await divided(Odd())
    forged = []
    for part in parts:
        assert part.part is not None
        forged.append(replace(part, part=replace(part.part, world=text)))
    with pytest.raises(UsageError, match="damaged or forged") as caught:
        merge(forged, complete=True)
    assert why in str(caught.value)


def test_a_packed_world_predicts_the_same() -> None:
    before, again = Predictor(WORLD), Predictor(unpacked(packed(WORLD)))
    for check in pair_checks(WORLD, timeout=1):
        assert again.predict(check.flow) == before.predict(check.flow)
