"""A cluster that runs probe pods, told in a few lines: what is created is kept, and pods start at
once."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from typing import Any

from kube_fakes import Answer, FakeClient, status

from agent.wire import decode_plan, encode_end, encode_observation
from prober.model.outcome import Observation, Outcome


class FakeCluster:
    """Answers as an API server does. Every probe is `ok`."""

    def __init__(
        self,
        *,
        refused: Mapping[str, Answer] | None = None,
        states: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        self.refused = refused or {}
        """What a creation in a collection is answered with, by the end of its path."""
        self.states = states or {}
        """The status of a pod, by its vantage; else it runs."""
        self.dead_nodes: set[str] = set()
        """Vantages whose node's kubelet does not answer."""
        self.keeps = ""
        """Objects in this namespace cannot be deleted."""
        self.objects: dict[str, dict[str, Any]] = {}
        """What exists, by path."""
        self.ever: list[str] = []
        """What was ever created."""
        self.client = FakeClient(self.answer)

    def answer(self, method: str, url: str) -> Answer:
        path, _, query = url.partition("?")
        if method == "POST":
            return self._create(path, self.client.bodies[-1])
        if method == "DELETE":
            return self._delete(path)
        if path.endswith("/log"):
            return self._log(self.objects[path.removesuffix("/log")])
        if path in self.objects:
            return Answer(body=self.objects[path])
        items = [one for key, one in self.objects.items() if key.rpartition("/")[0] == path]
        return Answer(body={"items": items, "metadata": {}}) if query else status(404)

    def _create(self, path: str, body: dict[str, Any]) -> Answer:
        for end, refusal in self.refused.items():
            if path.endswith(end):
                return refusal
        name = body["metadata"]["name"]
        vantage = body["metadata"].get("annotations", {}).get("prober.dev/vantage", "")
        running = {
            "phase": "Running",
            "containerStatuses": [{"name": "probe", "state": {"running": {}}}],
        }
        made = {
            **body,
            "metadata": {**body["metadata"], "uid": f"uid-{name}"},
            "status": self.states.get(vantage, running),
        }
        self.objects[f"{path}/{name}"] = made
        self.ever.append(f"{body['kind']} {path.split('/')[-2]}/{name}")
        return Answer(201, made)

    def _delete(self, path: str) -> Answer:
        """Delete an object and, as the garbage collector does, what it owns."""
        if self.keeps and f"/namespaces/{self.keeps}/" in path:
            return status(403, "forbidden")
        gone = self.objects.pop(path, None)
        if gone is None:
            return status(404)
        space = gone["metadata"]["namespace"]
        for key, one in list(self.objects.items()):
            owners = one["metadata"].get("ownerReferences", [])
            if one["metadata"].get("namespace") == space and any(
                o["uid"] == gone["metadata"]["uid"] for o in owners
            ):
                self._delete(key)
        return Answer(body={})

    def _log(self, pod: dict[str, Any]) -> Answer:
        if pod["metadata"]["annotations"]["prober.dev/vantage"] in self.dead_nodes:
            return status(500, "dial tcp 198.51.100.11:10250: connect: connection refused")
        volume = pod["spec"]["volumes"][0]["configMap"]
        space = pod["metadata"]["namespace"]
        config_map = self.objects[f"/api/v1/namespaces/{space}/configmaps/{volume['name']}"]
        plan = decode_plan(
            gzip.decompress(base64.b64decode(config_map["binaryData"][volume["items"][0]["key"]]))
        )
        lines = [
            encode_observation(Observation(probe.id, Outcome.OK), plan.nonce)
            for probe in plan.probes
        ]
        return Answer(lines=[*lines, encode_end(len(lines), plan.nonce)])
