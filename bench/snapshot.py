"""Reading a large cluster: pods as an API server serves them, decoded into a snapshot.

    python bench/snapshot.py [PODS]

Pages of 500 pods of about five kilobytes each, with managed fields, statuses and conditions as the
kubelet writes them, lie in files; they are read through the same pages, shapes and assembly as an
API server's. Time is of CPU, as a ratio to decoding the same bytes into plain Python objects; the
peak of memory is told as a ratio to what is left at the end.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))

from large_worlds import Size, realistic

from prober.fabric.kubernetes.client.pages import Pages
from prober.fabric.kubernetes.client.refusals import call
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.reading.assembled import snapshot_of
from prober.fabric.kubernetes.reading.objects import Pod
from prober.manifest.decoding.gathered import Objects
from prober.model.objects import Pod as ModelPod

PAGE = 500


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        (read_lean if sys.argv[2] == "lean" else read_plain)(Path(sys.argv[3]))
        return
    count = int((sys.argv[1:] or ["10000"])[0])
    with tempfile.TemporaryDirectory() as folder:
        size = write(Path(folder), count)
        print(f"{count:,} pods, {size / 1e6:.0f} MB of JSON in pages of {PAGE}")
        for way in ("lean", "plain"):
            subprocess.run([sys.executable, __file__, "--read", way, folder], check=True)


def write(folder: Path, count: int) -> int:
    pods = list(realistic(Size.of(count)).pods.values())
    pages = [pods[at : at + PAGE] for at in range(0, len(pods), PAGE)]
    size = 0
    for number, page in enumerate(pages):
        more = str(number + 1) if number + 1 < len(pages) else ""
        body = {
            "kind": "PodList",
            "apiVersion": "v1",
            "metadata": {"resourceVersion": "1", **({"continue": more} if more else {})},
            "items": [served(pod) for pod in page],
        }
        size += (folder / str(number)).write_text(json.dumps(body))
    return size


def served(pod: ModelPod) -> dict[str, object]:
    """A pod as `kubectl get -o json --show-managed-fields` shows it."""
    ports = [
        {"containerPort": port.number, "protocol": port.protocol, "name": port.name}
        for port in pod.ports
    ]
    env = [{"name": f"SETTING_{n}", "value": f"value-{n}" * 3} for n in range(12)]
    owned = {f"f:{key}": {} for key in ("image", "name", "resources", "ports", "env", "args")}
    moment = "2026-01-01T00:00:00Z"
    conditions = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    status = {
        "phase": "Running",
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": moment} for kind in conditions
        ],
        "podIP": pod.ips[0],
        "podIPs": [{"ip": pod.ips[0]}],
        "hostIP": "198.51.100.1",
        "containerStatuses": [
            {
                "name": "app",
                "ready": True,
                "restartCount": 0,
                "image": "registry.example/team/app:1.2.3",
                "imageID": "registry.example/team/app@sha256:" + "0" * 64,
                "containerID": "containerd://" + "0" * 64,
                "state": {"running": {"startedAt": moment}},
            }
        ],
    }
    return {
        "metadata": {
            "name": pod.name,
            "namespace": pod.namespace,
            "uid": f"00000000-0000-4000-8000-{abs(hash(pod.name)) % 10**12:012}",
            "resourceVersion": "12345",
            "labels": dict(pod.labels),
            "annotations": {f"example.com/note-{n}": "x" * 60 for n in range(4)},
            "managedFields": [
                {"manager": name, "fieldsV1": {"f:spec": owned, "f:status": owned}, "time": moment}
                for name in ("kube-controller-manager", "kubelet")
            ],
        },
        "spec": {
            "nodeName": pod.node,
            "hostNetwork": pod.host_network,
            "serviceAccountName": "default",
            "containers": [
                {
                    "name": "app",
                    "image": "registry.example/team/app:1.2.3",
                    "env": env,
                    "ports": ports,
                    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
                    "volumeMounts": [{"name": f"v{n}", "mountPath": f"/v/{n}"} for n in range(3)],
                }
            ],
            "volumes": [{"name": f"v{n}", "emptyDir": {}} for n in range(3)],
            "tolerations": [{"key": f"k{n}", "operator": "Exists"} for n in range(3)],
        },
        "status": status,
    }


def read_lean(folder: Path) -> None:
    """The way of a run: page by page, into the fields that are used."""

    async def fetch(query: Mapping[str, str]) -> bytes:
        return (folder / query.get("continue", "0")).read_bytes()

    before, start = memory(), process_time()
    pages: Pages[Pod] = Pages(PODS, Pod, "", call("list", PODS))
    pods = asyncio.run(pages.read(fetch, {}))
    decoded = process_time() - start
    snapshot = snapshot_of(Objects(pods=pods))
    whole = process_time() - start
    told("into a snapshot", whole, before)
    print(f"  of that decoding {decoded:.2f} s; {len(snapshot.pods):,} pods")


def read_plain(folder: Path) -> None:
    """The yardstick: the same bytes as plain Python objects."""
    before, start = memory(), process_time()
    files = sorted(folder.iterdir(), key=lambda file: int(file.name))
    pages = [json.loads(file.read_bytes()) for file in files]
    told(f"as plain objects ({len(pages)} pages)", process_time() - start, before)


def told(what: str, seconds: float, before: float) -> None:
    gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6 - before
    kept = memory() - before
    print(
        f"{what:<28} {seconds:5.2f} s of CPU, kept {kept:4.0f} MB, "
        f"peak {peak:4.0f} MB = {peak / kept:.2f} × that"
    )


def memory() -> float:
    """Megabytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
