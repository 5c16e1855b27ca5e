"""What people write in a scenario: references, targets, options, selectors, durations.

- `duration`   durations as people write them: a number and a unit
- `longform`   the long form of references: mappings, whose shape the schema has already checked
- `options`    the options after `?` in a target's text form: which scheme knows which, and what
               their values may be
- `reference`  references in text form
- `selector`   label selectors in kubectl's text form: `app=web,tier!=db,track in (a,b),!canary`
- `source`     objects in text form, `KIND/NAME.NAMESPACE`: all that a source can be, and part of
               what a target can be
- `target`     targets in text form, `SCHEME://PLACE[:PORT][/PATH][?OPTIONS]`
- `words`      what names may look like: Kubernetes objects, DNS names, ports
"""
