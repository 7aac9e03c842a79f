#!/usr/bin/env bash
# `codearena keys` in the Redis of the stack, by a task of its own: gateways do not start before there is a key.
#
#   deploy/swarm/keys.sh create NAME [--scope admin]      prints the key, once
#   deploy/swarm/keys.sh list
#   deploy/swarm/keys.sh revoke ID
#
# Run it on a manager. Nothing of the task is left, its log neither.
set -euo pipefail

readonly STACK=codearena
readonly WAIT_S=120
readonly SECRETS=(codearena_gateway_redis_url codearena_gateway_api_key_pepper)

image="$(docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' "${STACK}_gateway")"
name="${STACK}_keys_$$"
options=(--detach --quiet --name "$name" --mode replicated-job --no-resolve-image --with-registry-auth
    --network "${STACK}_state" --restart-condition none --cap-drop ALL --read-only --mount type=tmpfs,target=/tmp)
for secret in "${SECRETS[@]}"; do options+=(--secret "$secret"); done

remove() { docker service rm "$name" >/dev/null; }

state() { docker service ps --format '{{.CurrentState}}|{{.Error}}' "$name" | head -n 1; }

docker service create "${options[@]}" --entrypoint python "$image" -m codearena keys "$@" >/dev/null
trap remove EXIT
for ((waited = 0; waited < WAIT_S; waited++)); do
    case "$(state)" in
        Complete*)
            docker service logs --raw "$name"
            exit
            ;;
        Failed* | Rejected*)
            docker service logs --raw "$name" >&2 || true
            state >&2
            exit 1
            ;;
    esac
    sleep 1
done
echo "not done within $WAIT_S s: $(state)" >&2
exit 1
