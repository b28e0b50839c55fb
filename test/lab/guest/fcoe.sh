#!/bin/bash
# Fibre Channel over the Ethernet of both fabrics, without a switch between the ports (VN2VN): one port on each. May be
# repeated. `create`: the ports are there, without link; `up`: they find each other. A target has to be known to its port
# before that: who meets it as something else never asks again. `down B`: the port on fabric B loses its link. `remove`: both
# ports are gone.
set -e
declare -A interfaces=([A]=vec0 [B]=vec1)
for fabric in ${2:-A B}; do
  interface=${interfaces[$fabric]}
  controller=$(compgen -G "/sys/class/net/$interface/ctlr_*" || true)
  if [ "$1" = remove ]; then
    [ -z "$controller" ] || echo "$interface" >/sys/bus/fcoe/ctlr_destroy
    continue
  fi
  if [ -z "$controller" ]; then
    echo "$interface" >/sys/bus/fcoe/ctlr_create
    controller=$(compgen -G "/sys/class/net/$interface/ctlr_*")
    echo -n VN2VN >"$controller/mode"
  fi
  case $1 in
    up) echo 1 >"$controller/enabled" ;;
    down) echo 0 >"$controller/enabled" ;;
  esac
done
