#!/bin/bash
# Starts the engine of a node. The container has most capabilities, but not --privileged, which an engine refuses where it
# lacks a capability itself: what --privileged would leave writable is made so here.
set -euo pipefail

writable() { mount -o "remount,$1rw" "$2" 2>/dev/null || true; }

writable "" /sys
writable "" /sys/fs/cgroup
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    # cgroup v2: controllers can be given to children only by a group without processes of its own.
    mkdir -p /sys/fs/cgroup/node
    xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/node/cgroup.procs || true
    sed 's/\(\S\+\)/+\1/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
else
    # cgroup v1: each controller is a mount of its own.
    for controller in /sys/fs/cgroup/*/; do writable bind, "$controller"; done
fi
mount --make-rshared /
rm -f /run/docker.pid /run/docker/containerd/containerd.pid # of a node that was killed
exec dockerd --host unix:///run/docker.sock --host unix:///engine/docker.sock --storage-driver overlay2
