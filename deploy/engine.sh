#!/usr/bin/env bash
# Gives this host what the Docker parts of CodeArena need: an engine that answers, Compose v2, buildx and a base image.
#
#   deploy/engine.sh         set up whatever is missing (same as "up"); changes nothing where all of it is there
#   deploy/engine.sh base    set up, then print the base image on stdout: PYTHON_BASE="$(deploy/engine.sh base)"
#   deploy/engine.sh env     set up, then write the base image into .env, which Compose reads, if it is not the default
#   deploy/engine.sh runner  set up, build the sandbox image from that base, and print its name on stdout
#   deploy/engine.sh prometheus  install prometheus and promtool, for the tests of metrics; needs no engine
#   deploy/engine.sh chromium  install chromium, for the tests in a browser; needs no engine
#   deploy/engine.sh stop    stop the engine, if and only if this script started it
#
# A host with a working engine and a registry in reach is left as it is. Software is installed only as root on Debian;
# any other host without an engine gets one line with the reason and exit code 3, so that callers can skip what needs
# Docker and say why. Exit codes: 0 ready, 1 a step failed, 2 wrong usage, 3 this host is not ours to set up.
#
# Progress goes to stderr. Logs, the pid of the engine and the cached base image are in $XDG_STATE_HOME/codearena/engine.
set -euo pipefail

REPOSITORY="$(dirname "$(dirname "$(realpath "${BASH_SOURCE[0]}")")")"
readonly REPOSITORY

# A value of .env.example, which names every default. Arguments: variable.
default_of() { sed -n "s/^$1=//p" "$REPOSITORY/.env.example"; }

readonly EXIT_UNSUPPORTED=3
REGISTRY_BASE="$(default_of PYTHON_BASE)" # where images can be pulled
RUNNER_IMAGE="${RUNNER_IMAGE:-$(default_of RUNNER_IMAGE)}"
readonly REGISTRY_BASE RUNNER_IMAGE
readonly LOCAL_BASE=codearena-base:py3.13
readonly LOCAL_BASE_SUITE=trixie # the Debian release whose python3 is 3.13
readonly PULL_TIMEOUT_S=300
readonly ENGINE_START_TRIES=60 # half a second apart
readonly STATE_DIR="${XDG_STATE_HOME:-$HOME/.local/state}/codearena/engine"
readonly PLUGIN_DIR="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
readonly BASE_FILE="$STATE_DIR/base"                # name of the base image in use
readonly BASE_TARBALL="$STATE_DIR/base-py3.13.tar.gz" # the debootstrapped root, so that it is built once
readonly ENV_FILE="$REPOSITORY/.env"
readonly RECORDED='# written by make up' # marks our line of that file; any other is the user's
readonly CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

say() { printf '[engine] %s\n' "$*" >&2; }

fail() {
    say "error: $*"
    exit 1
}

unsupported() {
    say "not set up: $*"
    exit "$EXIT_UNSUPPORTED"
}

engine_answers() { timeout 20 docker info >/dev/null 2>&1; }

# Prints why software cannot be installed here; prints nothing where it can.
install_obstacle() {
    if [[ "$(id -u)" != 0 ]]; then
        echo "installing needs root"
    elif ! grep -qs '^ID=debian$' /etc/os-release; then
        echo "installing is only known for Debian"
    fi
}

debian_codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# The mirror this host itself installs from, so that private mirrors are respected. Arguments: none. Prints a URI.
debian_mirror() {
    local codename
    codename="$(debian_codename)"
    # shellcheck disable=SC2016 # apt expands these, not the shell
    apt-get indextargets --format '$(SITE)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages' |
        awk -F'|' -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }'
}

# Runs a command with its output in a log of its own; on failure shows the end of that log. Arguments: name, command.
logged() {
    local name="$1" log status
    shift
    log="$STATE_DIR/$name.log"
    # Not `"$@" || ...`: bash ignores errexit inside a function called on the left of ||, and steps would go on after
    # a failure. Descriptor 9 is our lock: a daemon that a package starts would inherit it and hold it for ever.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null 9>&-
    status=$?
    set -e
    if ((status != 0)); then
        tail -n 15 "$log" >&2
        fail "$name failed, see $log"
    fi
}

# A temporary folder in WORK, removed when the subshell of the step ends.
make_work_folder() {
    WORK="$(mktemp -d)"
    trap 'rm -rf "$WORK"' EXIT
}

apt_install() {
    local options=(-y --no-install-recommends -o DPkg::Lock::Timeout=300)
    # Package lists may be absent or older than the mirror: refresh them only when the first try says so.
    DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@" || {
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@"
    }
}

# ---------------------------------------------------------------------------------------------------------- engine

