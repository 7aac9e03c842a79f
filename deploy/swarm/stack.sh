#!/usr/bin/env bash
# Deploys docker-compose.yml with deploy/swarm/stack.yml over it to the Swarm that this engine manages, or updates it.
#
#   deploy/swarm/stack.sh                                     deploy; again: roll out what has changed
#   deploy/swarm/stack.sh -f deploy/swarm/tls.yml             with another file on top; several may be given
#   deploy/swarm/stack.sh --profile prometheus                with Prometheus
#   deploy/swarm/stack.sh --print                             show what would be deployed
#
# The variables of .env and of the shell hold, as for Compose: .env.example lists them. `docker stack deploy` reads neither
# .env nor Compose's present format, and cannot merge lists or take anything away: Compose does that, and what comes out
# is put into the format 3.8, the last of which all engines from 20.10 on know.
set -euo pipefail

cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
readonly STACK=codearena
readonly SECCOMP_PROFILE=executor_service/image/seccomp.json

print=""
options=(-f docker-compose.yml -f deploy/swarm/stack.yml)
while (($#)); do
    case "$1" in
        -f | --profile)
            options+=("$1" "${2:?$1 takes a value}")
            shift
            ;;
        --print) print=1 ;;
        *)
            sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
            exit 2
            ;;
    esac
    shift
done

SECCOMP_REVISION="$(sha256sum "$SECCOMP_PROFILE")"
export SECCOMP_REVISION="${SECCOMP_REVISION:0:12}"

# What Compose writes and the format does not know: the project's name, and a port in quotes.
render() {
    echo 'version: "3.8"'
    docker compose --project-name "$STACK" "${options[@]}" config |
        sed -e '/^name: /d' -e 's/^\( *published\): "\([0-9]*\)"$/\1: \2/'
}

if [[ -n "$print" ]]; then
    render
    exit
fi
# Where images come from no registry there is nobody to ask for their digests.
resolve=never
[[ -z "${REGISTRY:-}" ]] || resolve=always
render | docker stack deploy --compose-file - --prune --resolve-image "$resolve" --with-registry-auth "$STACK"
