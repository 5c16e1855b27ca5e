"""What the other policy languages mean: each makes its objects ready for matching, tier by tier.

- `admin`     AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy: tiers around
              NetworkPolicy
- `cilium`    CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, in one set with
              NetworkPolicy; `cilium_ports` is what a rule says about ports and requests
- `calico`    Calico's tiers, in one of which NetworkPolicies stand; `calico_ports`,
              `calico_selectors` and `calico_services` are the parts of a rule
- `domains`   names of hosts outside, and the patterns that match them
- `saying`    their rules in a person's words
"""
