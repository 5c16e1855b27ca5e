"""From plain data to wire objects, and from those to the model.

- `convert`         plain data to wire objects, sorted by kind
- `decode`          wire shape to model, with the defaults that the API server sets
- `decode_pod`      pods: wire shape to model
- `decode_rights`   rights in the cluster, wire shape to model: who may do anything at all
- `decode_service`  services and their endpoints: wire shape to model
- `gathered`        wire objects of all kinds, before they are put together
- `templates`       the pods of objects that prober does not know, by the pod templates in them
- `waiting`         why a pod does not run, in the cluster's own words
- `wire`            the wire shape of the Kubernetes objects that decide about connectivity:
                    camelCase JSON, only the fields used
"""
