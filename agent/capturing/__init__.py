"""Packets as they pass, for people: the only part of the agent that dissects them.

- `capture`  shows the packets of a network namespace, a line each
- `packets`  how a packet reads in one line: who to whom, what of which protocol, and the TTL
"""
