#!/bin/sh
# redis-cli of the redis container, with its password. An empty one would be sent, and refused with two lines of
# complaint before every answer.
REDISCLI_AUTH="$(redis-password)"
if [ -n "$REDISCLI_AUTH" ]; then export REDISCLI_AUTH; else unset REDISCLI_AUTH; fi
exec /usr/bin/redis-cli "$@"
