"""One world for all lab tests of the agent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_world import CUT_OFF, SERVER, VIRTUAL, World, wait_for_line

RULES = f"""
table inet way {{
  chain forward {{
    type filter hook forward priority 0; policy accept;
    meta l4proto {{ tcp, udp }} th dport 1001 drop
    meta l4proto {{ tcp, udp }} th dport 1002 reject with icmpx port-unreachable
    meta l4proto tcp th dport 1003 reject with tcp reset
    meta l4proto {{ tcp, udp }} th dport 1004 reject with icmpx admin-prohibited
    meta l4proto {{ tcp, udp }} th dport 1005 reject with icmpx host-unreachable
    meta l4proto {{ tcp, udp }} th dport 1006 reject with icmpx no-route
    ip daddr {CUT_OFF} reject with icmp net-unreachable
    ip daddr {SERVER} tcp dport 1008 reject with icmp net-prohibited
    ip daddr {SERVER} tcp dport 1009 reject with icmp host-prohibited
  }}
}}
table ip services {{
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    ip daddr {VIRTUAL} meta l4proto {{ tcp, udp }} dnat to {SERVER}
  }}
}}
"""
SERVER_RULES = """
table inet host {
  chain input {
    type filter hook input priority 0; policy accept;
    meta l4proto { tcp, udp } th dport 1011 reject with icmpx port-unreachable
    meta l4proto { tcp, udp } th dport 1012 drop
  }
}
"""


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """Client — router — server, with everything listening and all rules loaded."""
    if not all(shutil.which(tool) for tool in ("nft", "ip", "unshare", "nsenter")):
        pytest.skip("needs nft, iproute2 and util-linux")
    if subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "true"], check=False
    ).returncode:
        pytest.skip("needs the right to make network namespaces")
    made = World()
    try:
        made.open()
        made.rules("router", RULES)
        made.shell("router", f"ip route add {CUT_OFF} via {SERVER}")
        made.rules("server", SERVER_RULES)
        wait_for_line(made.start("server", str(Path(__file__).with_name("agent_peers.py"))))
        yield made
    finally:
        made.close()
