"""What `install --run` and `manifests --run` refuse before anything is put into a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.cli.main import run
from prober.cli.options.installing import scenarios_to_run
from prober.model.errors import InputError, UsageError

SCENARIO = """\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {name: one}
checks:
  - {from: pod/a.shop, to: "tcp://github.com:443"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    return path


def test_a_scenario_keeps_its_name_and_its_text(file: Path) -> None:
    assert scenarios_to_run([file], "*/15 * * * 1-5") == {"scenario.yaml": SCENARIO}


def test_mistakes_are_found_here_and_not_in_the_cluster(file: Path) -> None:
    file.write_text(SCENARIO.replace("checks:", "cheks:"))
    with pytest.raises(InputError, match="cheks"):
        scenarios_to_run([file], None)


def test_a_file_that_would_not_be_in_the_cluster(file: Path) -> None:
    file.with_name("more.yaml").write_text(SCENARIO.replace("pod/a", "pod/b"))
    file.write_text(SCENARIO + "include: [more.yaml]\n")
    with pytest.raises(UsageError, match=r"includes more\.yaml, which would not be there"):
        scenarios_to_run([file], None)
    file.write_text(SCENARIO + "include: ['library:common']\n")
    assert scenarios_to_run([file], None)


@pytest.mark.parametrize("schedule", ["@hourly", "@every 10m", "0 6,18 * * MON-FRI", "*/5 * * * *"])
def test_a_schedule(file: Path, schedule: str) -> None:
    assert scenarios_to_run([file], schedule)


@pytest.mark.parametrize("schedule", ["15m", "* * * *", "every hour"])
def test_what_is_no_schedule(file: Path, schedule: str) -> None:
    with pytest.raises(UsageError, match="is no cron schedule"):
        scenarios_to_run([file], schedule)


def test_two_files_of_one_name(file: Path) -> None:
    other = file.parent / "other" / "scenario.yaml"
    other.parent.mkdir()
    other.write_text(SCENARIO)
    with pytest.raises(UsageError, match="the same file name"):
        scenarios_to_run([file, other], None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--schedule", "@hourly"), "--schedule says when scenarios are run"),
        (("--run", "{file}"), "runs in the cluster need an image of their own"),
    ],
)
def test_install_says_what_is_missing(
    file: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one.format(file=file) for one in arguments]
    missing = str(file.with_name("no-kubeconfig"))
    assert run(["install", "--image", "agent:1", "--kubeconfig", missing, *given]) == 2
    assert said in capsys.readouterr().err