start_engine() {
    if [[ -d /run/systemd/system ]]; then
        logged start systemctl start docker
        return
    fi
    # Without an init system nobody starts it.
    setsid dockerd >"$STATE_DIR/dockerd.log" 2>&1 </dev/null 9>&- &
    echo "$!" >"$STATE_DIR/dockerd.pid"
}

wait_for_engine() {
    local try
    for ((try = 0; try < ENGINE_START_TRIES; try++)); do
        engine_answers && return
        sleep 0.5
    done
    tail -n 15 "$STATE_DIR/dockerd.log" >&2 || true
    fail "the engine did not answer, see $STATE_DIR/dockerd.log"
}

ensure_engine() {
    engine_answers && return
    local obstacle
    obstacle="$(install_obstacle)"
    # A remote engine that is down is not replaced by a local one.
    [[ -z "${DOCKER_HOST:-}" ]] || obstacle="DOCKER_HOST names one that does not"
    [[ -z "$obstacle" ]] || unsupported "no Docker engine answers, and $obstacle"
    if ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
        say "installing docker.io and iptables"
        logged install-engine apt_install docker.io iptables
    fi
    # The package starts the engine itself where there is an init system.
    if ! engine_answers; then
        say "starting dockerd"
        start_engine
    fi
    wait_for_engine
}

# --------------------------------------------------------------------------------------------- Compose v2 and buildx

# The release to take the plugins from: Debian 12 carries only Compose 1, but the next release's files are static.
plugin_suite() {
    local codename
    codename="$(debian_codename)"
    case "$codename" in
        bookworm) echo trixie ;;
        *) echo "$codename" ;;
    esac
}

# Downloads packages of another release without adding it to the host's own sources. Arguments: suite, folder, packages.
download_from_suite() {
    local suite="$1" folder="$2" keyring=/usr/share/keyrings/debian-archive-keyring.gpg trust=""
    shift 2
    [[ -r "$keyring" ]] && trust="[signed-by=$keyring] "
    mkdir -p "$folder/lists/partial"
    echo "deb ${trust}$(debian_mirror) $suite main" >"$folder/sources.list"
    local options=(
        -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::Lists=$folder/lists" -o APT::Sandbox::User=root
    )
    apt-get "${options[@]}" update
    cd "$folder"
    apt-get "${options[@]}" download "$@"
}

