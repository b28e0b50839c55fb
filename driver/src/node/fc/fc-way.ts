import { PsoError } from '../../domain/errors.ts';
import type { FcTarget } from '../../domain/publish-context.ts';
import type { HostFs } from '../host-fs.ts';
import type { OpenWay, ScsiWay } from '../scsi-way.ts';
import { listFcPorts, listRemotePorts } from './fc-ports.ts';

/** Over Fibre Channel there is nothing to log in to: switches and adapters did that when the link came up. */
export function fcWay(fs: HostFs, { lun, targetWwpns }: FcTarget): ScsiWay {
  const target = targetWwpns.join(', ');
  return {
    lun,
    target,
    word: 'port pairs',
    // No two volumes have one LUN there, and nobody logs out.
    key: `fc ${target} ${lun}`,
    offeredPaths: targetWwpns.length,
    isScannedByKernel: true,
    open: () => findPaths(fs, targetWwpns),
  };
}

/** One path for each pair of a node's and an array's port. A pair that was seen and is away counts as offered. */
async function findPaths(fs: HostFs, targetWwpns: readonly string[]): Promise<OpenWay> {
  const remote = (await listRemotePorts(fs)).filter(({ wwpn }) => targetWwpns.includes(wwpn));
  const paths = remote.flatMap(({ path }) => path ?? []);
  if (paths.length > 0) return { paths, offeredPaths: remote.length };
  const own = (await listFcPorts(fs)).map(({ wwpn, isOnline }) => `${wwpn} (${isOnline ? 'online' : 'not online'})`);
  throw new PsoError(
    'fc-target-not-seen',
    own.length === 0
      ? 'This node has no Fibre Channel port.'
      : `None of the Fibre Channel ports of this node, ${own.join(', ')}, sees a port of the array as a target: ${targetWwpns.join(', ')}.`,
    'Check cables, and on the switches that the zones of this node hold ports of the array.',
    { finality: 'in-doubt' },
  );
}
