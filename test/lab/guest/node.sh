# A worker: iSCSI and multipath daemons, and, where the lab has a cluster, containerd and the kubelet.
# Only here: in the array guest udev would look into every loop device and slow each connection down.
# Rules that start programs for each disk and map to tell what nobody here reads: sg3-utils' properties and partitions.
# A start takes 0.1 s of a guest's only processor.
rm -f /lib/udev/rules.d/{55-scsi-sg3_id,56-dm-parts,58-scsi-sg3_symlink,60-kpartx,68-del-part-nodes}.rules
/lib/systemd/systemd-udevd --daemon
mkdir -p /etc/iscsi /run/lock/iscsi /var/lib/iscsi /etc/multipath
echo "InitiatorName=iqn.2026-01.io.pure-pso.lab:$LAB_NAME" >/etc/iscsi/initiatorname.iscsi
# The root file system has one that all guests would share.
uuid=$(printf '00000000-0000-4000-8000-%012d' "$LAB_IP")
mkdir -p /etc/nvme
echo "$uuid" >/etc/nvme/hostid
echo "nqn.2014-08.org.nvmexpress:uuid:$uuid" >/etc/nvme/hostnqn
# Debian's timers take 16 s to give up a path; node records copy these, so they are set before any discovery.
sed -i -E 's/^(node.conn\[0\].timeo.noop_out_(interval|timeout)) = .*/\1 = 1/; s/^(node.session.timeo.replacement_timeout) = .*/\1 = 2/; s/^node.startup = .*/node.startup = manual/' /etc/iscsi/iscsid.conf
cp /lab/guest/multipath.conf /etc/multipath.conf
iscsid
multipathd

mkdir -p /var/lib/kubelet
[ "$LAB_CLUSTER" = 1 ] || return 0
mkdir -p /var/lib/containerd /var/lib/kubelet /var/log/pods /var/log/containers
mount -t ext4 -o noatime /dev/ubda /mnt && mkdir -p /mnt/containerd /mnt/kubelet
mount --bind /mnt/containerd /var/lib/containerd
mount --bind /mnt/kubelet /var/lib/kubelet
mount --make-rshared /var/lib/kubelet
mount -t hostfs -o "$LAB_BIN" none /opt/k8s
export PATH=$PATH:/opt/k8s
mkdir -p /etc/cni/net.d /etc/containerd
sed "s/@NODE@/$((LAB_IP - 10))/" /lab/guest/cni.conflist >/etc/cni/net.d/10-bridge.conflist
cp /lab/guest/containerd.toml /etc/containerd/config.toml
(exec containerd >/var/log/containerd.log 2>&1) &
(
  until [ -S /run/containerd/containerd.sock ]; do sleep 0.1; done
  for image in /lab/images/*.tar; do
    [ -f "$image" ] && ctr -n k8s.io images import "$image" >/dev/null && echo "lab: image $image $(cut -d' ' -f1 /proc/uptime)"
  done
  until [ -s "/lab/pki/$LAB_NAME.kubeconfig" ]; do sleep 0.1; done
  while :; do # as systemd's Restart=always
    GOMAXPROCS=1 /opt/k8s/kubelet --config=/lab/guest/kubelet.yaml --kubeconfig="/lab/pki/$LAB_NAME.kubeconfig" \
      --hostname-override="$LAB_NAME" --node-ip="10.66.3.$LAB_IP" --node-labels="$(cat "/lab/pki/$LAB_NAME.labels")" \
      --tls-cert-file="/lab/pki/$LAB_NAME.crt" --tls-private-key-file="/lab/pki/$LAB_NAME.key" --v=2 >>/var/log/kubelet.log 2>&1
    sleep 1
  done
) &
