"""`prober predict` and `prober explain`, as a person and a script use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from policy_world import OBJECTS, policies

from prober.cli.commands.explain import command as explain_command
from prober.cli.commands.predict import command as predict_command
from prober.model.errors import InputError, UsageError

POLICIES = """
shop/scrape: {podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 80}]}]}
pay/egress: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 443}]}]}
"""
LAB = {
    "apiVersion": "prober.dev/v1alpha1",
    "kind": "Lab",
    "metadata": {"name": "outside"},
    "outside": [
        {"name": "github.com", "aliases": ["api.github.com"], "addresses": ["203.0.113.5"]}
    ],
}
FLOWS = [
    {"id": "a", "from": "shop/web", "to": "svc/shop/api", "protocol": "TCP", "port": 80},
    {"from": "pay/ledger", "to": "github.com", "port": 443},
    {"from": "pay/ledger", "to": "github.com", "port": 22},
    {"from": "shop/web", "to": "svc/shop/ghost", "protocol": "tcp", "port": "80x"},
]

Run = Callable[..., Result]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory of manifests, policies in a file of their own."""
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "objects.yaml").write_text(yaml.safe_dump_all([*OBJECTS, LAB]), encoding="utf-8")
    (folder / "policies.yaml").write_text(yaml.safe_dump_all(policies(POLICIES)), encoding="utf-8")
    return folder


@pytest.fixture
def predict(directory: Path) -> Run:
    def run(*args: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(
            predict_command,
            ["-f", str(directory), *args],
            input=stdin,
            standalone_mode=False,
            catch_exceptions=True,
        )

    return run


@pytest.fixture
def explain(directory: Path) -> Run:
    def run(*args: str) -> Result:
        return CliRunner().invoke(
            explain_command, [*args, "-f", str(directory)], standalone_mode=False
        )

    return run


def lines(flows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(flow) + "\n" for flow in flows)


def test_flows_come_out_in_their_order_with_their_answers(predict: Run, tmp_path: Path) -> None:
    file = tmp_path / "flows.jsonl"
    file.write_text(lines(FLOWS), encoding="utf-8")
    result = predict("--flows", str(file), "-o", "jsonl")
    assert result.return_value == 0  # a denied flow is an answer, not a failure
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(element)[: len(asked)] for element, asked in zip(answers, FLOWS, strict=True)] == [
        list(asked) for asked in FLOWS
    ]
    assert [
        {key: item[key] for key in asked} for item, asked in zip(answers, FLOWS, strict=True)
    ] == FLOWS
    assert [(entry["egress"], entry["ingress"], entry["verdict"]) for entry in answers] == [
        ("allowed", "denied", "denied"),
        ("allowed", "allowed", "allowed"),
        ("denied", "allowed", "denied"),
        ("undefined", "undefined", "undefined"),
    ]
    assert answers[0]["trail"]["ingress"]["policies"][0]["policy"] == "shop/scrape"


def test_an_output_can_be_fed_back(predict: Run) -> None:
    first = predict("--flows", "-", "-o", "jsonl", stdin=lines(FLOWS)).stdout
    assert predict("--flows", "-", "-o", "jsonl", stdin=first).stdout == first


def test_json_is_one_list(predict: Run) -> None:
    assert len(json.loads(predict("--flows", "-", "-o", "json", stdin=lines(FLOWS)).stdout)) == len(
        FLOWS
    )
    assert json.loads(predict("--flows", "-", "-o", "json").stdout) == []


def test_a_byte_order_mark_and_windows_lines_do_no_harm(predict: Run) -> None:
    text = "\ufeff" + lines(FLOWS[:2]).replace("\n", "\r\n")
    assert len(predict("--flows", "-", "-o", "jsonl", stdin=text.encode()).stdout.splitlines()) == 2


def test_the_table_says_why(predict: Run) -> None:
    result = predict("--flows", "-", stdin=lines(FLOWS))
    assert "  DENIED     pay/ledger → github.com:22/tcp" in result.stdout
    assert "nothing allows 8081 (the pod's port; 80 is the Service's)" in result.stdout
    assert result.stdout.splitlines()[-1] == "4 flows: 1 allowed, 2 denied, 1 undefined"


def test_a_host_on_the_command_line_wins(predict: Run) -> None:
    asked = lines(
        [
            {"from": "pay/ledger", "to": "github.com", "port": 443},
            {"from": "pay/ledger", "to": "b.example", "port": 443},
        ]
    )
    result = predict(
        "--flows",
        "-",
        "-o",
        "jsonl",
        "--host",
        "github.com=198.51.100.200",
        "--host",
        "b.example=203.0.113.9",
        stdin=asked,
    )
    assert [json.loads(line)["verdict"] for line in result.stdout.splitlines()] == [
        "denied",
        "allowed",
    ]
    with pytest.raises(UsageError, match="is not NAME=ADDRESS"):
        raise predict("--flows", "-", "--host", "github.com").exception or AssertionError


