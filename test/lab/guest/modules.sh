# Modules of this guest's role, from a folder of the host. File systems, network links and path selectors are loaded by
# the kernel itself when they are asked for; these are not.
mkdir -p /lib/modules
mount -t hostfs -o "$LAB_MODULES/lib/modules" none /lib/modules
case $LAB_ROLE in
  array) modules='loop target_core_mod target_core_iblock iscsi_target_mod' ;;
  *) modules='br_netfilter loop sd_mod sg iscsi_tcp dm_multipath dm_service_time' ;;
esac
modprobe -a configfs $modules
