"""No plan is a flood: the order of probes and their pace, on a clock of the test's own."""

from __future__ import annotations

from collections import Counter, defaultdict

from agent.net import limits
from agent.pacing import BURST, RATE, TARGET_RATE, Pace, spread, target_of
from agent.runner import needs_of
from prober.coordinator.rates import shared_out
from prober.model.limits import STANDARD, Limits
from prober.model.probe import Plan, Probe, ProbeKind


def probe(number: int, host: str) -> Probe:
    return Probe(f"p{number}", ProbeKind.TCP, host, 80)


def plan(targets: int, each: int, vantage: str = "v", **rates: float) -> Plan:
    """All probes of one target next to each other, as the checks of a matrix are."""
    probes = (probe(at * each + n, f"198.18.0.{at}") for at in range(targets) for n in range(each))
    return Plan(vantage, tuple(probes), **rates)  # type: ignore[arg-type]  # rates are by name


def starts(wanted: Plan) -> list[tuple[float, Probe]]:
    """When each probe starts, were starting to take no time."""
    pace, now, made = Pace(wanted), 100.0, []
    for one in spread(wanted):
        now = pace.start(one, now)
        made.append((now, one))
    return made


def test_every_probe_has_its_turn_once() -> None:
    wanted = plan(7, 5)
    assert Counter(one.id for one in spread(wanted)) == Counter(one.id for one in wanted.probes)


def test_probes_of_one_target_are_spread_out() -> None:
    order = [target_of(one) for one in spread(plan(10, 4))]
    for start in range(0, 40, 10):
        assert len(set(order[start : start + 10])) == 10


def test_vantages_do_not_all_begin_at_the_same_target() -> None:
    first = {target_of(next(spread(plan(50, 1, f"pod/shop/web-{n}")))) for n in range(40)}
    assert len(first) > 15


def test_one_target_is_called_no_quicker_than_its_rate() -> None:
    moments = [moment for moment, _ in starts(plan(1, 500))]
    assert moments[BURST - 1] < 100.002  # a few at once
    assert moments[-1] - moments[0] > (500 - BURST) / TARGET_RATE * 0.99


def test_many_targets_wait_for_no_rate_of_one() -> None:
    moments = [moment for moment, _ in starts(plan(200, BURST))]
    assert moments[-1] - moments[0] <= 200 * BURST / RATE + 0.001


def test_a_plan_may_say_less() -> None:
    moments = [moment for moment, _ in starts(plan(100, 1, rate=10))]
    assert 6 < moments[-1] - moments[0] < 10.1
    by_target = defaultdict(list)
    for moment, one in starts(plan(2, 60, target_rate=10)):
        by_target[target_of(one)].append(moment)
    assert all(each[-1] - each[0] > 2 for each in by_target.values())


def test_the_limits_of_a_run_are_divided_among_its_vantages() -> None:
    few = (plan(1, 1),)
    assert shared_out(few) == few
    many = shared_out(tuple(plan(1, 1, f"v{n}") for n in range(500)))
    assert 0 < sum(one.rate for one in many) <= STANDARD.rate * 1.001
    assert 0 < sum(one.target_rate for one in many) <= STANDARD.target_rate * 1.001


def test_the_limits_of_a_run_may_be_lower() -> None:
    low = Limits(rate=100, target_rate=50, source_rate=20, source_target_rate=30)
    (alone,) = shared_out((plan(1, 1),), low)
    assert (alone.rate, alone.target_rate) == (20, 30)
    each = shared_out(tuple(plan(1, 1, f"v{n}") for n in range(10)), low)
    assert {(one.rate, one.target_rate) for one in each} == {(10, 5)}


def test_files_are_kept_for_what_a_plan_needs_and_for_nothing_else() -> None:
    plain = limits.share_out(20_000, 20, needs_of(plan(9, 9)))
    assert plain.probes == 20_000 - 20 - limits.RESERVE
    named = Plan("v", (probe(1, "web.example"), probe(2, "web.example")))
    assert limits.share_out(20_000, 20, needs_of(named)).probes == plain.probes - 2
