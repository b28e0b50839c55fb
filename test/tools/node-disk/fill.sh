#!/bin/bash
# fill.sh ROOTFS STORE DISK SIZE ARCHIVE...
# Imports OCI archives into a containerd store and turns the store into the ext4 disk of a worker node.
# Runs as root of private mount and network namespaces: containerd comes from the guests' root folder, so that the host
# needs none, and importing natively takes a third of the time it takes inside a guest.
set -euo pipefail
rootfs=$1 store=$2 disk=$3 size=$4
shift 4
mkdir -p "$store/containerd" "$store/kubelet" "$store/archives" "$store/run"
for archive in "$@"; do
  touch "$store/archives/${archive##*/}"
  mount --bind "$archive" "$store/archives/${archive##*/}"
done
cat >"$store/run/config.toml" <<CONFIG
version = 2
root = "/data/containerd"
state = "/data/run/state"
disabled_plugins = [
  "io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "/data/run/containerd.sock"
CONFIG

mount --rbind "$store" "$rootfs/data"
mount --rbind /dev "$rootfs/dev"
mount --rbind /proc "$rootfs/proc"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/data/run
in_root() { chroot "$rootfs" "$@"; }
ctr() { in_root ctr -a /data/run/containerd.sock -n k8s.io "$@"; }

setpriv --pdeathsig KILL chroot "$rootfs" containerd -c /data/run/config.toml &
daemon=$!
# Its files belong to ids that an ordinary user can remove only in here.
finish() {
  kill -9 "$daemon" 2>/dev/null || true
  umount -R "$rootfs/data" 2>/dev/null || true
  umount "$store"/archives/* 2>/dev/null || true
  rm -rf "$store"
}
trap finish EXIT
for _ in $(seq 200); do
  ctr version >/dev/null 2>&1 && break
  kill -0 "$daemon"
  sleep 0.05
done

for archive in "$@"; do
  ctr images import "/data/archives/${archive##*/}"
done
# The kubelet's image list shows, and its garbage collector spares, only images with this label.
for image in $(ctr images ls -q); do
  ctr images label "$image" io.cri-containerd.image=managed
done
kill "$daemon"
wait "$daemon" || true

for archive in "$@"; do
  umount "$store/archives/${archive##*/}"
done
umount -R "$rootfs/data"
rm -rf "$store/run" "$store/archives"
truncate -s "$size" "$disk"
mkfs.ext4 -q -F -J size=64 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard -O ^metadata_csum -d "$store" "$disk"
