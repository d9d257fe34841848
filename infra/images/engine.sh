#!/bin/sh
# Run a command with a Docker engine: the one that answers, or one started here for as long as the
# command runs. Exit 69 when none can be had, and say why.
#
#   infra/images/engine.sh docker info
#
# Starting one takes root, Debian's docker.io and a kernel that lets it. Its images and containers
# stay in $STORE from one run to the next; delete the directory to be rid of them. The bridge docker0
# and Docker's firewall chains stay too, until the machine is started again.
set -eu

STORE=${STORE:-/var/cache/glemmebok/docker}
READY_SECONDS=60
OTHERS_SECONDS=900
PATH=$PATH:/usr/sbin:/sbin

unavailable() {
    echo "no Docker engine: $1" >&2
    exit 69
}

stop() {
    kill "$engine" 2>/dev/null || true
    wait "$engine" || true
    # The network namespace of the host stays mounted where a container was given it.
    umount "$place"/exec/netns/* 2>/dev/null || true
    rm -rf "$place"
}

# A container from the one static program that comes with the engine.
runs_containers() {
    program=$(readlink -f "$(command -v docker-init)")
    {
        tar -c -C "$(dirname "$program")" "$(basename "$program")" |
            docker import - glemmebok/probe:local &&
            docker run --rm --network none glemmebok/probe:local "/$(basename "$program")" --version &&
            docker rmi glemmebok/probe:local
    } >"$place/probe" 2>&1
}

command -v docker >/dev/null || unavailable "docker is missing; as root: make deps-containers"
if docker version >/dev/null 2>&1; then
    exec "$@"
fi
[ "$(id -u)" = 0 ] || unavailable "none answers, and starting one takes root"
command -v dockerd >/dev/null || unavailable "none answers, and dockerd is missing: make deps-containers"

mkdir -p "$STORE"
exec 9>"$STORE.lock"
flock -w "$OTHERS_SECONDS" 9 || unavailable "another one has had $STORE for too long"

place=$(mktemp -d /run/glemmebok-engine.XXXXXX)
# Out of reach of Ctrl-C, which is for the command; ended by the kernel if this script is killed.
setsid setpriv --pdeathsig TERM dockerd --data-root "$STORE" --exec-root "$place/exec" \
    --pidfile "$place/pid" --host "unix://$place/socket" >"$place/log" 2>&1 9>&- &
engine=$!
trap stop EXIT
trap 'exit 130' INT TERM
export DOCKER_HOST="unix://$place/socket"

waited=0
until docker version >/dev/null 2>&1; do
    waited=$((waited + 1))
    if ! kill -0 "$engine" 2>/dev/null || [ "$waited" -gt $((READY_SECONDS * 5)) ]; then
        unavailable "dockerd did not start: $(tail -n 1 "$place/log")"
    fi
    sleep 0.2
done
runs_containers || unavailable "dockerd runs no container: $(tail -n 1 "$place/probe")"

"$@" 9>&-
