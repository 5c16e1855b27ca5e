"""The one Protocol between the coordinator and whatever it runs on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from prober.model.check import Vantage
from prober.model.engine_word import EngineTestimony
from prober.model.objects import Ref
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import CheckRecord, FabricInfo
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Testimony


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something that a fabric cannot represent as it is in the cluster that is meant."""

    text: str
    """One sentence, for every report."""
    policy: Ref | None = None
    """The policy that says something else here than there: what it decides is in doubt."""
    blocks: frozenset[str] = frozenset()
    """The CIDRs by which it does."""


@runtime_checkable
class Fabric(Protocol):
    """A place with pods, nodes and hosts outside, from each of which probes can be run.

    Used as an async context manager: entering connects (or builds), leaving takes away everything
    that was made, also on error and when cancelled. Raises `FabricError` when it cannot be reached
    or built.
    """

    # Everything that exists between entering and leaving belongs to the run. No method makes
    # anything that outlives `__aexit__`, so that clean-up has one place and no caller can forget
    # it.
    async def __aenter__(self) -> Fabric: ...

    async def __aexit__(self, *exc: object) -> None: ...

    @property
    def hosts(self) -> Mapping[str, Sequence[str]]:
        """The hosts outside that can be probed from, and their addresses where those are known: the
        lab's, and what this machine is to a cluster."""
        ...

    def info(self) -> FabricInfo:
        """What a report says in its first line."""
        ...

    def caveats(self) -> Sequence[Caveat]:
        """What it cannot represent, or had to change."""
        ...

    async def snapshot(self) -> Snapshot:
        """The objects as they are now, with real addresses and nodes."""
        ...

    def vantages(self) -> Sequence[Vantage]:
        """Everywhere a probe can be run from: pods, nodes and hosts outside."""
        ...

    def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        """Run all plans at once and yield each observation as it comes.

        A vantage that cannot run, stops in the middle, or says what it may not
        (`prober.fabric.ledger`), yields a `Failure` and does not disturb the others. The `Failure`
        takes back whatever came of that vantage's plan before it. Ends when every vantage has
        ended. Closing the iterator stops the probes.
        """
        ...


@runtime_checkable
class Resident(Protocol):
    """A fabric that probes from inside running pods, and makes nothing for it: so further vantages
    cost a probe each, and no pod."""

    def inside(self) -> Collection[Vantage]:
        """The pods in whose own network its probes run."""
        ...


@runtime_checkable
class Witness(Protocol):
    """A fabric that can be asked what is written down in it: logs, events, conditions."""

    async def testimony(self, scope: SearchScope) -> Testimony:
        """What is written about the objects of `scope`. What may not be read is said in it."""
        ...


@runtime_checkable
class Interrogator(Protocol):
    """A fabric whose policy engines and kernels can be asked what they drop."""

    async def ask_engines(
        self, records: Sequence[CheckRecord], plans: Sequence[tuple[Vantage, Plan]]
    ) -> EngineTestimony:
        """What they say of the packets of these checks while the plans, which make them once more,
        are run. Whom one could not ask is said in it."""
        ...
