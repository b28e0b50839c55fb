# The array guest: a pool with reflinks on ubd0; targets, volumes and maps are made by the agent.
mkfs.xfs -q -f -K -m reflink=1 -l size=16m /dev/ubda 2>/dev/null || mkfs.xfs -q -f -K -m reflink=1 /dev/ubda
# Project quotas are the sizes of file systems.
mount -t xfs -o noatime,discard,prjquota /dev/ubda /pool || mount -t xfs -o noatime,discard /dev/ubda /pool
mkdir -p /sys/kernel/config/target/iscsi
