#!/usr/bin/env bash
# Makes a virtual environment with exactly the locked packages and this project in it, editable.
#
#   requirements/install.sh [FOLDER] [LOCK] [FIRST]     default: .venv and requirements/dev.lock
#   requirements/install.sh --python                    prints the Python that it would take, and makes nothing
#
# A larger lock may be installed into the same FOLDER later, e.g. dev.lock after server.lock, while programs run from it:
# packages are added, and what is there already stays. FOLDER/ready-NAME: all of requirements/NAME.lock is there.
# FIRST: a file of packages by exact version, installed before the locked ones and without hashes: those whose build
# depends on the machine.
# Any Python from 3.11 on will do; PYTHON names one. Progress goes to stderr, pip's own output to FOLDER/install.log.
# Of two at once the second waits, where there is flock, and finds what the first has made.
set -euo pipefail
exec 9<"$0"
cd "$(dirname "$0")/.."

readonly VENV="${1:-.venv}"
readonly LOCK="${2:-requirements/dev.lock}"
readonly FIRST="${3:-}"
READY="$VENV/ready-$(basename "$LOCK" .lock)"
readonly READY

say() { printf '[setup] %s\n' "$*" >&2; }

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# A version manager's shim may be on PATH and still have no such version behind it: ask each one by running it.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    say "error: no Python 3.11 or newer on PATH; name one with PYTHON=/path/to/python"
    exit 1
}

make_venv() {
    suits "$VENV/bin/python" && return
    local python
    python="$(find_python)"
    say "environment: $VENV with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || {
        say "error: $python cannot make virtual environments (on Debian: apt-get install python3-venv)"
        exit 1
    }
}

# Shows pip's progress as a count: one line that is rewritten on a terminal, one line every 20 packages elsewhere.
count_packages() {
    local total="$1" tty=0
    [[ -t 2 ]] && tty=1
    awk -v total="$total" -v tty="$tty" '
        /^Collecting |^Requirement already satisfied/ {
            seen++
            if (tty) printf "\r[setup] packages: %d of %d\033[K", seen, total > "/dev/stderr"
            else if (seen % 20 == 0) printf "[setup] packages: %d of %d\n", seen, total > "/dev/stderr"
        }
        /^Installing collected/ {
            printf "%s[setup] packages: unpacking\n", (tty ? "\r\033[K" : "") > "/dev/stderr"
        }'
}

# Not again over what is there: it would be gone for a moment, and what runs from here may start a process in it.
install_project() {
    [[ $VENV/bin/codearena -nt pyproject.toml ]] || "$@" install --no-deps --no-build-isolation -e .
}

install_packages() {
    local log="$VENV/install.log" total pip
    total="$(grep -cE '^[a-zA-Z0-9._-]+==' "$LOCK")"
    pip=("$VENV/bin/python" -m pip --disable-pip-version-check --no-input)
    if [[ -n $FIRST ]]; then
        say "first: $(tr '\n' ' ' <"$FIRST")"
        "${pip[@]}" install -r "$FIRST" >"$VENV/install-first.log" 2>&1 || {
            tail -n 20 "$VENV/install-first.log" >&2
            say "error: pip failed, see $VENV/install-first.log"
            exit 1
        }
    fi
    if ! "${pip[@]}" install --require-hashes --no-deps -r "$LOCK" 2>"$log" | tee -a "$log" | count_packages "$total" ||
        ! install_project "${pip[@]}" >>"$log" 2>&1; then
        grep -v '^WARNING: Location' "$log" | tail -n 20 >&2
        say "error: pip failed, see $log"
        exit 1
    fi
}

is_ready() { [[ $READY -nt $LOCK && $READY -nt pyproject.toml && $READY -nt requirements/install.sh ]]; }

pins() { grep -oE '^[a-zA-Z0-9._-]+==[^ ]+' "$1" | sort; }

# A lock all of whose packages this one has, too, is installed with it.
mark_ready() {
    local other
    for other in requirements/*.lock; do
        [[ -n "$(comm -23 <(pins "$other") <(pins "$LOCK"))" ]] || touch "$VENV/ready-$(basename "$other" .lock)"
    done
}

if [[ ${1:-} == --python ]]; then
    find_python
    exit
fi
if command -v flock >/dev/null && ! flock --nonblock 9; then
    say "waiting for another setup"
    flock 9
    is_ready && exit
fi
make_venv
install_packages
mark_ready
say "ready: $VENV"
