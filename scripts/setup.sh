# Sourced by ./demo and ./test: a virtual environment in .venv with the pinned dependencies, and the system packages.
# Usage: setup [EXTRA]   (EXTRA is an optional dependency group of pyproject.toml, such as dev)

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

install_packages() {
    local missing=()
    find_python >/dev/null || missing+=(python3 python3-venv)
    PATH="$PATH:/usr/sbin:/sbin" command -v nft >/dev/null || missing+=(nftables)
    command -v unshare >/dev/null || missing+=(util-linux)
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing ${missing[*]}" >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
    else
        echo "missing: ${missing[*]}; as root: apt-get install ${missing[*]}" >&2
        exit 2
    fi
}

NEVER_IMPORTED='/kubernetes/(aio/)?client/(models|api)/|/scapy/(contrib|modules|tools)/|/(pip|setuptools|pkg_resources)/'

setup() {
    local extra=${1:-} want stamp=.venv/prober-setup
    install_packages
    want="$(cat pyproject.toml constraints.txt | cksum) $extra"
    if [ ! -x .venv/bin/prober ] || ! grep -qxF "$want" "$stamp" 2>/dev/null; then
        echo "setting up .venv" >&2
        "$(find_python)" -m venv .venv
        # Compiled below, and not by pip: most of what the Kubernetes client brings is never imported.
        # Everything is locked, also what builds prober: a file with other bytes than those of the lock is refused.
        .venv/bin/python scripts/lock.py agent prober lab build $extra >.venv/locked.txt
        .venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes \
            -r .venv/locked.txt
        .venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
        # Also where PYTHONDONTWRITEBYTECODE is set: without it every command would compile what it imports, each time.
        .venv/bin/python -m compileall -q -j 0 -x "$NEVER_IMPORTED" .venv/lib prober agent || true
        # A set-up with the development tools serves without them too.
        { echo "$want"; [ -z "$extra" ] || echo "${want% "$extra"} "; } >"$stamp"
    fi
    export PATH="$PWD/.venv/bin:$PATH:/usr/sbin:/sbin"
}
