"""A CronJob on a cluster: its latest Job's pod, or a probe pod of its template between two Jobs."""

from __future__ import annotations

from typing import Any

import msgspec
from kube_fakes import SETTINGS, pod

from prober.coordinator.pairs import without_network
from prober.fabric.kubernetes.probe_pods.vantages import identity_of, vantages_of
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod
from prober.manifest.assemble import assemble
from prober.manifest.decoding import wire
from prober.manifest.decoding.gathered import Objects
from prober.model.check import Check
from prober.model.objects import Ref
from prober.scenario import one_check, resolve

TEMPLATE = {
    "metadata": {"labels": {"app": "dump"}},
    "spec": {
        "serviceAccountName": "dumper",
        "nodeSelector": {"disk": "ssd"},
        "containers": [{"name": "c", "env": [{"name": "HTTPS_PROXY", "value": "http://proxy"}]}],
    },
}


def reading(*pods: Pod) -> Reading:
    cron_job = msgspec.convert(
        {
            "metadata": {"name": "dump", "namespace": "shop"},
            "spec": {"jobTemplate": {"spec": {"template": TEMPLATE}}},
        },
        wire.CronJob,
    )
    nodes = [
        msgspec.convert({"metadata": {"name": name, "labels": labels}}, wire.Node)
        for name, labels in (("n1", {}), ("n2", {"disk": "ssd"}))
    ]
    objects = Objects(nodes=nodes, pods=list(pods), cron_jobs=[cron_job])
    keyed = {(one.metadata.namespace or "", one.metadata.name or ""): one for one in pods}
    return Reading(assemble(objects, expand_workloads=False), keyed)


def job_pod(name: str, **more: Any) -> Pod:
    job = name.rpartition("-")[0]
    return pod(
        metadata={
            "name": name,
            "labels": {"app": "dump", "job-name": job},
            "ownerReferences": [{"kind": "Job", "name": job, "controller": True}],
        },
        **more,
    )


def check(seen: Reading) -> Check:
    [made] = resolve(one_check("cj/dump.shop", "tcp://203.0.113.9:443"), seen.snapshot)
    return made


def test_between_two_jobs_a_probe_pod_of_the_template_stands_in() -> None:
    seen = reading(job_pod("dump-28473960-abcde", status={"phase": "Succeeded"}))
    made = check(seen)
    assert made.skip_reason == ""
    assert made.flow.source.label == "dump"
    assert made.vantage in vantages_of(seen.snapshot)
    identity = identity_of(made.vantage, seen, SETTINGS)
    assert (identity.node, identity.labels) == ("n2", {"app": "dump"})
    assert (identity.service_account, identity.proxies) == (
        "dumper",
        {"HTTPS_PROXY": "http://proxy"},
    )
    assert without_network(seen.snapshot) == []


def test_while_jobs_run_it_is_the_latest_ones_pod() -> None:
    seen = reading(job_pod("dump-28473960-abcde"), job_pod("dump-28473961-abcde"))
    assert check(seen).vantage.name == "dump-28473961-abcde"
    assert not any(pod.stand_in for pod in seen.snapshot.pods.values())


def test_nothing_can_be_sent_to_pods_that_are_not_there() -> None:
    seen = reading(pod())
    [made] = resolve(one_check("pod/web-0.shop", "tcp://cj/dump.shop:80"), seen.snapshot)
    assert "no pod of CronJob shop/dump runs now, so nothing has its address" in made.skip_reason
    assert seen.snapshot.workloads[Ref("CronJob", "shop", "dump")].labels == {"app": "dump"}
