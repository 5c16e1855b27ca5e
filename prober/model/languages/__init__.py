"""The policy languages beside NetworkPolicy v1, as their API types write them.

- `shapes`  what they share: how fields are named, label selectors
- `admin`   AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy
- `cilium`  CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, CiliumCIDRGroup
- `calico`  Calico's NetworkPolicy, GlobalNetworkPolicy, Tier, network sets; what is named and left
  out
- `kinds`   the one table of them: group, version, kind → language and shape

- `foreign`  kinds that look like policies and are not evaluated: they are named in every report

The types are the wire shape itself (camelCase JSON, absent is None, an empty list is an empty
list), because in these languages absent and empty are not the same. What they mean is in
`prober.policy` for the prediction, and a second time in the lab, which shares no code with it."""

from prober.model.languages.kinds import KINDS, Language, LanguageKind, PolicyObject

__all__ = ["KINDS", "Language", "LanguageKind", "PolicyObject"]
