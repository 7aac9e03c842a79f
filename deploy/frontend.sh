#!/usr/bin/env bash
# Builds the dashboard: frontend/ -> gateway/web, from where the gateway serves it and whence wheel and images take it.
#
#   deploy/frontend.sh          build it, unless what is there was made of the same sources
#   deploy/frontend.sh install  only install what the lock names, for checks and tests of frontend/
#
# Takes Node.js 20.19 or newer with npm; packages come from the lock alone, from the registry that npm is told of. Exit codes:
# 0 ready, 1 a step failed, 3 there is no such Node.js here. Progress goes to stderr, npm's own output to
# build/frontend/log. Of two at once the second waits, and finds what the first has made.
set -euo pipefail
exec 9<"$0"
cd "$(dirname "$0")/.."

readonly SOURCES=frontend BUILT=gateway/web MODULES=frontend/node_modules
readonly MARK=build/frontend/built LOCKED="$MODULES/.locked" LOG=build/frontend/log

say() { printf '[frontend] %s\n' "$*" >&2; }

has_node() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

digest_of() { find "$@" -path "$MODULES" -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

is_marked() { [[ -r $1 && "$(<"$1")" == "$2" ]]; }

# Arguments: npm's.
npm_in_frontend() {
    npm --prefix "$SOURCES" --no-audit --no-fund --no-update-notifier "$@" >>"$LOG" 2>&1 </dev/null 9>&- || {
        tail -n 20 "$LOG" >&2
        say "error: npm $1 failed, see $LOG"
        exit 1
    }
}

install_packages() {
    local lock
    lock="$(digest_of "$SOURCES/package.json" "$SOURCES/package-lock.json")"
    is_marked "$LOCKED" "$lock" && return
    say "installing the locked packages"
    # No script of a package runs.
    npm_in_frontend ci --ignore-scripts
    echo "$lock" >"$LOCKED"
}

command -v flock >/dev/null && flock 9
sources="$(digest_of "$SOURCES")"
if [[ ${1:-build} == build && -e $BUILT/index.html ]] && is_marked "$MARK" "$sources"; then exit; fi
if ! has_node; then
    say "not built: there is no Node.js 20.19 or newer with npm"
    exit 3
fi
mkdir -p build/frontend
install_packages
[[ ${1:-build} == build ]] || exit 0
say "building"
npm_in_frontend run build
echo "$sources" >"$MARK"
say "ready: $BUILT"
