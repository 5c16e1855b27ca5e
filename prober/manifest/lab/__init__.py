"""`kind: Lab` documents and the text form of faults.

- `documents`  `kind: Lab` documents: what the lab is told besides the standard manifests
- `faults`     faults of the lab, in the text form of the command line and in the long form of a Lab
               document
- `statements` what the pods of a lab say: lines of logs, events, conditions
"""
