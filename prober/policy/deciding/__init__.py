"""What decides about one flow, from the ends of it to the rules that match. Pure.

- `addresses`         addresses and ipBlocks as plain integers: parsing once, then only comparisons
- `directions`        from a link to its two directions: every way in which the API lets policies
                      see each
- `endpoints`         the endpoints of a Service: from its EndpointSlices when there are any, else
                      computed as the control plane would
- `essentials`        what nearly every pod needs, whatever it is for: cluster DNS, and to be
                      scraped
- `engines`           who enforces, and what each engine makes of what the API leaves open
- `frontends`         what Services make of a flow before policies see it: ClusterIP, headless, load
                      balancers' addresses, node ports
- `interpretations`   one direction of a flow, in every way in which the API lets policies see it
- `levels`            answers with three values, as numbers: no, maybe, yes
- `matchers`          policies made ready for matching: selectors become sets of pods, ipBlocks
                      ranges of numbers
- `matching`          the one place that decides what matches
- `plans`             the tiers of a whole world, before they stand before one pod
- `pod_sets`          sets of pods as Python integers: bit i is the i-th pod
- `policy_endpoints`  the ends of a flow as policies see them
- `ports`             which ports and protocols a rule matches
- `resolve`           what the two ends of a flow are: a pod, a node, a Service, a host outside;
                      also where only an address is given
- `routes`            from a flow to its links: what the destination is, and every way in which the
                      flow may arrive there
- `selectors`         label selectors: do they select, how to say them, and what is missing
- `terms`             who can be the other end of a rule: leaves, and all of, any of, not
- `tier_trail`        the trail of a direction in which several tiers have a say
- `tiers`             tiers as data, and the one fold over them that decides
- `trail`             the whole trail of a link: both directions, every policy that selects, every
                      rule, each with its reason
- `world`             the index over a snapshot: everything that a prediction looks up, built when
                      it is first needed
"""
