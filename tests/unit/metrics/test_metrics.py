"""What Prometheus is told: bounded labels, nothing of an older run, and rules and panels that name
what there is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from report_samples import flux, host, hostile, many, pod, record, run

from prober.metrics import runs as of_runs
from prober.metrics.alerts import ALERTS, rules
from prober.metrics.dashboard import dashboard
from prober.metrics.docs import metrics_page
from prober.metrics.runs import RunMetrics
from prober.metrics.table import METRICS, Kind, Teller
from prober.model.outcome import Outcome
from prober.model.run import Place, Result, RunRecord, Verdict
from prober.report import render

ROOT = Path(__file__).parents[3]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(*records: RunRecord) -> Samples:
    metrics = RunMetrics()
    for made in records:
        metrics.record(made)
    return parsed(metrics.scrape()[0].decode())


def parsed(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def values(samples: Samples, name: str, **labels: str) -> list[float]:
    return [
        value
        for (known, having), value in samples.items()
        if known == name and labels.items() <= set(having)
    ]


def test_every_metric_of_a_run_is_there() -> None:
    names = {name for name, _ in scraped(flux())}
    wanted = {row.name for row in METRICS.values() if Teller.RUNS in row.tellers}
    plain = {name for name in wanted if METRICS[name].kind is not Kind.HISTOGRAM}
    assert plain <= names
    assert "prober_check_duration_seconds_bucket" in names


def test_counts_add_up_and_the_rest_is_of_the_last_run_in_whatever_order_they_come() -> None:
    good = replace(run(record()), started="2026-03-01T10:00:00Z")
    bad = replace(
        run(replace(record(), verdict=Verdict.LEAK, result=Result.FAIL)),
        started="2026-03-01T11:00:00Z",
    )
    for order in ((good, bad), (bad, good)):
        samples = scraped(*order)
        assert values(samples, "prober_checks_total", outcome="ok") == [2]
        assert values(samples, "prober_checks_total", outcome="timeout") == [0]
        assert values(samples, "prober_policy_mismatch", kind="leak") == [1]
        assert values(samples, "prober_last_run_exit_code") == [1]
        assert values(samples, "prober_check_success") == [0]
        assert values(samples, "prober_last_run_timestamp_seconds") == [1772362800]


def test_what_the_last_run_did_not_check_is_no_series_any_more() -> None:
    first = replace(run(record(port=80), record(port=81)), started="2026-03-01T10:00:00Z")
    second = replace(run(record(port=81)), started="2026-03-01T11:00:00Z")
    assert len(values(scraped(first), "prober_check_success")) == 2
    assert len(values(scraped(first, second), "prober_check_success")) == 1


def test_what_was_not_found_out_is_no_success() -> None:
    unsure = replace(record(), verdict=Verdict.INCONCLUSIVE, result=Result.INCONCLUSIVE)
    assert values(scraped(run(unsure)), "prober_check_success") == [0]
    error = record(seen=replace(record().observation, outcome=Outcome.ERROR))
    assert values(scraped(run(error)), "prober_check_success") == [0]


def test_labels_are_workloads_and_no_pods_and_no_addresses() -> None:
    source = pod("web", "shop")
    checks = (
        record(source=source, destination=host("198.51.100.7")),
        record(source=pod("lone", "shop"), port=81),
    )
    places = {f"shop/{source.name}": Place("deploy/web", "n1")}
    text = RunMetrics()
    text.record(run(*checks, places=places))
    said = text.scrape()[0].decode()
    assert 'source="deploy/web"' in said
    assert 'destination="address"' in said
    assert 'source="pod"' in said
    assert "x2x7k" not in said
    assert "198.51" not in said


def test_series_are_bounded_and_what_went_wrong_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_runs, "MOST_SERIES", 3)
    samples = scraped(many(60))
    success = values(samples, "prober_check_success")
    assert len(success) == 3
    assert 0 in success
    assert values(samples, "prober_series_left_out") == [57]
    monkeypatch.setattr(of_runs, "MOST_SCENARIOS", 2)
    samples = scraped(*(run(record(), scenario=f"s{number}") for number in range(5)))
    assert len(values(samples, "prober_last_run_exit_code")) == 3


def test_hostile_names_are_one_line_each() -> None:
    text = render(hostile(), "prometheus")
    assert parsed(text)


def test_a_file_has_gauges_only() -> None:
    text = render(flux(), "prometheus")
    kinds = set(re.findall(r"^# TYPE \S+ (\w+)$", text, re.MULTILINE))
    assert kinds == {"gauge"}
    assert values(parsed(text), "prober_last_run_checks", result="fail")


def test_time_to_enforcement() -> None:
    metrics = RunMetrics()
    metrics.enforced("n1", "closed", 0.7)
    samples = parsed(metrics.scrape()[0].decode())
    assert values(
        samples, "prober_time_to_enforcement_seconds_count", node="n1", change="closed"
    ) == [1]


def test_the_page_is_written_from_the_tables() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text() == metrics_page(), (
        "python -m prober.metrics.docs"
    )


def _mentioned(expressions: str) -> set[str]:
    names = set(re.findall(r"prober_\w+", expressions))
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


def test_alerts_and_panels_name_metrics_that_there_are() -> None:
    panels = " ".join(panel["targets"][0]["expr"] for panel in dashboard()["panels"])
    alerts = " ".join(alert.expression for alert in ALERTS)
    assert _mentioned(panels) <= METRICS.keys()
    assert _mentioned(alerts) <= METRICS.keys()


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert (ROOT / "manifests/monitoring/dashboard.json").read_text() == json.dumps(
        dashboard(), indent=2
    ) + "\n"


# Grafana's JSON Schema of a dashboard is not ours to ship: whoever has the file names it.
if GRAFANA_SCHEMA := os.environ.get("GRAFANA_SCHEMA"):

    def test_the_schema_of_grafana_accepts_the_dashboard() -> None:
        jsonschema.validate(dashboard(), json.loads(Path(GRAFANA_SCHEMA).read_text()))


# In CI a skip is a failure: there the rules are tried where promtool is.
if PROMTOOL := shutil.which("promtool"):

    def test_every_alert_wakes_somebody_when_it_should_and_not_before(tmp_path: Path) -> None:
        cases = ROOT / "tests" / "data" / "alerts_test.yaml"
        shutil.copy(cases, tmp_path)
        (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules()))
        for command in (["check", "rules", "rules.yaml"], ["test", "rules", "alerts_test.yaml"]):
            done = subprocess.run(
                [PROMTOOL, *command], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr

    def test_prometheus_reads_the_expressions_of_panels(tmp_path: Path) -> None:
        asked = [panel["targets"][0]["expr"] for panel in dashboard()["panels"]]
        plain = [text.replace("$__rate_interval", "5m").replace("$scenario", "x") for text in asked]
        read = [{"record": f"panel:{place}", "expr": text} for place, text in enumerate(plain)]
        (tmp_path / "panels.yaml").write_text(
            yaml.safe_dump({"groups": [{"name": "panels", "rules": read}]})
        )
        done = subprocess.run(
            [PROMTOOL, "check", "rules", "panels.yaml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_what_is_scraped_is_what_promtool_likes() -> None:
        metrics = RunMetrics()
        metrics.record(flux())
        done = subprocess.run(
            [PROMTOOL, "check", "metrics"],
            input=metrics.scrape()[0],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried() -> None:
    cases = (ROOT / "tests" / "data" / "alerts_test.yaml").read_text()
    assert all(f"alertname: {alert.name}\n" in cases for alert in ALERTS)
