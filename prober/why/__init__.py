"""From what is complained about to what is checked, and from a run to an answer. Pure.

- *complaint*  a symptom, who has it, the text that tells of it, how often and when last
- *investigation*    the complaints with the checks that reproduce them, and what cannot be checked
- *answer*     the cause first, what fails because of it, the proof, what was looked at

`complaints` reads statements, `dialling` finds who dials, `targets` what is dialled,
`links` puts in what Service links mean, `investigation` puts the checks together, `answer` judges,
`order` says which cause comes first, `text`, `failing`, `engines` and `data` show it.
"""
