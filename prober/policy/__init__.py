"""What the policies say should happen. Pure: no I/O, no clients, no clocks. The rules are in
docs/prediction.md and docs/policy-languages.md.

- `predictor`  a flow over a snapshot → `Prediction`: verdict, both directions, the whole trail
- `worlds`     the worlds that a snapshot may be, one for each engine that may enforce its policies
- `doubts`     what may change an answer and is not evaluated
- `deciding`   from the ends of a flow to the rules that match: tiers, and the one fold over them
- `languages`  what the languages beside NetworkPolicy mean: each makes its objects into tiers
- `matrix`     every pod × every pod × every declared port, as sets of pods; what a change opens
- `text`       predictions in words and as plain data

Words: a *policy endpoint* is one end of a flow as policies see it: pod, node or host outside. A
*flow direction* is egress or ingress with the pod whose policies apply (the *subject*) and the
other end (the *peer*). An *interpretation* is one permitted way of seeing it; where the API leaves
two ways open there are two, and only if they agree there is an answer. A *service frontend* is what
the client asked for (a Service's address and port), before it was translated to a *backend*."""
