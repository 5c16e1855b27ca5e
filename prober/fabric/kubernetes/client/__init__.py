"""The API server: connecting, the few calls that are made, and what their failures mean.

- `api`         the few calls that are made to the API server, with bounded retries and raw JSON
- `change`      changes of a cluster's objects: tried first, made only as they were tried
- `connection`  from a kubeconfig, or a pod's own service account, to an authenticated client
- `exec`        A command in a container: one line in, lines out, over the channels of a websocket
- `failures`    several tasks failed at once: what a person is told
- `refusals`    what an API call's failure means, and what to do next
- `resources`   the kinds that are touched, and where the API has them
- `rights`      the rights that prober needs: every API call that it makes, by what it is for
- `streams`     A task that emits becomes a stream that ends with it
"""
