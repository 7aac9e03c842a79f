#!/bin/bash
# Whether http://127.0.0.1:PORT/PATH answers 200, for the health checks of containers: they run every few seconds for
# as long as a service lives, and starting an interpreter for each costs more than what the service itself does when
# idle. bash opens the connection itself, and it is in every Debian-based image.
#
#   health.sh PORT [PATH]     default: /health
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${2:-/health}" >&3
read -r -t 10 -u 3 _ status _ && [[ $status == 200 ]]
