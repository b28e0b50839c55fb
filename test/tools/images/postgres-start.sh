#!/bin/bash
# The first start unpacks a ready data folder onto the volume: initdb takes 8 s in a guest.
set -euo pipefail
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  rm -rf "$PGDATA"
  cp -r /app/template "$PGDATA"
fi
chmod 700 "$PGDATA"
exec postgres -c listen_addresses='*' -c shared_buffers=32MB -c unix_socket_directories=/tmp \
  -c dynamic_shared_memory_type=posix "$@"