install_plugins() {
    local package
    make_work_folder
    download_from_suite "$(plugin_suite)" "$WORK" docker-compose docker-buildx
    for package in "$WORK"/*.deb; do dpkg -x "$package" "$WORK/root"; done
    mkdir -p "$PLUGIN_DIR"
    install -m 0755 "$WORK"/root/usr/libexec/docker/cli-plugins/* "$PLUGIN_DIR/"
}

plugins_work() { docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

ensure_plugins() {
    plugins_work && return
    local obstacle
    obstacle="$(install_obstacle)"
    [[ -z "$obstacle" ]] || unsupported "the engine has no Compose v2 or no buildx, and $obstacle"
    say "installing Compose v2 and buildx from Debian $(plugin_suite)"
    logged install-plugins install_plugins
    plugins_work || fail "docker compose or docker buildx still does not start"
}

# ------------------------------------------------------------------------------------------------------ base image

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Builds a minimal Debian root with Python. Arguments: the folder to build it in.
build_root() {
    local root="$1"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
        "$LOCAL_BASE_SUITE" "$root" "$(debian_mirror)"
    # A host behind its own certificate authority can only build images that know this authority.
    if [[ -r "$CA_BUNDLE" ]]; then
        cp "$CA_BUNDLE" "$root$CA_BUNDLE"
        printf '[global]\ncert = %s\n' "$CA_BUNDLE" >"$root/etc/pip.conf"
    fi
    # Documentation, package archives and lists are of no use in an image; /proc and /dev come from the engine.
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* \
        "$root"/usr/share/man/* "$root"/usr/share/locale/*
}

build_tarball() {
    command -v debootstrap >/dev/null || apt_install debootstrap
    make_work_folder
    build_root "$WORK/root"
    tar -C "$WORK/root" --one-file-system -c . | gzip -1 >"$BASE_TARBALL.part"
    mv "$BASE_TARBALL.part" "$BASE_TARBALL"
}

import_tarball() { docker import --change 'CMD ["python3"]' "$BASE_TARBALL" "$LOCAL_BASE"; }

ensure_local_base() {
    have_image "$LOCAL_BASE" && return
    if [[ ! -s "$BASE_TARBALL" ]]; then
        local obstacle
        obstacle="$(install_obstacle)"
        [[ -z "$obstacle" ]] || unsupported "$REGISTRY_BASE cannot be pulled, and $obstacle"
        say "building $LOCAL_BASE with debootstrap (about a minute, once)"
        logged build-base build_tarball
    fi
    say "importing $LOCAL_BASE"
    logged import-base import_tarball
}

# An image chosen before stays chosen while it exists, and is what would be chosen now: another base rebuilds every image.
ensure_base() {
    local chosen=""
    [[ -r "$BASE_FILE" ]] && chosen="$(<"$BASE_FILE")"
    case "$chosen" in
        "$REGISTRY_BASE" | "$LOCAL_BASE") have_image "$chosen" && return ;;
    esac
    if have_image "$REGISTRY_BASE" || timeout "$PULL_TIMEOUT_S" docker pull --quiet "$REGISTRY_BASE" >/dev/null 2>&1; then
        chosen="$REGISTRY_BASE"
    else
        ensure_local_base
        chosen="$LOCAL_BASE"
    fi
    echo "$chosen" >"$BASE_FILE"
}

# Lets `docker compose` find the base image by itself from now on. A base image that the user has named stays.
record_base() {
    local base
    base="$(<"$BASE_FILE")"
    [[ ! -e "$ENV_FILE" ]] || sed -i "/$RECORDED\$/d" "$ENV_FILE"
    if [[ "$base" == "$REGISTRY_BASE" ]] || grep -qs '^PYTHON_BASE=' "$ENV_FILE"; then return; fi
    # Someone's last line may lack its end.
    [[ -z "$(tail -c 1 "$ENV_FILE" 2>/dev/null)" ]] || echo >>"$ENV_FILE"
    echo "PYTHON_BASE=$base $RECORDED" >>"$ENV_FILE"
    say "PYTHON_BASE=$base is in .env"
}

build_runner() {
    DOCKER_BUILDKIT=1 docker build --build-arg "PYTHON_BASE=$(<"$BASE_FILE")" --target runner \
        --file "$REPOSITORY/executor_service/image/Dockerfile" --tag "$RUNNER_IMAGE" "$REPOSITORY"
}

# -------------------------------------------------------------------------------------------------------- commands

up() {
    command -v flock >/dev/null || fail "flock (util-linux) is needed"
    mkdir -p "$STATE_DIR"
    exec 9>"$STATE_DIR/lock"
    flock 9 # two test runs may start at once; the second finds all done
    ensure_engine
    ensure_plugins
    ensure_base
    exec 9>&-
    say "ready: engine $(docker version --format '{{.Server.Version}}'), base image $(<"$BASE_FILE")"
}

# The package starts a server where there is an init system; ours, and the tests', are started by whoever needs them.
install_prometheus() {
    apt_install prometheus
    if [[ -d /run/systemd/system ]]; then systemctl disable --now prometheus; fi
}

ensure_prometheus() {
    if command -v prometheus >/dev/null && command -v promtool >/dev/null; then return; fi
    local obstacle
    obstacle="$(install_obstacle)"
    [[ -z "$obstacle" ]] || unsupported "there is no prometheus, and $obstacle"
    command -v flock >/dev/null || fail "flock (util-linux) is needed"
    mkdir -p "$STATE_DIR"
    exec 9>"$STATE_DIR/lock"
    flock 9
    say "installing prometheus"
    logged install-prometheus install_prometheus
    exec 9>&-
}

ensure_chromium() {
    command -v chromium >/dev/null && return
    local obstacle
    obstacle="$(install_obstacle)"
    [[ -z "$obstacle" ]] || unsupported "there is no chromium, and $obstacle"
    command -v flock >/dev/null || fail "flock (util-linux) is needed"
    mkdir -p "$STATE_DIR"
    exec 9>"$STATE_DIR/lock"
    flock 9
    say "installing chromium"
    logged install-chromium apt_install chromium
    exec 9>&-
}

stop() {
    local pid_file="$STATE_DIR/dockerd.pid" pid
    [[ -r "$pid_file" ]] || fail "this script started no engine"
    pid="$(<"$pid_file")"
    # A pid may have been given to another program since.
    if [[ "$(ps -o comm= -p "$pid")" == dockerd ]]; then
        say "stopping dockerd ($pid)"
        kill "$pid"
    fi
    rm -f "$pid_file"
}

case "${1:-up}" in
    up) up ;;
    base)
        up
        cat "$BASE_FILE"
        ;;
    env)
        up
        record_base
        ;;
    runner)
        up
        logged build-runner build_runner
        echo "$RUNNER_IMAGE"
        ;;
    prometheus) ensure_prometheus ;;
    chromium) ensure_chromium ;;
    stop) stop ;;
    *)
        say "usage: $0 [up|base|env|runner|prometheus|chromium|stop]"
        exit 2
        ;;
esac
