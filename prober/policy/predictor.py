"""The predictor: a flow over a snapshot, to a prediction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from prober.model.check import Flow
from prober.model.prediction import BackendTrail, EngineAnswer, Prediction, RequestRuling, Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.directions import flow_directions
from prober.policy.deciding.engines import engine_beside
from prober.policy.deciding.matching import direction_level, requests_level
from prober.policy.deciding.readings import BackendReadings
from prober.policy.deciding.resolve import Undecided
from prober.policy.deciding.routes import Route, route
from prober.policy.deciding.rules.interpretations import FlowDirection
from prober.policy.deciding.rules.levels import NO, RULINGS, YES, Level, Levels, agree
from prober.policy.deciding.world import World
from prober.policy.doubts import doubts_about
from prober.policy.text.request_wording import request_ruling
from prober.policy.text.trail import Trails
from prober.policy.worlds import world_of, worlds_after, worlds_of


class Rulings(NamedTuple):
    """A prediction without its trail."""

    verdict: Ruling
    egress: Ruling
    ingress: Ruling


_UNDEFINED = Rulings(Ruling.UNDEFINED, Ruling.UNDEFINED, Ruling.UNDEFINED)


class Predictor:
    """What the policies of a snapshot say about flows, exactly as far as their languages define it.

    `hosts` gives the addresses of hosts outside by name (a name that is missing has an unknown
    address). All methods raise `UsageError` for a flow between objects that do not exist. Replies
    need no prediction: they belong to their connection and are allowed with it.

    Where policies of several engines are in the snapshot, nobody knows which of them enforces: what
    all of them say is the answer.
    """

    def __init__(
        self, snapshot: Snapshot, *, hosts: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.hosts = hosts or {}
        self._in(worlds_of(snapshot, self.hosts))

    @classmethod
    def within(cls, worlds: Sequence[World]) -> Predictor:
        """Over worlds that are there already. No address of a host outside is known by its name."""
        made = cls.__new__(cls)
        made.hosts = {}
        made._in(worlds)
        return made

    def over(self, snapshot: Snapshot) -> Predictor:
        """The same hosts outside, over another snapshot. Where that differs in NetworkPolicies
        alone, everything else that is known is kept."""
        worlds = worlds_after([each.world for each in self._worlds], snapshot)
        if not worlds:
            return Predictor(snapshot, hosts=self.hosts)
        other = copy(self)
        other._in(worlds)
        return other

    def _in(self, worlds: Sequence[World]) -> None:
        self._worlds = [OneWorld(world) for world in worlds]
        self.world = worlds[0]
        self.__dict__.pop("_running", None)

    def rulings(self, flow: Flow) -> Rulings:
        """The answer alone: many times quicker than `predict`, from the same matching."""
        if len(self._worlds) == 1:
            return self._worlds[0].rulings(flow)
        each = [world.rulings(flow) for world in self._worlds]
        return Rulings(*map(_common, zip(*each, strict=True)))

    def predict(self, flow: Flow) -> Prediction:
        """The answer with the trail of everything that decided."""
        prediction = self._worlds[0].predict(flow)
        if len(self._worlds) > 1:
            prediction = self._of_all(flow, prediction)
        doubts = doubts_about(prediction, flow, self.world.snapshot)
        engine = self._beside(prediction, flow)
        if doubts or engine is not None:
            return replace(prediction, doubts=doubts, engine=engine)
        return prediction

    def _of_all(self, flow: Flow, first: Prediction) -> Prediction:
        """What all worlds say; the first one's prediction where they agree."""
        each = [first, *(world.predict(flow) for world in self._worlds[1:])]
        rulings = {(other.verdict, other.egress, other.ingress) for other in each}
        return first if len(rulings) == 1 else self._joined(each)

    @cached_property
    def _running(self) -> OneWorld | None:
        """The world as the engine that runs has it, where that is not what is predicted."""
        engine = engine_beside(self.world.snapshot)
        if engine is None:
            return None
        return OneWorld(world_of(self.world.snapshot, self.hosts, engine))

    def _beside(self, prediction: Prediction, flow: Flow) -> EngineAnswer | None:
        """The engine's own answer, where it is not the API's."""
        if self._running is None:
            return None
        own = self._running.rulings(flow)
        if own == (prediction.verdict, prediction.egress, prediction.ingress):
            return None
        name = self._running.world.engine.name
        return EngineAnswer(name, *own, self._running.predict(flow).reason)

    def _joined(self, each: Sequence[Prediction]) -> Prediction:
        """What engines that differ say together."""
        names = [world.world.engine.name or "another engine" for world in self._worlds]
        told = "; ".join(
            f"where {name} enforces it is {prediction.verdict.value} ({prediction.reason})"
            for name, prediction in zip(names, each, strict=True)
        )
        return replace(
            each[0],
            verdict=_common(prediction.verdict for prediction in each),
            egress=_common(prediction.egress for prediction in each),
            ingress=_common(prediction.ingress for prediction in each),
            reason=f"policies of several engines are here: {told}",
        )

    def readings(self, flow: Flow) -> tuple[BackendReadings, ...]:
        """Every reading of the flow that the API permits, by backend; none where policies do not
        get to decide."""
        return self._worlds[0].readings(flow)


