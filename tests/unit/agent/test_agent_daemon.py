"""The long-lived process: three paths, and an end when it is told."""

from __future__ import annotations

import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from agent.serving import counters
from agent.serving.certificate import issued
from agent.serving.counters import Counters
from agent.serving.metrics import Condition, scrape

ROOT = Path(__file__).parents[3]


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A daemon with its URL."""
    arguments = getattr(request, "param", ())
    command = [sys.executable, "-m", "agent", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()


def get(url: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urlopen(Request(url, method=method)) as answer:  # noqa: S310 - our own daemon, on loopback
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_it_says_how_it_is_and_nothing_else(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    assert get(f"{url}/healthz") == (200, "ok\n")
    assert get(f"{url}/readyz") == (200, "ok\n")
    status, text = get(f"{url}/metrics")
    assert status == 200
    assert 'prober_agent_info{enters_pods="false",version="' in text
    for name in (
        "prober_agent_runs_total",
        "prober_agent_loop_lag_seconds",
        "process_start_time_seconds",
        "process_max_fds",
    ):
        assert f"\n{name} " in text
    assert get(f"{url}/run?host=127.0.0.1")[0] == 404
    assert get(f"{url}/metrics", "POST")[0] == 405
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("served", [("--enters-pods",)], indirect=True)
def test_an_agent_that_sees_processes_is_ready_to_enter(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    assert get(f"{served[1]}/readyz") == (200, "ok\n")


def test_metrics_behind_a_secret_are_for_those_who_have_it(tmp_path: Path) -> None:
    pem = issued(("localhost",))
    for name, content in (
        ("tls.crt", pem),
        ("tls.key", pem),
        ("credentials", b"0123456789abcdef\n"),
    ):
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-m", "agent", "serve", "--port", "0", "--secret", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "tls.crt"))
        trusting.check_hostname = False

        def status(path: str, **headers: str) -> int:
            try:
                with urlopen(Request(url + path, headers=headers), context=trusting) as answer:  # noqa: S310 - our own daemon, on loopback
                    return int(answer.status)
            except HTTPError as error:
                return error.code

        assert status("/healthz") == status("/readyz") == 200
        assert status("/metrics") == 401
        assert status("/metrics", Authorization="Bearer 0123456789abcdef") == 200
        process.kill()


def test_a_secret_that_lacks_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agent", "serve", "--port", "0", "--secret", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "credentials cannot be read" in done.stderr


def test_a_port_that_is_taken(served: tuple[subprocess.Popen[str], str]) -> None:
    port = served[1].rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "agent", "serve", "--port", port],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 3
    assert f"127.0.0.1:{port} cannot be bound" in done.stderr


def test_counts_add_up_over_runs(tmp_path: Path) -> None:
    file = tmp_path / "counters.json"
    counters.add(Counters(runs=1, probes=5), file)
    counters.add(Counters(runs=1, probes=2, failures=1), file)
    assert counters.read(file) == Counters(runs=2, probes=7, failures=1)
    file.write_text("not ours")
    assert counters.read(file) == Counters()
    counters.add(Counters(runs=1), tmp_path / "absent" / "counters.json")


def test_the_text_is_prometheus() -> None:
    condition = Condition(
        'x"\\\n', enters_pods=True, started=1.5e9, lag=0.5, open_files=3, file_limit=9
    )
    body, content_type = scrape(condition, Counters(probes=7))
    text = body.decode()
    assert content_type.startswith("text/plain; version=0.0.4")
    assert "# TYPE prober_agent_probes_total counter\nprober_agent_probes_total 7.0\n" in text
    assert 'prober_agent_info{enters_pods="true",version="x\\"\\\\\\n"} 1.0\n' in text
    assert "_created" not in text
    body, content_type = scrape(
        condition, Counters(), "application/openmetrics-text; version=1.0.0"
    )
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")
