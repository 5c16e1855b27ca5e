"""The pods of workloads that have none yet, their owners and their nodes.

- `expand`     the pods of workloads that have none yet, as the controllers would make them
- `owners`     who owns a pod: the workload that a person would name, not the ReplicaSet or the Job
               in between
- `placement`  on which nodes a pod may run, as far as manifests decide it: nodeName, nodeSelector,
               taints
"""
