#!/bin/bash
# RDMA over the Ethernet of both fabrics, done in software (RXE). `up` may be repeated; `down` takes the devices away.
set -e
for index in 0 1; do
  device=rxe$index
  case $1 in
    up) [ -e "/sys/class/infiniband/$device" ] || rdma link add "$device" type rxe netdev "vec$index" ;;
    down) [ ! -e "/sys/class/infiniband/$device" ] || rdma link delete "$device" ;;
  esac
done
