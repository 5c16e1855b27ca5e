# Three images of one source. All run as a user without rights, on a read-only root.
#
#     docker build -t prober-agent .                           the agent: what probe pods and the DaemonSet run
#     docker build -t prober --target coordinator .            the command line, for runs in the cluster
#     docker build -t prober-tools --target tools .            the agent with the tools that people look for in a shell
#
# BASE is any image with Python 3.11 or later on Debian. By digest, so that a build of the same source starts from the same
# bytes; the newest digest of the tag is what `docker buildx imagetools inspect python:3.13-slim` prints.
ARG BASE=python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${BASE} AS build
WORKDIR /build
COPY constraints.txt scripts/lock.py scripts/sbom.py testbed/slim.py ./
# Only what the agent imports: no Kubernetes client. Nothing is resolved here, and a file that is not the one that was
# locked is refused. What is never loaded is taken away again: slim.py says what.
RUN python3 lock.py agent >agent.txt \
    && python3 -m pip install --no-cache-dir --no-deps --require-hashes --target /site -r agent.txt \
    && python3 slim.py /site
COPY agent /app/agent
COPY prober/__init__.py /app/prober/__init__.py
COPY prober/model /app/prober/model
COPY prober/metrics /app/prober/metrics
COPY prober/web /app/prober/web
# The root is read-only when it runs: nothing could be compiled then, and starting would take three times as long.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app /site

FROM build AS build-coordinator
# What the command line imports besides; not what the lab needs, which does not run in a cluster.
RUN python3 lock.py prober >more.txt \
    && python3 -m pip install --no-cache-dir --no-deps --require-hashes --target /more -r more.txt \
    && python3 slim.py /more /site
COPY prober /app/prober
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app /more

FROM ${BASE} AS common
ARG BASE
COPY --from=build /build/sbom.py /build/sbom.py
COPY --from=build /site /site
COPY --from=build /app /app
# What is in the image, for scanners: CycloneDX, of Python's packages and Debian's.
RUN python3 /build/sbom.py "${BASE}" /site >/sbom.cdx.json
ENV PYTHONPATH=/app:/site PYTHONDONTWRITEBYTECODE=1 HOME=/
WORKDIR /app
# A number: the kubelet cannot tell from a name that it is not root, and the restricted Pod Security Standard asks.
USER 65532:65532

FROM common AS tools
ARG BASE
USER 0
# Without NET_RAW a program that has it as a file capability is not even started: ping does without, where sysctls let it.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        bind9-dnsutils ca-certificates curl iproute2 iputils-ping libcap2-bin mtr-tiny netcat-openbsd openssl tcpdump \
        traceroute \
    && getcap -r /usr/bin | cut -d ' ' -f 1 | xargs --no-run-if-empty -n 1 setcap -r \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && python3 /build/sbom.py "${BASE}" /site >/sbom.cdx.json
USER 65532:65532
ENTRYPOINT ["/bin/bash"]

FROM common AS coordinator
ARG BASE
COPY --from=build-coordinator /more /more
COPY --from=build-coordinator /app /app
USER 0
RUN python3 /build/sbom.py "${BASE}" /site /more >/sbom.cdx.json
USER 65532:65532
ENV PYTHONPATH=/app:/site:/more
ENTRYPOINT ["python3", "-m", "prober.cli.main"]

# The last stage is what a build without --target makes.
FROM common AS agent
ENTRYPOINT ["python3", "-m", "agent.runner"]
