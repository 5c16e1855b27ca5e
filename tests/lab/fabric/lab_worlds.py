"""Manifests of the lab tests."""

from __future__ import annotations

SHOP = """
apiVersion: prober.dev/v1alpha1
kind: Lab
nodes: 3
outside:
  - name: github.com
    aliases: [ssh.github.com]
    listeners: [{port: 22, speaks: ssh}, {port: 443, speaks: https}, {port: 8000, speaks: echo}]
  - name: customer.example
nodeListeners:
  - node: n1
    listeners: [{port: 6443, speaks: https}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec:
  nodeName: n1
  containers:
    - name: web
      image: web
      ports: [{name: http, containerPort: 8080}, {name: talk, containerPort: 5000, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: shop, labels: {app: web}}
spec:
  nodeName: n2
  containers:
    - name: web
      image: web
      ports: [{name: http, containerPort: 8080}, {name: talk, containerPort: 5000, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec:
  nodeName: n1
  containers: [{name: client, image: client}]
---
apiVersion: v1
kind: Pod
metadata: {name: far, namespace: shop, labels: {app: client}}
spec:
  nodeName: n3
  containers: [{name: client, image: client}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  clusterIP: 198.19.1.1
  loadBalancerIP: 203.0.113.201
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: http, nodePort: 30080}
    - {name: talk, port: 5, targetPort: talk, protocol: UDP, nodePort: 30005}
---
apiVersion: v1
kind: Service
metadata: {name: web-local, namespace: shop}
spec:
  type: LoadBalancer
  clusterIP: 198.19.1.2
  loadBalancerIP: 203.0.113.202
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30081}]
---
apiVersion: v1
kind: Service
metadata: {name: web-inside, namespace: shop}
spec:
  clusterIP: 198.19.1.3
  internalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: web-headless, namespace: shop}
spec:
  clusterIP: None
  selector: {app: web}
  ports: [{name: http, port: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: nobody, namespace: shop}
spec:
  type: NodePort
  clusterIP: 198.19.1.4
  selector: {app: nobody}
  ports: [{port: 80, nodePort: 30084}]
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec:
  clusterIP: 198.19.0.1
  ports: [{name: https, port: 443, targetPort: 6443}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
addressType: IPv4
ports: [{name: https, port: 6443, protocol: TCP}]
endpoints: [{addresses: [198.51.100.11], conditions: {ready: true}}]
"""
"""Two web pods on n1 and n2, clients on n1 and n3, a Service of every type, hosts outside. No
policies."""

CLOSED = (
    SHOP
    + """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: []
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: far, namespace: shop}
spec:
  podSelector: {matchLabels: {app: client}}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {app: web}}}]
    - to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
      ports: [{port: 53, protocol: UDP}]
"""
)
"""The same; nobody may reach web, and clients may reach only web and DNS."""
