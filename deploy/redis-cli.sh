#!/bin/sh
# redis-cli of the redis container, where Compose sets REDISCLI_AUTH whether there is a password or not: an empty one
# would be sent, and refused with two lines of complaint before every answer.
[ -n "$REDISCLI_AUTH" ] || unset REDISCLI_AUTH
exec /usr/bin/redis-cli "$@"
