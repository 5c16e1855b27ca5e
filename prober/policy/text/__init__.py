"""Predictions and flows in words and as plain data. Pure.

- `as_data`     a prediction as plain JSON data, for output lines and reports
- `explain`     a prediction as text for a person: what decided, and in which file or object it is
                written
- `phrases`     policies in a person's words: ports, peers, rules, lists
- `request_wording`  what becomes of a request, in one sentence
- `sentences`   why a direction is allowed, denied or undefined: the sentence under a verdict
- `tier_trail`  the trail of a direction in which several tiers have a say
- `tier_walk`   the fold over the tiers once more, with everything that it saw on the way
- `trail`       the whole trail of a link: both directions, every policy that selects, every rule,
                each with its reason
- `wording`     why one rule matches a flow, may match it, or does not: a sentence that a person at
                3 a.m. understands
"""