def _common(rulings: Iterable[Ruling]) -> Ruling:
    each = set(rulings)
    return each.pop() if len(each) == 1 else Ruling.UNDEFINED


class OneWorld:
    """Predicts in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._trails = Trails(world)

    def rulings(self, flow: Flow) -> Rulings:
        """The answer alone: many times quicker than `predict`, from the same matching."""
        try:
            routed = route(self.world, flow)
        except Undecided:
            return _UNDEFINED
        levels = [
            _levels(*flow_directions(self.world, routed.source, link)) for link in routed.links
        ]
        return Rulings(*(RULINGS[agree(column)] for column in zip(*levels, strict=True)))

    def predict(self, flow: Flow) -> Prediction:
        """The answer with the trail of everything that decided."""
        try:
            routed = route(self.world, flow)
        except Undecided as undecided:
            return Prediction(Ruling.UNDEFINED, Ruling.UNDEFINED, Ruling.UNDEFINED, str(undecided))
        pairs = [flow_directions(self.world, routed.source, link) for link in routed.links]
        levels = [_levels(*pair) for pair in pairs]
        known = zip(routed.links, pairs, levels, strict=True)
        backends = tuple(self._trails.backend(link, *pair, level) for link, pair, level in known)
        verdict, egress, ingress = (agree(column) for column in zip(*levels, strict=True))
        caveats = dict.fromkeys(
            link.caveat for link in routed.links if link.caveat and ingress == NO
        )
        return Prediction(
            RULINGS[verdict],
            RULINGS[egress],
            RULINGS[ingress],
            _reason(backends),
            backends,
            _translation(routed),
            tuple(caveats),
            request=_request(flow, verdict, pairs, backends),
        )

    def readings(self, flow: Flow) -> tuple[BackendReadings, ...]:
        """Every reading of the flow that the API permits, by backend; none where policies do not
        get to decide."""
        try:
            routed = route(self.world, flow)
        except Undecided:
            return ()
        return tuple(
            self._trails.readings(link, *flow_directions(self.world, routed.source, link))
            for link in routed.links
        )


def _levels(egress: FlowDirection, ingress: FlowDirection) -> Levels:
    """Verdict, egress, ingress: denied if either direction is, else undefined if either is, else
    allowed."""
    out = direction_level(egress)
    into = direction_level(ingress)
    return min(out, into), out, into


def _request(
    flow: Flow,
    verdict: Level,
    pairs: Sequence[tuple[FlowDirection, FlowDirection]],
    backends: Sequence[BackendTrail],
) -> RequestRuling | None:
    """The ruling about the flow's request, where the connection is allowed."""
    request = flow.request
    if request is None or verdict != YES:
        return None
    level = agree(min(requests_level(direction, request) for direction in pair) for pair in pairs)
    return request_ruling(request, level, backends)


def _reason(backends: Sequence[BackendTrail]) -> str:
    """What decided, over all backends."""
    rulings = {backend.ruling for backend in backends}
    if len(rulings) == 1:
        return _backend_reason(backends[0])
    odd = next((backend for backend in backends if backend.ruling is Ruling.DENIED), None) or next(
        backend for backend in backends if backend.ruling is Ruling.UNDEFINED
    )
    same = sum(backend.ruling is odd.ruling for backend in backends)
    reason = f"{odd.destination}: {_backend_reason(odd)}"
    return f"depends on the backend: {same} of {len(backends)} is {odd.ruling} ({reason})"


def _backend_reason(backend: BackendTrail) -> str:
    """The sentences of the directions that decided; of an open flow, those where policies had a
    say."""
    both = (backend.egress, backend.ingress)
    if backend.ruling is not Ruling.ALLOWED:
        return "; ".join(
            dict.fromkeys(trail.reason for trail in both if trail.ruling is backend.ruling)
        )
    spoken = [trail.reason for trail in both if trail.policies]
    if spoken:
        return "; ".join(spoken)
    pods = [trail for trail in both if trail.pod]
    if not pods:
        return "neither end is a pod, so no policy applies"
    special = [trail.reason for trail in pods if not trail.reason.startswith("no ")]
    return special[0] if special else "; ".join(trail.reason for trail in pods)


def _translation(routed: Route) -> str:
    """What Services did to the destination, as in `80 → 9090 (Service shop/web)`."""
    done: dict[str, None] = {}
    for link in routed.links:
        if link.frontend:
            done[f"{link.frontend.target.port} → {link.target.port} ({link.frontend.name})"] = None
    return ", ".join(done)
