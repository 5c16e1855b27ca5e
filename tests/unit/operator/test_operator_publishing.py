"""What an answer makes beside the status: Events, reports, the history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from operator_cluster import NOW, SCENARIO, ApiServer, record

from prober.history.packing import MOST_UNPACKED, pack, unpack
from prober.history.summary import summary_of
from prober.model.codec import RecordError
from prober.model.run import Result
from prober.operator import history
from prober.operator.conditions import Answer, Reason
from prober.operator.events import event
from prober.operator.loop import Outcome
from prober.operator.objects import scenario_object
from prober.operator.publishing import Publisher
from prober.report.openreports import MOST_RESULTS, OPEN, POLICY, report, run_results

ITEM = scenario_object(SCENARIO)
FAILED = Answer(Reason.FAILED, "one failed\nand two")
EVENTS = "/api/v1/namespaces/shop/events"


def outcome(changed: bool = True, run: str = "r1") -> Outcome:
    return Outcome(ITEM, FAILED, record(Result.PASS, Result.FAIL, id=run), changed, NOW)


class Server(ApiServer):
    """Serves one kind of reports, and takes server-side applies."""

    def __init__(self, reports: str = "") -> None:
        super().__init__()
        self.reports = reports

    def _answer(self, method: str, path: str, body: Any) -> Any:
        if method == "GET" and path.endswith(f"/{self.reports}") and self.reports:
            return _ok({"items": [], "metadata": {}})
        if method == "PATCH" and path not in self.objects:
            self.put(path, body)
            return _ok(body)
        return super()._answer(method, path, body)


def _ok(body: Any) -> Any:
    from operator_cluster import Reply

    return Reply(200, body)


async def test_an_event_is_made_when_the_answer_changes_and_once() -> None:
    server = Server()
    publisher = Publisher(server.api())
    await publisher.publish(outcome(changed=False))
    assert not [path for path in server.objects if path.startswith(EVENTS)]
    for _ in range(2):  # a replica that takes over says the same again
        await publisher.publish(outcome())
    (made,) = (body for path, body in server.objects.items() if path.startswith(EVENTS))
    assert (made["type"], made["reason"], made["message"]) == (
        "Warning",
        "ChecksFailed",
        "one failed; and two",
    )
    assert made["involvedObject"]["uid"] == "uid-shop"
    other = event(ITEM, FAILED, "r2", NOW)
    assert other["metadata"]["name"] != made["metadata"]["name"]


@pytest.mark.parametrize(
    ("plural", "version"),
    [("reports", OPEN[0]), ("policyreports", POLICY[0])],
)
async def test_a_run_is_a_report_of_the_kind_that_is_served(plural: str, version: str) -> None:
    server = Server(plural)
    await Publisher(server.api()).publish(outcome())
    (made,) = (body for path, body in server.objects.items() if f"/{plural}/" in path)
    assert made["apiVersion"] == version
    assert made["metadata"]["name"] == "prober-shop"
    assert made["metadata"]["ownerReferences"][0]["name"] == "shop"
    assert made["summary"] == {"pass": 1, "fail": 1, "warn": 0, "error": 0, "skip": 0}
    worst = made["results"][0]
    assert (worst["result"], worst["severity"]) == ("fail", "high")
    assert worst["resources"][0] == {
        "apiVersion": "v1",
        "kind": "Pod",
        "name": "web-0",
        "namespace": "shop",
    }


async def test_metrics_are_those_of_the_last_run_of_each_scenario() -> None:
    publisher = Publisher(Server().api())
    await publisher.publish(outcome())
    text, kind = publisher.metrics("")
    assert kind.startswith("text/plain")
    assert 'prober_last_run_exit_code{scenario="shop/shop"} 1.0' in text.decode()
    assert "prober_check_success{" in text.decode()
    assert "web-0" not in text.decode(), "a pod's name is in no label"


async def test_without_reports_in_the_cluster_there_is_none() -> None:
    server = Server()
    await Publisher(server.api()).publish(outcome())
    assert not [path for path in server.objects if "reports" in path]


def test_a_report_is_bounded_and_counts_all() -> None:
    results = run_results(record(*[Result.PASS] * 400, Result.FAIL))
    made = report(OPEN, {"name": "x"}, results)
    assert len(made["results"]) == MOST_RESULTS
    assert made["results"][0]["result"] == "fail"
    assert made["summary"]["pass"] == 400


def runs(*entries: tuple[str, tuple[Result, ...]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for number, (name, results) in enumerate(entries):
        made = record(*results, id=name, started=f"2026-01-01T12:{number:02}:00.000Z")
        kept = list(history.with_run(ITEM, kept, made)["runs"])
    return kept


def test_the_history_keeps_where_each_stretch_begins_and_ends() -> None:
    good, bad = (Result.PASS,), (Result.FAIL,)
    kept = runs(("a", good), ("b", good), ("c", good), ("d", bad), ("e", bad), ("f", bad))
    assert [entry["id"] for entry in kept] == ["f", "d", "c", "a"]
    assert [unpack(entry["record"]).id for entry in kept] == ["f", "d", "c", "a"]
    assert [entry["outcome"] for entry in kept] == ["Failed", "Failed", "Ok", "Ok"]


def test_the_history_is_bounded() -> None:
    flapping = [
        (f"r{number}", (Result.PASS, Result.FAIL)[number % 2 :][:1]) for number in range(60)
    ]
    kept = runs(*flapping)
    assert len(kept) == history.MOST_RUNS
    assert kept[0]["id"] == "r59"


def test_a_large_run_is_kept_without_what_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_OF_ONE", 2_000)
    (entry,) = runs(("big", (*[Result.PASS] * 300, Result.FAIL)))
    kept = unpack(entry["record"])
    assert [check.result for check in kept.checks] == [Result.FAIL]
    assert kept.notes["passed"] == "300 checks that passed were left out"


def test_a_record_survives_packing() -> None:
    made = record(Result.PASS, Result.FAIL)
    assert summary_of(unpack(pack(made))) == summary_of(made)
    assert pack(made) == pack(made)


def test_what_is_no_record_is_said_and_takes_no_memory() -> None:
    import base64
    import gzip

    def packed(data: bytes) -> str:
        return base64.b64encode(gzip.compress(data)).decode()

    bad = ["", "!", "AAAA", packed(b"[]"), packed(b"{}"), packed(b"\xff"), packed(b"[" * 10_000)]
    for text in bad:
        with pytest.raises(RecordError):
            unpack(text)
    with pytest.raises(RecordError, match="larger than"):
        unpack(packed(b" " * (MOST_UNPACKED + 1)))
    assert json.loads("{}") == {}
