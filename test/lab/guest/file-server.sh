#!/bin/bash
# file-server.sh ADDRESS ROOT EXPORTS: an NFS server at an address of its own, as an array has one: kernel threads, rpcbind,
# mountd and statd in their own network and mount namespaces. `/fs` of a client is ROOT/fs; EXPORTS is its /etc/exports.
# Prints the process that keeps the namespaces: nsenter -t PID -m -n reaches them. Clients are seen by their own addresses.
set -euo pipefail
address=$1 root=$2 exports=$3
IFS=. read -r _ _ network host <<<"$address"
link=f$network-$host vec=vec$((network - 1))

# The server that had this address before, if any.
if [ -e "/run/netns/$link" ]; then
  keeper=$(cat "/run/$link.pid")
  nsenter -t "$keeper" -m -n rpc.nfsd 0
  ip netns pids "$link" | xargs -r kill -9
  ip link del "$link"
  ip netns del "$link"
  rm -f "/run/$link"
fi

ip netns add "$link"
ip link add "$link" type veth peer name eth0 netns "$link"
ip link set "$link" up
# No delegations: an array gives none, and the pool's own changes (snapshots, restores) would wait for clients to give them back.
sysctl -qw fs.leases-enable=0
# The neighbours on the fabric find the server behind this guest, and the server finds everybody behind it.
sysctl -qw "net.ipv4.conf.$link.proxy_arp=1" "net.ipv4.neigh.$link.proxy_delay=0" "net.ipv4.neigh.$vec.proxy_delay=0"
ip route add "$address/32" dev "$link"
ip neigh replace proxy "$address" dev "$vec"
ip -n "$link" link set lo up
ip -n "$link" addr add "$address/32" dev eth0
ip -n "$link" link set eth0 up
ip -n "$link" route add default dev eth0

inside() {
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var/lib/nfs
  mkdir -p /var/lib/nfs/{sm,sm.bak,nfsdcld,rpc_pipefs} /run/rpcbind
  touch /var/lib/nfs/{etab,rmtab,state}
  # A lease is what a client that lost its power holds its locks for.
  cat >/run/nfs.conf <<CONF
[exports]
rootdir=$root
[nfsd]
vers3=y
vers4.0=n
vers4.1=y
vers4.2=n
lease-time=30
grace-time=10
threads=4
CONF
  mount --bind /run/nfs.conf /etc/nfs.conf
  mount --bind "$exports" /etc/exports
  mount -t nfsd nfsd /proc/fs/nfsd
  mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs
  rpcbind
  rpc.statd --no-notify
  exportfs -ra
  rpc.mountd
  # Knows that nobody had a lock before, so that the kernel skips the time in which clients claim theirs.
  nfsdcld
  rpc.nfsd
  echo up
  exec sleep infinity
}
export -f inside
export root exports
mkfifo "/run/$link"
ip netns exec "$link" unshare --mount --propagation private bash -euc inside </dev/null >"/run/$link" 2>"/var/log/$link.log" &
keeper=$!
read -r -t 90 answer <"/run/$link" || true
[ "${answer:-}" = up ] || { cat "/var/log/$link.log"; exit 1; }
# nsenter wants the process itself: neither ip nor unshare forks.
echo "$keeper" | tee "/run/$link.pid"
