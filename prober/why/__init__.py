"""From what is complained about to what is checked, and from a run to an answer. Pure.

- *complaint*  a symptom, who has it, the text that tells of it, how often and when last
- *inquiry*    the complaints with the checks that reproduce them, and what cannot be checked
- *answer*     the cause first, who suffers, the proof, what was looked at

`complaints` reads statements, `dialling` finds who dials, `targets` what is dialled, `inquiry` puts
the checks together, `answer` judges, `text` and `data` show it.
"""
