"""What the lab says when the machine cannot carry it."""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping

import pytest

from prober.fabric.lab.keeper import launch, requirements
from prober.model.errors import ExitCode, FabricError


def test_without_nft(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "find_nft", lambda: "")
    with pytest.raises(FabricError, match="needs nft") as error:
        launch.launch()
    assert "apt install nftables" in error.value.hint
    assert error.value.exit_code is ExitCode.UNKNOWN
    assert "needs nft" in requirements.missing()


def test_without_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(FabricError, match="needs Linux"):
        requirements.check()


@pytest.mark.parametrize(
    ("settings", "number", "hint"),
    [
        ({"user.max_user_namespaces": "0"}, errno.ENOSPC, "user.max_user_namespaces=0 forbids it"),
        (
            {"kernel.unprivileged_userns_clone": "0"},
            errno.EPERM,
            "kernel.unprivileged_userns_clone=0 forbids it",
        ),
        (
            {"kernel.apparmor_restrict_unprivileged_userns": "1"},
            errno.EPERM,
            "kernel.apparmor_restrict_unprivileged_userns=1 forbids it",
        ),
        ({}, errno.ENOSPC, "a limit is reached"),
        ({}, errno.EPERM, "run as root, or allow user namespaces"),
    ],
)
def test_the_setting_that_forbids_namespaces_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str], number: int, hint: str
) -> None:
    monkeypatch.setattr(requirements, "_setting", lambda name: settings.get(name, ""))
    monkeypatch.setattr(requirements, "needs_user_namespace", lambda: True)
    error = requirements.no_namespaces(number)
    assert hint in error.hint
    assert "may not make namespaces" in str(error)
