#!/bin/bash
# PID 1 of a guest. Root is a read-only folder of the host under a tmpfs overlay; node state is on ubd0.
# LAB_* words come from the kernel's command line (test/lab/inner/guests.ts). LAB_MODULES is there for a kernel that has
# modules, Debian's ready-made one; our own has everything built in.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
if [ -z "$LAB_STAGE2" ]; then
  set -e # a guest that cannot boot ends at once, with the reason in its log
  mount -t proc proc /proc
  if [ -n "$LAB_MODULES" ]; then
    mount -t hostfs -o "$LAB_MODULES" none /data
    modprobe -d /data overlay
    umount /data
  fi
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/{upper,work,root}
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
  mkdir -p /mnt/root/lab /mnt/root/pool /mnt/root/opt/k8s
  mount -t hostfs -o "$LAB_SHARE" none /mnt/root/lab
  cd /mnt/root || exit 1
  umount /proc
  # runc wants a real root mount, so the overlay becomes one instead of a chroot.
  pivot_root . mnt
  export LAB_STAGE2=1
  exec chroot . /bin/bash /lab/guest/init.sh
fi

mount -t proc proc /proc
umount -l /mnt
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o ptmxmode=0666,newinstance devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t mqueue mqueue /dev/mqueue
exec </dev/null >/dev/console 2>&1
ln -sfn /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/lock
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --make-rshared /
if ! grep -q 'cpu MHz' /proc/cpuinfo; then # the kubelet refuses to start without a clock speed
  { cat /proc/cpuinfo; printf 'cpu MHz\t\t: 2000.000\n'; } >/run/cpuinfo
  mount --bind /run/cpuinfo /proc/cpuinfo
fi
if [ -n "$LAB_MODULES" ]; then . /lab/guest/modules.sh; fi
[ -d /sys/kernel/config/target ] || mount -t configfs configfs /sys/kernel/config

hostname "$LAB_NAME"
echo "$LAB_NAME" >/etc/hostname
echo "127.0.0.1 localhost $LAB_NAME" >/etc/hosts
: >/etc/resolv.conf
printf '%032x\n' $((0x10000 + LAB_IP)) >/etc/machine-id
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.ip_forward=1 \
  kernel.keys.root_maxkeys=1000000 kernel.keys.root_maxbytes=25000000 vm.overcommit_memory=1 kernel.panic=10 kernel.panic_on_oops=1
# User Mode Linux maps io_uring's memory wrongly ("Bad page map"); Node then uses threads. Linux 6.1 has no such switch.
export UV_USE_IO_URING=0
[ ! -e /proc/sys/kernel/io_uring_disabled ] || sysctl -qw kernel.io_uring_disabled=2
ip link set lo up
for fabric in 0 1 2; do
  ip addr add "10.66.$((fabric + 1)).$LAB_IP/24" dev "vec$fabric"
  ip link set "vec$fabric" up
done
ip route add 10.96.0.0/16 via 10.66.3.1
for worker in ${LAB_PEERS//,/ }; do
  ip route add "10.244.$worker.0/24" via "10.66.3.$((10 + worker))"
done
echo "lab: base up $(cut -d' ' -f1 /proc/uptime)"
. "/lab/guest/$LAB_ROLE.sh"
echo "lab: ready $(cut -d' ' -f1 /proc/uptime)"
while :; do # the agent is the only way in: it is started again however it ends
  LAB_AGENT_PORT=9999 /usr/local/bin/node /lab/guest/agent.mjs </dev/null
  sleep 0.5
done &
while :; do wait -n 2>/dev/null || sleep 1; done
