# Two images of one agent. Both run as a user without rights, on a read-only root, and hold no Kubernetes client.
#
#     docker build -t prober-agent .                     the agent: what probe pods run
#     docker build -t prober-tools --target tools .      the same, with the tools that people look for in a shell
#
# BASE is any image with Python 3.11 or later on Debian.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /build
COPY constraints.txt ./
# Only what the agent imports. The rest of pyproject.toml is for the command line, which does not run in pods.
RUN python3 -m pip install --no-cache-dir --target /site -c constraints.txt \
        aiohttp cryptography dnspython msgspec scapy
COPY agent /app/agent
COPY prober/__init__.py /app/prober/__init__.py
COPY prober/model /app/prober/model
# The root is read-only when it runs: nothing could be compiled then, and starting would take three times as long.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app /site

FROM ${BASE} AS common
COPY --from=build /site /site
COPY --from=build /app /app
ENV PYTHONPATH=/app:/site PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# A number: the kubelet cannot tell from a name that it is not root, and the restricted Pod Security Standard asks.
USER 65532:65532

FROM common AS tools
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        bind9-dnsutils ca-certificates curl iproute2 iputils-ping mtr-tiny netcat-openbsd openssl tcpdump traceroute \
    && rm -rf /var/lib/apt/lists/*
USER 65532:65532
ENTRYPOINT ["/bin/bash"]

# The last stage is what a build without --target makes.
FROM common AS agent
ENTRYPOINT ["python3", "-m", "agent.runner"]
