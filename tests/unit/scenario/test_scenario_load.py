"""Scenario files: what is read, and every mistake with its exact words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prober.model.check import Expectation
from prober.model.errors import ExitCode, InputError, Location
from prober.scenario import load_scenario, one_check, parse_source, parse_target

Write = Callable[..., Path]
Mistakes = Callable[..., list[str]]

EXPECTATIONS = ", ".join(item.value for item in Expectation)
OBJECTS = (
    "deployment, statefulset, daemonset, replicaset, job, cronjob, pod, selector, service, node"
)
SOURCES = f"{OBJECTS}, outside, namespace"
PLACES = f"host, {OBJECTS}"


def test_text_and_fields_say_the_same(write: Write) -> None:
    scenario = load_scenario(
        write("""\
            checks:
              - deploy/web -> tcp://github.com:22
              - deploy/web → tcp://github.com:23 = denied
              - from: deploy/web
                to: tcp://github.com:24
                expect: timeout
            """)
    )
    assert [(str(one.source), str(one.target), one.expect) for one in scenario.checks] == [
        ("deploy/web.shop", "tcp://github.com:22", Expectation.PREDICTED),
        ("deploy/web.shop", "tcp://github.com:23", Expectation.DENIED),
        ("deploy/web.shop", "tcp://github.com:24", Expectation.TIMEOUT),
    ]


def test_selectors_in_text_keep_their_own_signs(write: Write) -> None:
    [check] = load_scenario(
        write("checks: ['pods/app=web,a!=b -> dns://a.b?type=AAAA = ok']")
    ).checks
    assert str(check.source) == "pods/app=web,a notin (b).shop"
    assert (check.target.record, check.expect) == ("AAAA", Expectation.OK)


def test_a_check_knows_where_it_stands(write: Write) -> None:
    path = write("checks:\n  - deploy/a -> tcp://b.c:1\n  - deploy/a -> tcp://b.c:2\n")
    check = load_scenario(path).checks[1]
    assert (check.origin, check.where) == (Location(str(path), 6), "checks[1]")


def test_defaults_fill_in_what_a_check_leaves_out(write: Write) -> None:
    scenario = load_scenario(
        write("""\
            defaults: {expect: ok, timeout: 500ms, attempts: 3, pods: all, endpoints: one, hops: true}
            checks:
              - deploy/web -> tcp://a.b:1
              - {from: deploy/web, to: "tcp://a.b:2", timeout: 1s, expect: denied, pods: per-node, banner: true}
            """)
    )
    first, second = scenario.checks
    assert (first.expect, first.timeout, first.attempts, first.pods, first.endpoints) == (
        "ok",
        0.5,
        3,
        "all",
        "one",
    )
    assert (first.hops, first.banner) == (True, None)
    assert (second.expect, second.timeout, second.attempts, second.pods) == (
        "denied",
        1.0,
        3,
        "per-node",
    )
    assert second.banner is True


def test_without_defaults_a_check_has_two_seconds_and_one_attempt(write: Write) -> None:
    [check] = load_scenario(write("checks: ['deploy/a -> tcp://b.c:1']")).checks
    assert (check.expect, check.timeout, check.attempts) == (Expectation.PREDICTED, 2.0, 1)


def test_named_targets_stand_for_targets(write: Write) -> None:
    scenario = load_scenario(
        write("""\
            targets:
              git: tcp://github.com:22
              cart: {tcp: {service: cart, port: 80}}
            checks:
              - deploy/web -> git
              - {from: deploy/web, to: cart}
            """)
    )
    assert [str(one.target) for one in scenario.checks] == [
        "tcp://github.com:22",
        "tcp://svc/cart.shop:80",
    ]
    assert scenario.targets["git"] == parse_target("tcp://github.com:22")


def test_the_manifests_of_the_lab_are_relative_to_the_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "lab.yaml").touch()
    scenario = load_scenario(
        write("lab: {manifests: [world, lab.yaml]}\nchecks: ['deploy/a -> tcp://b.c:1']\n")
    )
    assert scenario.lab_manifests == (tmp_path / "world", tmp_path / "lab.yaml")


def test_one_check_of_a_command_line() -> None:
    scenario = one_check("deploy/web", "tcp://svc/cart:80", namespace="shop", expect=Expectation.OK)
    [check] = scenario.checks
    assert (check.source, check.target) == (
        parse_source("deploy/web.shop"),
        parse_target("tcp://svc/cart.shop:80"),
    )
    assert (scenario.namespace, check.expect) == ("shop", Expectation.OK)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- a\n",
            (
                "test.yaml:1: the document is a list, not a mapping (a document starts with "
                "`apiVersion:` and `kind:`)"
            ),
        ),
        (
            "kind: Scenario\n",
            (
                "test.yaml:1: `apiVersion` is missing (start with apiVersion: "
                "prober.dev/v1alpha1 and kind: Scenario)"
            ),
        ),
        (
            "apiVersion: prober.dev/v1alpha1\n",
            (
                "test.yaml:1: `kind` is missing (start with apiVersion: prober.dev/v1alpha1 and "
                "kind: Scenario)"
            ),
        ),
        (
            "apiVersion: v1\nkind: Pod\n",
            "test.yaml:2: kind: must be `Scenario`, not `Pod` (write kind: Scenario; manifests "
            "belong in `lab.manifests`)",
        ),
        (
            "apiVersion: prober.dev/v2\nkind: Scenario\n",
            (
                "test.yaml:1: apiVersion: must be `prober.dev/v1alpha1`, not `prober.dev/v2` "
                "(write prober.dev/v1alpha1)"
            ),
        ),
    ],
)
def test_what_is_no_scenario_is_not_read_further(
    text: str, message: str, mistakes: Mistakes
) -> None:
    assert mistakes("", head=text) == [message]


def test_an_empty_file(mistakes: Mistakes) -> None:
    [message] = mistakes("", head="")
    assert message.startswith("test.yaml: is empty: there is no document in it")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path / "nothing.yaml")
    assert "cannot be read: No such file or directory" in str(error.value)
    assert error.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("check: []", "test.yaml:4: check: unknown field (did you mean `checks`?)"),
        (
            "defaults: {zzz: 1}",
            (
                "test.yaml:4: defaults.zzz: unknown field (known are expect, timeout, attempts, "
                "pods, endpoints, hops)"
            ),
        ),
        (
            "checks: deploy/a",
            (
                "test.yaml:4: checks: must be a list, not text (`deploy/a`) (start each item "
                "with `- `)"
            ),
        ),
        (
            "checks: []",
            (
                "test.yaml:4: checks: there are no checks (add one, as in `- deploy/web.shop -> "
                "tcp://github.com:443`)"
            ),
        ),
        (
            "description: 5",
            "test.yaml:4: description: must be text, not a number (`5`) (put it in quotes)",
        ),
        (
            "defaults: {timeout: 2}",
            "test.yaml:4: defaults.timeout: must be text, not a number (`2`) (as in 2s or 1500ms)",
        ),
        (
            "defaults: {timeout: 2 s}",
            "test.yaml:4: defaults.timeout: `2 s` is not a duration (as in 2s or 1500ms)",
        ),
        (
            "defaults: {timeout: 10m}",
            "test.yaml:4: defaults.timeout: `10m` is not between 10ms and 5m (as in 2s or 1500ms)",
        ),
        (
            "defaults: {attempts: 0}",
            "test.yaml:4: defaults.attempts: must be between 1 and 100, not 0",
        ),
        (
            "defaults: {attempts: true}",
            "test.yaml:4: defaults.attempts: must be a whole number, not a boolean (`true`)",
        ),
        (
            "defaults: {expect: okay}",
            (
                f"test.yaml:4: defaults.expect: must be one of {EXPECTATIONS}, not `okay` (did "
                "you mean `ok`?)"
            ),
        ),
        (
            "defaults: {pods: some}",
            "test.yaml:4: defaults.pods: must be one of one, all, per-node, not `some`",
        ),
        (
            "targets: {Git: 'tcp://a.b:1'}",
            "test.yaml:4: targets.Git: `Git` is not the name of a target",
        ),
        (
            "targets: {git: 'tcp://a.b'}",
            "test.yaml:4: targets.git: `tcp://a.b`, character 10: the port is missing (write it "
            "after a colon, as in tcp://a.b:443)",
        ),
        (
            "lab: {manifests: [nowhere]}",
            (
                "test.yaml:4: lab.manifests[0]: there is no file or directory `nowhere` (paths "
                "are relative to this file)"
            ),
        ),
        (
            "include: [library:common, library:common]",
            "test.yaml:4: include: has the same item twice (keep one of them)",
        ),
        (
            "checks: [5]",
            "test.yaml:4: checks[0]: must be text or a mapping, not a number (`5`) (as in "
            "deploy/web.shop -> tcp://github.com:443)",
        ),
        (
            "checks: ['deploy/a => tcp://b.c:1']",
            "test.yaml:4: checks[0]: `deploy/a => tcp://b.c:1` is not a check (write FROM -> "
            "TO, or "
            "FROM -> TO = EXPECTATION)",
        ),
        (
            "checks: ['deploy/a -> tcp://b.c:1 = fine']",
            f"test.yaml:4: checks[0]: `fine` is not an expectation (there is {EXPECTATIONS})",
        ),
        ("checks: [{to: 'tcp://b.c:1'}]", "test.yaml:4: checks[0]: `from` is missing"),
        (
            "checks: [{from: '', to: 'tcp://b.c:1'}]",
            (
                "test.yaml:4: checks[0].from: must not be empty (as in "
                "deploy/source-controller.flux-system)"
            ),
        ),
        (
            "checks: [{from: deploy/a, to: 'tcp://b.c:1', timout: 1s}]",
            "test.yaml:4: checks[0].timout: unknown field (did you mean `timeout`?)",
        ),
        (
            "checks: [{from: dep/a.b, to: 'tcp://b.c:1'}]",
            "test.yaml:4: checks[0].from: `dep/a.b`: `dep` is not a kind of source (did you mean `deploy`?)",
        ),
        (
            "checks: [{from: deploy/a, to: gti}]\ntargets: {git: 'tcp://b.c:1'}",
            "test.yaml:4: checks[0].to: there is no target named `gti` (did you mean `git`?)",
        ),
        (
            "checks: ['deploy/a -> git']",
            "test.yaml:4: checks[0]: there is no target named `git` (write tcp://HOST:PORT, "
            "or name "
            "it under `targets`)",
        ),
        (
            "checks: [{from: {deploymnt: a}, to: 'tcp://b.c:1'}]",
            "test.yaml:4: checks[0].from.deploymnt: unknown field (did you mean `deployment`?)",
        ),
        (
            "checks: [{from: {deployment: a, pod: b}, to: 'tcp://b.c:1'}]",
            (
                f"test.yaml:4: checks[0].from: must have one of {SOURCES}, not deployment and "
                "pod (keep one of them)"
            ),
        ),
        (
            "checks: [{from: {}, to: 'tcp://b.c:1'}]",
            f"test.yaml:4: checks[0].from: must have one of {SOURCES}",
        ),
        (
            "checks: [{from: deploy/a, to: {}}]",
            "test.yaml:4: checks[0].to: must have one of tcp, udp, sctp, http, https, tls, grpc, "
            "grpcs, icmp, dns",
        ),
        (
            "checks: [{from: deploy/a, to: {tcp: {port: 1}}}]",
            f"test.yaml:4: checks[0].to.tcp: must have one of {PLACES}",
        ),
        (
            "checks: [{from: deploy/a, to: {tcp: {host: b.c}}}]",
            "test.yaml:4: checks[0].to.tcp: `port` is missing",
        ),
        (
            "checks: [{from: deploy/a, to: {tcp: {host: b.c, port: 70000}}}]",
            "test.yaml:4: checks[0].to.tcp.port: must be between 1 and 65535, not 70000",
        ),
        (
            "checks: [{from: deploy/a, to: {tcp: {host: b.c, port: '80'}}}]",
            "test.yaml:4: checks[0].to.tcp.port: `80` is not a port (remove the quotes)",
        ),
        (
            "checks: [{from: deploy/a, to: {tcp: {host: b.c, port: http}}}]",
            "test.yaml:4: checks[0].to: `tcp://b.c:http`, character 11: `http` is not a port "
            "number "
            "(names are for ports of Services and pods, as in tcp://svc/web.shop:http)",
        ),
        (
            "checks: [{from: deploy/a, to: {http: {host: b.c, path: x}}}]",
            "test.yaml:4: checks[0].to.http.path: `x` is not a path (as in /healthz?verbose=1)",
        ),
        (
            "checks: [{from: {node: n1, namespace: a}, to: 'tcp://b.c:1'}]",
            "test.yaml:4: checks[0].from: `node/n1`: is in no namespace (leave `namespace` out)",
        ),
        (
            (
                "checks: [{from: {selector: {matchExpressions: [{key: a, operator: In}]}}, to: "
                "'tcp://b.c:1'}]"
            ),
            "test.yaml:4: checks[0].from: `a`: the operator In needs values",
        ),
        (
            "checks: [{from: {selector: 'a=b,'}, to: 'tcp://b.c:1'}]",
            "test.yaml:4: checks[0].from: `a=b,`, character 5: a label is missing between commas "
            "(write labels as kubectl does: app=web,tier!=db,track in (a,b),!canary)",
        ),
    ],
)
def test_each_mistake_in_its_words(body: str, message: str, mistakes: Mistakes) -> None:
    assert mistakes(body) == [message]


def test_a_long_form_without_any_namespace(mistakes: Mistakes) -> None:
    head = "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nmetadata: {name: test}\n"
    assert mistakes("checks: [{from: {deployment: a.b}, to: 'tcp://b.c:1'}]", head=head) == [
        "test.yaml:4: checks[0].from: `deployment a.b`: says no namespace "
        "(add `namespace`, or metadata.namespace for all checks)"
    ]


def test_all_mistakes_at_once_in_the_order_of_the_file(mistakes: Mistakes) -> None:
    found = mistakes("""\
        include: [nowhere.yaml]
        targets: {a: tcp://x}
        defaults: {timeout: 1h, expct: ok}
        checks:
          - deploy/web.shop -> a
          - from: deploy/web
            to: tcp://b.c:99999
          - {from: pdo/a.b, to: "tcp://b.c:1", attempts: 1000}
          - {from: pdo/a.b, to: "tcp//b.c:1"}
        lab: {manifests: [none]}
        """)
    assert [line.split(": ")[0:2] for line in found] == [
        ["test.yaml:4", "include[0]"],
        ["test.yaml:5", "targets.a"],
        ["test.yaml:6", "defaults.expct"],
        ["test.yaml:6", "defaults.timeout"],
        ["test.yaml:10", "checks[1].to"],
        ["test.yaml:11", "checks[2].attempts"],
        ["test.yaml:11", "checks[2].from"],
        ["test.yaml:12", "checks[3].from"],
        ["test.yaml:12", "checks[3].to"],
        ["test.yaml:13", "lab.manifests[0]"],
    ]


def test_two_checks_of_the_same_flow_need_names(mistakes: Mistakes, write: Write) -> None:
    twice = (
        "checks:\n  - deploy/a -> tcp://b.c:1\n  - {from: deploy/a, to: 'tcp://b.c:1', expect: "
        "ok%s}\n"
    )
    assert mistakes(twice % "") == [
        "test.yaml:6: checks[1]: is named like checks[0] (line 5): `deploy/a.shop → tcp://b.c:1` "
        "(take one out, or give it a `name` of its own)"
    ]
    assert len(load_scenario(write(twice % ", name: again")).checks) == 2


def test_two_checks_of_the_same_name(mistakes: Mistakes) -> None:
    body = (
        "checks:\n  - {name: x, from: deploy/a, to: 'tcp://b.c:1'}\n  - {name: x, from: "
        "deploy/a, to: 'tcp://b.c:2'}\n"
    )
    assert mistakes(body) == [
        (
            "test.yaml:6: checks[1]: is named like checks[0] (line 5): `x` (take one out, or "
            "give it a `name` of its own)"
        )
    ]


def test_a_second_document_in_the_file(mistakes: Mistakes) -> None:
    assert mistakes("checks: ['deploy/a -> tcp://b.c:1']\n---\napiVersion: v1\n") == [
        "test.yaml:6: is a second document in a scenario file "
        "(split it: one scenario a file, brought together by `include` or on the command line)"
    ]
