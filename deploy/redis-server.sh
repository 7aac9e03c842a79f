#!/bin/sh
# redis-server of the redis container, with its password in a file of its own: on a command line everybody who may list
# the processes or containers of the host would read it.
password="$(redis-password)"
if [ -n "$password" ]; then
    umask 077
    printf 'requirepass "%s"\n' "$password" >/tmp/password.conf
    set -- /tmp/password.conf "$@"
fi
exec /usr/bin/redis-server "$@"
