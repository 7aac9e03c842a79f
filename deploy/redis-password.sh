#!/bin/sh
# Prints the password of the redis container, or nothing: of the secret redis_password, where Swarm or Kubernetes put
# one, else of REDISCLI_AUTH, which Compose sets whether there is one or not.
if [ -r /run/secrets/redis_password ]; then
    cat /run/secrets/redis_password
else
    printf %s "$REDISCLI_AUTH"
fi
