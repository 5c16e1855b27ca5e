"""What the other policy languages mean: each makes its objects ready for matching, tier by tier.

- `admin`     AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy: tiers around
              NetworkPolicy
- `cilium`    CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, in one set with
              NetworkPolicy. `cilium_identities` is whom selectors mean, `cilium_peers` the other
              ends of rules, `cilium_names` names and DNS rules, `cilium_ports` ports and requests,
              `cilium_wording` the rules in words
- `calico`    Calico's tiers, in one of which NetworkPolicies stand; `calico_order` is which policy
              comes first, `calico_ports`, `calico_selectors` and `calico_services` are the parts of
              a rule
- `cilium_requests`, `calico_requests`
              what rules of layer 7 let through of a connection
- `domains`   names of hosts outside, and the patterns that match them
- `patterns`  the regular expressions of layer 7 rules
- `saying`    their rules in a person's words
"""
