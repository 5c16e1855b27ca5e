# Sourced by ./test: the end-to-end tier, on clusters of the testbed.
#
# The main job with PROBER_E2E=main, all of it with PROBER_E2E=1. The testbed's programs are compiled while the other tests run,
# with the time that those leave; what was compiled is kept. A machine that cannot run a cluster, or that did not get ready
# in time, is told in one line; once a cluster is up, a test that fails or skips is a failure.

e2e_latest=${PROBER_E2E_LATEST:-1800}   # seconds after the start of ./test, when the last cluster may be booted
e2e_build=

e2e_not_run() { echo "e2e: not run: $*"; }

e2e_wanted() { [ "${PROBER_E2E:-}" = 1 ] || [ "${PROBER_E2E:-}" = main ]; }

# Debian's packages, where they may be installed. What is missing all the same is told by the testbed.
e2e_packages() {
    local command missing=()
    for command in containerd:containerd runc:runc iptables:iptables ipset:ipset conntrack:conntrack ip:iproute2 \
        sysctl:procps nft:nftables; do
        PATH="$PATH:/usr/sbin:/sbin" command -v "${command%%:*}" >/dev/null || missing+=("${command##*:}")
    done
    [ -e /usr/lib/cni/ptp ] || missing+=(containernetworking-plugins)
    if [ "${PROBER_E2E:-}" = 1 ]; then  # the images are built, too
        for command in buildah mmdebstrap; do
            command -v "$command" >/dev/null || missing+=("$command")
        done
    fi
    if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "e2e: installing ${missing[*]}" >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || true
    fi
}

# Start compiling in the background: only with what the tests leave of the processors.
e2e_start() {
    e2e_wanted || return 0
    e2e_packages
    e2e_log=$(mktemp)
    setsid nice -n 19 chrt --idle 0 python -m testbed build --policy kube-router >"$e2e_log" 2>&1 &
    e2e_build=$!
    trap 'kill -- -"$e2e_build" 2>/dev/null || true; rm -f "$e2e_log"' EXIT
}

# Wait until everything is compiled; false, with the reason told, when it cannot be or takes too long.
e2e_ready() {
    while kill -0 "$e2e_build" 2>/dev/null; do
        if [ $SECONDS -gt "$e2e_latest" ]; then
            e2e_not_run "the testbed's programs were not compiled within $e2e_latest s; python -m testbed build finishes it"
            return 1
        fi
        sleep 1
    done
    wait "$e2e_build" && return 0
    e2e_not_run "$(tail -n 1 "$e2e_log")"
    return 1
}

# e2e_on ENGINE TESTS…: boot a cluster with this policy engine, run the tests there, take it away.
e2e_on() {
    local engine=$1 code=0
    shift
    if [ $SECONDS -gt "$e2e_latest" ]; then
        e2e_not_run "$engine: $SECONDS s are over already"
        return 0
    fi
    if ! timeout 300 python -m testbed up --policy "$engine" >"$e2e_log" 2>&1; then
        e2e_not_run "$engine: $(tail -n 1 "$e2e_log")"
        python -m testbed down || true
        return 0
    fi
    echo "e2e: $engine"
    env -u KUBECONFIG PROBER_E2E=1 PROBER_E2E_UP=1 PROBER_E2E_POLICY="$engine" pytest "$@" || code=$?
    python -m testbed down
    return $code
}

# The main job: on an engine that enforces and on one that does not.
e2e_run() {
    e2e_wanted || return 0
    e2e_ready || return 0
    if [ "${PROBER_E2E:-}" = 1 ]; then
        e2e_on kube-router tests/e2e
        e2e_on none tests/e2e/test_e2e_flux.py tests/e2e/test_e2e_shapes.py
    else
        e2e_on kube-router tests/e2e/test_e2e_flux.py
        e2e_on none tests/e2e/test_e2e_flux.py
    fi
}
