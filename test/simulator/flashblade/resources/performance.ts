import { refuse } from '../../common/api-error.ts';
import { named } from '../../common/select.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import type { Work } from '../load-model.ts';
import { arrayWork, fileSystemWork, IDLE, performanceItem } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { FileSystemRecord } from '../records.ts';
import type { BladeState } from '../state.ts';

const PROTOCOLS = ['all', 'http', 'smb', 'nfs', 's3'];

/** Everything here works over NFS: the other protocols are idle. */
function isIdleProtocol(call: Call): boolean {
  const protocol = (call.query.text('protocol') ?? 'all').toLowerCase();
  if (!PROTOCOLS.includes(protocol)) throw refuse('Invalid value for parameter: protocol.', protocol);
  return protocol !== 'all' && protocol !== 'nfs';
}

export function getArrayPerformance(state: BladeState, call: Call): Plan {
  const isIdle = isIdleProtocol(call);
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    ...performanceItem(isIdle ? IDLE : arrayWork(state, time), time),
    context: state.context,
  }));
}

export function getFileSystemsPerformance(state: BladeState, call: Call): Plan {
  const isIdle = isIdleProtocol(call);
  const times = sampleTimes(call);
  const chosen = named(call, state.fileSystems, state.settings.messages.fileSystemMissing);
  const live = chosen ?? Array.from(state.fileSystems.values()).filter(({ destroyedMs }) => destroyedMs === null);
  const rows = live.flatMap(fileSystem => times.map(time => ({ fileSystem, time })));
  const workOf = (fileSystem: FileSystemRecord, time: number): Work =>
    isIdle ? IDLE : fileSystemWork(state, fileSystem, time);
  return list(
    call,
    rows,
    ({ fileSystem, time }) => ({
      name: fileSystem.name,
      id: fileSystem.id,
      ...performanceItem(workOf(fileSystem, time), time),
    }),
    shown => {
      const newest = Math.max(...shown.map(({ time }) => time), 0);
      const works = shown.filter(({ time }) => time === newest).map(row => workOf(row.fileSystem, row.time));
      const iops = works.reduce((sum, work) => sum + work.iops, 0);
      const busy = works.find(work => work.iops > 0) ?? IDLE;
      return performanceItem({ ...busy, iops }, shown.length === 0 ? call.nowMs : newest);
    },
  );
}

/** Figures by operation: names as the vendor's answers have them. */
const NFS_OPERATIONS = [
  'access', 'create', 'fsinfo', 'fsstat', 'getattr', 'link', 'lookup', 'mkdir', 'pathconf', 'read', 'readdir', 'readdirplus',
  'readlink', 'remove', 'rename', 'rmdir', 'setattr', 'symlink', 'write',
]; // prettier-ignore
const NFS_AGGREGATES = ['file_metadata_create', 'file_metadata_modify', 'file_metadata_read', 'share_metadata_read'];

function plural(operation: string): string {
  if (operation.endsWith('y')) return `${operation.slice(0, -1)}ies`;
  return operation.endsWith('s') ? `${operation}es` : `${operation}s`;
}

function nfsItem({ iops, latencyUsec }: Work, time: number): JsonObject {
  const item: Record<string, Json> = { time, aggregate_other_per_sec: 0, aggregate_usec_per_other_op: 0 };
  const share: Readonly<Record<string, number>> = { read: 0.6, write: 0.3, getattr: 0.1 };
  for (const operation of NFS_OPERATIONS) {
    const rate = Math.round(iops * (share[operation] ?? 0));
    item[`${plural(operation)}_per_sec`] = rate;
    item[`usec_per_${operation}_op`] = rate === 0 ? 0 : latencyUsec;
  }
  for (const aggregate of NFS_AGGREGATES) {
    const rate = aggregate === 'file_metadata_read' ? Math.round(iops * 0.1) : 0;
    item[`aggregate_${plural(aggregate)}_per_sec`] = rate;
    item[`aggregate_usec_per_${aggregate}_op`] = rate === 0 ? 0 : latencyUsec;
  }
  return item;
}

export function getNfsPerformance(state: BladeState, call: Call): Plan {
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    ...nfsItem(arrayWork(state, time), time),
    context: state.context,
  }));
}

function idleOperations(operations: readonly string[], time: number): JsonObject {
  const item: Record<string, Json> = { time, others_per_sec: 0, usec_per_other_op: 0 };
  for (const operation of operations) {
    item[`${operation}s_per_sec`] = 0;
    item[`usec_per_${operation}_op`] = 0;
  }
  return item;
}

export function getHttpPerformance(state: BladeState, call: Call): Plan {
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    ...idleOperations(['read_dir', 'write_dir', 'read_file', 'write_file'], time),
    context: state.context,
  }));
}

export function getS3Performance(state: BladeState, call: Call): Plan {
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    ...idleOperations(['read_bucket', 'write_bucket', 'read_object', 'write_object'], time),
    context: state.context,
  }));
}

const NOTHING_SENT: JsonObject = { received_bytes_per_sec: 0, transmitted_bytes_per_sec: 0 };

export function getReplicationPerformance(state: BladeState, call: Call): Plan {
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    periodic: NOTHING_SENT,
    continuous: {
      ...NOTHING_SENT,
      object_backlog: { put_ops_count: 0, delete_ops_count: 0, other_ops_count: 0, bytes_count: 0 },
    },
    aggregate: NOTHING_SENT,
    time,
    context: state.context,
  }));
}

/** Who works with the array now: nobody is known, files are simulated without clients. */
export function getClientsPerformance(_state: BladeState, call: Call): Plan {
  const none: readonly { readonly name: string }[] = [];
  return list(
    call,
    none,
    ({ name }) => ({ name, ...performanceItem(IDLE, call.nowMs) }),
    () => performanceItem(IDLE, call.nowMs),
  );
}
