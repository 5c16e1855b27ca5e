"""Scenarios as objects of a cluster: run again and again, and what came of it in their status.

The objects are the state. Nothing is remembered that a replica which takes over would miss: what
is due follows from the object, the clock and the policies (`due`), and what a run leaves is the
object's status, so a crash in any phase costs a run and nothing else.

- `crd`         PURE, and writes a file: the scenario schema as CustomResourceDefinitions
- `objects`     PURE: the parts of a Scenario object that are used
- `grants`      PURE: what scenarios of a namespace may name beyond their own namespace
- `reading`     PURE: an object → a scenario, or every mistake in it
- `due`         PURE: whether it is to be run now, and why; whether what it says is stale
- `status`      PURE: what came of a run → the object's status
- `conditions`  PURE: the conditions, as kstatus reads them
- `standing`    PURE: how one is now, for the page
- `policies`    the policies of the cluster as one word for each namespace
- `lease`       which replica acts
- `peers`       PURE: which nodes probe which
- `repeated`    PURE: which checks of Scenarios agents repeat, and from which node
- `repeating`   keeps them: reads the cluster again and again
- `assigning`   PURE: what each agent probes by itself
- `mesh`        keeps that assignment
- `running`     one run of one scenario
- `loop`        looks, runs what is due, writes what came of it; and again

Why not kopf, which is made for operators: its leader is elected by peering objects of its own,
not by a Lease; it keeps its state in annotations and finalizers on the users' objects, where a
missing operator blocks deletion; and it has a client of its own, past the table of rights and the
bounds on what an API server may answer (`prober.fabric.kubernetes.client`). What is left to write
without it is one list and one loop, since there is one kind and everything is decided from the
object.
"""
