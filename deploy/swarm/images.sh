#!/usr/bin/env bash
# Gives every node the images of the stack, the sandbox's among them.
#
#   deploy/swarm/images.sh NODE...     without a registry: copies them to the engines of the other nodes. NODE is what
#                                      `docker --host` takes, e.g. ssh://root@node2; an image that is there is left alone
#   deploy/swarm/images.sh --push      with one: pushes them to REGISTRY, e.g. registry.example.org:5000/codearena/,
#                                      of the shell or .env; each node pulls what its tasks need by itself
#
# Build them first: docker compose -f docker-compose.yml -f deploy/swarm/stack.yml build
set -euo pipefail

cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
compose=(docker compose -f docker-compose.yml -f deploy/swarm/stack.yml)

usage() {
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
}

id_of() { docker "$@" image inspect --format '{{.Id}}' "$image" 2>/dev/null; }

require_built() {
    local image
    for image in "${images[@]}"; do
        [[ -n "$(id_of)" ]] || { echo "$image is not built" >&2 && exit 1; }
    done
}

# Arguments: a node. Prints the images that it lacks or has in another version, one a line.
missing_on() {
    local image
    for image in "${images[@]}"; do
        [[ "$(id_of)" == "$(id_of --host "$1")" ]] || echo "$image"
    done
}

copy_to() {
    local lacking
    mapfile -t lacking < <(missing_on "$1")
    if ((${#lacking[@]})); then
        docker save "${lacking[@]}" | docker --host "$1" load --quiet
    fi
}

(($#)) || usage
mapfile -t images < <("${compose[@]}" config --images | sort --unique)
if [[ "$1" == --push ]]; then
    "${compose[@]}" push
else
    require_built
    for node in "$@"; do copy_to "$node"; done
fi
