"""What the policies say should happen. Pure: no I/O, no clients, no clocks. The rules are in
docs/prediction.md.

- `predictor`   a flow over a snapshot → `Prediction`: verdict, both directions, the whole trail
- `matrix`      every pod × every pod × every declared port, as sets of pods (`rows`); `grid` shows
  it to a person
- `difference`  what a change of the policies opens and closes
- `explain`     a prediction as text for a person; `plain`: as plain JSON
- `essentials`  who is kept from cluster DNS or from monitoring
- inside, in the order in which a flow meets them: `world` the index over a snapshot → `routes` and
  `resolve` what the ends of the flow are (`parties`) → `fronts` and `endpoints` what Services make
  of it → `sides` how policies may see each direction (`legs`) → `matching` which rules (`matchers`)
  match a leg → `trail`, `verdicts`, `wording`, `phrases` the same in a person's words
- `selectors`, `podsets`, `addresses`   labels, sets of pods and ipBlocks

Words: a *party* is one end of a flow as policies see it: pod, node or host outside. A *side* is one
direction with the pod whose policies apply (the *subject*) and the other end (the *peer*). A *leg*
is one permitted way of seeing a side; where the API leaves two ways open there are two legs, and
only if they agree there is an answer. The *front* is what the client asked for (a Service's address
and port), before it was translated to a *backend*.
"""
