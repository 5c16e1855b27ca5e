"""Which cluster: the options, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from prober.cli.commands import cleanup, snapshot
from prober.cli.options.cluster import (
    ClusterOptions,
    build_cluster,
    cluster_options,
    current_cluster_options,
)
from prober.model.errors import FabricError, UsageError


def given(*arguments: str, **env: str) -> ClusterOptions:
    """The options that a command line gives."""
    seen: list[ClusterOptions] = []

    @click.command()
    @cluster_options
    def command() -> None:
        seen.append(current_cluster_options())

    result = CliRunner().invoke(command, arguments, env=env)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_without_options_it_is_the_current_context() -> None:
    assert given(PROBER_IMAGE="") == ClusterOptions()


def test_the_options_are_named_as_kubectl_names_them() -> None:
    options = given(
        "--kubeconfig", "k", "--context", "c", "--as", "u", "--image", "i", "--probe-namespace", "p"
    )
    assert options == ClusterOptions(Path("k"), "c", "u", "i", "p")


def test_the_image_may_come_from_the_environment() -> None:
    assert given(PROBER_IMAGE="agent:1").image == "agent:1"


async def test_without_an_image_nothing_is_probed() -> None:
    fabric = build_cluster(ClusterOptions(via="pod"))
    with pytest.raises(UsageError) as caught:
        await anext(fabric.run([]))
    assert "PROBER_IMAGE" in caught.value.hint
    assert "--lab" in caught.value.hint


@pytest.mark.parametrize(
    ("command", "arguments"),
    [(cleanup.command, []), (snapshot.command, ["save", "never-written.yaml"])],
)
def test_without_a_cluster_there_is_a_sentence(
    tmp_path: Path, command: click.Command, arguments: list[str]
) -> None:
    missing = str(tmp_path / "no-kubeconfig")
    with pytest.raises(FabricError, match=f"there is no kubeconfig at {missing}") as caught:
        CliRunner().invoke(command, [*arguments, "--kubeconfig", missing], catch_exceptions=False)
    assert "--lab" in caught.value.hint
    assert not Path("never-written.yaml").exists()


def test_a_kubeconfig_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text("kind: Config\n")
    with pytest.raises(FabricError, match="the kubeconfig cannot be used"):
        CliRunner().invoke(cleanup.command, ["--kubeconfig", str(file)], catch_exceptions=False)
