#!/usr/bin/env bash
# Makes the certificates of deploy/swarm/tls.yml as secrets of the Swarm: an authority, whose key is thrown away when the
# script ends, and one certificate for each service. Run it on a manager that has openssl; to renew, remove the stack and
# the secrets codearena_tls_*, and run it again.
#
#   deploy/swarm/certificates.sh [DAYS]                       valid for so many days; 825 unless said
set -euo pipefail

readonly DAYS="${1:-825}"
readonly SERVICES=(gateway executor judge grader)
readonly NEW_KEY=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

umask 077
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"

openssl req -x509 "${NEW_KEY[@]}" -keyout ca.key -out ca.pem -days "$DAYS" -subj "/CN=CodeArena services" 2>openssl.log ||
    { cat openssl.log >&2 && exit 1; }
for service in "${SERVICES[@]}"; do
    # The name by which the others call it.
    openssl req -new "${NEW_KEY[@]}" -keyout "$service.key" -out "$service.csr" -subj "/CN=$service" 2>openssl.log
    openssl x509 -req -in "$service.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$DAYS" -out "$service.pem" \
        -extfile <(echo "subjectAltName=DNS:$service") 2>openssl.log
done

docker secret create codearena_tls_ca ca.pem >/dev/null
for service in "${SERVICES[@]}"; do
    docker secret create "codearena_tls_${service}_cert" "$service.pem" >/dev/null
    docker secret create "codearena_tls_${service}_key" "$service.key" >/dev/null
done
echo "made the secrets codearena_tls_*, valid for $DAYS days"
