"""From surprises to causes, and from causes to changes. Pure: records in, findings and questions
out.

- `facts`       what is known about a run: what rules ask before they conclude
- `rules`       one rule a file, and `RULES`, the one table of them, in the order of explaining
- `fixes`       the smallest change that fixes a cause, checked by prediction
- `concluding`  asks every rule: `diagnose` gives a `Diagnosis`, its findings and its questions
- `holding`     holds a finding against everything that was seen, and says how sure it is
- `planning`    the fixes of a run together: each in the world after those before it
- `catalog`     the table of rules as a document

A *rule* recognises one cause. Its *finding* explains the checks that it names, and later rules do
not see them any more: so a run ends with causes and not with a list of symptoms. What a rule cannot
decide it asks: a *question* is one more probe, which the run makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.diagnosis.concluding import Diagnosis as Diagnosis, diagnose as diagnose
    from prober.diagnosis.facts.case import Case as Case, Rule as Rule
    from prober.diagnosis.facts.questions import Question as Question
    from prober.diagnosis.rules import RULES as RULES
    from prober.diagnosis.rules.unexplained import (
        about_all as about_all,
        without_names as without_names,
    )

HOMES = {
    "concluding": "Diagnosis diagnose",
    "facts.case": "Case Rule",
    "facts.questions": "Question",
    "rules": "RULES",
    "rules.unexplained": "about_all without_names",
}
"""What others may use, and where it lives: a run asks `facts` long before it needs the rules."""

__getattr__ = exports(__name__, HOMES)
