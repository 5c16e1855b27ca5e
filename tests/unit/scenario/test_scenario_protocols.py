"""The table of protocols: what is declared once and follows everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.probes import TABLE as SPOKEN
from prober.model.protocol import BY_KIND, PROTOCOLS, ProbeKind, Scheme
from prober.scenario.protocols import TABLE, TargetProtocol
from prober.scenario.protocols.schema import long_forms
from prober.scenario.reading.schema import schema
from prober.scenario.text.target import parse_target

PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text()


def test_every_scheme_has_a_row_and_a_file_and_every_kind_is_spoken() -> None:
    assert set(TABLE) == set(PROTOCOLS) == set(Scheme)
    assert set(BY_KIND) == set(ProbeKind) == set(SPOKEN)


def test_the_published_schema_is_made_from_the_table() -> None:
    assert schema()["$defs"]["target"]["properties"] == long_forms(), (
        "regenerate it: python -m prober.scenario.protocols.schema"
    )


@pytest.mark.parametrize("protocol", TABLE.values(), ids=lambda row: row.scheme.value)
def test_its_example_reads_as_it_is_written_and_is_documented(protocol: TargetProtocol) -> None:
    target = parse_target(protocol.example)
    assert target.scheme is protocol.scheme
    assert parse_target(str(target)) == target
    assert f"`{protocol.example}`" in PAGE


@pytest.mark.parametrize(
    ("kind", "connects", "converses"),
    [
        (ProbeKind.TCP, True, False),
        (ProbeKind.UDP, False, False),
        (ProbeKind.DNS, False, False),
        (ProbeKind.ICMP, False, False),
        (ProbeKind.HTTP, True, True),
        (ProbeKind.TLS, True, True),
        (ProbeKind.GRPC, True, True),
    ],
)
def test_whether_a_connection_comes_first(kind: ProbeKind, connects: bool, converses: bool) -> None:
    assert (BY_KIND[kind].connects, BY_KIND[kind].converses) == (connects, converses)
