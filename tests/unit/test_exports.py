"""What packages offer: every name that is said to be there is there."""

from importlib import import_module

import pytest

PACKAGES = ("prober.manifest", "prober.scenario", "prober.report")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_exported_name_is_there(package: str) -> None:
    module = import_module(package)
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_another_name_is_an_error(package: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        import_module(package).nonsense  # noqa: B018 - the access is what is tested
