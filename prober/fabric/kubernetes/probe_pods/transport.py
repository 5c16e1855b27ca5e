"""One wave of plans: run objects, probe pods, logs, observations; and all of it away again."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.client.streams import Emit, Item, streamed
from prober.fabric.kubernetes.labels import VANTAGE, run_annotations, this_process
from prober.fabric.kubernetes.probe_pods.identity import PodIdentity
from prober.fabric.kubernetes.probe_pods.logs import observations
from prober.fabric.kubernetes.probe_pods.manifest import Owner, Source, deadline, probe_pod
from prober.fabric.kubernetes.probe_pods.namespaces import ensure_probe_namespace
from prober.fabric.kubernetes.probe_pods.payload import Piece, pieces
from prober.fabric.kubernetes.probe_pods.run_objects import RunObjects
from prober.fabric.kubernetes.probe_pods.self_probes import without_self_probes
from prober.fabric.kubernetes.probe_pods.startup import StartupState
from prober.fabric.kubernetes.probe_pods.startup_watch import StartupWatch
from prober.fabric.kubernetes.probe_pods.vantages import identity_of
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.ledger import sealed
from prober.model.check import Vantage
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan

_GRACE = 60
"""Seconds that a run's objects outlive the deadline of its pods."""
_ACCOUNT_TRIES = 20
"""Times, a quarter of a second apart, that a new namespace is given to get its service account."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One probe pod to be."""

    vantage: Vantage
    identity: PodIdentity
    piece: Piece


@dataclass(frozen=True, slots=True)
class _Pod:
    """A probe pod with everything its manifest needs."""

    name: str
    job: _Job
    source: Source
    owner: Owner
    annotations: dict[str, str]


class ProbePodTransport:
    """One call of `Fabric.run`. `name` is unique to it in the cluster."""

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None:
        self._api = api
        self._settings = settings
        self._reading = reading
        self._name = name
        self._made: dict[str, RunObjects] = {}

    async def run(self, plans: Sequence[tuple[Vantage, Plan]]) -> AsyncGenerator[Item, None]:
        """Run all plans at once. Whatever happens, everything that was made is deleted at the
        end."""

        async def work(emit: Emit) -> None:
            async with asyncio.TaskGroup() as group:
                for namespace, jobs in self._by_namespace(plans, emit).items():
                    group.create_task(
                        self._run_namespace(namespace, jobs, emit), name=f"namespace {namespace}"
                    )

        try:
            async with aclosing(streamed(work, f"batch {self._name}")) as items:
                async for item in items:
                    yield item
        finally:
            await self._remove()

    def _by_namespace(
        self, plans: Sequence[tuple[Vantage, Plan]], emit: Emit
    ) -> dict[str, list[_Job]]:
        jobs: dict[str, list[_Job]] = {}
        for vantage, plan in plans:
            try:
                identity = identity_of(vantage, self._reading, self._settings)
            except FabricError as error:
                emit(Failure(vantage.id, str(error), error.hint))
                continue
            rest, told = without_self_probes(plan, identity.addresses)
            for observation in told:
                emit(Observed(vantage.id, observation))
            if rest.probes:
                made = [_Job(vantage, identity, piece) for piece in pieces(sealed(rest))]
                jobs.setdefault(identity.namespace, []).extend(made)
        return jobs

    async def _run_namespace(self, namespace: str, jobs: Sequence[_Job], emit: Emit) -> None:
        # One lifetime for everything of the run in this namespace: the pods end by
        # activeDeadlineSeconds, and the timer takes the rest away a little later. Both are
        # Kubernetes' own clocks, which run when this process does not.
        lifetime = max(deadline(job.piece, self._settings) for job in jobs) + _GRACE
        expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=lifetime)
        annotations = run_annotations(self._name, this_process(), expires)
        made = RunObjects(self._api, namespace, self._name, annotations)
        try:
            if namespace == self._settings.probe_namespace:
                await ensure_probe_namespace(self._api, self._reading.snapshot, namespace)
            self._made[namespace] = made
            sources = await made.create([job.piece for job in jobs], lifetime)
        except FabricError as error:
            for vantage in dict.fromkeys(job.vantage.id for job in jobs):
                emit(Failure(vantage, str(error), error.hint))
            return
        # One watch for a namespace, and not one for each pod: a thousand pods that are polled one
        # by one are a thousand requests a second.
        startups = StartupWatch(self._api, namespace, self._settings.start_timeout)
        watching = asyncio.create_task(startups.run(), name=f"startups {namespace}")
        try:
            async with asyncio.TaskGroup() as group:
                for number, (job, source) in enumerate(zip(jobs, sources, strict=True)):
                    pod = _Pod(
                        f"{self._name}-{number}",
                        job,
                        source,
                        made.owner,
                        {**annotations, VANTAGE: job.vantage.id},
                    )
                    group.create_task(
                        self._run_pod(pod, startups, emit), name=f"probe pod {pod.name}"
                    )
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _run_pod(self, pod: _Pod, startups: StartupWatch, emit: Emit) -> None:
        vantage, namespace = pod.job.vantage.id, pod.job.identity.namespace
        seconds = deadline(pod.job.piece, self._settings)
        try:
            uid = await self._create(pod)
            startup = await startups.started(pod.name, uid)
            if startup.state is StartupState.FAILED:
                emit(Failure(vantage, startup.message, startup.hint))
                return
            # A node that is gone cannot even end the pod: its log would be followed for ever.
            async with asyncio.timeout(seconds):
                async with aclosing(
                    observations(self._api, namespace, pod.name, pod.job.piece.plan)
                ) as stream:
                    async for observation in stream:
                        emit(Observed(vantage, observation))
        except TimeoutError:
            message = (
                f"the log of probe pod {pod.name} did not end within its deadline of {seconds} s"
            )
            emit(
                Failure(
                    vantage,
                    message,
                    f"its node may be gone: kubectl describe node {pod.job.identity.node}",
                )
            )
        except FabricError as error:
            emit(Failure(vantage, str(error), error.hint))

    async def _create(self, pod: _Pod) -> str:
        """Its uid."""
        body = probe_pod(
            pod.name,
            pod.job.identity,
            pod.job.piece,
            pod.source,
            pod.owner,
            self._settings,
            pod.annotations,
        )
        for attempt in range(1, _ACCOUNT_TRIES + 1):
            try:
                made = await self._api.create(PODS, body, pod.job.identity.namespace)
            except ApiError as error:
                # A new namespace gets its default service account a moment later.
                if attempt == _ACCOUNT_TRIES or "error looking up service account" not in str(
                    error
                ):
                    raise
                await asyncio.sleep(0.25)
            else:
                return made.metadata.uid or ""
        raise AssertionError("the last try returns or raises")

    async def _remove(self) -> None:
        """Delete the run objects of every namespace. What cannot be deleted now is swept later, or
        ends by itself."""

        async def remove(namespace: str, made: RunObjects) -> None:
            try:
                await made.remove()
            except FabricError as error:
                self._settings.warn(
                    f"what the run made in namespace {namespace} could not be deleted: "
                    f"{error}. It vanishes by itself "
                    f"when its time is over; `prober cleanup` takes it away before that"
                )

        await asyncio.gather(*(remove(*item) for item in self._made.items()))
        self._made.clear()
