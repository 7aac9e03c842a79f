#!/usr/bin/env bash
# Makes the secrets of deploy/swarm/stack.yml that are not there yet, of random bytes. Run it on a manager.
#
#   deploy/swarm/secrets.sh
#
# codearena_redis_password          what the Redis of the stack demands
# codearena_gateway_redis_url       the same in the URL by which gateways reach it; make this one yourself, first, if the
#                                   state is in a Redis of your own: printf %s rediss://USER:PASSWORD@HOST:6379/0 |
#                                   docker secret create codearena_gateway_redis_url -
# codearena_gateway_api_key_pepper  without which nobody who can write to Redis can make an API key
# codearena_gateway_cases_secret    what hidden cases are drawn by, the same for all gateways
set -euo pipefail

cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."

# A value of .env, else of .env.example. Arguments: variable.
value_of() { cat .env.example .env 2>/dev/null | sed -n "s/^$1=//p" | tail -n 1; }

there() { docker secret inspect "$1" >/dev/null 2>&1; }

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Arguments: name, text.
create() {
    there "$1" && return
    printf %s "$2" | docker secret create "$1" - >/dev/null
    echo "made the secret $1"
}

password="$(random)"
if there codearena_redis_password && ! there codearena_gateway_redis_url; then
    # Nobody can read a secret back, and the URL has to name the same password.
    echo "codearena_redis_password is there and codearena_gateway_redis_url is not: remove the former, or make the latter" >&2
    exit 1
fi
if ! there codearena_redis_password && there codearena_gateway_redis_url; then
    echo "codearena_gateway_redis_url is yours: the Redis of the stack gets a password that no gateway knows" >&2
fi
create codearena_redis_password "$password"
create codearena_gateway_redis_url "redis://:$password@redis:${REDIS_PORT:-$(value_of REDIS_PORT)}/0"
create codearena_gateway_api_key_pepper "$(random)"
create codearena_gateway_cases_secret "$(random)"
