"""What the API server would reject.

- `check_fields`    checks that several kinds share: metadata, labels, selectors, ports, addresses
- `check_policy`    what the API server rejects in a NetworkPolicy
                    (pkg/apis/networking/validation/validation.go), completely
- `check_service`   what the API server rejects in Services and their endpoints, and in Nodes, as
                    far as connectivity depends on it
- `check_workload`  what the API server rejects in pods and workloads, as far as connectivity
                    depends on it
- `syntax`          the syntax of names, labels and ports, as
                    `k8s.io/apimachinery/pkg/util/validation` checks it
- `validate`        what the API server would reject, as mistakes
"""