def test_the_whole_matrix(predict: Run) -> None:
    cells = [json.loads(line) for line in predict("-o", "jsonl").stdout.splitlines()]
    assert len(cells) == 330
    cell = next(
        entry
        for entry in cells
        if (entry["from"], entry["to"], entry["port"]) == ("shop/web", "shop/api", 8081)
    )
    assert cell == {
        "from": "shop/web",
        "to": "shop/api",
        "protocol": "TCP",
        "port": 8081,
        "ingress": "denied",
        "egress": "allowed",
        "verdict": "denied",
    }
    assert json.loads(predict("-o", "json").stdout) == cells
    assert "330 predictions" in predict().stdout


def test_the_matrix_can_be_asked_again_as_flows(predict: Run) -> None:
    """Its lines are flow lines, and both ways say the same."""
    cells = predict("-o", "jsonl").stdout
    again = [
        json.loads(line)
        for line in predict("--flows", "-", "-o", "jsonl", stdin=cells).stdout.splitlines()
    ]
    assert [{key: value for key, value in item.items() if key != "trail"} for item in again] == [
        json.loads(line) for line in cells.splitlines()
    ]


def test_wrong_flows_are_all_told_and_nothing_is_predicted(predict: Run) -> None:
    result = predict(
        "--flows", "-", "-o", "jsonl", stdin=lines([*FLOWS, {"from": "shop/wbe"}, {"to": 1}])
    )
    assert isinstance(result.exception, InputError)
    assert [mistake.location.line for mistake in result.exception.mistakes] == [5, 5, 5, 6, 6, 6]
    assert str(result.exception).startswith(
        "stdin:5: from: there is no pod shop/wbe (did you mean `shop/web`?)"
    )
    assert result.stdout == ""


def test_files_that_cannot_be_read(predict: Run, tmp_path: Path) -> None:
    missing = predict("--flows", str(tmp_path / "none.jsonl")).exception
    assert isinstance(missing, UsageError)
    assert "No such file" in str(missing)
    binary = predict("--flows", "-", stdin=b"\xff\xfe\x00").exception
    assert isinstance(binary, UsageError)
    assert "not UTF-8" in str(binary)


def test_what_was_left_out_is_said_on_stderr(predict: Run, directory: Path) -> None:
    odd = {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "x", "namespace": "elsewhere"},
    }
    (directory / "odd.yaml").write_text(yaml.safe_dump(odd), encoding="utf-8")
    result = predict("-o", "jsonl")
    assert "AuthorizationPolicy" in result.stderr
    assert "AuthorizationPolicy" not in result.stdout


@pytest.mark.parametrize(
    ("source", "target", "first"),
    [
        ("shop/web", "tcp://svc/api.shop:80", "shop/web → svc/shop/api:80/tcp: denied"),
        ("pod/web.shop", "svc/api.shop:80", "shop/web → svc/shop/api:80/tcp: denied"),
        ("shop/web", "svc/shop/api:80", "shop/web → svc/shop/api:80/tcp: denied"),
        ("shop/web", "shop/api:8081", "shop/web → shop/api:8081/tcp: denied"),
        ("shop/web", "shop/api:http", "shop/web → shop/api:http/tcp: denied"),
        ("pay/ledger", "tcp://github.com:22", "pay/ledger → github.com:22/tcp: denied"),
        ("pay/ledger", "github.com:443", "pay/ledger → github.com:443/tcp: allowed"),
        (
            "pay/ledger",
            "https://api.github.com/status",
            "pay/ledger → api.github.com:443/tcp: allowed",
        ),
        ("shop/web", "kube-system/dns:53/udp", "shop/web → kube-system/dns:53/udp: allowed"),
        (
            "shop/web",
            "dns://github.com@pod/dns.kube-system",
            "shop/web → kube-system/dns:53/udp: allowed",
        ),
        ("shop/web", "icmp://node/n2", "shop/web → node/n2/icmp: allowed"),
        ("node/n1", "tcp://pod/api.shop:8081", "node/n1 → shop/api:8081/tcp: denied"),
        ("203.0.113.9", "203.0.113.80:80", "203.0.113.9 → 203.0.113.80:80/tcp: denied"),
    ],
)
def test_explain_takes_both_ways_of_writing_ends(
    explain: Run, source: str, target: str, first: str
) -> None:
    result = explain(source, target)
    assert result.exception is None
    assert result.stdout.splitlines()[0] == first


def test_explain_names_the_file(explain: Run, directory: Path) -> None:
    assert (
        f"NetworkPolicy shop/scrape ({directory}/policies.yaml:1)"
        in explain("shop/web", "svc/shop/api:80").stdout
    )


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("shop/wbe", "shop/api:80", "there is no pod shop/wbe"),
        ("shop/web", "shop/apj:80", "there is no pod shop/apj"),
        ("shop/web", "shop/api", "names no port"),
        ("shop/web", "shop/api:0", "port 0 is not between 1 and 65535"),
        ("shop/web", "shop/api:53/quic", "names no port"),
        ("shop/web", "tcp://svc/apj.shop:80", "apj"),
        ("deploy/none.shop", "shop/api:80", "none"),
        ("svc/shop/ghost", "shop/api:80", "ghost"),
        ("shop/web", "dns://github.com", "names no server"),
    ],
)
def test_explain_says_what_is_wrong(explain: Run, source: str, target: str, message: str) -> None:
    error = explain(source, target).exception
    assert isinstance(error, UsageError)
    assert message in str(error)
