"""Services of every type, and pods that are reached by their node: what the denied worlds add."""

PUBLISHED = """
apiVersion: v1
kind: Pod
metadata: {name: metrics, namespace: shop, labels: {app: metrics}}
spec:
  nodeName: n2
  hostNetwork: true
  containers: [{name: c, image: x, ports: [{containerPort: 9100}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: port, namespace: shop, labels: {app: port}}
spec:
  nodeName: n2
  containers: [{name: c, image: x, ports: [{containerPort: 5432, hostPort: 15432}]}]
---
apiVersion: v1
kind: Service
metadata: {name: node-port, namespace: shop}
spec:
  type: NodePort
  selector: {app: db}
  ports:
  - {name: sql, port: 5432, nodePort: 30432}
  - {name: log, port: 514, protocol: UDP, nodePort: 30514}
---
apiVersion: v1
kind: Service
metadata: {name: local-node-port, namespace: shop}
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: {app: db}
  ports: [{name: sql, port: 5432, nodePort: 30433}]
---
apiVersion: v1
kind: Service
metadata: {name: balancer, namespace: shop}
spec:
  type: LoadBalancer
  selector: {app: db}
  ports: [{name: sql, port: 5432, nodePort: 30434}]
status: {loadBalancer: {ingress: [{ip: 203.0.113.130}]}}
---
apiVersion: v1
kind: Service
metadata: {name: heads, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: by-hand, namespace: shop}
spec: {ports: [{name: https, port: 443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: by-hand-1, namespace: shop, labels: {kubernetes.io/service-name: by-hand}}
addressType: IPv4
ports: [{name: https, port: 443, protocol: TCP}]
endpoints: [{addresses: [203.0.113.20], conditions: {ready: true}}]
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: no-such-pods, namespace: shop}
spec: {selector: {app: nobody}, ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: same-node, namespace: shop}
spec: {internalTrafficPolicy: Local, selector: {app: db}, ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: shop}
spec: {type: ExternalName, externalName: far.example}
"""
