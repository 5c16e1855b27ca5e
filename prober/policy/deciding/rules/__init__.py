"""What one rule says, one policy, one tier: who, which port, and what then. Pure.

Nothing here knows a cluster's Services, routes or engines: ends of a flow are given as policies see
them (`policy_endpoints`), in one interpretation at a time.

- `addresses`             addresses and ipBlocks as plain integers: parsing once, then only
                          comparisons
- `compiling`             NetworkPolicies made ready for matching: selectors become sets of pods,
                          ipBlocks ranges of numbers
- `interpretations`       one direction of a flow, in every way in which the API lets policies see
                          it
- `levels`                answers with three values, as numbers: no, maybe, yes
- `network_policy_rules`  NetworkPolicy's rules, and what its API says without writing a rule
- `peers`                 one item of a NetworkPolicy's `from` or `to`
- `pod_sets`              sets of pods as Python integers: bit i is the i-th pod
- `policies`              policies with the pods that they select, and what is left of them before
                          one pod
- `policy_endpoints`      the ends of a flow as policies see them
- `ports`                 which ports and protocols a rule matches
- `requests`              requests on layer 7, as rules limit them
- `rule`                  what is asked of a rule of any language
- `selectors`             label selectors: do they select, how to say them, and what is missing
- `terms`                 who can be the other end of a rule: leaves, and all of, any of, not
- `tiered_rules`          the one shape of all other languages' rules
- `tiers`                 tiers as data, and the one fold over them that decides
"""
