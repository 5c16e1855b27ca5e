"""Predictions and flows in words and as plain data. Pure.

- `as_data`    A prediction as plain JSON data, for output lines and reports
- `ends`       the ends of a flow in text form: `ns/pod`, `svc/ns/name`, `node/name`, `host/name`,
               an address, or a host's name
- `explain`    A prediction as text for a person: what decided, and in which file or object it is
               written
- `flows`      flows as people write them: one JSON object a line
- `phrases`    policies in a person's words: ports, peers, rules, lists
- `sentences`  why a direction is allowed, denied or undefined: the sentence under a verdict
- `wording`    why one rule matches a flow, may match it, or does not: a sentence that a person at 3
               a.m
"""
